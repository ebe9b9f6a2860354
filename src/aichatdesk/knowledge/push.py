"""Teach the knowledge base a question and its answer, beside what says the same already if there is such a text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import structlog

from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import DeskError, Invalid
from aichatdesk.core.ids import ChunkId, DocumentId
from aichatdesk.core.text import tidy
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.inference.language import guess_language
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.domain import PUSHED, Document, Section
from aichatdesk.knowledge.ingest import NewDocument, keep_new, keep_pending, publish_or_note
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.platform.storage.database import Database, Transaction

DEFAULT_SOURCE = "Chat Conversation"
LONGEST_PART = 20_000
_SEPARATOR = "\n\n---\n"
# What would begin a section, a block of code or another pair; within a pair it is text.
_STRUCTURE = re.compile(r"^(?=#{1,6}[ \t]|```|~~~|---)", re.MULTILINE)
# Below it, a guessed language is no reason to keep two texts apart.
_CERTAIN = 0.5
_log = structlog.get_logger(__name__)

# Told, in the transaction that keeps the text, where it is kept.
Settle = Callable[[Transaction, DocumentId], None]


@dataclass(frozen=True, slots=True)
class Pushed:
    """Where a text is kept; `similarity` is the cosine to what it joined, `length` its own in characters.

    `failure` says why it cannot be found yet; it is published when the embedding model answers.
    """

    document_id: DocumentId
    merged: bool
    similarity: float | None
    length: int
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class _Near:
    """The chunk that is closest to a text."""

    chunk_id: ChunkId
    cosine: float


@dataclass(frozen=True, slots=True)
class _Kept:
    """A document that holds the text now; `changed` if it did not before."""

    document_id: DocumentId
    merged: bool
    similarity: float | None = None
    changed: bool = True


def pair_text(question: object, answer: object) -> str:
    """What is kept of a question and its answer, or of the one that is given.

    Raises:
        Invalid: Neither is given, or one is no text or too long.
    """
    asked, told = _checked("question", question), _checked("answer", answer)
    if not asked and not told:
        raise Invalid("At least question or answer is required")
    text = f"Q: {asked}\nA: {told}" if asked and told else asked or told
    return _STRUCTURE.sub(" ", text)


async def push(
    database: Database,
    model: EmbeddingModel,
    retriever: Retriever,
    text: str,
    *,
    source: str = "",
    by: str | None = None,
    settle: Settle | None = None,
) -> Pushed:
    """Keep a text of `pair_text`: appended to the document that says the same, or as a new one.

    A document that has the text already stays as it is. If the embedding model does not answer, the text is kept as
    a new document and published when it does.
    """
    near = await _nearest(retriever, text)
    if near is not None and near.cosine < model.profile.duplicate_from:
        near = None
    new = NewDocument(
        filename="", original_name=source or DEFAULT_SOURCE, file_type="text/plain", text=text, uploaded_by=by
    )
    kept = await database.write(partial(_keep, new=new, near=near, settle=settle))
    failure = None
    if kept.changed:
        published = await publish_or_note(database, model, kept.document_id, reuse=kept.merged)
        failure = published.failure
    return Pushed(kept.document_id, kept.merged, kept.similarity, len(text), failure)


async def _nearest(retriever: Retriever, text: str) -> _Near | None:
    try:
        found = await retriever.nearest(text)
    except DeskError as error:
        _log.warning("no check for duplicates", error=error.message)
        return None
    return _Near(*found) if found else None


def _keep(tx: Transaction, new: NewDocument, near: _Near | None, settle: Settle | None) -> _Kept:
    kept = _kept_before(tx, new.text) or (_join(tx, new.text, near) if near else None) or _keep_alone(tx, new)
    if settle:
        settle(tx, kept.document_id)
    return kept


def _kept_before(tx: Transaction, text: str) -> _Kept | None:
    """A pair that was pushed before, even if it cannot be found yet."""
    known = repository.document_that_reads(tx, text, filename_begins=PUSHED)
    return _Kept(known.id, merged=True, similarity=1.0, changed=False) if known else None


def _join(tx: Transaction, text: str, near: _Near) -> _Kept | None:
    """Append to the document of the nearest chunk, unless it is gone or of another language."""
    document = repository.document_of_chunk(tx, near.chunk_id)
    if document is None or not _same_language(document, text):
        return None
    if document.pending_content is None:
        content, sections = document.content, document.sections
    else:
        content, sections = document.pending_content, document.pending_sections
    is_there = f"{_SEPARATOR}{text}{_SEPARATOR}" in f"{_SEPARATOR}{content}{_SEPARATOR}"
    if not is_there:
        # A section of its own, so that the pair is not cut together with what stands before it.
        appended = Section(len(content) + len(_SEPARATOR), "")
        keep_pending(tx, document.id, content + _SEPARATOR + text, [*sections, appended])
    return _Kept(document.id, merged=True, similarity=near.cosine, changed=not is_there)


def _keep_alone(tx: Transaction, new: NewDocument) -> _Kept:
    named = replace(new, filename=f"{PUSHED}{to_millis(tx.now)}", sections=(Section(0, ""),))
    return _Kept(keep_new(tx, named, named.text).id, merged=False)


def _same_language(document: Document, text: str) -> bool:
    language, certainty = guess_language(text)
    return certainty < _CERTAIN or language == document.language


def _checked(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text.", field=name)
    if len(value) > LONGEST_PART:
        raise Invalid(f"{name} has {len(value)} characters; at most {LONGEST_PART} are allowed.", field=name)
    return tidy(value)
