"""Make the chunks and vectors of one, some or all documents anew, in the background; the old ones are found meanwhile.

A run is stored with what it has still to do, so it goes on after a crash. There is one at a time: whatever is asked for
while it goes on joins it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Row, delete, func, insert, select, update

from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import DeskError, Unavailable
from aichatdesk.core.ids import DocumentId, new_id
from aichatdesk.core.text import shorten
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge.domain import DocumentNotFound
from aichatdesk.knowledge.ingest import publish_pending
from aichatdesk.knowledge.model_revision import check_model_revision
from aichatdesk.knowledge.tables import documents, re_embedded_documents, re_embeddings
from aichatdesk.platform.jobs.queue import TryLater, enqueue
from aichatdesk.platform.storage.database import Database, Transaction

RE_EMBED = "re_embed"
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=1)
# About ten minutes without an answer; then what is left has failed.
_MOST_TROUBLES = 15
_MOST_FAILURES_SHOWN = 20
_log = structlog.get_logger(__name__)


class _State(StrEnum):
    """How far one document of a run is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Begun:
    """The run that does it, and how many documents were asked for."""

    run_id: str
    documents: int


def begin_re_embedding(tx: Transaction, document_ids: Sequence[DocumentId] | None) -> Begun:
    """Have documents embedded again, all of them if none are named; joins a run that goes on.

    Raises:
        DocumentNotFound: One of those named is not there.
    """
    wanted = _wanted(tx, document_ids)
    run = _latest(tx)
    run_id = run.id if run is not None and run.finished_at is None else _new_run(tx, empty=not wanted)
    of_run = re_embedded_documents.c.run_id == run_id
    for document_id in wanted:
        again = tx.connection.execute(
            update(re_embedded_documents)
            .where(of_run, re_embedded_documents.c.document_id == document_id)
            .values(state=_State.WAITING.value, reason=None)
        )
        if not again.rowcount:
            row = {"run_id": run_id, "document_id": document_id, "state": _State.WAITING.value}
            tx.connection.execute(insert(re_embedded_documents).values(row))
    enqueue(tx, RE_EMBED, {"runId": run_id}, key=f"{RE_EMBED}:{run_id}")
    return Begun(run_id, len(wanted))


def progress(tx: Transaction) -> dict[str, Any]:
    """How far the last run is."""
    run = _latest(tx)
    if run is None:
        return {"running": False, "done": 0, "total": 0, "failed": 0, "startedAt": None}
    of_run = re_embedded_documents.c.run_id == run.id
    states = select(re_embedded_documents.c.state, func.count()).where(of_run)
    counts = {
        str(state): int(count)
        for state, count in tx.connection.execute(states.group_by(re_embedded_documents.c.state)).all()
    }
    failed = (
        select(re_embedded_documents.c.document_id, re_embedded_documents.c.reason, documents.c.original_name)
        .join(documents, documents.c.id == re_embedded_documents.c.document_id)
        .where(of_run, re_embedded_documents.c.state == _State.FAILED.value)
        .limit(_MOST_FAILURES_SHOWN)
    )
    return {
        "running": run.finished_at is None,
        "done": counts.get(_State.DONE, 0),
        "total": sum(counts.values()),
        "failed": counts.get(_State.FAILED, 0),
        "startedAt": to_iso(from_millis(run.started_at)),
        "failures": [
            {"documentId": row.document_id, "document": row.original_name, "reason": row.reason}
            for row in tx.connection.execute(failed)
        ],
    }


async def re_embed_documents(database: Database, model: EmbeddingModel, payload: Mapping[str, Any]) -> None:
    """The durable job: go on with a run, document by document.

    Raises:
        TryLater: The model does not answer.
    """
    run_id = str(payload["runId"])
    try:
        await _look_at_model(database, model)
        while document_id := await database.read(partial(_next, run_id=run_id)):
            reason = await _embed_again(database, model, document_id)
            await database.write(partial(_note, run_id=run_id, document_id=document_id, reason=reason))
    except Unavailable as error:
        pause = await database.write(partial(_note_trouble, run_id=run_id, reason=error.message))
        if pause is not None:
            raise TryLater(error.message, pause) from error
    await database.write(partial(_finish, run_id=run_id))


