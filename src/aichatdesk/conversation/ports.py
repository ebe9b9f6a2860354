"""What this room asks of rooms above it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from aichatdesk.core.ids import AgentId
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
