"""The HTTP routes by which people teach the knowledge base: a pair pushed, a suggestion accepted or rejected."""

from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.ids import DocumentId, require_id
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge.accept_suggestion import accept
from aichatdesk.knowledge.domain import DocumentState
from aichatdesk.knowledge.ports import SessionIds
from aichatdesk.knowledge.push import Pushed, pair_text, push
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.suggestions import SuggestionState, counts, list_suggestions, reject, shown
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.common_shapes import AnyOptionalText, AnyText
from aichatdesk.platform.storage.database import Database, Transaction

Fields = dict[str, Any]


class Shown(StrEnum):
    """Which suggestions are listed."""

    PENDING = SuggestionState.PENDING.value
    ACCEPTED = SuggestionState.ACCEPTED.value
    REJECTED = SuggestionState.REJECTED.value


class PushBody(BaseModel):
    """A question and its answer, or one of them."""

    model_config = ConfigDict(extra="ignore")

    question: AnyText = None
    answer: AnyText = None
    source: str | None = Field(None, max_length=1000)


class AcceptBody(BaseModel):
    """Other words for what was suggested; what is not given stays."""

    model_config = ConfigDict(extra="ignore")

    question: AnyOptionalText = None
    answer: AnyOptionalText = None


def push_routes(database: Database, guard: Guard, model: EmbeddingModel, retriever: Retriever) -> APIRouter:
    """Teach a pair, in the old server's shape."""
    routes = APIRouter(prefix="/api/knowledge", tags=["knowledge"])

    @routes.post("/push", status_code=201, responses={200: {"description": "It joined what says the same"}})
    async def teach(
        actor: Annotated[Actor, Depends(guard.require(Action.REVIEW_SUGGESTIONS))],
        body: Annotated[PushBody, Body(default_factory=PushBody)],
        response: Response,
    ) -> Fields:
        """Keep a question and its answer; 200 if they joined a document that says the same."""
        text = pair_text(body.question, body.answer)

        def noted(tx: Transaction, kept_in: DocumentId) -> None:
            note(tx, actor, Act.KNOWLEDGE_PUSHED, kept_in)

        pushed = await push(
            database, model, retriever, text, source=body.source or "", by=actor.id, settle=noted
        )
        response.status_code = 200 if pushed.merged else 201
        return {"success": True, **shown_push(pushed)}

    return routes


def suggestion_routes(
    database: Database, guard: Guard, model: EmbeddingModel, retriever: Retriever, session_ids: SessionIds
) -> APIRouter:
    """What agents' replies suggest: list, accept, reject."""
    routes = APIRouter(prefix="/api/v1/knowledge/suggestions", tags=["knowledge"])
    reviewer = guard.require(Action.REVIEW_SUGGESTIONS)

    @routes.get("", dependencies=[Depends(reviewer)])
    async def listed(state: Annotated[Shown | None, Query()] = None) -> Fields:
        """The newest suggestions and how many there are in each state."""

        def read(tx: Transaction) -> Fields:
            suggestions = list_suggestions(tx, state.value if state else None)
            handles = session_ids(tx, {one["chatId"] for one in suggestions} - {None})
            for one in suggestions:
                one["sessionId"] = handles.get(one["chatId"])
            return {"suggestions": suggestions, "counts": counts(tx)}

        return await database.read(read)

    @routes.post("/{suggestion_id}/accept")
    async def learn(
        suggestion_id: str,
        actor: Annotated[Actor, Depends(reviewer)],
        body: Annotated[AcceptBody, Body(default_factory=AcceptBody)],
    ) -> Fields:
        """Learn a suggestion, perhaps in other words; 409 if it was decided before."""
        wanted = require_id(suggestion_id, "id")
        pushed = await accept(
            database, model, retriever, wanted, by=actor, question=body.question, answer=body.answer
        )
        suggestion = await database.read(partial(shown, suggestion_id=wanted))
        return {"suggestion": suggestion, "learned": shown_push(pushed)}

    @routes.post("/{suggestion_id}/reject")
    async def refuse(suggestion_id: str, actor: Annotated[Actor, Depends(reviewer)]) -> Fields:
        """Decide against a suggestion; 409 if it was decided before."""
        wanted = require_id(suggestion_id, "id")
        return {"suggestion": await database.write(partial(reject, suggestion_id=wanted, by=actor))}

    return routes


def shown_push(pushed: Pushed) -> Fields:
    """What became of a pushed text, in the old server's words."""
    state = DocumentState.FAILED if pushed.failure else DocumentState.EMBEDDED
    told: Fields = {
        "id": pushed.document_id,
        "merged": pushed.merged,
        "textLength": pushed.length,
        "state": state.value,
    }
    if pushed.similarity is not None:
        told["similarity"] = f"{min(pushed.similarity, 1.0):.3f}"
    return told | ({"stateReason": pushed.failure} if pushed.failure else {})
