"""Find the chats that a visitor has had before, as far as the caller may know of them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatNotFound, Sender, shown_rating
from aichatdesk.conversation.snapshot import snapshot_of
from aichatdesk.conversation.tables import chats, messages
from aichatdesk.core.clock import to_iso
from aichatdesk.core.ids import ChatId, SessionId
from aichatdesk.core.text import shorten
from aichatdesk.platform.storage.database import Transaction

_MOST = 20
_LONGEST_QUESTION = 300


def earlier_chats(tx: Transaction, chat: Chat, *, staff: bool) -> list[dict[str, Any]]:
    """The newest other chats of the same visitor, at most 20.

    For the visitor, those in which the page has vouched for the same person; for people at the desk also those with
    the same address, verified or typed. The summary is written for the desk, so a visitor gets none.
    """
    same = _same_visitor(chat, staff=staff)
    found = repository.chats_where(tx, and_(chats.c.id != chat.id, same), limit=_MOST)
    questions = _first_questions(tx, [one.id for one in found])
    return [
        {
            "sessionId": one.session_id,
            "startedAt": to_iso(one.started_at),
            "endedAt": to_iso(one.ended_at) if one.ended_at else None,
            "status": one.status.value,
            "summary": one.summary if staff else None,
            "firstQuestion": questions.get(one.id),
            "rating": shown_rating(one.rating),
        }
        for one in found
    ]


def earlier_chat(tx: Transaction, chat: Chat, other: SessionId, *, staff: bool) -> dict[str, Any]:
    """The snapshot of another chat in the caller's audience.

    Raises:
        ChatNotFound: There is none, or none that the visitor may read.
    """
    if not staff:
        found = repository.chat_by_session(tx, other)
        if chat.user_id is None or found.user_id != chat.user_id:
            raise ChatNotFound
    return snapshot_of(tx, other, staff=staff)


def _same_visitor(chat: Chat, *, staff: bool) -> ColumnElement[bool]:
    same: list[ColumnElement[bool]] = []
    if chat.user_id is not None:
        same.append(chats.c.user_id == chat.user_id)
    if staff and chat.user_email:
        # As it was typed, and as keyboards write the same address elsewhere.
        email = chat.user_email
        same.append(chats.c.user_email.in_({email, email.lower(), email.capitalize()}))
    return or_(*same) if same else false()


def _first_questions(tx: Transaction, chat_ids: list[ChatId]) -> dict[ChatId, str]:
    first = (
        select(messages.c.chat_id, func.min(messages.c.position).label("position"))
        .where(messages.c.chat_id.in_(chat_ids), messages.c.sender == Sender.USER.value)
        .group_by(messages.c.chat_id)
        .subquery()
    )
    rows = tx.connection.execute(
        select(messages.c.chat_id, messages.c.content).join(
            first, and_(first.c.chat_id == messages.c.chat_id, first.c.position == messages.c.position)
        )
    )
    return {ChatId(row.chat_id): shorten(row.content, _LONGEST_QUESTION) for row in rows}
