"""Find the agent who should take a chat: knows the subject, then has least to do, then has waited longest."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from aichatdesk.conversation.domain import (
    ChatStatus,
    HandOverRequested,
    Mode,
    Reason,
    VisitorMessagePosted,
)
from aichatdesk.conversation.hand_over import back_to_queue, offer, withdraw_offer
from aichatdesk.conversation.read_chat import get_chat
from aichatdesk.conversation.workload import offered_chats, open_chats_by_agent, open_chats_of
from aichatdesk.core.clock import to_millis
from aichatdesk.core.ids import AgentId, ChatId
from aichatdesk.desk import repository
from aichatdesk.desk.domain import AccountChanged, Agent, AgentNotFound
from aichatdesk.desk.presence import at_desk, available_agents, is_available
from aichatdesk.platform.storage.database import Transaction


def choose_agent(agents: Sequence[Agent], category: str, load: Mapping[AgentId, int]) -> Agent | None:
    """The agent for a chat of a category; `load` tells how many open chats each has.

    Among equals it is the one whose last assignment is longest ago.
    """
    specialists = [agent for agent in agents if category in agent.specialties]

    def order(agent: Agent) -> tuple[int, int, str]:
        last = to_millis(agent.last_assigned) if agent.last_assigned else 0
        return load.get(agent.id, 0), last, agent.id

    return min(specialists or agents, key=order, default=None)


def assign_waiting(tx: Transaction, requested: HandOverRequested) -> None:
    """Offer a chat that now waits for a person to the agent who fits; nobody there, it waits for whoever comes."""
    _assign(tx, requested.chat_id)


def mind_owner(tx: Transaction, posted: VisitorMessagePosted) -> None:
    """Put a chat back into the queue whose visitor writes while its agent is not there."""
    chat = get_chat(tx, posted.chat_id)
    if chat.mode is not Mode.HUMAN or chat.status is not ChatStatus.ACTIVE or not chat.assigned_agent_id:
        return
    owner = _known(tx, chat.assigned_agent_id)
    if owner is None or not at_desk(tx, owner):
        back_to_queue(tx, chat.id)


def mind_chats(tx: Transaction, changed: AccountChanged) -> None:
    """Let nothing wait for an agent who takes no chats any more; a closed account loses its active chats too."""
    agent = _known(tx, changed.agent_id)
    if agent is not None and is_available(tx, agent):
        return
    for chat in open_chats_of(tx, changed.agent_id):
        if chat.status is ChatStatus.WAITING:
            _offer_anew(tx, chat.id)
        elif agent is None or not agent.active:
            back_to_queue(tx, chat.id)


def pass_on_from_absent(tx: Transaction) -> int:
    """Offer to others what waits for agents who have gone without a word; return how many chats that were."""
    there = {agent.id for agent in available_agents(tx)}
    left = [chat for chat in offered_chats(tx) if chat.assigned_agent_id not in there]
    for chat in left:
        _offer_anew(tx, chat.id)
    return len(left)


def _offer_anew(tx: Transaction, chat_id: ChatId) -> None:
    withdraw_offer(tx, chat_id)
    _assign(tx, chat_id)
    if get_chat(tx, chat_id).assigned_agent_id is None:
        # It waits as at first: whoever is told when nobody is there must hear of this too.
        tx.record(HandOverRequested(chat_id, Reason.AGENT_LEFT))


def _assign(tx: Transaction, chat_id: ChatId) -> None:
    chat = get_chat(tx, chat_id)
    if chat.mode is not Mode.HUMAN or chat.status is not ChatStatus.WAITING or chat.assigned_agent_id:
        return
    agent = choose_agent(available_agents(tx), chat.category, open_chats_by_agent(tx))
    if agent is not None:
        repository.note_assigned(tx, agent.id)
        offer(tx, chat_id, agent.id, agent.name)


def _known(tx: Transaction, agent_id: AgentId) -> Agent | None:
    with suppress(AgentNotFound):
        return repository.agent_by_id(tx, agent_id)
    return None