async def _embed_again(database: Database, model: EmbeddingModel, document_id: DocumentId) -> str | None:
    """Why it failed for good; None if it is done, also where the document was deleted meanwhile.

    Raises:
        Unavailable: It may succeed later.
    """
    try:
        await publish_pending(database, model, document_id)
    except DocumentNotFound:
        return None
    except DeskError as error:
        if _may_pass(error):
            raise
        _log.warning("document not embedded again", document=document_id, error=error.message)
        return error.message
    return None


async def _look_at_model(database: Database, model: EmbeddingModel) -> None:
    """Raises `Unavailable` while it may answer later; what else is wrong with it is told of each document."""
    try:
        await check_model_revision(database, model)
    except DeskError as error:
        if _may_pass(error):
            raise


def _may_pass(error: DeskError) -> bool:
    """Whether trying again later can help."""
    return isinstance(error, Unavailable) and bool(getattr(error, "retriable", True))


def _wanted(tx: Transaction, document_ids: Sequence[DocumentId] | None) -> list[DocumentId]:
    rows = tx.connection.execute(
        select(documents.c.id).where(documents.c.active.is_(True)).order_by(documents.c.id)
    )
    there = [DocumentId(row.id) for row in rows]
    if document_ids is None:
        return there
    if set(document_ids) - set(there):
        raise DocumentNotFound
    return sorted(set(document_ids))


def _new_run(tx: Transaction, *, empty: bool) -> str:
    """Store a run; the one before is forgotten."""
    tx.connection.execute(delete(re_embedded_documents))
    tx.connection.execute(delete(re_embeddings))
    run_id, now = new_id(), to_millis(tx.now)
    finished = now if empty else None
    tx.connection.execute(
        insert(re_embeddings).values(id=run_id, started_at=now, finished_at=finished, troubles=0)
    )
    return run_id


def _latest(tx: Transaction) -> Row[Any] | None:
    return tx.connection.execute(
        select(re_embeddings).order_by(re_embeddings.c.started_at.desc()).limit(1)
    ).first()


def _next(tx: Transaction, run_id: str) -> DocumentId | None:
    row = tx.connection.execute(
        select(re_embedded_documents.c.document_id)
        .where(
            re_embedded_documents.c.run_id == run_id,
            re_embedded_documents.c.state == _State.WAITING.value,
        )
        .order_by(re_embedded_documents.c.document_id)
        .limit(1)
    ).first()
    return DocumentId(row.document_id) if row else None


def _note(tx: Transaction, run_id: str, document_id: DocumentId, reason: str | None) -> None:
    state = _State.DONE if reason is None else _State.FAILED
    tx.connection.execute(
        update(re_embedded_documents)
        .where(re_embedded_documents.c.run_id == run_id, re_embedded_documents.c.document_id == document_id)
        .values(state=state.value, reason=shorten(reason, 500) if reason else None)
    )
    tx.connection.execute(update(re_embeddings).where(re_embeddings.c.id == run_id).values(troubles=0))


def _note_trouble(tx: Transaction, run_id: str, reason: str) -> timedelta | None:
    """How long to wait for the model; None once what is left has failed."""
    this = re_embeddings.c.id == run_id
    troubles = tx.connection.execute(select(re_embeddings.c.troubles).where(this)).scalar()
    if troubles is None:
        return None  # a later run has taken its place
    if troubles < _MOST_TROUBLES:
        tx.connection.execute(update(re_embeddings).where(this).values(troubles=troubles + 1))
        return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << int(troubles)))
    tx.connection.execute(
        update(re_embedded_documents)
        .where(
            re_embedded_documents.c.run_id == run_id,
            re_embedded_documents.c.state == _State.WAITING.value,
        )
        .values(state=_State.FAILED.value, reason=shorten(reason, 500))
    )
    return None


def _finish(tx: Transaction, run_id: str) -> None:
    """End a run that has nothing left to do; what joined it at the last moment has a job of its own."""
    if _next(tx, run_id) is None:
        tx.connection.execute(
            update(re_embeddings)
            .where(re_embeddings.c.id == run_id, re_embeddings.c.finished_at.is_(None))
            .values(finished_at=to_millis(tx.now))
        )
