"""Find the passages that may answer a question, by meaning and by words."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from aichatdesk.core.errors import DeskError
from aichatdesk.core.ids import ChunkId
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.inference.errors import WrongWidth
from aichatdesk.inference.language import guess_language
from aichatdesk.knowledge import lexical_sqlite, repository
from aichatdesk.knowledge.domain import ChunksChanged, Passage
from aichatdesk.knowledge.fuse import fuse
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
        """The passages that fit a question, best first; by words alone if the embedding model does not help.

        Raises:
            DeskError: The model's, if no word of the question is found either.
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
        if isinstance(by_meaning, DeskError):
            if not by_words:
                raise by_meaning
            _log.warning("retrieval by words alone", error=by_meaning.message)
            by_meaning = []
        elif isinstance(by_meaning, BaseException):
            raise by_meaning
        return await self._database.read(
            partial(
                _passages,
                cosines=dict(by_meaning),
                words={hit.chunk_id: hit.coverage for hit in by_words},
                places=_Places(_ranks(by_meaning), _ranks((hit.chunk_id, 0.0) for hit in by_words)),
                language=language,
                limit=limit,
            )
        )

    async def nearest(self, text: str) -> tuple[ChunkId, float] | None:
        """The chunk whose vector is closest to that of a text, and their cosine; None while there is none.

        Both are embedded as documents are. Raises the model's `DeskError`.
        """
        if not len(self._index):
            return None
        vector = (await self._model.embed_documents([text]))[0]
        if len(vector) != self._index.width:
            raise WrongWidth(self._model.profile.model, self._index.width, len(vector))
        found = await asyncio.to_thread(self._index.search, vector, 1)
        return found[0] if found else None

    async def _by_meaning(self, question: str) -> list[tuple[ChunkId, float]]:
        if not len(self._index):
            return []
        query = await self._model.embed_query(question)
        if len(query) != self._index.width:
            raise WrongWidth(self._model.profile.model, self._index.width, len(query))
        return await asyncio.to_thread(self._index.search, query, _CANDIDATES)


@dataclass(frozen=True, slots=True)
class _Places:
    """At which place a chunk was found, counted from 1, by each of the two ways."""

    by_vectors: Mapping[ChunkId, int]
    by_words: Mapping[ChunkId, int]


def _ranks(found: Iterable[tuple[ChunkId, float]]) -> dict[ChunkId, int]:
    return {chunk_id: place for place, (chunk_id, _) in enumerate(found, 1)}


def _passages(
    tx: Transaction,
    cosines: dict[ChunkId, float],
    words: dict[ChunkId, float],
    places: _Places,
    language: str,
    limit: int,
) -> list[Passage]:
    """Order the candidates that are still there; what was deleted since the index answered is left out."""
    rows = repository.passages_of(tx, {*cosines, *words})
    own = {chunk_id for chunk_id, row in rows.items() if row.language == language}
    found = []
    for one in fuse(cosines, words, own_language=own):
        row = rows.get(one.chunk_id)
        if row is None:
            continue
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
                vector_rank=places.by_vectors.get(one.chunk_id),
                lexical_rank=places.by_words.get(one.chunk_id),
            )
        )
        if len(found) == limit:
            break
    return found
