"""The HTTP routes by which people have documents embedded again."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, Field

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import DocumentId, require_id
from aichatdesk.knowledge.re_embed_all import Begun, begin_re_embedding, progress
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

_MOST_NAMED = 2000


class ReEmbedBody(BaseModel):
    """Which documents; all of them if `documentIds` is absent."""

    documentIds: list[str] | None = Field(None, max_length=_MOST_NAMED)


class ReEmbedBegun(BaseModel):
    """The run that does it, and how many documents were asked for."""

    jobId: str
    documents: int


class ReEmbedFailure(BaseModel):
    """A document that could not be embedded again; it is found as before."""

    documentId: str
    document: str
    reason: str


class ReEmbedProgress(BaseModel):
    """How far the last run is; `done` and `failed` of `total` are behind it."""

    running: bool
    done: int
    total: int
    failed: int
    startedAt: str | None
    failures: list[ReEmbedFailure] = Field(default=[], description="At most 20.")


def re_embed_routes(database: Database, guard: Guard) -> APIRouter:
    """Embed one, some or all documents again."""
    routes = APIRouter(prefix="/api/v1/knowledge/re-embed", tags=["knowledge"])
    manager = Depends(guard.require(Action.MANAGE_KNOWLEDGE_INDEX))

    @routes.post("", status_code=202, responses={404: {"description": "No such document"}})
    async def begin(
        actor: Annotated[Actor, manager], body: Annotated[ReEmbedBody, Body(default_factory=ReEmbedBody)]
    ) -> ReEmbedBegun:
        """Begin in the background, or join what goes on; every document stays found meanwhile."""
        wanted = None
        if body.documentIds is not None:
            if not body.documentIds:
                raise Invalid("documentIds is empty; leave it out to embed all.", field="documentIds")
            wanted = [DocumentId(require_id(one, "documentIds")) for one in body.documentIds]

        def work(tx: Transaction) -> Begun:
            begun = begin_re_embedding(tx, document_ids=wanted)
            note(tx, actor, Act.KNOWLEDGE_RE_EMBEDDED, None, {"documents": begun.documents})
            return begun

        begun = await database.write(work)
        return ReEmbedBegun(jobId=begun.run_id, documents=begun.documents)

    @routes.get("", dependencies=[manager])
    async def status() -> ReEmbedProgress:
        """How far it is."""
        return ReEmbedProgress.model_validate(await database.read(progress))

    return routes
