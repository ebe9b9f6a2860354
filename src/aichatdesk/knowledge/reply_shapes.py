"""What documents and passages look like on the wire, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any

from pydantic import BaseModel, Field

from aichatdesk.knowledge.domain import DocumentState
from aichatdesk.knowledge.suggestions import SuggestionState


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


class Suggestions(BaseModel):
    """The newest suggestions, and how many there are by state."""

    suggestions: list[Suggestion]
    counts: dict[str, int]


REPLIES: dict[tuple[str, str], Any] = {
    ("get", "/api/knowledge"): list[DocumentRow],
    ("get", "/api/knowledge/{document_id}"): ShownDocument,
    ("get", "/api/v1/knowledge/suggestions"): Suggestions,
}
"""What each route answers, by method and path."""
