"""What one turn of the assistant begins with, gathers on its way, and ends in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aichatdesk.assistant.grounding import Citation
from aichatdesk.conversation.domain import AnswerState, Reason
from aichatdesk.core.ids import ChatId, MessageId
from aichatdesk.knowledge.domain import Passage
from aichatdesk.platform.storage.database import Transaction

_ENOUGH_SENTENCES = 3
_MOST_UNSUPPORTED = 4


class Passages(Protocol):
    """Finds what the documents say about a question; knowledge implements it."""

    async def retrieve(
        self, question: str, *, limit: int = 8, language: str | None = None
    ) -> Sequence[Passage]: ...


class CategoryPrompts(Protocol):
    """Knows what a workflow category adds to the rules; desk implements it."""

    def prompt_of(self, tx: Transaction, category_id: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in which chat; `id` is the stored message, where it is stored."""

    chat_id: ChatId
    text: str
    id: MessageId | None = None
    page_context: str = ""
    hand_over_refusals: bool = False


@dataclass(slots=True)
class TurnResult:
    """How a turn ended; `last_seq` is the last public event it made."""

    answer_id: MessageId | None = None
    text: str = ""
    confidence: float = 0.0
    needs_human: bool = False
    handed_over: bool = False
    failed: Reason | None = None
    language: str = "en"
    sources: list[dict[str, Any]] = field(default_factory=list)
    citations: list[dict[str, Any]] = field(default_factory=list)
    # What the confidence rests on: `retrieval` and `grounding`, 0..1, and how many sentences were `dropped`.
    why: dict[str, float] = field(default_factory=dict)
    state: AnswerState = AnswerState.COMPLETE
    last_seq: int = 0


@dataclass(frozen=True, slots=True)
class Watcher:
    """What a caller wants to hear while the turn runs, beside the chat's events."""

    on_place: Callable[[int], None] | None = None
    on_draft: Callable[[str], None] | None = None


@dataclass(slots=True)
class Draft:
    """The answer so far."""

    question: str
    passages: Sequence[Passage]
    language: str
    sure: bool
    supported: int = 0
    dropped: int = 0
    quoted: bool = False
    truncated: bool = False
    # The model said itself that the passages do not tell.
    declined: bool = False
    # What the last sentence that was let out rests on.
    rests_on: Citation | None = None
    said: set[str] = field(default_factory=set)

    @property
    def is_enough(self) -> bool:
        """Enough is said, or the model only repeats itself and invents."""
        return self.supported >= _ENOUGH_SENTENCES or self.dropped >= _MOST_UNSUPPORTED


def source_of(number: int, passage: Passage) -> dict[str, Any]:
    """What a visitor can open of a passage."""
    return {
        "n": number,
        "document": passage.document,
        "documentId": passage.document_id,
        "filename": passage.filename,
        "section": passage.section,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "score": round(passage.score, 4),
        "similarity": round(passage.cosine, 4),
    }


def citation_of(citation: Citation, passages: Sequence[Passage]) -> dict[str, Any]:
    """Where a sentence's support stands."""
    passage = citation.passage
    return {
        "n": passages.index(passage) + 1,
        "document": passage.document,
        "documentId": passage.document_id,
        "section": passage.section,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }
