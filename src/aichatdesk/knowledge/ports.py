"""What this room asks of rooms above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aichatdesk.knowledge.domain import Passage


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
