"""The HTTP routes of the desk's settings, in the shapes of the old server."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from aichatdesk.core.access import Action, Actor
from aichatdesk.desk.desk_settings import all_settings, change_settings, public_setting
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database

Fields = dict[str, Any]


def settings_routes(database: Database, guard: Guard) -> APIRouter:
    """Values by name; a few of them anybody may read."""
    routes = APIRouter(prefix="/api/settings", tags=["settings"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_SETTINGS))])
    async def everything() -> Fields:
        """Every setting."""
        return await database.read(all_settings)

    @routes.put("")
    async def save(
        body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.CHANGE_SETTINGS))]
    ) -> Fields:
        """Set what is given and keep the rest."""
        await database.write(partial(change_settings, actor=actor, values=body))
        return {"success": True}

    @routes.get("/public/{key}")
    async def public(key: str) -> Fields:
        """A setting that anybody may read; null for any other."""
        return {"value": await database.read(partial(public_setting, key=key))}

    return routes
