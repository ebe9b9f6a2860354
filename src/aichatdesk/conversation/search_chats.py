"""Find chats by words of theirs; what a client types is never a pattern."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatStatus, Message, Mode
from aichatdesk.conversation.tables import chats, messages
from aichatdesk.core.clock import to_iso
from aichatdesk.core.ids import ChatId
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
    found = repository.chats_where(tx, or_(*wanted), limit=limit)
    said = _first_words(tx, [chat.id for chat in found], words)
    return [_found(chat, words, said.get(chat.id)) for chat in found]


def search_messages(tx: Transaction, words: str, *, limit: int) -> list[tuple[Message, Chat]]:
    """Messages that hold the words, newest first, with their chats; internal notes too."""
    found = repository.messages_where(tx, _holds(messages.c.content, words), limit=limit)
    owners = repository.chats_where(tx, chats.c.id.in_({one.chat_id for one in found}), limit=limit)
    by_id = {chat.id: chat for chat in owners}
    return [(one, by_id[one.chat_id]) for one in found]


def attachments_of(tx: Transaction, chat: Chat) -> list[dict[str, Any]]:
    """Every attachment of a chat, newest first."""
    return [
        {
            "messageId": message.id,
            "sender": message.sender.value,
            "uploadedAt": to_iso(message.sent_at),
            **attachment,
        }
        for message in reversed(repository.messages_of(tx, chat.id, internal=True))
        for attachment in message.attachments
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


def _first_words(tx: Transaction, chat_ids: Sequence[ChatId], words: str) -> dict[ChatId, str]:
    """The first message of each chat that holds the words."""
    rows = tx.connection.execute(
        select(messages.c.chat_id, messages.c.content)
        .where(messages.c.chat_id.in_(chat_ids), _holds(messages.c.content, words))
        .order_by(messages.c.position.desc())
    )
    return {ChatId(row.chat_id): row.content for row in rows}


def _found(chat: Chat, words: str, said: str | None) -> FoundChat:
    if said is not None:
        return FoundChat(chat, "message", said)
    told = {"userName": chat.user_name, "userEmail": chat.user_email, "summary": chat.summary or ""}
    where = next((name for name, text in told.items() if words.lower() in text.lower()), "unknown")
    return FoundChat(chat, where, None)
