"""Notice that another model answers under the name that the index was built with.

A server may serve other weights under the same name, or the same ones in fewer bits. Vectors of before and after fit
each other badly or not at all, and nothing else would tell.
"""

import asyncio
from datetime import timedelta
from functools import partial

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import select, update

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.tables import generations
from aichatdesk.platform.storage.database import Database, Transaction

_PROBES = (
    "Delivery takes three working days and costs 4.90 EUR.",
    "Wie setze ich das Gerät auf die Werkseinstellungen zurück?",
    "¿Cuántos años dura la garantía?",
)
# The packaged models give a text the same vector (0.9999 and more), whatever it is embedded together with; the rest is
# room for servers that compute in half precision.
_SAME = 0.999
_LOOK_EVERY = timedelta(hours=1)
_log = structlog.get_logger(__name__)


async def watch_model_revision(database: Database, model: EmbeddingModel) -> None:
    """Look now and then, for ever; a model that does not answer is looked at next time."""
    while True:
        try:
            await check_model_revision(database, model)
        except DeskError as error:
            _log.info("the embedding model was not looked at", error=error.message)
        await asyncio.sleep(_LOOK_EVERY.total_seconds())


async def check_model_revision(database: Database, model: EmbeddingModel) -> int | None:
    """The present revision, which grows when the model has changed; None while nothing is embedded.

    Raises the model's `DeskError`.
    """
    if await database.read(repository.live_generation) is None:
        return None
    vectors = await model.embed_documents(_PROBES)
    return await database.write(partial(_compare, vectors=vectors))


def _compare(tx: Transaction, vectors: NDArray[np.float32]) -> int | None:
    row = tx.connection.execute(
        select(generations.c.id, generations.c.revision, generations.c.probe).where(
            generations.c.state == "live"
        )
    ).one_or_none()
    if row is None:
        return None
    changed = row.probe is not None and not _alike(np.frombuffer(row.probe, "<f4"), vectors)
    revision = int(row.revision) + changed
    if changed or row.probe is None:
        tx.connection.execute(
            update(generations)
            .where(generations.c.id == row.id)
            .values(revision=revision, probe=vectors.astype("<f4").tobytes())
        )
    return revision


def _alike(known: NDArray[np.float32], vectors: NDArray[np.float32]) -> bool:
    if known.size != vectors.size:
        return False
    before = known.reshape(vectors.shape)
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(vectors, axis=1)
    return bool(((before * vectors).sum(axis=1) >= _SAME * lengths).all())
