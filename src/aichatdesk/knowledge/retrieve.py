"""Find the passages that may answer a question, by meaning and by words."""

import asyncio
from functools import partial

import structlog

from aichatdesk.core.errors import Unavailable
from aichatdesk.core.ids import ChunkId
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge import lexical_sqlite, repository
from aichatdesk.knowledge.domain import ChunksChanged, Passage
from aichatdesk.knowledge.fuse import Fused, fuse
from aichatdesk.knowledge.language import guess_language
from aichatdesk.knowledge.lexical_sqlite import LexicalHit
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.storage.database import Database, Transaction

_CANDIDATES = 50
_log = structlog.get_logger(__name__)


class Retriever:
    """Searches the live generation."""

    def __init__(self, database: Database, model: EmbeddingModel, index: VectorIndex) -> None:
        self._database = database
        self._model = model
        self._index = index

    async def load(self) -> None:
        """Read the live generation's vectors into memory."""
        ids, vectors = await self._database.read(repository.live_vectors)
        self._index.load(ids, vectors)

    def hear(self, tx: Transaction, changed: ChunksChanged) -> None:
        """Follow a change of the knowledge base, once it is durable."""
        tx.after_commit(lambda: self._index.change(changed.added, changed.vectors, changed.removed))

    async def retrieve(self, question: str, *, limit: int = 8, language: str | None = None) -> list[Passage]:
        """The passages that fit a question, best first; by words alone if the embedding model is down.

        Raises:
            Unavailable: The model is down and no word of the question is found either.
        """
        language = language or guess_language(question)[0]
        by_words, by_meaning = await asyncio.gather(
            self._database.read(
                partial(lexical_sqlite.search, question=question, language=language, limit=_CANDIDATES)
            ),
            self._by_meaning(question),
            return_exceptions=True,
        )
        if isinstance(by_words, BaseException):
            raise by_words
        if isinstance(by_meaning, Unavailable):
            if not by_words:
                raise by_meaning
            _log.warning("retrieval by words alone", error=by_meaning.message)
            by_meaning = []
        elif isinstance(by_meaning, BaseException):
            raise by_meaning
        fused = self._fused(by_words, by_meaning)[: 2 * limit]
        return await self._database.read(partial(_passages, fused=fused, limit=limit))

    async def _by_meaning(self, question: str) -> list[tuple[ChunkId, float]]:
        if not len(self._index):
            return []
        query = await self._model.embed_query(question)
        return await asyncio.to_thread(self._index.search, query, _CANDIDATES)

    def _fused(self, by_words: list[LexicalHit], by_meaning: list[tuple[ChunkId, float]]) -> list[Fused]:
        cosines = dict(by_meaning)
        floor = min(cosines.values(), default=0.0)
        return fuse(cosines, {hit.chunk_id: hit.coverage for hit in by_words}, floor=floor)


def _passages(tx: Transaction, fused: list[Fused], limit: int) -> list[Passage]:
    rows = repository.passages_of(tx, [one.chunk_id for one in fused])
    found = []
    for one in fused:
        row = rows.get(one.chunk_id)
        if row is None:
            continue  # deleted since the index answered
        found.append(
            Passage(
                chunk_id=one.chunk_id,
                document_id=row.document_id,
                document=row.original_name,
                filename=row.filename,
                section=row.section,
                text=row.text,
                start=row.start,
                end=row.end,
                score=one.score,
                cosine=one.cosine,
                lexical=one.lexical,
                language=row.language,
            )
        )
    return found[:limit]
