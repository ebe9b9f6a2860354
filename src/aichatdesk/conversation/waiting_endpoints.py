"""The HTTP routes of waiting for a person: the place in the queue, and who is typing."""

import asyncio
import time
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, StrictBool

from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.event_endpoints import reader
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.ports import Reception
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.show_typing import show_typing
from aichatdesk.conversation.waiting import place_of, typical_minutes
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

_COUNT_AGAIN_AFTER = timedelta(minutes=1)

VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]


class Waiting(BaseModel):
    """What a visitor who waits for a person may know; `typicalMinutes` is null where too little is known."""

    waiting: bool
    place: int | None
    staffed: bool
    typicalMinutes: float | None


class TypingBody(BaseModel):
    """Whether the caller types."""

    model_config = ConfigDict(extra="ignore")

    typing: StrictBool


class TypicalWait:
    """The typical wait, counted anew at most once a minute, for every visitor who waits asks again and again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._alone = asyncio.Lock()
        self._minutes: float | None = None
        self._until = float("-inf")

    async def minutes(self) -> float | None:
        """See `typical_minutes`."""
        async with self._alone:
            if time.monotonic() >= self._until:
                self._minutes = await self._database.read(typical_minutes)
                self._until = time.monotonic() + _COUNT_AGAIN_AFTER.total_seconds()
        return self._minutes


def waiting_routes(
    database: Database, guard: Guard, live: LiveChats, reception: Reception, quotas: VisitorQuotas
) -> APIRouter:
    """For the chat's visitor; people at the desk type too."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])
    typical = TypicalWait(database)

    @routes.get("/{session_id}/waiting")
    async def waiting(session_id: str, visitor_token: VisitorToken = None) -> Waiting:
        """The visitor's place in the queue, whether anybody is there, and how long it takes as a rule."""

        def read(tx: Transaction) -> tuple[int | None, bool]:
            chat = require_visitor(tx, SessionId(session_id), visitor_token)
            return place_of(tx, chat), reception.is_staffed(tx)

        place, staffed = await database.read(read)
        return Waiting(
            waiting=place is not None,
            place=place,
            staffed=staffed,
            typicalMinutes=await typical.minutes(),
        )

    @routes.post("/{session_id}/typing", status_code=204)
    async def typing(
        session_id: str, body: TypingBody, request: Request, visitor_token: VisitorToken = None
    ) -> Response:
        """Show the other side that the caller types, or has stopped; nothing is stored."""
        session = SessionId(session_id)
        actor = await reader(database, guard, request, session, visitor_token)
        quotas.typing.take(f"{session}:{actor.id if actor else 'visitor'}")
        show_typing(live, session, "typing.start" if body.typing else "typing.stop", actor)
        return Response(status_code=204)

    return routes
