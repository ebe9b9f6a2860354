"""What this room asks of rooms above it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aichatdesk.core.ids import ChatId, SessionId
from aichatdesk.knowledge.domain import Passage
from aichatdesk.platform.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the assistant would answer a question from what was found.

    `relevance` (0..1) says how surely the passages speak of it; from `threshold` on it is answered. `code` is a word
    for programs, `reason` a sentence for people.
    """

    answers: bool
    code: str
    reason: str
    relevance: float
    threshold: float


class PreCheck(Protocol):
    """Knows what the assistant makes of a question before it asks the model."""

    def language_of(self, question: str) -> str:
        """In which language a first question of a chat is looked up and answered."""
        ...

    def decide(self, question: str, passages: Sequence[Passage], language: str) -> Decision: ...


class SessionIds(Protocol):
    """Knows the handles of chats, by which people open them; those that are gone are left out."""

    def __call__(self, tx: Transaction, chat_ids: Collection[ChatId]) -> Mapping[ChatId, SessionId]: ...
