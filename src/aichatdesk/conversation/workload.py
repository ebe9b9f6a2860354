"""Who has how many open chats."""

from sqlalchemy import func, select

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatStatus, Mode
from aichatdesk.conversation.tables import chats
from aichatdesk.core.ids import AgentId
from aichatdesk.platform.storage.database import Transaction

_MOST = 1000
_OPEN = (ChatStatus.ACTIVE.value, ChatStatus.WAITING.value)


def open_chats_by_agent(tx: Transaction) -> dict[AgentId, int]:
    """How many open chats each agent has, those that only wait for the agent included."""
    rows = tx.connection.execute(
        select(chats.c.assigned_agent_id, func.count().label("many"))
        .where(chats.c.status.in_(_OPEN), chats.c.assigned_agent_id.is_not(None))
        .group_by(chats.c.assigned_agent_id)
    )
    return {AgentId(row.assigned_agent_id): row.many for row in rows}


def open_chats_of(tx: Transaction, agent_id: AgentId) -> list[Chat]:
    """The open chats of one agent."""
    condition = chats.c.status.in_(_OPEN) & (chats.c.assigned_agent_id == agent_id)
    return repository.chats_where(tx, condition, limit=_MOST)


def offered_chats(tx: Transaction) -> list[Chat]:
    """The chats that wait for the agent who was named for them."""
    waiting = (chats.c.status == ChatStatus.WAITING.value) & (chats.c.mode == Mode.HUMAN.value)
    return repository.chats_where(tx, waiting & chats.c.assigned_agent_id.is_not(None), limit=_MOST)
