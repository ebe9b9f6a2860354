"""What the documents lack, as groups of questions that were left open; people answer them or dismiss them."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, delete, func, insert, select, update

from aichatdesk.core.access import Actor
from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import Conflict, NotFound
from aichatdesk.core.ids import AgentId, DocumentId, new_id
from aichatdesk.knowledge.gap_groups import nearest_group, nearest_to_the_middle
from aichatdesk.knowledge.mask_personal import PLACEHOLDER
from aichatdesk.knowledge.tables import gaps, open_questions
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

Vector = NDArray[np.float32]

_MOST_LISTED = 200
_MOST_EXAMPLES = 5
# So many stand for all of a gap that is asked about very often.
_MOST_COMPARED = 200
_MOST_GAPS_COMPARED = 1000
# A question that people do not want answered is asked now and then; one that so many ask again may be worth a look.
_COMES_BACK_AFTER = 3


class GapState(StrEnum):
    """What people have decided."""

    OPEN = "open"
    DISMISSED = "dismissed"
    ANSWERED = "answered"


def list_gaps(tx: Transaction) -> list[dict[str, Any]]:
    """The open gaps, at most 200, most asked first."""
    asked, last = func.count(), func.max(open_questions.c.asked_at)
    rows = tx.connection.execute(
        select(gaps.c.id, gaps.c.question, asked.label("asked"), last.label("last"))
        .join(open_questions, open_questions.c.gap_id == gaps.c.id)
        .where(gaps.c.state == GapState.OPEN.value)
        .group_by(gaps.c.id)
        .order_by(asked.desc(), last.desc(), gaps.c.id)
        .limit(_MOST_LISTED)
    ).all()
    examples = _questions_of(tx, [row.id for row in rows])
    return [_shown(row, examples[row.id]) for row in rows]


def count_ungrouped(tx: Transaction) -> int:
    """How many open questions wait for their vectors."""
    query = select(func.count()).select_from(open_questions).where(open_questions.c.gap_id.is_(None))
    return int(tx.connection.execute(query).scalar_one())


def require_open(tx: Transaction, gap_id: str) -> str:
    """The question of a gap that nobody has closed.

    Raises:
        NotFound: No such gap.
        Conflict: It was closed before.
    """
    row = _row(tx, gap_id)
    if row is None:
        raise NotFound("No such gap.")
    if row.state != GapState.OPEN:
        raise Conflict(f"This gap was {row.state} before.", state=row.state)
    return str(row.question)


def dismiss(tx: Transaction, gap_id: str, *, by: Actor) -> None:
    """Take a gap off the list; it comes back when three more chats ask the same.

    Raises:
        NotFound, Conflict: See `require_open`.
    """
    _close(tx, gap_id, GapState.DISMISSED, by.id)
    note(tx, by, Act.GAP_DISMISSED, gap_id)


def note_answer(tx: Transaction, document_id: DocumentId, *, gap_id: str, by: Actor) -> None:
    """Close a gap whose answer is kept in a document by this very transaction; raises as `require_open`."""
    _close(tx, gap_id, GapState.ANSWERED, by.id)
    note(tx, by, Act.GAP_ANSWERED, gap_id)
    tx.connection.execute(update(gaps).where(gaps.c.id == gap_id).values(document_id=document_id))


def is_answered(tx: Transaction, gap_id: str) -> bool:
    """Whether people have answered it; what is asked after that opens another."""
    row = _row(tx, gap_id)
    return row is not None and row.state == GapState.ANSWERED


def put_into_gap(
    tx: Transaction, question_id: str, vector: Vector, *, model: str, same_from: float
) -> str | None:
    """Add a question to the gap that asks the same, or open one; None if it is gone or grouped already.

    Args:
        vector: A unit vector; an empty one is near to nothing.
        same_from: The cosine from which two questions ask the same.
    """
    row = tx.connection.execute(
        select(open_questions).where(open_questions.c.id == question_id, open_questions.c.gap_id.is_(None))
    ).one_or_none()
    if row is None:
        return None
    gap_id = _gap_for(tx, vector, model, same_from) or _new_gap(tx, row.question, model)
    tx.connection.execute(
        update(open_questions)
        .where(open_questions.c.id == question_id)
        .values(gap_id=gap_id, vector=_stored(vector))
    )
    refresh(tx, gap_id)
    return gap_id


def refresh(tx: Transaction, gap_id: str) -> None:
    """Put a gap right after its questions have changed; without any it is gone."""
    rows = tx.connection.execute(
        select(open_questions.c.question, open_questions.c.vector)
        .where(open_questions.c.gap_id == gap_id)
        .order_by(open_questions.c.asked_at.desc(), open_questions.c.id)
        .limit(_MOST_COMPARED)
    ).all()
    this = gaps.c.id == gap_id
    if not rows:
        tx.connection.execute(delete(gaps).where(this))
        return
    vectors = [_read(row.vector) for row in rows]
    # One in which nothing had to be hidden reads best.
    plain = [place for place, row in enumerate(rows) if not PLACEHOLDER.search(row.question)]
    shown = plain or range(len(rows))
    question = rows[shown[nearest_to_the_middle([vectors[place] for place in shown])]].question
    alike = [vector for vector in vectors if vector.shape == vectors[0].shape]
    middle = np.stack(alike).sum(axis=0)
    tx.connection.execute(update(gaps).where(this).values(question=question, middle=_stored(middle)))
    _bring_back(tx, gap_id)


def _bring_back(tx: Transaction, gap_id: str) -> None:
    """Open a dismissed gap again that many have asked about since."""
    gap = _row(tx, gap_id)
    if gap is None or gap.state != GapState.DISMISSED:
        return
    chats = func.count(open_questions.c.chat_id.distinct())
    since = select(chats).where(
        open_questions.c.gap_id == gap_id, open_questions.c.asked_at > (gap.closed_at or 0)
    )
    if tx.connection.execute(since).scalar_one() >= _COMES_BACK_AFTER:
        tx.connection.execute(
            update(gaps)
            .where(gaps.c.id == gap_id)
            .values(state=GapState.OPEN.value, closed_at=None, closed_by=None)
        )


def _gap_for(tx: Transaction, vector: Vector, model: str, same_from: float) -> str | None:
    rows = tx.connection.execute(
        select(gaps.c.id, gaps.c.middle)
        .where(gaps.c.state != GapState.ANSWERED.value, gaps.c.model == model)
        .order_by(gaps.c.created_at.desc(), gaps.c.id)
        .limit(_MOST_GAPS_COMPARED)
    ).all()
    place = nearest_group(vector, [_read(row.middle) for row in rows], same_from)
    return None if place is None else str(rows[place].id)


def _new_gap(tx: Transaction, question: str, model: str) -> str:
    gap_id = new_id()
    tx.connection.execute(
        insert(gaps).values(
            id=gap_id,
            state=GapState.OPEN.value,
            model=model,
            question=question,
            middle=b"",
            created_at=to_millis(tx.now),
        )
    )
    return gap_id


def _close(tx: Transaction, gap_id: str, state: GapState, by: AgentId) -> None:
    require_open(tx, gap_id)
    tx.connection.execute(
        update(gaps)
        .where(gaps.c.id == gap_id)
        .values(state=state.value, closed_at=to_millis(tx.now), closed_by=by)
    )


def _row(tx: Transaction, gap_id: str) -> Row[Any] | None:
    return tx.connection.execute(select(gaps).where(gaps.c.id == gap_id)).one_or_none()


def _questions_of(tx: Transaction, gap_ids: Sequence[str]) -> dict[str, list[Any]]:
    """The questions of each gap, newest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    columns = (
        open_questions.c.gap_id,
        open_questions.c.session_id,
        open_questions.c.question,
        open_questions.c.reasons,
        open_questions.c.asked_at,
    )
    query = (
        select(*columns)
        .where(open_questions.c.gap_id.in_(gap_ids))
        .order_by(open_questions.c.asked_at.desc(), open_questions.c.id)
    )
    for row in tx.connection.execute(query).all():
        found[row.gap_id].append(row)
    return found


def _shown(row: Row[Any], asked: Sequence[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "question": row.question,
        "count": row.asked,
        "lastAskedAt": to_iso(from_millis(row.last)),
        "reasons": sorted({reason for one in asked for reason in one.reasons.split()}),
        "examples": [
            {"sessionId": one.session_id, "text": one.question, "at": to_iso(from_millis(one.asked_at))}
            for one in asked[:_MOST_EXAMPLES]
        ],
    }


def _stored(vector: Vector) -> bytes:
    return vector.astype("<f4").tobytes()


def _read(stored: bytes | None) -> Vector:
    return np.frombuffer(stored or b"", "<f4").astype(np.float32)
