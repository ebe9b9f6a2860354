"""Find chats by words of theirs; what a client types is never a pattern."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatStatus, Message, Mode
from aichatdesk.conversation.tables import chats, messages
from aichatdesk.core.clock import to_iso
from aichatdesk.core.ids import ChatId, MessageId
from aichatdesk.platform.storage.database import Transaction

_FIELDS = {"userName": chats.c.user_name, "userEmail": chats.c.user_email, "summary": chats.c.summary}


@dataclass(frozen=True, slots=True)
class FoundChat:
    """A chat, where the words are, and the first message that has them."""

    chat: Chat
    where: str
    snippet: str | None


def search_chats(tx: Transaction, words: str, *, limit: int, in_messages: bool = True) -> list[FoundChat]:
    """Chats whose visitor, summary or messages hold the words, newest first."""
    wanted: list[ColumnElement[bool]] = [_holds(column, words) for column in _FIELDS.values()]
    if in_messages:
        wanted.append(chats.c.id.in_(select(messages.c.chat_id).where(_holds(messages.c.content, words))))
    ids = tx.connection.execute(
        select(chats.c.id)
        .where(or_(*wanted))
        .order_by(chats.c.started_at.desc(), chats.c.id.desc())
        .limit(limit)
    ).scalars()
    return [_found(tx, repository.chat_by_id(tx, ChatId(chat_id)), words) for chat_id in ids.all()]


def search_messages(tx: Transaction, words: str, *, limit: int) -> list[tuple[Message, Chat]]:
    """Messages that hold the words, newest first, with their chats; internal notes too."""
    ids = tx.connection.execute(
        select(messages.c.id)
        .where(_holds(messages.c.content, words))
        .order_by(messages.c.sent_at.desc(), messages.c.id.desc())
        .limit(limit)
    ).scalars()
    found = [repository.message_by_id(tx, MessageId(message_id)) for message_id in ids.all()]
    return [(one, repository.chat_by_id(tx, one.chat_id)) for one in found if one is not None]


def attachments_of(tx: Transaction, chat: Chat) -> list[dict[str, Any]]:
    """Every attachment of a chat, newest first."""
    rows = tx.connection.execute(
        select(messages.c.id, messages.c.sender, messages.c.sent_at, messages.c.attachments)
        .where(messages.c.chat_id == chat.id, messages.c.attachments != "[]")
        .order_by(messages.c.position.desc())
    )
    known = {one.id: one for one in repository.messages_of(tx, chat.id, internal=True)}
    return [
        {
            "messageId": row.id,
            "sender": row.sender,
            "uploadedAt": to_iso(known[MessageId(row.id)].sent_at),
            **attachment,
        }
        for row in rows
        for attachment in json.loads(row.attachments)
    ]


def count_chats(tx: Transaction) -> dict[str, int]:
    """How many chats there are, by state, and how many of the open ones are with people."""
    rows = tx.connection.execute(
        select(chats.c.status, chats.c.mode, func.count().label("many")).group_by(
            chats.c.status, chats.c.mode
        )
    ).all()
    counts = {status.value: 0 for status in ChatStatus} | {"total": 0, "withPeople": 0}
    for row in rows:
        counts[row.status] += row.many
        counts["total"] += row.many
        if row.mode == Mode.HUMAN and row.status != ChatStatus.CLOSED:
            counts["withPeople"] += row.many
    return counts


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    holds: ColumnElement[bool] = column.icontains(words, autoescape=True)
    return holds


def _found(tx: Transaction, chat: Chat, words: str) -> FoundChat:
    low = words.lower()
    first = tx.connection.execute(
        select(messages.c.content)
        .where(messages.c.chat_id == chat.id, _holds(messages.c.content, words))
        .order_by(messages.c.position)
        .limit(1)
    ).scalar_one_or_none()
    if first is not None:
        return FoundChat(chat, "message", first)
    told = {"userName": chat.user_name, "userEmail": chat.user_email, "summary": chat.summary or ""}
    where = next((name for name, text in told.items() if low in text.lower()), "unknown")
    return FoundChat(chat, where, None)
