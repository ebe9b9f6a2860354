"""What this room asks of rooms above it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from aichatdesk.conversation.domain import Form
from aichatdesk.core.ids import AgentId, ChatId
from aichatdesk.platform.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class AgentCard:
    """What a chat shows of the person who has it."""

    id: AgentId
    name: str
    status: str
    avatar: str | None = None


class AgentCards(Protocol):
    """Knows the people at the desk."""

    def card(self, tx: Transaction, agent_id: AgentId) -> AgentCard | None:
        """The card of one agent, or None if the account is gone."""
        ...

    def cards(self, tx: Transaction, agent_ids: Collection[AgentId]) -> Mapping[AgentId, AgentCard]:
        """The cards of many agents in one query; accounts that are gone have none."""
        ...


class Reception(Protocol):
    """Knows how the desk receives visitors."""

    def form(self, tx: Transaction) -> Form:
        """What a visitor is asked for before a chat begins."""
        ...

    def is_staffed(self, tx: Transaction) -> bool:
        """Whether anybody takes chats now."""
        ...


@dataclass(frozen=True, slots=True)
class Arranged:
    """What will come of a wish for a transcript, and the sentence that says so."""

    outcome: Literal["sent", "confirm", "none"]
    sentence: str


class Transcripts(Protocol):
    """Gets a closed chat's transcript to its visitor."""

    def arrange(self, tx: Transaction, chat_id: ChatId, *, asked: bool | None, client: str) -> Arranged:
        """Say what will happen and see to it; None for `asked` means that the visitor has not said.

        `client` is the address from which it was asked for.
        """
        ...


class NoTranscripts(Transcripts):
    """There is no mail, so nothing is sent."""

    def arrange(self, tx: Transaction, chat_id: ChatId, *, asked: bool | None, client: str) -> Arranged:
        """See `Transcripts.arrange`."""
        return Arranged("none", "No email configured")
