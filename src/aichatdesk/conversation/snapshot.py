"""A whole chat as one audience sees it, with the number of the last event that it includes."""

from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, Message, Sender, shown_rating
from aichatdesk.conversation.follow import last_seq
from aichatdesk.conversation.read_chat import all_messages
from aichatdesk.core.clock import to_iso
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.storage.database import Transaction

_WHO_ANSWERS = ("agent_joined", "handed_over", "returned_to_ai")


def snapshot_of(tx: Transaction, session_id: SessionId, *, staff: bool) -> dict[str, Any]:
    """The chat and its messages; `fold.advance` moves it on by the events that follow.

    Raises:
        ChatNotFound: No such chat.
    """
    chat = repository.chat_by_session(tx, session_id)
    return {
        "seq": last_seq(chat, staff=staff),
        "chat": _chat(tx, chat, staff=staff),
        "messages": [_message(one, staff=staff) for one in all_messages(tx, chat, internal=staff)],
    }


def _chat(tx: Transaction, chat: Chat, *, staff: bool) -> dict[str, Any]:
    last = repository.last_event(tx, chat, _WHO_ANSWERS)
    joined = last is not None and last.type == "agent_joined"
    shown: dict[str, Any] = {
        "status": chat.status.value,
        "mode": chat.mode.value,
        "agentName": last.data["agentName"] if last and joined else None,
        "rating": shown_rating(chat.rating),
    }
    if staff:
        shown |= {
            "agentId": chat.assigned_agent_id,
            "category": chat.category,
            "priority": chat.priority,
            "sentiment": chat.sentiment,
            "summary": chat.summary,
            "notes": chat.agent_notes,
            "categoryId": chat.metadata.get("categoryId"),
            "flagged": bool(chat.metadata.get("profanity")),
            "booking": chat.metadata.get("booking"),
            "userName": chat.user_name,
            "userEmail": chat.user_email,
            "emailVerified": chat.email_is_verified,
            "ratingComment": chat.rating_comment,
        }
    return shown


def _message(message: Message, *, staff: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": message.id,
        "sender": message.sender.value,
        "senderName": message.sender_name,
        "content": message.content,
        "attachments": list(message.attachments),
        "isInternal": message.is_internal,
        "sentAt": to_iso(message.sent_at),
    }
    if message.sender is Sender.AI:
        confidence = message.metadata.get("confidence")
        shown |= {
            "state": message.state.value,
            "citations": message.metadata.get("citations", []),
            "confidence": round(confidence, 4) if confidence is not None else None,
            "helpful": message.helpful,
            "feedbackComment": message.feedback_comment,
        }
        if staff and "why" in message.metadata:
            shown["why"] = message.metadata["why"]
    return shown
