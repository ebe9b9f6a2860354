"""The HTTP routes of a chat's snapshot and event log, as JSON or as a stream that goes on."""

import json
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.follow import follow, missed_events
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.read_chat import find_chat
from aichatdesk.conversation.snapshot import snapshot_of
from aichatdesk.conversation.staff_leave import StaffLeave
from aichatdesk.core.access import Actor
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.realtime.hub import Lagging
from aichatdesk.platform.storage.database import Database

_LONGEST_NUMBER = 18

VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]


def event_routes(database: Database, guard: Guard, live: LiveChats) -> APIRouter:
    """One chat as it stands and its event log, for its visitor or for people at the desk."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])

    @routes.get("/{session_id}")
    async def snapshot(
        session_id: str, request: Request, visitor_token: VisitorToken = None
    ) -> dict[str, Any]:
        """The whole chat with the number of its last event; what follows is under `/events`."""
        chat_session = SessionId(session_id)
        actor = await reader(database, guard, request, chat_session, visitor_token)
        return await database.read(partial(snapshot_of, session_id=chat_session, staff=actor is not None))

    @routes.get("/{session_id}/events", responses={200: {"content": {"text/event-stream": {}}}})
    async def events(
        session_id: str,
        request: Request,
        after: Annotated[int, Query(ge=0, description="The last sequence number already seen.")] = 0,
        visitor_token: VisitorToken = None,
        last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
    ) -> Any:
        """What happened after `after`; as an event stream it stays open and goes on."""
        chat_session = SessionId(session_id)
        actor = await reader(database, guard, request, chat_session, visitor_token)
        staff = actor is not None
        after = max(after, _number(last_event_id))
        missed, last = await database.read(
            partial(missed_events, session_id=chat_session, after=after, staff=staff)
        )
        if not wants_stream(request):
            return {"events": [event.shown(staff=staff) for event in missed], "last": last}
        leave = StaffLeave(actor.id, partial(guard.actor, request)) if actor else None
        return StreamingResponse(
            _stream(database, live, chat_session, after=after, actor=actor, leave=leave),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return routes


def _number(last_event_id: str | None) -> int:
    """What an event source saw last; anything but a number is nobody's place in a log."""
    if not last_event_id or not (last_event_id.isascii() and last_event_id.isdigit()):
        return 0
    if len(last_event_id) > _LONGEST_NUMBER:
        raise Invalid("Last-Event-ID is not a number that this chat has given out.", field="Last-Event-ID")
    return int(last_event_id)


async def reader(
    database: Database, guard: Guard, request: Request, session_id: SessionId, visitor_token: str | None
) -> Actor | None:
    """The agent who reads a chat; None is its visitor, who needs the chat's own secret.

    Raises:
        ChatNotFound: No such chat.
        Forbidden: Neither an agent nor this chat's visitor.
    """
    if visitor_token is None and (actor := await guard.optional(request)) is not None:
        await database.read(partial(find_chat, session_id=session_id))
        return actor
    await database.read(partial(require_visitor, session_id=session_id, token=visitor_token))
    return None


def wants_stream(request: Request) -> bool:
    """Whether the caller asked for server-sent events."""
    return "text/event-stream" in request.headers.get("accept", "")


def as_server_sent(event: Mapping[str, Any] | None) -> str:
    """One event as it goes over the line; None is a comment that keeps the line open."""
    if event is None:
        return ": still here\n\n"
    number = f"id: {event['seq']}\n" if event.get("seq") is not None else ""
    return f"event: {event['type']}\n{number}data: {json.dumps(event, ensure_ascii=False)}\n\n"


async def _stream(
    database: Database,
    live: LiveChats,
    session_id: SessionId,
    *,
    after: int,
    actor: Actor | None,
    leave: StaffLeave | None,
) -> AsyncIterator[str]:
    staff = leave is not None
    with live.lookers.looking(session_id, actor) if actor else live.connected(session_id):
        yield ": connected\n\n"
        try:
            async for event in follow(
                database,
                live,
                session_id,
                after=after,
                staff=staff,
                agent_id=actor.id if actor else None,
                leave=leave,
            ):
                yield as_server_sent(event)
        except Lagging:
            yield as_server_sent({"type": "resync_required"})
