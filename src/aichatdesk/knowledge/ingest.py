"""Take a document in: read it, keep it, cut it, embed it, and only then let it be found."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.access import Actor
from aichatdesk.core.errors import DeskError, Unavailable
from aichatdesk.core.ids import DocumentId, new_id
from aichatdesk.core.text import shorten, tidy
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.inference.errors import WrongWidth
from aichatdesk.inference.language import language_of
from aichatdesk.knowledge import lexical_sqlite, repository
from aichatdesk.knowledge.chunking import CUT_BY, cut
from aichatdesk.knowledge.domain import (
    Chunk,
    Document,
    DocumentNotFound,
    DocumentState,
    EmptyDocument,
    Section,
)
from aichatdesk.knowledge.generations import ensure_live_generation
from aichatdesk.knowledge.note_document import note_document
from aichatdesk.knowledge.parsing.names import label
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.jobs.queue import enqueue
from aichatdesk.platform.storage.database import Database, Transaction

EMBED_DOCUMENT = "embed_document"
_LONGEST_NAME = 255
_RETRY_AFTER = timedelta(seconds=5)
_IF_BROKEN_OFF = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is known of a document when it arrives."""

    filename: str
    original_name: str
    file_type: str
    text: str
    file_size: int | None = None
    sections: Sequence[Section] = ()
    uploaded_by: str | None = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of it."""

    document: Document
    chunks: int


@dataclass(frozen=True, slots=True)
class Published:
    """How many chunks can be found now; or why the newest text cannot be yet, and will be tried again."""

    chunks: int
    failure: str | None = None


async def ingest(
    database: Database, model: EmbeddingModel, new: NewDocument, *, by: Actor | None = None
) -> Ingested:
    """Keep a new document and embed it; if the model does not answer, it is kept and tried again by itself.

    Raises:
        EmptyDocument: There is no text in it.
    """
    text = tidy(new.text) if not new.sections else new.text
    if not text.strip():
        raise EmptyDocument

    def keep(tx: Transaction) -> Document:
        kept = keep_new(tx, new, text)
        note_document(tx, by, Act.DOCUMENT_ADDED, kept)
        return kept

    document = await database.write(keep)
    published = await publish_or_note(database, model, document.id)
    state = DocumentState.FAILED if published.failure else DocumentState.EMBEDDED
    return Ingested(replace(document, state=state, state_reason=published.failure), published.chunks)


async def edit_document(
    database: Database,
    model: EmbeddingModel,
    document_id: DocumentId,
    text: str,
    *,
    by: Actor | None = None,
) -> int:
    """Give a document another text; until that can be found, the old one is.

    Returns:
        How many chunks it has now.

    Raises:
        DocumentNotFound: No such document.
        EmptyDocument: The new text is empty.
        Unavailable: The embedding model does not answer; the text is kept and published when it does.
    """
    text = tidy(text)
    if not text:
        raise EmptyDocument

    def keep(tx: Transaction) -> None:
        keep_pending(tx, document_id, text)
        note_document(tx, by, Act.DOCUMENT_EDITED, repository.document_by_id(tx, document_id))

    await database.write(keep)
    published = await publish_or_note(database, model, document_id)
    if published.failure:
        raise Unavailable(
            "The text is saved, but the embedding model does not answer; it will be published when it does. "
            "Until then the previous text is found."
        )
    return published.chunks


def delete_document(tx: Transaction, document_id: DocumentId, *, by: Actor) -> None:
    """Delete a document; its text is found no more. Raises `DocumentNotFound`."""
    document = repository.document_by_id(tx, document_id)
    repository.remove_document(tx, document_id)
    note_document(tx, by, Act.DOCUMENT_DELETED, document)


async def re_embed(database: Database, model: EmbeddingModel, document_id: DocumentId) -> int:
    """Make a document's chunks and vectors anew; the old ones are found until the new ones are there."""
    return await publish_pending(database, model, document_id)


async def embed_document(database: Database, model: EmbeddingModel, payload: Mapping[str, Any]) -> None:
    """The durable job: publish what could not be published before; a deleted document needs nothing."""
    document_id = DocumentId(str(payload["documentId"]))
    if await database.read(partial(_exists, document_id=document_id)):
        await publish_pending(database, model, document_id)


async def publish_or_note(
    database: Database, model: EmbeddingModel, document_id: DocumentId, *, reuse: bool = False
) -> Published:
    """Publish the newest text of a document, or note why that fails and have it tried again.

    `reuse` keeps the vectors of chunks whose text has not changed.

    Raises:
        DocumentNotFound: It was deleted meanwhile.
    """
    try:
        return Published(await publish_pending(database, model, document_id, reuse=reuse))
    except DocumentNotFound:
        raise
    except DeskError as error:
        await database.write(partial(_note_failure, document_id=document_id, reason=error.message))
        return Published(0, error.message)


