"""How the chats of a period went, in full; the counting is the database's.

A chat belongs to the period in which it began, with all that came of it later. What each figure means is told in
`docs/guide/analytics.md`.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, and_, case, cast, exists, func, not_, select, type_coerce

from aichatdesk.conversation.analytics import Period, common_questions, counted, how_many
from aichatdesk.conversation.answer_times import assistant_times, people_times
from aichatdesk.conversation.domain import ChatStatus, Mode, Sender
from aichatdesk.conversation.tables import chat_events, chats, messages
from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import Invalid
from aichatdesk.platform.storage.database import Transaction

MOST_DAYS = 1830
_HOUR, _DAY = 3_600_000, 86_400_000
_QUESTIONS = 20
_TENTHS = 10
_RATINGS = (1, 2, 3, 4, 5)

Fields = dict[str, Any]


def report(tx: Transaction, period: Period) -> Fields:
    """Everything that is known of the chats that began in a period.

    Raises:
        Invalid: The period is longer than `MOST_DAYS` days.
    """
    if period.end - period.start > timedelta(days=MOST_DAYS):
        raise Invalid(f"A period has at most {MOST_DAYS} days.", field="startDate")
    volumes, ratings, answers = _volumes(tx, period), _ratings(tx, period), _answers(tx, period)
    hand_overs = _hand_overs(tx, period)
    assistant, people = assistant_times(tx, period), people_times(tx, period)
    return {
        "period": {"start": to_iso(period.start), "end": to_iso(period.end)},
        "totals": volumes["totals"] | hand_overs["totals"] | ratings["totals"],
        "days": volumes["days"],
        "hours": volumes["hours"],
        "handOverReasons": hand_overs["reasons"],
        "responseTimes": {
            "assistantMedianSeconds": assistant.median,
            "assistantP90Seconds": assistant.p90,
            "peopleMedianSeconds": people.median,
            "peopleP90Seconds": people.p90,
        },
        "ratings": ratings["ratings"],
        "feedback": answers["feedback"],
        "confidence": answers["confidence"],
        "languages": counted(tx, period, "language", only=chats.c.language.is_not(None)),
        "categories": counted(tx, period, "category"),
        "questions": common_questions(tx, period, limit=_QUESTIONS),
    }


def _volumes(tx: Transaction, period: Period) -> Fields:
    """Totals, days and hours, from one count for each hour in which a chat began."""
    by_people = _said_by(Sender.AGENT)
    by_assistant = and_(not_(by_people), chats.c.mode == Mode.AI, _said_by(Sender.AI))
    hour = (chats.c.started_at // _HOUR).label("hour")
    rows = tx.connection.execute(
        select(
            hour,
            func.count().label("chats"),
            how_many(chats.c.status != ChatStatus.CLOSED).label("open"),
            how_many(by_assistant).label("byAssistant"),
            how_many(by_people).label("byPeople"),
        )
        .where(period.holds)
        .group_by(hour)
    ).all()
    hours, totals = [0] * 24, Counter[str]()
    days: dict[int, Counter[str]] = {
        day: Counter() for day in range(to_millis(period.start) // _DAY, to_millis(period.end) // _DAY + 1)
    }
    for row in rows:
        counts = {name: row._mapping[name] for name in ("chats", "open", "byAssistant", "byPeople")}
        totals.update(counts)
        days[row.hour // 24].update(counts)
        hours[row.hour % 24] += row.chats
    shown = ("chats", "byAssistant", "byPeople")
    return {
        "totals": {name: totals[name] for name in ("chats", "open", "byAssistant", "byPeople")},
        "days": [
            {"day": to_iso(from_millis(day * _DAY))[:10]} | {name: counts[name] for name in shown}
            for day, counts in days.items()
        ],
        "hours": hours,
    }


def _hand_overs(tx: Transaction, period: Period) -> Fields:
    """How often chats were handed over for each reason, and how many were; one may be more than once."""
    each = (
        select(
            type_coerce(chat_events.c.data, JSON)["reason"].as_string().label("reason"),
            func.row_number().over(partition_by=chat_events.c.chat_id).label("time"),
        )
        .join(chats, chats.c.id == chat_events.c.chat_id)
        .where(chat_events.c.type == "handed_over", period.holds)
        .subquery()
    )
    rows = tx.connection.execute(
        select(each.c.reason, func.count().label("many"), how_many(each.c.time == 1).label("chats"))
        .group_by(each.c.reason)
        .order_by(func.count().desc(), each.c.reason)
    ).all()
    return {
        "totals": {"handedOver": sum(row.chats for row in rows)},
        "reasons": [{"reason": row.reason, "count": row.many} for row in rows],
    }


def _ratings(tx: Transaction, period: Period) -> Fields:
    """What visitors gave, from 1 to 5; halves count as the next star, and older pages' odd numbers not at all."""
    stars = cast(chats.c.rating + 0.5, Integer).label("stars")
    rows = tx.connection.execute(
        select(stars, func.count().label("many"), func.sum(chats.c.rating).label("sum"))
        .where(period.holds, chats.c.rating.between(_RATINGS[0], _RATINGS[-1]))
        .group_by(stars)
    ).all()
    many = {row.stars: row.many for row in rows}
    rated = sum(many.values())
    return {
        "totals": {
            "rated": rated,
            "averageRating": round(sum(row.sum for row in rows) / rated, 2) if rated else None,
        },
        "ratings": [{"rating": star, "count": many.get(star, 0)} for star in _RATINGS],
    }


def _answers(tx: Transaction, period: Period) -> Fields:
    """What visitors said of answers, and how sure the assistant was of those that it took from documents."""
    known = type_coerce(messages.c.metadata, JSON)
    confidence, helpful = known["confidence"].as_float(), known["helpful"].as_boolean()
    # A greeting, or the news that a person will come: sure, and about nothing.
    of_no_document = and_(confidence >= 1, known[("sources", 0, "n")].as_string().is_(None))
    step = cast(confidence * _TENTHS, Integer)
    tenth = case((of_no_document, None), (step >= _TENTHS, _TENTHS - 1), else_=step).label("tenth")
    rows = tx.connection.execute(
        select(
            tenth,
            func.count().label("many"),
            how_many(helpful.is_(True)).label("helpful"),
            how_many(helpful.is_(False)).label("not_helpful"),
        )
        .join(chats, chats.c.id == messages.c.chat_id)
        .where(messages.c.sender == Sender.AI, period.holds)
        .group_by(tenth)
    ).all()
    many = {row.tenth: row.many for row in rows}
    return {
        "feedback": {
            "helpful": sum(row.helpful for row in rows),
            "notHelpful": sum(row.not_helpful for row in rows),
        },
        "confidence": [
            {"from": step / _TENTHS, "to": (step + 1) / _TENTHS, "count": many.get(step, 0)}
            for step in range(_TENTHS)
        ],
    }


def _said_by(sender: Sender) -> ColumnElement[bool]:
    """Whether the visitor of a chat could read anything by the assistant, or by a person."""
    return exists().where(
        messages.c.chat_id == chats.c.id,
        messages.c.sender == sender,
        messages.c.is_internal.is_(False),
        messages.c.content != "",
    )
