"""Hand a chat from the assistant to people, from one of them to another, and back."""

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import (
    Chat,
    ChatStatus,
    HandOverRequested,
    Mode,
    OwnedByAnother,
    Reason,
    ReturnedToAssistant,
)
from aichatdesk.conversation.ports import AgentCards
from aichatdesk.core.access import Actor
from aichatdesk.core.errors import Forbidden
from aichatdesk.core.ids import AgentId, ChatId
from aichatdesk.platform.storage.database import Transaction


def request_hand_over(tx: Transaction, chat_id: ChatId, reason: Reason) -> int | None:
    """Put a chat into the queue for people (event `handed_over`); None if it is in human hands already.

    A closed chat is opened again for anybody at the desk to take; if people closed it, only the visitor's
    own wish does that.
    """
    chat = repository.chat_by_id(tx, chat_id)
    closed = chat.status is ChatStatus.CLOSED
    if chat.mode is Mode.HUMAN and not (closed and reason is Reason.VISITOR_ASKED):
        return None
    if closed:
        repository.change_chat(tx, chat_id, assigned_agent_id=None, ended_at=None)
        repository.append_event(tx, chat_id, "reopened", {"status": ChatStatus.WAITING.value})
    return _queue(tx, chat_id, reason)


def back_to_queue(tx: Transaction, chat_id: ChatId) -> None:
    """Have a chat wait for a person again whose agent is not there any more."""
    repository.change_chat(tx, chat_id, assigned_agent_id=None)
    _queue(tx, chat_id, Reason.AGENT_LEFT)


def offer(tx: Transaction, chat_id: ChatId, agent_id: AgentId, name: str) -> None:
    """Name the agent who should take a waiting chat (event `assigned`, for the desk alone).

    Whoever takes it first has it, the agent named or another.
    """
    repository.change_chat(tx, chat_id, assigned_agent_id=agent_id)
    agent = {"id": agent_id, "name": name}
    repository.append_event(tx, chat_id, "assigned", {"agent": agent}, public=False)


def withdraw_offer(tx: Transaction, chat_id: ChatId) -> None:
    """Name nobody any more for a waiting chat (event `assigned`, for the desk alone)."""
    repository.change_chat(tx, chat_id, assigned_agent_id=None)
    repository.append_event(tx, chat_id, "assigned", {"agent": None}, public=False)


def take_over(tx: Transaction, chat: Chat, actor: Actor, agents: AgentCards) -> None:
    """Give a chat to one agent; of one's own active chat nothing changes.

    A chat that only waits for another agent may be taken.

    Raises:
        OwnedByAnother: Somebody else has it.
    """
    owner = chat.assigned_agent_id
    if chat.mode is Mode.HUMAN and chat.status is ChatStatus.ACTIVE and owner:
        if owner == actor.id:
            return
        card = agents.card(tx, owner)
        if card is not None:
            raise OwnedByAnother(owner, card.name)
    repository.change_chat(
        tx,
        chat.id,
        mode=Mode.HUMAN.value,
        status=ChatStatus.ACTIVE.value,
        assigned_agent_id=actor.id,
        ended_at=None,
    )
    repository.append_event(tx, chat.id, "agent_joined", {"agentName": actor.name, "agentId": actor.id})


def return_to_assistant(tx: Transaction, chat: Chat, actor: Actor) -> None:
    """Give a chat back to the assistant; it leaves the queue.

    Raises:
        Forbidden: Another agent has it.
    """
    owned = chat.assigned_agent_id if chat.status is not ChatStatus.WAITING else None
    if owned and owned != actor.id:
        raise Forbidden("Only assigned agent can return chat to AI")
    status = ChatStatus.CLOSED if chat.status is ChatStatus.CLOSED else ChatStatus.ACTIVE
    repository.change_chat(tx, chat.id, mode=Mode.AI.value, status=status.value, assigned_agent_id=None)
    repository.append_event(tx, chat.id, "returned_to_ai", {})
    tx.record(ReturnedToAssistant(chat.id, chat.session_id))


def _queue(tx: Transaction, chat_id: ChatId, reason: Reason) -> int | None:
    repository.change_chat(tx, chat_id, status=ChatStatus.WAITING.value, mode=Mode.HUMAN.value)
    event = repository.append_event(tx, chat_id, "handed_over", {"reason": reason.value})
    tx.record(HandOverRequested(chat_id, reason))
    return event.public_seq
