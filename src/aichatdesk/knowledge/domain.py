"""Documents, chunks, passages and generations, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.errors import Invalid, NotFound, Unsupported
from aichatdesk.core.ids import ChunkId, DocumentId, GenerationId
from aichatdesk.platform.storage.database import Fact


class DocumentState(StrEnum):
    """Whether a document can be found; a failed one is tried again by itself."""

    PENDING = "pending"
    EMBEDDED = "embedded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Section:
    """Where a titled part of a document's text begins (in code points).

    One without a title ends the part before it and belongs to none.
    """

    start: int
    title: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the knowledge base."""

    id: DocumentId
    filename: str
    original_name: str
    file_type: str
    file_size: int | None
    content: str
    sections: Sequence[Section]
    language: str
    uploaded_by: str | None
    uploaded_at: datetime
    version: int
    state: DocumentState
    state_reason: str | None = None
    pending_content: str | None = None
    pending_sections: Sequence[Section] = ()
    made_by: "MadeBy | None" = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What a document's chunks and vectors were made with: where texts are cut, and which state of the model."""

    cut_by: str
    model_revision: int


# How the file names of documents begin that hold pairs of question and answer.
PUSHED = "chat-learning-"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document's text; `start` and `end` are code points in it."""

    position: int
    section: str
    text: str
    start: int
    end: int

    @property
    def searchable(self) -> str:
        """The text with the section's title before it, as it is embedded and indexed."""
        return f"{self.section}\n{self.text}" if self.section else self.text


@dataclass(frozen=True, slots=True)
class Generation:
    """One immutable build of the index: which model and chunker made its vectors."""

    id: GenerationId
    model: str
    width: int
    chunk_tokens: int
    # How often the model behind the name was seen to have changed.
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that may answer a question.

    `score` (0..1) orders the passages of one question and says nothing across questions; `cosine` is the
    similarity of the vectors, `lexical` (0..1) the share of the question's informative words in the passage. The
    ranks count from 1 among what was found by vectors and by words alone; None where it was not.
    """

    chunk_id: ChunkId
    document_id: DocumentId
    document: str
    filename: str
    section: str
    text: str
    start: int
    end: int
    score: float
    cosine: float
    lexical: float
    language: str = "en"
    vector_rank: int | None = None
    lexical_rank: int | None = None


@dataclass(frozen=True, slots=True)
class ChunksChanged(Fact):
    """The live generation gained and lost chunks."""

    added: tuple[ChunkId, ...]
    vectors: NDArray[np.float32]
    removed: tuple[ChunkId, ...]


class DocumentNotFound(NotFound):
    """No such document, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("Document not found")


class Unreadable(Unsupported):
    """A file that we cannot or will not read; `reason` is one machine word."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence, reason=reason)
        self.reason = reason


class EmptyDocument(Invalid):
    """There is no text in it."""

    def __init__(self) -> None:
        super().__init__("No text content found in file", reason="empty")
