"""Whether the process lives, and whether it can work."""

import time
from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from aichatdesk.inference.breaker import Breaker
from aichatdesk.knowledge.revision import knowledge_revision
from aichatdesk.platform.storage.database import Database


class Health(BaseModel):
    """The process lives; `timestamp` is in milliseconds since 1970."""

    status: Literal["ok"] = "ok"
    service: Literal["aichatdesk"] = "aichatdesk"
    timestamp: int


class Readiness(BaseModel):
    """How it goes with what the desk works with, by the model's part in it."""

    status: Literal["ready", "degraded"]
    models: dict[str, Literal["ok", "failing"]]
    knowledgeRevision: int  # noqa: N815 - the wire's own spelling


def health_routes(database: Database, breakers: Mapping[str, Breaker]) -> APIRouter:
    """`/health` as the old server had it, and `/readyz` with what stands behind it."""
    routes = APIRouter(tags=["health"])

    @routes.get("/health")
    async def health() -> Health:
        """The process answers."""
        return Health(timestamp=int(time.time() * 1000))

    @routes.get("/readyz")
    async def ready() -> Readiness:
        """The database answers; a model that does not is a degradation, not a failure."""
        revision = await database.read(knowledge_revision)
        failing = [name for name, breaker in breakers.items() if breaker.is_open]
        return Readiness(
            status="degraded" if failing else "ready",
            models={name: "failing" if name in failing else "ok" for name in breakers},
            knowledgeRevision=revision,
        )

    return routes
