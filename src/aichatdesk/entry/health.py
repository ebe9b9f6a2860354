"""Whether the process lives, and whether it can work."""

import time
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from aichatdesk.inference.breaker import Breaker
from aichatdesk.knowledge.revision import knowledge_revision
from aichatdesk.platform.storage.database import Database


def health_routes(database: Database, breakers: Mapping[str, Breaker]) -> APIRouter:
    """`/health` as the old server had it, and `/readyz` with what stands behind it."""
    routes = APIRouter(tags=["health"])

    @routes.get("/health")
    async def health() -> dict[str, Any]:
        """The process answers."""
        return {"status": "ok", "service": "aichatdesk", "timestamp": int(time.time() * 1000)}

    @routes.get("/readyz")
    async def ready() -> JSONResponse:
        """The database answers; a model that does not is a degradation, not a failure."""
        revision = await database.read(knowledge_revision)
        models = {name: "failing" if breaker.is_open else "ok" for name, breaker in breakers.items()}
        status = "degraded" if "failing" in models.values() else "ready"
        return JSONResponse({"status": status, "models": models, "knowledgeRevision": revision})

    return routes
