"""Questions that the desk has left open: kept without what is personal in them, until they are grouped and closed."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from aichatdesk.core.clock import to_millis
from aichatdesk.core.ids import ChatId, MessageId, SessionId, new_id
from aichatdesk.core.text import shorten, tidy
from aichatdesk.knowledge import gaps
from aichatdesk.knowledge.mask_personal import mask_personal, says_something
from aichatdesk.knowledge.tables import open_questions
from aichatdesk.platform.jobs.queue import enqueue
from aichatdesk.platform.storage.database import Transaction

GROUP_QUESTIONS = "group_questions"
LONGEST_QUESTION = 1000
# One visitor must not be able to fill the list.
_MOST_PER_CHAT = 20
_KEPT_FOR = timedelta(days=180)


class WhyOpen(StrEnum):
    """What shows that the documents do not tell."""

    NO_ANSWER = "no_answer"
    NOT_SURE = "not_sure"
    NOT_HELPFUL = "not_helpful"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, where it was asked, and the names of the people there."""

    chat_id: ChatId
    session_id: SessionId
    message_id: MessageId | None
    question: str
    names: Collection[str]


def leave_open(tx: Transaction, asked: Asked, why: WhyOpen) -> bool:
    """Keep a question for people to look at; one chat asks the same once.

    False if too little is left of it without what is personal, or if the chat has left too many open.
    """
    question = shorten(mask_personal(tidy(asked.question), names=asked.names), LONGEST_QUESTION)
    if not says_something(question):
        return False
    digest = hashlib.sha256(question.casefold().encode()).hexdigest()
    of_chat = open_questions.c.chat_id == asked.chat_id
    known = tx.connection.execute(
        select(open_questions).where(of_chat, open_questions.c.digest == digest)
    ).one_or_none()
    if known is None:
        if _count(tx, asked.chat_id) >= _MOST_PER_CHAT:
            return False
        tx.connection.execute(
            insert(open_questions).values(
                id=new_id(),
                chat_id=asked.chat_id,
                session_id=asked.session_id,
                message_id=asked.message_id,
                question=question,
                digest=digest,
                reasons=why.value,
                asked_at=to_millis(tx.now),
            )
        )
    else:
        # What was answered and is asked again is open again.
        answered = known.gap_id is not None and gaps.is_answered(tx, known.gap_id)
        tx.connection.execute(
            update(open_questions)
            .where(open_questions.c.id == known.id)
            .values(
                message_id=asked.message_id or known.message_id,
                reasons=why.value if answered else _with(known.reasons, why),
                asked_at=to_millis(tx.now),
                gap_id=None if answered else known.gap_id,
            )
        )
        if known.gap_id is not None:
            gaps.refresh(tx, known.gap_id)
    ask_for_grouping(tx)
    return True


def take_back(tx: Transaction, chat_id: ChatId, message_id: MessageId, why: WhyOpen) -> None:
    """Forget one reason for a question; without any other it is open no more."""
    row = tx.connection.execute(
        select(open_questions).where(
            open_questions.c.chat_id == chat_id, open_questions.c.message_id == message_id
        )
    ).first()
    if row is None or why.value not in row.reasons.split():
        return
    left = [reason for reason in row.reasons.split() if reason != why]
    this = open_questions.c.id == row.id
    if left:
        tx.connection.execute(update(open_questions).where(this).values(reasons=" ".join(left)))
        return
    tx.connection.execute(delete(open_questions).where(this))
    if row.gap_id is not None:
        gaps.refresh(tx, row.gap_id)


def forget_questions(tx: Transaction, chat_id: ChatId) -> None:
    """Remove what a deleted chat has left open."""
    _forget(tx, open_questions.c.chat_id == chat_id)


def forget_old_questions(tx: Transaction) -> None:
    """Remove what was asked long ago, closed or not."""
    _forget(tx, open_questions.c.asked_at < to_millis(tx.now - _KEPT_FOR))


def ask_for_grouping(tx: Transaction) -> None:
    """Have what is not grouped yet grouped in the background."""
    enqueue(tx, GROUP_QUESTIONS, {}, key=GROUP_QUESTIONS)


def _forget(tx: Transaction, which: ColumnElement[bool]) -> None:
    touched = tx.connection.execute(select(open_questions.c.gap_id).where(which).distinct()).scalars().all()
    tx.connection.execute(delete(open_questions).where(which))
    for gap_id in touched:
        if gap_id is not None:
            gaps.refresh(tx, gap_id)


def _count(tx: Transaction, chat_id: ChatId) -> int:
    query = select(func.count()).select_from(open_questions).where(open_questions.c.chat_id == chat_id)
    return int(tx.connection.execute(query).scalar_one())


def _with(reasons: str, why: WhyOpen) -> str:
    return reasons if why.value in reasons.split() else f"{reasons} {why.value}"