async def publish_pending(
    database: Database, model: EmbeddingModel, document_id: DocumentId, *, reuse: bool = False
) -> int:
    """Embed the newest text of a document and swap it in; return how many chunks it has."""
    document = await database.read(partial(repository.document_by_id, document_id=document_id))
    if document.pending_content is not None:
        text, sections = document.pending_content, document.pending_sections
        document = replace(document, content=text, sections=sections, language=language_of(text))
    return await _embed_and_publish(database, model, document, reuse=reuse)


def _indexed(pieces: Sequence[Chunk], language: str) -> list[str]:
    return [lexical_sqlite.indexable(piece.searchable, language) for piece in pieces]


async def _embed_and_publish(
    database: Database, model: EmbeddingModel, document: Document, *, reuse: bool
) -> int:
    """Cut and embed outside any transaction, then swap text, sections, chunks and vectors in one."""
    pieces = await asyncio.to_thread(cut, document.content, document.sections)
    indexed = await asyncio.to_thread(_indexed, pieces, document.language)
    known: dict[str, NDArray[np.float32]] = {}
    if reuse:
        known = await database.read(partial(repository.vectors_by_text, document_id=document.id))
    vectors = await _vectors(model, pieces, known)
    generation = await ensure_live_generation(database, model, vectors.shape[1])

    def publish(tx: Transaction) -> int:
        now = repository.document_by_id(tx, document.id)
        if now.version != document.version:
            return 0  # a newer text arrived meanwhile; its own publication follows
        repository.replace_chunks(tx, document.id, generation, pieces, vectors, indexed)
        repository.change_document(
            tx,
            document.id,
            content=document.content,
            sections=repository.stored_sections(document.sections),
            pending_content=None,
            pending_sections=None,
            language=document.language,
            state=DocumentState.EMBEDDED.value,
            state_reason=None,
            cut_by=CUT_BY,
            model_revision=generation.revision,
        )
        return len(pieces)

    return await database.write(publish)


async def _vectors(
    model: EmbeddingModel, pieces: Sequence[Chunk], known: Mapping[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """A row for each piece; only what is not known is embedded.

    Raises:
        WrongWidth: What is known is of another width than what the model gives now.
        Others: As `EmbeddingModel.embed_documents`.
    """
    texts = [piece.searchable for piece in pieces]
    unknown = [text for text in texts if text not in known]
    if not known:
        return await model.embed_documents(texts)
    made = await model.embed_documents(unknown) if unknown else ()
    rows = {**known, **dict(zip(unknown, made, strict=True))}
    widths = {len(rows[text]) for text in texts}
    if len(widths) > 1:
        raise WrongWidth(model.profile.model, min(widths), max(widths))
    return np.stack([rows[text] for text in texts])


def keep_new(tx: Transaction, new: NewDocument, text: str) -> Document:
    """Store a document that cannot be found yet; whoever calls this publishes it next."""
    document = Document(
        id=DocumentId(new_id()),
        filename=shorten(label(new.filename), _LONGEST_NAME),
        original_name=shorten(label(new.original_name), _LONGEST_NAME),
        file_type=new.file_type,
        file_size=new.file_size,
        content=text,
        sections=new.sections,
        language=language_of(text),
        uploaded_by=new.uploaded_by,
        uploaded_at=tx.now,
        version=1,
        state=DocumentState.PENDING,
        source_url=new.source_url,
    )
    repository.insert_document(tx, document)
    # If this process dies before the vectors are stored, the job finds the document.
    enqueue(
        tx, EMBED_DOCUMENT, {"documentId": document.id}, key=_key(document.id), delay=timedelta(minutes=5)
    )
    return document


def keep_pending(
    tx: Transaction, document_id: DocumentId, text: str, sections: Sequence[Section] = ()
) -> None:
    """Store a document's next text beside the one that is found; whoever calls this publishes it next.

    Raises:
        DocumentNotFound: No such document.
    """
    document = repository.document_by_id(tx, document_id)
    repository.change_document(
        tx,
        document_id,
        pending_content=text,
        pending_sections=repository.stored_sections(sections),
        version=document.version + 1,
        state=DocumentState.PENDING.value,
        state_reason=None,
    )
    # If this process dies before the new text is published, the job publishes it.
    enqueue(tx, EMBED_DOCUMENT, {"documentId": document_id}, key=_key(document_id), delay=_IF_BROKEN_OFF)


def _note_failure(tx: Transaction, document_id: DocumentId, reason: str) -> None:
    repository.change_document(
        tx, document_id, state=DocumentState.FAILED.value, state_reason=shorten(reason, 500)
    )
    enqueue(
        tx, EMBED_DOCUMENT, {"documentId": document_id}, key=f"{_key(document_id)}:retry", delay=_RETRY_AFTER
    )


def _exists(tx: Transaction, document_id: DocumentId) -> bool:
    return any(
        row.id == document_id and row.state != DocumentState.EMBEDDED for row in repository.list_rows(tx)
    )


def _key(document_id: DocumentId) -> str:
    return f"{EMBED_DOCUMENT}:{document_id}"
