"""The WebSocket at `/ws`: the old clients' frames, and resuming by sequence number for new ones."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.domain import ChatEvent
from aichatdesk.conversation.follow import follow, missed_events
from aichatdesk.conversation.frames import DeskFrames, looking_frame, session_frame
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.looking import LookersChanged
from aichatdesk.conversation.ports import AgentCards
from aichatdesk.conversation.read_chat import find_chat
from aichatdesk.conversation.show_typing import TypingFrame, show_typing
from aichatdesk.conversation.staff_leave import StaffLeave, until_refused
from aichatdesk.core.access import Action, Actor, authorize
from aichatdesk.core.errors import DeskError, Forbidden, Invalid, Unauthenticated
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.http.actor import Guard, from_own_page
from aichatdesk.platform.http.address import client_address
from aichatdesk.platform.http.json_text import parse_json
from aichatdesk.platform.realtime.hub import Lagging
from aichatdesk.platform.storage.database import Database

_LARGEST_FRAME = 64 * 1024
_FRAMES_A_SECOND = 10
_BURST = 30
_SIGNED_OUT = 4401
_TOO_FAST = 4008
_LAGGING = 1013
_REFUSED_ORIGIN = 4403
_TOO_MANY = 4429


def socket_routes(
    database: Database,
    guard: Guard,
    live: LiveChats,
    agents: AgentCards,
    *,
    allowed_origins: Collection[str],
    most_per_address: int = 100,
) -> APIRouter:
    """The route of the socket; pages of other origins are refused, and so are too many from one address."""
    routes = APIRouter()
    frames = DeskFrames(database, agents)
    open_sockets: Counter[str] = Counter()

    @routes.websocket("/ws")
    async def talk(socket: WebSocket) -> None:
        origin = socket.headers.get("origin")
        allowed = (
            origin is None or from_own_page(socket) or origin in allowed_origins or "*" in allowed_origins
        )
        await socket.accept()
        if not allowed:
            await socket.close(_REFUSED_ORIGIN, "This page's origin is not allowed.")
            return
        address = client_address(socket)
        if open_sockets[address] >= most_per_address:
            await socket.close(_TOO_MANY, "Too many connections from this address.")
            return
        open_sockets[address] += 1
        try:
            await _Conversation(socket, database, guard, live, frames).run()
        finally:
            open_sockets[address] -= 1
            if not open_sockets[address]:
                del open_sockets[address]

    return routes


@dataclass(slots=True)
class _Bucket:
    """Lets through a burst, then a steady rate."""

    left: float = _BURST
    at: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(_BURST, self.left + (now - self.at) * _FRAMES_A_SECOND)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class _Conversation:
    """One socket: what it asked for, and the tasks that feed it."""

    def __init__(
        self, socket: WebSocket, database: Database, guard: Guard, live: LiveChats, frames: DeskFrames
    ) -> None:
        self._socket = socket
        self._database = database
        self._guard = guard
        self._live = live
        self._frames = frames
        self._actor: Actor | None = None
        self._session: SessionId | None = None
        self._is_visitor = False
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._bucket = _Bucket()

    async def run(self) -> None:
        """Serve until either side is done."""
        try:
            while True:
                text = await self._socket.receive_text()
                if len(text) > _LARGEST_FRAME or not self._bucket.take():
                    await self._socket.close(_TOO_FAST, "Too many or too large frames.")
                    return
                await self._hear(text)
        except (WebSocketDisconnect, RuntimeError):
            # RuntimeError: a feed has closed the socket while we waited for a frame.
            pass
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _hear(self, text: str) -> None:
        try:
            frame = parse_json(text)
            if not isinstance(frame, dict):
                raise Invalid("A frame must be a JSON object.")
            await self._obey(frame)
        except DeskError as error:
            await self._send({"type": "error", "error": error.message, "code": error.kind})

    async def _obey(self, frame: dict[str, Any]) -> None:
        match frame.get("type"):
            case "dashboard.connect":
                await self._connect_dashboard(frame)
            case "chat.join":
                await self._join(frame)
            case "typing.start" | "typing.stop" as what:
                self._relay_typing(what)
            case "agent.takeover" | "agent.return" | "agent.note":
                await self._require_agent(frame)
            case "chat.message":
                pass  # old clients announce what they have posted over HTTP
            case _:
                raise Invalid("Unknown message type")

    async def _connect_dashboard(self, frame: dict[str, Any]) -> None:
        await self._require_agent(frame)
        self._feed("desk", self._feed_desk())

    async def _require_agent(self, frame: dict[str, Any]) -> Actor:
        if self._actor is None:
            token = frame.get("token")
            identify = (
                partial(self._guard.by_token, token)
                if isinstance(token, str) and token
                else partial(self._guard.actor, self._socket)
            )
            actor = await identify()
            authorize(actor, Action.READ_CHATS)
            self._actor = actor
            self._start("leave", partial(self._close_when_refused, StaffLeave(actor.id, identify)))
        return self._actor

    async def _close_when_refused(self, leave: StaffLeave) -> None:
        await until_refused(self._live, leave)
        await self._socket.close(_SIGNED_OUT, "You were signed out; sign in and connect again.")

    async def _join(self, frame: dict[str, Any]) -> None:
        session_id = SessionId(str(frame.get("sessionId") or ""))
        chat = await self._database.read(partial(find_chat, session_id=session_id))
        staff = frame.get("clientType") == "dashboard"
        if staff:
            await self._require_agent(frame)
        after = frame.get("after")
        if after is None:
            self._listen(chat.session_id, self._feed_old(chat.session_id, staff=staff), staff=staff)
            return
        if not isinstance(after, int) or isinstance(after, bool):
            raise Invalid("after must be a whole number.", field="after")
        if not staff:
            token = frame.get("visitorToken")
            if not isinstance(token, str):
                raise Forbidden("chat.join with after needs the visitorToken.")
            await self._database.read(partial(require_visitor, session_id=session_id, token=token))
        await self._database.read(
            partial(missed_events, session_id=session_id, after=after, staff=staff, limit=1)
        )
        self._listen(chat.session_id, self._feed_log(chat.session_id, after=after, staff=staff), staff=staff)

    def _listen(self, session_id: SessionId, feed: AsyncIterator[dict[str, Any]], *, staff: bool) -> None:
        self._session, self._is_visitor = session_id, not staff
        self._feed("chat", feed)

    def _relay_typing(self, what: TypingFrame) -> None:
        if self._session is None:
            raise Unauthenticated("Join a chat first.")
        show_typing(self._live, self._session, what, None if self._is_visitor else self._actor)

    def _feed(self, name: str, feed: AsyncIterator[dict[str, Any]]) -> None:
        self._start(name, partial(self._send_all, feed))

    def _start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run work beside the socket, in place of earlier work of that name."""
        if before := self._tasks.pop(name, None):
            before.cancel()
        self._tasks[name] = asyncio.create_task(_until_gone(work))

    async def _send_all(self, feed: AsyncIterator[dict[str, Any]]) -> None:
        try:
            async for frame in feed:
                await self._send(frame)
        except Lagging:
            await self._socket.close(_LAGGING, "Too slow; reconnect and resume.")

    async def _feed_log(
        self, session_id: SessionId, *, after: int, staff: bool
    ) -> AsyncIterator[dict[str, Any]]:
        actor = self._actor if staff else None
        looks = self._live.lookers.looking(session_id, actor) if actor else None
        with looks or self._presence(session_id, staff=staff):
            async for event in follow(
                self._database,
                self._live,
                session_id,
                after=after,
                staff=staff,
                agent_id=actor.id if actor else None,
            ):
                if event is not None:
                    yield {"type": "chat.event", "sessionId": session_id, "event": event}

    async def _feed_old(self, session_id: SessionId, *, staff: bool) -> AsyncIterator[dict[str, Any]]:
        with self._presence(session_id, staff=staff), self._live.subscribe(session_id, staff=staff) as news:
            while True:
                item = await news.next()
                if item is not None and (frame := session_frame(item)):
                    yield frame

    async def _feed_desk(self) -> AsyncIterator[dict[str, Any]]:
        with self._live.subscribe_desk() as news:
            while True:
                item = await news.next()
                if isinstance(item, ChatEvent):
                    for frame in await self._frames.of(item):
                        yield frame
                elif isinstance(item, LookersChanged):
                    yield looking_frame(item)

    def _presence(self, session_id: SessionId, *, staff: bool) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext() if staff else self._live.connected(session_id)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps(frame, ensure_ascii=False))


async def _until_gone(work: Callable[[], Awaitable[None]]) -> None:
    # The socket may be gone at any moment; `run` ends by itself.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await work()
