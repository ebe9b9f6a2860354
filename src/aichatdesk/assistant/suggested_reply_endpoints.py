"""The HTTP route by which an agent has a reply written, as a stream or in one piece."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from aichatdesk.assistant.write_reply import (
    Listener,
    NoReply,
    ReplyWriter,
    Situation,
    SuggestedReply,
    situation_of,
)
from aichatdesk.conversation.domain import Reason
from aichatdesk.conversation.event_endpoints import as_server_sent, wants_stream
from aichatdesk.core.access import Action, Actor
from aichatdesk.core.errors import Misconfigured, TooMany, Unavailable
from aichatdesk.core.ids import SessionId
from aichatdesk.inference.errors import ContextTooLong, ModelRejected, QueueFull
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database

_LOOK_EVERY = timedelta(milliseconds=300)
_PING_EVERY = timedelta(seconds=15)

Event = Mapping[str, Any]


class ReplySource(BaseModel):
    """A passage that the model was given, as in the chat's own events."""

    n: int
    document: str
    documentId: str
    filename: str
    section: str
    text: str
    start: int
    end: int
    score: float
    similarity: float


class SuggestedReplyBody(BaseModel):
    """A reply to take, change or leave, and the passages it was written from."""

    suggestedReply: str
    sources: list[ReplySource]


def suggested_reply_routes(database: Database, guard: Guard, writer: ReplyWriter) -> APIRouter:
    """A reply for the agent who has the chat."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["copilot"])

    @routes.post(
        "/{session_id}/suggested-reply",
        response_model=SuggestedReplyBody,
        responses={
            200: {"content": {"text/event-stream": {}}},
            503: {"description": "The model does not answer"},
        },
    )
    async def suggest(
        session_id: str,
        request: Request,
        actor: Annotated[Actor, Depends(guard.require(Action.ANSWER_CHATS))],
    ) -> Any:
        """Write a reply from the passages that fit the visitor's last question.

        As an event stream: `queued`, `sources`, `draft` (the piece that is new), and `finished` with the whole tidied
        text or `failed`. Closing the connection stops the model.
        """
        work = partial(situation_of, actor=actor, session_id=SessionId(session_id))
        situation = await database.read(work)
        if wants_stream(request):
            return StreamingResponse(
                _stream(writer, situation),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            )
        reply = await _unless_gone(request, writer, situation)
        return SuggestedReplyBody.model_validate({"suggestedReply": reply.text, "sources": reply.sources})

    return routes


async def _stream(writer: ReplyWriter, situation: Situation) -> AsyncIterator[str]:
    """The events of one reply; when nobody reads on, the writing ends."""
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    listener = Listener(
        on_place=lambda place: events.put_nowait({"type": "queued", "place": place}),
        on_sources=lambda sources: events.put_nowait({"type": "sources", "sources": sources}),
        on_draft=lambda text: events.put_nowait({"type": "draft", "text": text}),
    )
    task = asyncio.create_task(_told(writer, situation, listener))
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while not (task.done() and events.empty()):
            try:
                async with asyncio.timeout(_PING_EVERY.total_seconds()):
                    event = await events.get()
            except TimeoutError:
                yield as_server_sent(None)
                continue
            if event is not None:
                yield as_server_sent(event)
        yield as_server_sent(task.result())
    finally:
        task.cancel()


async def _told(writer: ReplyWriter, situation: Situation, listener: Listener) -> Event:
    """The last event: the reply, or why there is none."""
    try:
        reply = await writer.write(situation, listener)
    except QueueFull:
        return {"type": "failed", "code": Reason.QUEUE_FULL.value}
    except NoReply:
        return {"type": "failed", "code": Reason.NO_ANSWER.value}
    except (Unavailable, Misconfigured, ContextTooLong, ModelRejected, TooMany):
        return {"type": "failed", "code": Reason.MODEL_UNAVAILABLE.value}
    return {"type": "finished", "text": reply.text}


async def _unless_gone(request: Request, writer: ReplyWriter, situation: Situation) -> SuggestedReply:
    """Wait for a reply; if the caller goes first, the writing ends."""
    ignored = Listener(lambda _: None, lambda _: None, lambda _: None)
    task = asyncio.create_task(writer.write(situation, ignored))
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_LOOK_EVERY.total_seconds())
            if not task.done() and await request.is_disconnected():
                raise Unavailable("The caller has gone.")
        return task.result()
    finally:
        task.cancel()
