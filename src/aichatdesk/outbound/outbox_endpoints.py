"""The HTTP routes of the outbox: what is on its way, and what could not be delivered."""

from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aichatdesk.core.access import Action, Actor
from aichatdesk.core.ids import require_id
from aichatdesk.outbound.outbox import State, counts, discard, list_items, retry
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

Fields = dict[str, Any]


class Shown(StrEnum):
    """Which items are listed."""

    WAITING = State.WAITING.value
    SENT = State.SENT.value
    DEAD = State.DEAD.value


def outbox_routes(database: Database, guard: Guard) -> APIRouter:
    """List, send again, discard."""
    routes = APIRouter(prefix="/api/v1/outbox", tags=["outbox"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_OUTBOX))])
    async def shown(state: Annotated[Shown | None, Query()] = None) -> Fields:
        """The newest items and how many there are in each state."""

        def read(tx: Transaction) -> Fields:
            return {"items": list_items(tx, state.value if state else None), "counts": counts(tx)}

        return await database.read(read)

    @routes.post("/{item_id}/retry")
    async def again(
        item_id: str, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_OUTBOX))]
    ) -> Fields:
        """Send a dead item again."""
        wanted = require_id(item_id, "id")
        return {"item": await database.write(partial(retry, actor=actor, item_id=wanted))}

    @routes.delete("/{item_id}")
    async def remove(
        item_id: str, actor: Annotated[Actor, Depends(guard.require(Action.MANAGE_OUTBOX))]
    ) -> Fields:
        """Forget an item that was not sent."""
        await database.write(partial(discard, actor=actor, item_id=require_id(item_id, "id")))
        return {"success": True}

    return routes
