"""The HTTP routes of canned responses, in the shapes of the old server."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.ids import require_id
from aichatdesk.desk.canned_responses import (
    change_response,
    count_use,
    create_response,
    delete_response,
    list_responses,
)
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database

_LONGEST_SEARCH = 200

Fields = dict[str, Any]


def canned_response_routes(database: Database, guard: Guard) -> APIRouter:
    """Texts that agents send again and again."""
    routes = APIRouter(prefix="/api/canned-responses", tags=["canned responses"])
    use = Depends(guard.require(Action.USE_CANNED_RESPONSES))
    manage = guard.require(Action.MANAGE_CANNED_RESPONSES)

    @routes.get("", dependencies=[use])
    async def shown(
        category: str | None = None, search: Annotated[str | None, Query(max_length=_LONGEST_SEARCH)] = None
    ) -> list[Fields]:
        """The texts, most used first."""
        return await database.read(partial(list_responses, category=category, search=search))

    @routes.post("", status_code=201)
    async def create(body: Fields, actor: Annotated[Actor, Depends(manage)]) -> Fields:
        """Make a text."""
        return await database.write(partial(create_response, actor=actor, fields=body))

    @routes.patch("/{response_id}")
    async def change(response_id: str, body: Fields, actor: Annotated[Actor, Depends(manage)]) -> Fields:
        """Set what is given."""
        wanted = require_id(response_id, "id")
        return await database.write(partial(change_response, actor=actor, response_id=wanted, fields=body))

    @routes.delete("/{response_id}")
    async def delete(response_id: str, actor: Annotated[Actor, Depends(manage)]) -> Fields:
        """Take a text out of use."""
        wanted = require_id(response_id, "id")
        await database.write(partial(delete_response, actor=actor, response_id=wanted))
        return {"message": "Canned response deleted successfully"}

    @routes.post("/{response_id}/use", dependencies=[use])
    async def used(response_id: str) -> Fields:
        """Note that a text was used."""
        count = await database.write(partial(count_use, response_id=require_id(response_id, "id")))
        return {"message": "Usage count incremented", "usageCount": count}

    return routes
