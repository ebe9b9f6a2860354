"""The HTTP route that shows what a question would find, and why."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from aichatdesk.core.access import Action
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.ports import Decision, PreCheck
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.terms import content_terms, forms_in, terms, words_found
from aichatdesk.platform.http.actor import Guard

_LONGEST_QUESTION = 4000
# As many as a turn of the assistant takes; the decision must see the same.
_OF_A_TURN = 8


class Why(BaseModel):
    """Why a passage was found; ranks count from 1 and are null where that way did not find it."""

    vectorRank: int | None
    lexicalRank: int | None
    words: list[str] = Field(
        description="The question's words that are in the passage, in any of their forms."
    )
    forms: list[str] = Field(description="The same words as they stand in the passage's text.")


class FoundPassage(BaseModel):
    """A part of a document that fits the question."""

    text: str
    document: str
    documentId: str
    filename: str
    section: str
    start: int
    end: int
    score: float
    cosine: float
    lexical: float
    language: str
    why: Why | None = None


class ShownDecision(BaseModel):
    """Whether the assistant would answer; `relevance` is compared with `threshold`."""

    answers: bool
    code: str = Field(description="relevant, unsure, nothing_relevant, small_talk or wants_person.")
    reason: str
    relevance: float
    threshold: float


class Found(BaseModel):
    """Passages, best first; with `explain` also why, and what the assistant would do."""

    passages: list[FoundPassage]
    decision: ShownDecision | None = None


def search_routes(guard: Guard, retriever: Retriever, pre_check: PreCheck) -> APIRouter:
    """What a question would find."""
    routes = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

    @routes.get(
        "/search",
        dependencies=[Depends(guard.require_from_elsewhere(Action.READ_KNOWLEDGE))],
        response_model_exclude_unset=True,
    )
    async def search(
        q: Annotated[str, Query(min_length=1, max_length=_LONGEST_QUESTION)],
        limit: Annotated[int, Query(ge=1, le=50)] = 8,
        explain: bool = False,
    ) -> Found:
        """The passages that fit a question, best first; for agents, and for this machine itself."""
        if not explain:
            return Found(passages=[_shown(passage) for passage in await retriever.retrieve(q, limit=limit)])
        language = pre_check.language_of(q)
        found = await retriever.retrieve(q, limit=max(limit, _OF_A_TURN), language=language)
        decision = pre_check.decide(q, found[:_OF_A_TURN], language)
        return Found(
            passages=[_explained(passage, q, language) for passage in found[:limit]],
            decision=_decided(decision),
        )

    return routes


def _explained(passage: Passage, question: str, language: str) -> FoundPassage:
    searched = f"{passage.section}\n{passage.text}"
    why = Why(
        vectorRank=passage.vector_rank,
        lexicalRank=passage.lexical_rank,
        words=words_found(question, language, set(terms(searched, passage.language))),
        forms=forms_in(passage.text, passage.language, set(content_terms(question, language))),
    )
    return _shown(passage).model_copy(update={"why": why})


def _decided(decision: Decision) -> ShownDecision:
    return ShownDecision(
        answers=decision.answers,
        code=decision.code,
        reason=decision.reason,
        relevance=round(decision.relevance, 4),
        threshold=decision.threshold,
    )


def _shown(passage: Passage) -> FoundPassage:
    return FoundPassage(
        text=passage.text,
        document=passage.document,
        documentId=passage.document_id,
        filename=passage.filename,
        section=passage.section,
        start=passage.start,
        end=passage.end,
        score=round(passage.score, 4),
        cosine=round(passage.cosine, 4),
        lexical=round(passage.lexical, 4),
        language=passage.language,
    )
