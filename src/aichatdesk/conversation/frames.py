"""What the socket says of an event: the old server's frames, and new ones beside them."""

from contextlib import suppress
from functools import partial
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import ChatEvent, ChatNotFound
from aichatdesk.conversation.live import Live, Transient
from aichatdesk.conversation.looking import LookersChanged
from aichatdesk.conversation.ports import AgentCards
from aichatdesk.conversation.shapes import raw_chat
from aichatdesk.core.clock import to_iso
from aichatdesk.core.ids import ChatId, MessageId
from aichatdesk.platform.storage.database import Database, Transaction

Frame = dict[str, Any]
_CHANGES = {
    "handed_over",
    "agent_joined",
    "assigned",
    "returned_to_ai",
    "reopened",
    "note",
    "rated",
    "contact",
}


def session_frame(item: Live) -> Frame | None:
    """What a client of the old server hears in its chat; answers of the assistant never."""
    if isinstance(item, Transient):
        # Old dashboards take all typing for the visitor's, their own echo included.
        typing = item.type.startswith("typing.") and "agentId" not in item.data
        return {"type": item.type, **item.data} if typing else None
    if not isinstance(item, ChatEvent):
        return None
    base = {"sessionId": item.session_id}
    match item.type:
        case "message":
            return {"type": "chat.message", **base, "message": item.data["message"]}
        case "agent_joined":
            name = item.data["agentName"]
            return {"type": "agent.takeover", **base, "agentName": name, "timestamp": to_iso(item.at)}
        case "returned_to_ai":
            return {"type": "agent.return", **base, "timestamp": to_iso(item.at)}
        case "ended":
            return {"type": "dashboard.chat.closed", **base, "chatId": item.chat_id}
        case _:
            return None


def looking_frame(changed: LookersChanged) -> Frame:
    """What dashboards hear when an agent begins or ceases to look at a chat."""
    agents = [{"id": one.id, "name": one.name} for one in changed.agents]
    return {"type": "dashboard.chat.looking", "sessionId": changed.session_id, "agents": agents}


class DeskFrames:
    """What dashboards hear; frames about a chat's state carry the chat as it is listed."""

    def __init__(self, database: Database, agents: AgentCards) -> None:
        self._database = database
        self._agents = agents

    async def of(self, event: ChatEvent) -> list[Frame]:
        """The frames of one event, in order."""
        base: Frame = {
            "sessionId": event.session_id,
            "chatId": event.chat_id,
            "timestamp": to_iso(event.at),
            "seq": event.staff_seq,
        }
        match event.type:
            case "message":
                told = base | {"message": event.data["message"]}
                return [{"type": "chat.message", **told}, {"type": "dashboard.message.new", **told}]
            case "finished":
                return [{"type": "dashboard.message.new", **base, **await self._answer(event)}]
            case "ended":
                return [{"type": "chat.closed", **base}, {"type": "dashboard.chat.closed", **base}]
            case "flagged":
                return [{"type": "chat.flagged", **base, "reason": event.data["reason"]}]
            case "deleted":
                return [{"type": "dashboard.chat.deleted", **base}]
            case "started":
                return [{"type": "dashboard.chat.created", **base, **await self._chat(event.chat_id)}]
            case "labelled":
                told = {**base, **event.data, **await self._chat(event.chat_id)}
                return [{"type": "dashboard.chat.updated", **told}]
            case kind if kind in _CHANGES:
                told = base | {"event": kind} | await self._chat(event.chat_id)
                return [{"type": "dashboard.chat.updated", **told}]
            case _:
                return []

    async def _chat(self, chat_id: ChatId) -> Frame:
        with suppress(ChatNotFound):  # deleted meanwhile
            return {"chat": await self._database.read(partial(self._listed, chat_id=chat_id))}
        return {}

    async def _answer(self, event: ChatEvent) -> Frame:
        message_id = MessageId(event.data["messageId"])
        message = await self._database.read(partial(repository.message_by_id, message_id=message_id))
        return {"messageId": message_id} | ({"message": message.shown()} if message else {})

    def _listed(self, tx: Transaction, chat_id: ChatId) -> Frame:
        chat = repository.chat_by_id(tx, chat_id)
        owner = chat.assigned_agent_id
        card = self._agents.card(tx, owner) if owner else None
        return raw_chat(chat, {owner: card} if owner and card else {}, now=tx.now)
