"""Chats and messages as the old server's routes show them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aichatdesk.conversation.domain import Chat, Message
from aichatdesk.conversation.ports import AgentCard
from aichatdesk.core.clock import to_iso
from aichatdesk.core.ids import AgentId


def listed(message: Message) -> dict[str, Any]:
    """A message in a chat's list."""
    listed: dict[str, Any] = {
        "_id": message.id,
        "sender": message.sender.value,
        "content": message.content,
        "attachments": list(message.attachments),
        "isInternal": message.is_internal,
        "sentAt": to_iso(message.sent_at),
    }
    if message.sender.value == "ai":
        listed |= {"state": message.state.value, "citations": message.metadata.get("citations", [])}
    else:
        listed["senderName"] = message.sender_name
    return listed


def shown_card(card: AgentCard) -> dict[str, Any]:
    """What a chat tells of its agent."""
    shown = {"id": card.id, "name": card.name, "status": card.status}
    return shown | ({"avatar": card.avatar} if card.avatar else {})


def raw_chat(chat: Chat, cards: Mapping[AgentId, AgentCard], *, now: datetime) -> dict[str, Any]:
    """A chat the way the old server dumped its documents."""
    raw: dict[str, Any] = {
        "_id": chat.id,
        "sessionId": chat.session_id,
        "userEmail": chat.user_email,
        "userName": chat.user_name,
        "status": chat.status.value,
        "category": chat.category,
        "priority": chat.priority,
        "mode": chat.mode.value,
        "ticketType": chat.ticket_type,
        "metadata": dict(chat.metadata),
        "startedAt": to_iso(chat.started_at),
        "createdAt": to_iso(chat.created_at),
        "updatedAt": to_iso(chat.updated_at),
        "__v": 0,
        "waitTime": int((now - chat.started_at).total_seconds() // 60),
        "seq": chat.staff_seq,
    }
    optional = {
        "userPriority": chat.user_priority,
        "mood": chat.mood,
        "sentiment": chat.sentiment,
        "summary": chat.summary,
        "agentNotes": chat.agent_notes,
        "rating": chat.rating,
        "ratingComment": chat.rating_comment,
        "endedAt": to_iso(chat.ended_at) if chat.ended_at else None,
    }
    raw |= {name: value for name, value in optional.items() if value is not None}
    if chat.assigned_agent_id and (card := cards.get(chat.assigned_agent_id)):
        shown = shown_card(card)
        raw["assignedAgent"] = {"_id": shown.pop("id"), **shown}
    return raw
