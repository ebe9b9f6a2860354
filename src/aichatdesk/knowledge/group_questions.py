"""The durable job that gives open questions their vectors, and puts those together that ask the same."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import select

from aichatdesk.core.errors import DeskError, Unavailable
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge.gaps import put_into_gap
from aichatdesk.knowledge.open_questions import GROUP_QUESTIONS, forget_old_questions
from aichatdesk.knowledge.tables import open_questions
from aichatdesk.platform.jobs.queue import enqueue
from aichatdesk.platform.storage.database import Database, Transaction

_AT_ONCE = 32
_AGAIN_AFTER = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


async def group_questions(database: Database, model: EmbeddingModel, _payload: Mapping[str, Any]) -> None:
    """Group what waits for it.

    While the model does not answer, one job waits for it, however many questions come up: so it ends without an
    error and asks for its like.
    """
    await database.write(forget_old_questions)
    while waiting := await database.read(_ungrouped):
        try:
            vectors = await _vectors(model, [question for _, question in waiting])
        except Unavailable as error:
            _log.warning("questions not grouped", error=error.message)
            await database.write(_again)
            return
        same_from = model.profile.same_question_from
        for (question_id, _), vector in zip(waiting, vectors, strict=True):
            await database.write(
                partial(
                    put_into_gap,
                    question_id=question_id,
                    vector=vector,
                    model=model.profile.model,
                    same_from=same_from,
                )
            )


def _ungrouped(tx: Transaction) -> list[tuple[str, str]]:
    rows = tx.connection.execute(
        select(open_questions.c.id, open_questions.c.question)
        .where(open_questions.c.gap_id.is_(None))
        .order_by(open_questions.c.asked_at, open_questions.c.id)
        .limit(_AT_ONCE)
    )
    return [(row.id, row.question) for row in rows]


async def _vectors(model: EmbeddingModel, texts: Sequence[str]) -> list[NDArray[np.float32]]:
    """A vector of each text; an empty one for a text that the model refuses, so that it holds up no other."""
    try:
        return list(await model.embed_documents(texts))
    except Unavailable:
        raise
    except DeskError as error:
        if len(texts) > 1:
            return [vector for text in texts for vector in await _vectors(model, [text])]
        _log.warning("a question has no vector", error=error.message)
        return [np.empty(0, np.float32)]


def _again(tx: Transaction) -> None:
    enqueue(tx, GROUP_QUESTIONS, {}, key=GROUP_QUESTIONS, delay=_AGAIN_AFTER)
