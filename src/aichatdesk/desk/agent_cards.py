"""What chats show of the people who have them."""

from collections.abc import Collection, Mapping

from aichatdesk.conversation.ports import AgentCard
from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository
from aichatdesk.desk.domain import Agent, AgentNotFound
from aichatdesk.desk.presence import shown_status
from aichatdesk.platform.storage.database import Transaction


class DeskAgentCards:
    """The conversation room's port `AgentCards`, over the accounts."""

    def card(self, tx: Transaction, agent_id: AgentId) -> AgentCard | None:
        """See `AgentCards.card`."""
        try:
            agent = repository.agent_by_id(tx, agent_id)
        except AgentNotFound:
            return None
        return _card(tx, agent)

    def cards(self, tx: Transaction, agent_ids: Collection[AgentId]) -> Mapping[AgentId, AgentCard]:
        """See `AgentCards.cards`."""
        return {agent.id: _card(tx, agent) for agent in repository.agents_by_ids(tx, agent_ids)}


def _card(tx: Transaction, agent: Agent) -> AgentCard:
    return AgentCard(agent.id, agent.name, shown_status(tx, agent), agent.avatar)
