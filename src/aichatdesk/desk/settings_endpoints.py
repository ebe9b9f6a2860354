"""The HTTP routes of the desk's settings, in the shapes of the old server."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Depends

from aichatdesk.core.access import Action
from aichatdesk.desk.desk_settings import all_settings, public_setting, save_settings
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

    @routes.put("", dependencies=[Depends(guard.require(Action.CHANGE_SETTINGS))])
    async def save(body: Fields) -> Fields:
        """Set what is given and keep the rest."""
        await database.write(partial(save_settings, values=body))
        return {"success": True}

    @routes.get("/public/{key}")
    async def public(key: str) -> Fields:
        """A setting that anybody may read; null for any other."""
        return {"value": await database.read(partial(public_setting, key=key))}

    return routes
