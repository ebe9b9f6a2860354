"""What documents and passages look like on the wire, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from aichatdesk.knowledge.domain import DocumentState
from aichatdesk.knowledge.suggestions import SuggestionState
from aichatdesk.platform.http.common_shapes import Success


class DocumentRow(BaseModel):
    """A document in the list; `fileSize` is in bytes."""

    id: str
    originalName: str
    filename: str
    fileType: str
    uploadedAt: str
    chunkCount: int
    language: str
    state: DocumentState
    stateReason: str = ""
    fileSize: int = 0
    stale: bool = False
    staleReason: str | None = None
    sourceUrl: str | None = None


class ShownChunk(BaseModel):
    """A piece of a document; `start` and `end` are code points in its text."""

    id_: str = Field(alias="_id")
    text: str
    section: str
    start: int
    end: int


class ShownDocument(BaseModel):
    """A document with its text and the pieces that are found."""

    id: str
    originalName: str
    filename: str
    fileType: str
    content: str
    chunks: list[ShownChunk]
    uploadedAt: str
    uploadedBy: str | None
    language: str
    state: DocumentState
    stateReason: str = ""
    fileSize: int = 0
    stale: bool = False
    staleReason: str | None = None
    sourceUrl: str | None = None


class Suggestion(BaseModel):
    """A question and its answer that an agent's reply suggests."""

    id: str
    chatId: str | None
    question: str
    answer: str
    state: SuggestionState
    createdAt: str
    decidedAt: str | None
    decidedBy: str | None
    documentId: str | None


class ListedSuggestion(Suggestion):
    """A suggestion with the session of the chat that it comes from; null where the chat was deleted."""

    sessionId: str | None


class SuggestionCounts(BaseModel):
    """How many suggestions there are in each state."""

    pending: int
    accepted: int
    rejected: int


class Suggestions(BaseModel):
    """The newest suggestions, and how many there are by state."""

    suggestions: list[ListedSuggestion]
    counts: SuggestionCounts


class UploadedDocument(BaseModel):
    """A file that was read; `chunks`, `embeddings` and the two counts are one number."""

    id: str
    filename: str
    fileType: str
    fileSize: int
    chunkCount: int
    embeddingCount: int
    chunks: int
    embeddings: int
    uploadedAt: str
    state: DocumentState
    message: str
    stateReason: str = ""


class ImportedPage(Success):
    """A page that was read; `contentLength` is in characters."""

    title: str
    contentLength: int
    chunks: int
    embeddings: int
    id: str
    state: DocumentState
    stateReason: str = ""


class Embedded(Success):
    """How many pieces a document has now."""

    chunks: int
    embeddings: int


class LearnedPair(BaseModel):
    """Where a pair is kept; `merged` if it joined a document that says the same, by that `similarity`."""

    id: str
    merged: bool
    textLength: int
    state: Literal[DocumentState.EMBEDDED, DocumentState.FAILED]
    similarity: str = ""
    stateReason: str = ""


class PushedPair(LearnedPair, Success):
    """A pair that was pushed."""


class AcceptedSuggestion(BaseModel):
    """A suggestion that was accepted, and what became of it."""

    suggestion: Suggestion
    learned: LearnedPair


class DecidedSuggestion(BaseModel):
    """A suggestion that was decided against."""

    suggestion: Suggestion


REPLIES: dict[tuple[str, str], Any] = {
    ("get", "/api/knowledge"): list[DocumentRow],
    ("get", "/api/knowledge/{document_id}"): ShownDocument,
    ("put", "/api/knowledge/{document_id}"): Embedded,
    ("delete", "/api/knowledge/{document_id}"): Success,
    ("post", "/api/knowledge/{document_id}/push"): Embedded,
    ("post", "/api/knowledge/upload"): UploadedDocument,
    ("post", "/api/knowledge/import-url"): ImportedPage,
    ("post", "/api/knowledge/push"): PushedPair,
    ("get", "/api/v1/knowledge/suggestions"): Suggestions,
    ("post", "/api/v1/knowledge/suggestions/{suggestion_id}/accept"): AcceptedSuggestion,
    ("post", "/api/v1/knowledge/suggestions/{suggestion_id}/reject"): DecidedSuggestion,
}
"""What each route answers, by method and path."""
