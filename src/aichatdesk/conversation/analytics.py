"""How the chats of a period went, counted by the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from aichatdesk.conversation.domain import ChatStatus, Mode, Sender
from aichatdesk.conversation.tables import chats, messages
from aichatdesk.core.clock import to_iso, to_millis
from aichatdesk.platform.storage.database import Transaction

_MINUTE = 60_000
_THUMBS_UP, _THUMBS_DOWN = 5, 1


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to `end`, both included."""

    start: datetime
    end: datetime

    @property
    def holds(self) -> ColumnElement[bool]:
        """The condition that a chat began in it."""
        return chats.c.started_at.between(to_millis(self.start), to_millis(self.end))


def overview(tx: Transaction, period: Period) -> dict[str, Any]:
    """Counts, times and ratings of the chats that began in a period."""
    closed = chats.c.status == ChatStatus.CLOSED
    row = tx.connection.execute(
        select(
            func.count().label("total"),
            how_many(and_(closed, chats.c.mode == Mode.AI)).label("by_assistant"),
            how_many(and_(closed, chats.c.mode == Mode.HUMAN)).label("by_people"),
            func.avg(chats.c.rating).label("rating"),
            func.count(chats.c.rating).label("ratings"),
            how_many(chats.c.rating == _THUMBS_UP).label("up"),
            how_many(chats.c.rating == _THUMBS_DOWN).label("down"),
        ).where(period.holds)
    ).one()
    return {
        "totalChats": row.total,
        "aiResolved": row.by_assistant or 0,
        "humanResolved": row.by_people or 0,
        "avgResponseTimeMinutes": _response_minutes(tx, period),
        "avgRating": round(row.rating, 1) if row.rating is not None else 0,
        "totalRatings": row.ratings,
        "thumbsUp": row.up or 0,
        "thumbsDown": row.down or 0,
        "byCategory": counted(tx, period, "category"),
        "byPriority": counted(tx, period, "priority"),
        "dateRange": {"startDate": to_iso(period.start)[:10], "endDate": to_iso(period.end)[:10]},
    }


def common_questions(tx: Transaction, period: Period, *, limit: int) -> list[dict[str, Any]]:
    """The first words of visitors that were said most often, in lower case."""
    first = (
        select(messages.c.chat_id, func.min(messages.c.position).label("position"))
        .join(chats, chats.c.id == messages.c.chat_id)
        .where(messages.c.sender == Sender.USER, period.holds)
        .group_by(messages.c.chat_id)
        .subquery()
    )
    question = func.lower(func.trim(messages.c.content)).label("question")
    rows = tx.connection.execute(
        select(question, func.count().label("many"))
        .join(first, and_(first.c.chat_id == messages.c.chat_id, first.c.position == messages.c.position))
        .group_by(question)
        .order_by(func.count().desc(), question)
        .limit(limit)
    )
    return [{"question": row.question, "count": row.many} for row in rows]


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """The number of rows for which a condition holds."""
    return func.sum(case((condition, 1), else_=0))


def counted(
    tx: Transaction, period: Period, name: str, *, only: ColumnElement[bool] | None = None
) -> list[Mapping[str, Any]]:
    """How many chats there are for each value of a column, most first."""
    column = chats.c[name]
    rows = tx.connection.execute(
        select(column, func.count().label("many"))
        .where(period.holds if only is None else period.holds & only)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return [{name: row[0], "count": row.many} for row in rows]


def _response_minutes(tx: Transaction, period: Period) -> float:
    """From a chat's beginning to the first words of a person, on average over closed chats with people."""
    first = (
        select(messages.c.chat_id, func.min(messages.c.sent_at).label("sent_at"))
        .where(messages.c.sender == Sender.AGENT, messages.c.is_internal.is_(False))
        .group_by(messages.c.chat_id)
        .subquery()
    )
    waited = tx.connection.execute(
        select(func.avg(first.c.sent_at - chats.c.started_at))
        .join(first, first.c.chat_id == chats.c.id)
        .where(period.holds, chats.c.status == ChatStatus.CLOSED, chats.c.mode == Mode.HUMAN)
    ).scalar_one()
    return round(float(waited) / _MINUTE, 1) if waited is not None else 0
