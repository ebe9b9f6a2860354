"""Rows of chats, messages and events, read and written."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update

from aichatdesk.conversation.domain import (
    AnswerState,
    Chat,
    ChatEvent,
    ChatNotFound,
    ChatStatus,
    EventAppended,
    Message,
    Mode,
    Sender,
)
from aichatdesk.conversation.tables import chat_events, chats, messages
from aichatdesk.core.clock import from_millis, to_millis
from aichatdesk.core.ids import AgentId, ChatId, MessageId, SessionId
from aichatdesk.platform.storage.database import Transaction

_MOST_EVENTS = 1000


def insert_chat(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Store a new chat; its sequences begin at zero."""
    tx.connection.execute(insert(chats).values(public_seq=0, staff_seq=0, **values))


def session_ids(tx: Transaction, chat_ids: Collection[ChatId]) -> dict[ChatId, SessionId]:
    """The handles of chats, without those that are gone."""
    rows = tx.connection.execute(select(chats.c.id, chats.c.session_id).where(chats.c.id.in_(list(chat_ids))))
    return {ChatId(row.id): SessionId(row.session_id) for row in rows.all()}


def chat_by_id(tx: Transaction, chat_id: ChatId) -> Chat:
    """Raises `ChatNotFound`."""
    return _one_chat(tx, chats.c.id == chat_id)


def chat_by_session(tx: Transaction, session_id: SessionId) -> Chat:
    """Raises `ChatNotFound`."""
    return _one_chat(tx, chats.c.session_id == session_id)


def change_chat(tx: Transaction, chat_id: ChatId, **values: Any) -> None:
    """Set columns of one chat and its time of change."""
    tx.connection.execute(
        update(chats).where(chats.c.id == chat_id).values(updated_at=to_millis(tx.now), **values)
    )


def delete_chat_rows(tx: Transaction, chat_id: ChatId) -> int:
    """Remove a chat with all that belongs to it; return how many messages it had."""
    tx.connection.execute(delete(chat_events).where(chat_events.c.chat_id == chat_id))
    removed = tx.connection.execute(delete(messages).where(messages.c.chat_id == chat_id)).rowcount
    tx.connection.execute(delete(chats).where(chats.c.id == chat_id))
    return removed


def recent_chats(tx: Transaction, *, closed_since: datetime, limit: int) -> list[Chat]:
    """Open chats and those closed since, newest start first."""
    open_ones = chats.c.status.in_([ChatStatus.ACTIVE, ChatStatus.WAITING])
    lately = and_(chats.c.status == ChatStatus.CLOSED, chats.c.ended_at >= to_millis(closed_since))
    rows = tx.connection.execute(
        select(chats).where(open_ones | lately).order_by(chats.c.started_at.desc()).limit(limit)
    )
    return [_chat(row) for row in rows]


def chats_where(tx: Transaction, condition: ColumnElement[bool], *, limit: int) -> list[Chat]:
    """The newest chats that meet a condition."""
    query = select(chats).where(condition).order_by(chats.c.started_at.desc(), chats.c.id.desc()).limit(limit)
    return [_chat(row) for row in tx.connection.execute(query)]


def messages_where(tx: Transaction, condition: ColumnElement[bool], *, limit: int) -> list[Message]:
    """The newest messages that meet a condition, whatever chat they are in."""
    newest = messages.c.sent_at.desc(), messages.c.id.desc()
    query = select(messages).where(condition).order_by(*newest).limit(limit)
    return [_message(row) for row in tx.connection.execute(query)]


def open_assistant_chats(tx: Transaction) -> list[Chat]:
    """Chats that are active and still with the assistant."""
    rows = tx.connection.execute(
        select(chats).where(chats.c.status == ChatStatus.ACTIVE, chats.c.mode == Mode.AI)
    )
    return [_chat(row) for row in rows]


def insert_message(
    tx: Transaction, message: Message, *, sender_id: str | None = None, client_key: str | None = None
) -> None:
    """Store a new message; `client_key` names it within its chat."""
    tx.connection.execute(
        insert(messages).values(
            id=message.id,
            chat_id=message.chat_id,
            position=message.position,
            sender=message.sender.value,
            sender_name=message.sender_name,
            sender_id=sender_id,
            content=message.content,
            attachments=json.dumps(list(message.attachments)),
            metadata=json.dumps(dict(message.metadata)),
            is_internal=message.is_internal,
            client_message_id=client_key,
            state=message.state.value,
            sent_at=to_millis(message.sent_at),
        )
    )


