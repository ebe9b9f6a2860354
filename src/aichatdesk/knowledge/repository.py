"""Rows of documents, generations and chunks."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, case, delete, func, insert, select, update

from aichatdesk.core.clock import from_millis, to_millis
from aichatdesk.core.ids import ChunkId, DocumentId, GenerationId
from aichatdesk.knowledge import lexical_sqlite
from aichatdesk.knowledge.domain import (
    Chunk,
    ChunksChanged,
    Document,
    DocumentNotFound,
    DocumentState,
    Generation,
    MadeBy,
    Section,
)
from aichatdesk.knowledge.tables import chunks, documents, generations, knowledge_revision
from aichatdesk.platform.storage.database import Transaction


def revision(tx: Transaction) -> int:
    """A number that grows with every change of what can be found."""
    return int(tx.connection.execute(select(knowledge_revision.c.value)).scalar_one())


def bump_revision(tx: Transaction) -> None:
    """Note that what can be found has changed."""
    tx.connection.execute(update(knowledge_revision).values(value=knowledge_revision.c.value + 1))


def live_generation(tx: Transaction) -> Generation | None:
    """The one generation that answers questions."""
    row = tx.connection.execute(select(generations).where(generations.c.state == "live")).one_or_none()
    if row is None:
        return None
    return Generation(GenerationId(row.id), row.model, row.width, row.chunk_tokens, row.revision)


def insert_generation(tx: Transaction, **values: Any) -> GenerationId:
    """Store a new generation."""
    result = tx.connection.execute(
        insert(generations).values(created_at=to_millis(tx.now), **values).returning(generations.c.id)
    )
    return GenerationId(result.scalar_one())


def insert_document(tx: Transaction, document: Document) -> None:
    """Store a new document, without chunks."""
    tx.connection.execute(
        insert(documents).values(
            id=document.id,
            filename=document.filename,
            original_name=document.original_name,
            file_type=document.file_type,
            file_size=document.file_size,
            content=document.content,
            sections=stored_sections(document.sections),
            language=document.language,
            uploaded_by=document.uploaded_by,
            uploaded_at=to_millis(document.uploaded_at),
            updated_at=to_millis(document.uploaded_at),
            active=True,
            version=document.version,
            state=document.state.value,
            state_reason=document.state_reason,
            source_url=document.source_url,
        )
    )


def change_document(tx: Transaction, document_id: DocumentId, **values: Any) -> None:
    """Set columns of one document."""
    tx.connection.execute(
        update(documents).where(documents.c.id == document_id).values(updated_at=to_millis(tx.now), **values)
    )


def stored_sections(sections: Sequence[Section]) -> str:
    """Sections as a document's row keeps them."""
    return json.dumps([[section.start, section.title] for section in sections])


def document_by_id(tx: Transaction, document_id: DocumentId) -> Document:
    """Raises `DocumentNotFound`, for deleted ones too."""
    row = tx.connection.execute(
        select(documents).where(documents.c.id == document_id, documents.c.active.is_(True))
    ).one_or_none()
    if row is None:
        raise DocumentNotFound
    return _document(row)


def document_of_chunk(tx: Transaction, chunk_id: ChunkId) -> Document | None:
    """The document that a chunk is of; None if either is gone."""
    row = tx.connection.execute(
        select(documents)
        .join(chunks, chunks.c.document_id == documents.c.id)
        .where(chunks.c.id == chunk_id, documents.c.active.is_(True))
    ).one_or_none()
    return _document(row) if row else None


def document_that_reads(tx: Transaction, text: str, *, filename_begins: str) -> Document | None:
    """A document whose newest text is exactly this, among those with such a filename."""
    newest = func.coalesce(documents.c.pending_content, documents.c.content)
    row = tx.connection.execute(
        select(documents)
        .where(
            documents.c.filename.startswith(filename_begins, autoescape=True),
            documents.c.active.is_(True),
            newest == text,
        )
        .limit(1)
    ).one_or_none()
    return _document(row) if row else None


def vectors_by_text(tx: Transaction, document_id: DocumentId) -> dict[str, NDArray[np.float32]]:
    """A document's vectors in the live generation, by what was embedded; none if the model has changed since."""
    rows = tx.connection.execute(
        select(chunks.c.section, chunks.c.text, chunks.c.vector)
        .join(generations, generations.c.id == chunks.c.generation_id)
        .join(documents, documents.c.id == chunks.c.document_id)
        .where(
            chunks.c.document_id == document_id,
            generations.c.state == "live",
            documents.c.model_revision == generations.c.revision,
        )
    )
    return {
        Chunk(0, row.section, row.text, 0, 0).searchable: np.frombuffer(row.vector, "<f4").astype(np.float32)
        for row in rows
    }


def list_rows(tx: Transaction) -> list[Row[Any]]:
    """What the list of documents shows, newest first; no text is loaded."""
    count = (
        select(chunks.c.document_id, func.count().label("chunk_count"))
        .join(generations, generations.c.id == chunks.c.generation_id)
        .where(generations.c.state == "live")
        .group_by(chunks.c.document_id)
        .subquery()
    )
    return list(
        tx.connection.execute(
            select(
                documents.c.id,
                documents.c.filename,
                documents.c.original_name,
                documents.c.file_type,
                documents.c.file_size,
                documents.c.uploaded_at,
                documents.c.language,
                documents.c.state,
                documents.c.state_reason,
                documents.c.source_url,
                documents.c.cut_by,
                documents.c.model_revision,
                documents.c.pending_content.is_not(None).label("waits"),
                case((count.c.chunk_count.is_(None), 0), else_=count.c.chunk_count).label("chunk_count"),
            )
            .outerjoin(count, count.c.document_id == documents.c.id)
            .where(documents.c.active.is_(True))
            .order_by(documents.c.uploaded_at.desc(), documents.c.id.desc())
        )
    )


