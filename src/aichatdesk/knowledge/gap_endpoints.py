"""The HTTP routes of what the documents lack: list it, answer it, dismiss it."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import require_id
from aichatdesk.core.text import shorten
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge import gaps
from aichatdesk.knowledge.learning_endpoints import shown_push
from aichatdesk.knowledge.push import LONGEST_PART, pair_text, push
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.common_shapes import Success
from aichatdesk.platform.storage.database import Database, Transaction

_LONGEST_TITLE = 80


class Example(BaseModel):
    """One of the questions, without what is personal in it."""

    sessionId: str
    text: str
    at: str


class Gap(BaseModel):
    """Questions that ask the same; `question` stands best for them all."""

    id: str
    question: str
    count: int = Field(description="How many chats asked it; other words in the same chat count again.")
    lastAskedAt: str
    reasons: list[Literal["no_answer", "not_helpful", "not_sure"]]
    examples: list[Example] = Field(description="The newest, at most 5.")


class Gaps(BaseModel):
    """What the documents lack, most asked first."""

    gaps: list[Gap]
    ungrouped: int = Field(description="Questions that wait for the embedding model and are in no gap yet.")


class Learned(BaseModel):
    """What became of the pair: a document of its own, or a part of one that says the same."""

    id: str
    merged: bool
    textLength: int
    state: Literal["embedded", "failed"]
    similarity: str | None = None
    stateReason: str | None = None


class Answered(BaseModel):
    """The gap is closed, and what was learned."""

    success: Literal[True] = True
    learned: Learned


class AnswerBody(BaseModel):
    """The answer, and other words for the question; without them the gap's own are taken."""

    answer: str = Field(max_length=LONGEST_PART)
    question: str | None = Field(None, max_length=LONGEST_PART)


def gap_routes(database: Database, guard: Guard, model: EmbeddingModel, retriever: Retriever) -> APIRouter:
    """What visitors asked in vain, for those who may teach the desk."""
    routes = APIRouter(prefix="/api/v1/knowledge/gaps", tags=["knowledge"])
    reviewer = guard.require(Action.REVIEW_SUGGESTIONS)

    @routes.get("", dependencies=[Depends(reviewer)])
    async def listed() -> Gaps:
        """The open gaps, at most 200, most asked first."""

        def read(tx: Transaction) -> dict[str, Any]:
            return {"gaps": gaps.list_gaps(tx), "ungrouped": gaps.count_ungrouped(tx)}

        return Gaps.model_validate(await database.read(read))

    @routes.post("/{gap_id}/dismiss")
    async def dismiss(gap_id: str, actor: Annotated[Actor, Depends(reviewer)]) -> Success:
        """Take a gap off the list; it comes back when three more chats ask the same. 409 if it was closed before."""
        await database.write(partial(gaps.dismiss, gap_id=require_id(gap_id, "id"), by=actor))
        return Success(success=True)

    @routes.post("/{gap_id}/answer", response_model_exclude_none=True)
    async def answer(gap_id: str, body: AnswerBody, actor: Annotated[Actor, Depends(reviewer)]) -> Answered:
        """Learn an answer and close the gap, both or neither; 409 if it was closed before."""
        wanted = require_id(gap_id, "id")
        known = await database.read(partial(gaps.require_open, gap_id=wanted))
        if not body.answer.strip():
            raise Invalid("answer is required.", field="answer")
        asked = body.question if body.question and body.question.strip() else known
        pushed = await push(
            database,
            model,
            retriever,
            pair_text(asked, body.answer),
            source=shorten(asked, _LONGEST_TITLE),
            by=actor.id,
            settle=partial(gaps.note_answer, gap_id=wanted, by=actor),
        )
        return Answered(learned=Learned.model_validate(shown_push(pushed)))

    return routes