def message_by_id(tx: Transaction, message_id: MessageId) -> Message | None:
    """None if there is no such message."""
    row = tx.connection.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
    return _message(row) if row else None


def message_by_client_key(tx: Transaction, chat_id: ChatId, client_key: str) -> Message | None:
    """None if nothing was sent into this chat under that name."""
    row = tx.connection.execute(
        select(messages).where(messages.c.chat_id == chat_id, messages.c.client_message_id == client_key)
    ).one_or_none()
    return _message(row) if row else None


def is_answered(tx: Transaction, question: Message) -> bool:
    """Whether a person has spoken since, or the assistant has begun to answer or said that it cannot.

    An answer over the old route names no question; it counts for all before it.
    """
    rows = tx.connection.execute(
        select(chat_events.c.type, chat_events.c.data).where(
            chat_events.c.chat_id == question.chat_id,
            chat_events.c.staff_seq > question.position,
            chat_events.c.type.in_(["sources", "failed", "message"]),
        )
    )
    return any(_answers(row.type, json.loads(row.data), question) for row in rows)


def _answers(type_: str, data: Mapping[str, Any], question: Message) -> bool:
    if type_ == "message":
        return bool(data["message"]["sender"] == Sender.AGENT)
    return data.get("questionId") in {None, question.id}


def change_message(tx: Transaction, message_id: MessageId, **values: Any) -> None:
    """Set columns of one message."""
    tx.connection.execute(update(messages).where(messages.c.id == message_id).values(**values))


def messages_of(tx: Transaction, chat_id: ChatId, *, internal: bool) -> list[Message]:
    """A chat's messages, oldest first; internal notes only where asked for."""
    query = select(messages).where(messages.c.chat_id == chat_id).order_by(messages.c.position)
    if not internal:
        query = query.where(messages.c.is_internal.is_(False))
    return [_message(row) for row in tx.connection.execute(query)]


def newest_messages(
    tx: Transaction, chat_id: ChatId, *, before_position: int | None, limit: int
) -> list[Message]:
    """The newest public messages before a position, oldest of them first."""
    query = (
        select(messages)
        .where(messages.c.chat_id == chat_id, messages.c.is_internal.is_(False))
        .order_by(messages.c.position.desc())
        .limit(limit)
    )
    if before_position is not None:
        query = query.where(messages.c.position < before_position)
    return [_message(row) for row in tx.connection.execute(query)][::-1]


def count_visitor_messages(tx: Transaction, chat_id: ChatId, *, up_to: int) -> int:
    """How many of a chat's messages are the visitor's; counting ends at `up_to`."""
    theirs = select(messages.c.id).where(messages.c.chat_id == chat_id, messages.c.sender == Sender.USER)
    query = select(func.count()).select_from(theirs.limit(up_to).subquery())
    return int(tx.connection.execute(query).scalar_one())


def streaming_messages(tx: Transaction) -> list[Message]:
    """Answers that were being written when the process ended."""
    rows = tx.connection.execute(
        select(messages).where(messages.c.state == AnswerState.STREAMING).order_by(messages.c.id)
    )
    return [_message(row) for row in rows]


def append_event(
    tx: Transaction, chat_id: ChatId, type_: str, data: Mapping[str, Any], *, public: bool = True
) -> ChatEvent:
    """Give the event the next number of each audience that may see it, store it and tell the house."""
    counted = tx.connection.execute(
        update(chats)
        .where(chats.c.id == chat_id)
        .values(
            staff_seq=chats.c.staff_seq + 1,
            public_seq=chats.c.public_seq + (1 if public else 0),
            updated_at=to_millis(tx.now),
        )
        .returning(chats.c.staff_seq, chats.c.public_seq, chats.c.session_id)
    ).one_or_none()
    if counted is None:
        raise ChatNotFound
    event = ChatEvent(
        session_id=SessionId(counted.session_id),
        chat_id=chat_id,
        staff_seq=counted.staff_seq,
        public_seq=counted.public_seq if public else None,
        type=type_,
        at=tx.now,
        data=data,
    )
    tx.connection.execute(
        insert(chat_events).values(
            chat_id=chat_id,
            staff_seq=event.staff_seq,
            public_seq=event.public_seq,
            type=type_,
            data=json.dumps(dict(data), ensure_ascii=False),
            at=to_millis(tx.now),
        )
    )
    tx.record(EventAppended(event))
    return event


def events_after(
    tx: Transaction, chat: Chat, after: int, *, staff: bool, limit: int = _MOST_EVENTS
) -> list[ChatEvent]:
    """The log of one audience after its sequence number `after`, in order."""
    number = chat_events.c.staff_seq if staff else chat_events.c.public_seq
    rows = tx.connection.execute(
        select(chat_events)
        .where(chat_events.c.chat_id == chat.id, number > after)
        .order_by(number)
        .limit(limit)
    )
    return [_event(chat, row) for row in rows]


def last_event(tx: Transaction, chat: Chat, types: Collection[str]) -> ChatEvent | None:
    """The newest event of these types, or None."""
    row = tx.connection.execute(
        select(chat_events)
        .where(chat_events.c.chat_id == chat.id, chat_events.c.type.in_(types))
        .order_by(chat_events.c.staff_seq.desc())
        .limit(1)
    ).one_or_none()
    return _event(chat, row) if row else None


def files_only_in(tx: Transaction, chat: Chat) -> list[str]:
    """Addresses of the uploads that this chat's messages name and no other chat's."""
    urls = {
        str(one.get("url", ""))
        for message in messages_of(tx, chat.id, internal=True)
        for one in message.attachments
    }
    names = [url.removeprefix("/uploads/") for url in sorted(urls) if url.startswith("/uploads/")]
    return [name for name in names if not _named_elsewhere(tx, chat.id, name)]


def _named_elsewhere(tx: Transaction, chat_id: ChatId, name: str) -> bool:
    named = messages.c.attachments.contains(name, autoescape=True)
    return bool(
        tx.connection.execute(
            select(messages.c.id).where(named, messages.c.chat_id != chat_id).limit(1)
        ).first()
    )


def _event(chat: Chat, row: Row[Any]) -> ChatEvent:
    return ChatEvent(
        session_id=chat.session_id,
        chat_id=chat.id,
        staff_seq=row.staff_seq,
        public_seq=row.public_seq,
        type=row.type,
        at=from_millis(row.at),
        data=json.loads(row.data),
    )


def _one_chat(tx: Transaction, condition: Any) -> Chat:
    row = tx.connection.execute(select(chats).where(condition)).one_or_none()
    if row is None:
        raise ChatNotFound
    return _chat(row)


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        id=ChatId(row.id),
        session_id=SessionId(row.session_id),
        token_hash=row.token_hash,
        user_id=row.user_id,
        user_name=row.user_name,
        user_email=row.user_email,
        status=ChatStatus(row.status),
        mode=Mode(row.mode),
        category=row.category,
        priority=row.priority,
        sentiment=row.sentiment,
        assigned_agent_id=AgentId(row.assigned_agent_id) if row.assigned_agent_id else None,
        ticket_type=row.ticket_type,
        user_priority=row.user_priority,
        mood=row.mood,
        summary=row.summary,
        language=row.language,
        metadata=json.loads(row.metadata),
        started_at=from_millis(row.started_at),
        ended_at=from_millis(row.ended_at) if row.ended_at is not None else None,
        rating=row.rating,
        rating_comment=row.rating_comment,
        agent_notes=row.agent_notes,
        public_seq=row.public_seq,
        staff_seq=row.staff_seq,
        created_at=from_millis(row.created_at),
        updated_at=from_millis(row.updated_at),
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        id=MessageId(row.id),
        chat_id=ChatId(row.chat_id),
        position=row.position,
        sender=Sender(row.sender),
        sender_name=row.sender_name,
        content=row.content,
        sent_at=from_millis(row.sent_at),
        attachments=tuple(json.loads(row.attachments)),
        metadata=json.loads(row.metadata),
        is_internal=row.is_internal,
        state=AnswerState(row.state),
        helpful=row.helpful,
        feedback_comment=row.feedback_comment,
    )
