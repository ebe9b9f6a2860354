"""How long visitors wait for the first words of an answer: the assistant's, and a person's."""

from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, case, func, select, type_coerce
from sqlalchemy.sql.selectable import FromClause

from aichatdesk.conversation.analytics import Period
from aichatdesk.conversation.domain import Sender
from aichatdesk.conversation.tables import chat_events, chats, messages
from aichatdesk.platform.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds; None where nothing is known.

    `median` is between the two in the middle where their number is even, `p90` by nearest rank.
    """

    median: float | None
    p90: float | None


def assistant_times(tx: Transaction, period: Period) -> Times:
    """From a visitor's message, or the chat's return to the assistant after it, to the answer's first sentence."""
    asked = messages.alias("asked")
    question = (
        select(func.max(asked.c.sent_at))
        .where(
            asked.c.chat_id == messages.c.chat_id,
            asked.c.sender == Sender.USER,
            asked.c.position < messages.c.position,
        )
        .scalar_subquery()
    )
    before = chat_events.alias("before")
    returned = (
        select(func.max(before.c.at))
        .where(
            before.c.chat_id == messages.c.chat_id,
            before.c.staff_seq < messages.c.position,
            before.c.type == "returned_to_ai",
        )
        .scalar_subquery()
    )
    said = chat_events.alias("said")
    first_words = (
        select(said.c.at)
        .where(
            said.c.chat_id == messages.c.chat_id,
            said.c.staff_seq > messages.c.position,
            said.c.type == "sentence",
            type_coerce(said.c.data, JSON)["messageId"].as_string() == messages.c.id,
        )
        .order_by(said.c.staff_seq)
        .limit(1)
        .scalar_subquery()
    )
    moments = (
        select(question.label("question"), returned.label("returned"), first_words.label("words"))
        .join(chats, chats.c.id == messages.c.chat_id)
        .where(messages.c.sender == Sender.AI, period.holds)
        .subquery()
    )
    since = case((moments.c.returned > moments.c.question, moments.c.returned), else_=moments.c.question)
    return _times(tx, moments, moments.c.words - since)


def people_times(tx: Transaction, period: Period) -> Times:
    """From a chat's first hand-over to the first words of a person after it."""
    first = (
        select(chat_events.c.chat_id, func.min(chat_events.c.staff_seq).label("seq"))
        .join(chats, chats.c.id == chat_events.c.chat_id)
        .where(chat_events.c.type == "handed_over", period.holds)
        .group_by(chat_events.c.chat_id)
        .subquery()
    )
    reply = (
        select(messages.c.sent_at)
        .where(
            messages.c.chat_id == first.c.chat_id,
            messages.c.position > first.c.seq,
            messages.c.sender == Sender.AGENT,
            messages.c.is_internal.is_(False),
        )
        .order_by(messages.c.position)
        .limit(1)
        .scalar_subquery()
    )
    moments = (
        select(chat_events.c.at.label("asked"), reply.label("words"))
        .join(first, (first.c.chat_id == chat_events.c.chat_id) & (first.c.seq == chat_events.c.staff_seq))
        .subquery()
    )
    return _times(tx, moments, moments.c.words - moments.c.asked)


def _times(tx: Transaction, moments: FromClause, wait: ColumnElement[int]) -> Times:
    waits = select(wait.label("wait")).select_from(moments).where(wait.is_not(None)).subquery()
    ranked = select(
        waits.c.wait,
        func.row_number().over(order_by=waits.c.wait).label("rank"),
        func.count().over().label("many"),
    ).subquery()
    in_the_middle = ranked.c.rank.in_([(ranked.c.many + 1) // 2, (ranked.c.many + 2) // 2])
    row = tx.connection.execute(
        select(
            func.avg(case((in_the_middle, ranked.c.wait))).label("median"),
            func.min(case((ranked.c.rank * 10 >= ranked.c.many * 9, ranked.c.wait))).label("p90"),
        )
    ).one()
    return Times(_seconds(row.median), _seconds(row.p90))


def _seconds(millis: float | None) -> float | None:
    return round(float(millis) / 1000, 2) if millis is not None else None