def made_by(row: Row[Any]) -> MadeBy | None:
    """What the chunks of a document's row were made with."""
    if row.cut_by is None or row.model_revision is None:
        return None
    return MadeBy(row.cut_by, row.model_revision)


def chunk_rows(tx: Transaction, document_id: DocumentId) -> list[Row[Any]]:
    """A document's chunks in the live generation, in order."""
    return list(
        tx.connection.execute(
            select(chunks.c.id, chunks.c.text, chunks.c.section, chunks.c.start, chunks.c.end)
            .join(generations, generations.c.id == chunks.c.generation_id)
            .where(chunks.c.document_id == document_id, generations.c.state == "live")
            .order_by(chunks.c.position)
        )
    )


def replace_chunks(
    tx: Transaction,
    document_id: DocumentId,
    generation: Generation,
    pieces: Sequence[Chunk],
    vectors: NDArray[np.float32],
    indexed: Sequence[str],
) -> None:
    """Swap a document's chunks and vectors in one go; tells the index (fact `ChunksChanged`).

    `indexed` is what the word index stores of each chunk.
    """
    old = _remove_chunks(tx, document_id)
    rows = [
        {
            "document_id": document_id,
            "generation_id": generation.id,
            "position": piece.position,
            "section": piece.section,
            "text": piece.text,
            "start": piece.start,
            "end": piece.end,
            "vector": vector.astype("<f4").tobytes(),
        }
        for piece, vector in zip(pieces, vectors, strict=True)
    ]
    returning = insert(chunks).returning(chunks.c.id, sort_by_parameter_order=True)
    added = [ChunkId(row.id) for row in tx.connection.execute(returning, rows)] if rows else []
    lexical_sqlite.add(tx, added, indexed)
    bump_revision(tx)
    tx.record(ChunksChanged(tuple(added), vectors, tuple(old)))


def remove_document(tx: Transaction, document_id: DocumentId) -> None:
    """Take a document and its chunks out of every search; its row stays as a tombstone."""
    removed = _remove_chunks(tx, document_id)
    change_document(tx, document_id, active=False, content="", pending_content=None, pending_sections=None)
    bump_revision(tx)
    tx.record(ChunksChanged((), np.empty((0, 0), np.float32), tuple(removed)))


def live_vectors(tx: Transaction) -> tuple[list[ChunkId], NDArray[np.float32]]:
    """All vectors of the live generation, ordered by chunk."""
    rows = tx.connection.execute(
        select(chunks.c.id, chunks.c.vector)
        .join(generations, generations.c.id == chunks.c.generation_id)
        .where(generations.c.state == "live")
        .order_by(chunks.c.id)
    ).all()
    if not rows:
        return [], np.empty((0, 0), np.float32)
    matrix = np.frombuffer(b"".join(row.vector for row in rows), "<f4").reshape(len(rows), -1)
    return [ChunkId(row.id) for row in rows], matrix.astype(np.float32)


def passages_of(tx: Transaction, chunk_ids: Iterable[ChunkId]) -> dict[ChunkId, Any]:
    """Chunks with their documents, as far as these are still there."""
    rows = tx.connection.execute(
        select(
            chunks.c.id,
            chunks.c.section,
            chunks.c.text,
            chunks.c.start,
            chunks.c.end,
            documents.c.id.label("document_id"),
            documents.c.original_name,
            documents.c.filename,
            documents.c.language,
            documents.c.active,
        )
        .join(documents, documents.c.id == chunks.c.document_id)
        .where(chunks.c.id.in_(list(chunk_ids)))
    )
    # As a condition, `active` would make SQLite start from the index of all documents.
    return {ChunkId(row.id): row for row in rows.all() if row.active}


def _remove_chunks(tx: Transaction, document_id: DocumentId) -> list[ChunkId]:
    old = [
        ChunkId(row.id)
        for row in tx.connection.execute(select(chunks.c.id).where(chunks.c.document_id == document_id))
    ]
    lexical_sqlite.remove(tx, old)
    tx.connection.execute(delete(chunks).where(chunks.c.document_id == document_id))
    return old


def _document(row: Row[Any]) -> Document:
    return Document(
        id=DocumentId(row.id),
        filename=row.filename,
        original_name=row.original_name,
        file_type=row.file_type,
        file_size=row.file_size,
        content=row.content,
        sections=_sections(row.sections),
        language=row.language,
        uploaded_by=row.uploaded_by,
        uploaded_at=from_millis(row.uploaded_at),
        version=row.version,
        state=DocumentState(row.state),
        state_reason=row.state_reason,
        pending_content=row.pending_content,
        pending_sections=_sections(row.pending_sections),
        made_by=made_by(row),
        source_url=row.source_url,
    )


def _sections(stored: str | None) -> list[Section]:
    return [Section(start, title) for start, title in json.loads(stored or "[]")]
