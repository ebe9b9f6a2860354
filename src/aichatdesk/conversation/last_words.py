"""What was said last in each chat, and since when it waits for a person: what a list shows at a glance."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from aichatdesk.conversation.domain import Chat, ChatStatus
from aichatdesk.conversation.tables import chat_events, messages
from aichatdesk.core.clock import from_millis, to_iso
from aichatdesk.core.ids import ChatId
from aichatdesk.core.text import shorten
from aichatdesk.platform.storage.database import Transaction

_LONGEST = 160
_WAIT_BEGINS = ("handed_over", "reopened")


def glances(tx: Transaction, chats: Sequence[Chat]) -> dict[ChatId, dict[str, Any]]:
    """`lastMessage` (internal notes left out) and, of chats that wait, `waitingSince`."""
    found: dict[ChatId, dict[str, Any]] = {chat.id: {} for chat in chats}
    for chat_id, message in _last_messages(tx, list(found)).items():
        found[chat_id]["lastMessage"] = message
    waiting = [chat.id for chat in chats if chat.status is ChatStatus.WAITING]
    for chat_id, since in _waiting_since(tx, waiting).items():
        found[chat_id]["waitingSince"] = since
    return found


def _last_messages(tx: Transaction, chat_ids: Sequence[ChatId]) -> dict[ChatId, dict[str, Any]]:
    newest = (
        select(messages.c.chat_id, func.max(messages.c.position).label("position"))
        .where(messages.c.chat_id.in_(chat_ids), messages.c.is_internal.is_(False))
        .group_by(messages.c.chat_id)
        .subquery()
    )
    rows = tx.connection.execute(
        select(
            messages.c.chat_id,
            messages.c.sender,
            func.substr(messages.c.content, 1, _LONGEST + 1).label("content"),
            messages.c.sent_at,
        ).join(newest, (newest.c.chat_id == messages.c.chat_id) & (newest.c.position == messages.c.position))
    )
    return {
        ChatId(row.chat_id): {
            "sender": row.sender,
            "content": shorten(row.content, _LONGEST),
            "sentAt": to_iso(from_millis(row.sent_at)),
        }
        for row in rows
    }


def _waiting_since(tx: Transaction, chat_ids: Sequence[ChatId]) -> dict[ChatId, str]:
    rows = tx.connection.execute(
        select(chat_events.c.chat_id, func.max(chat_events.c.at).label("at"))
        .where(chat_events.c.chat_id.in_(chat_ids), chat_events.c.type.in_(_WAIT_BEGINS))
        .group_by(chat_events.c.chat_id)
    )
    return {ChatId(row.chat_id): to_iso(from_millis(row.at)) for row in rows}
