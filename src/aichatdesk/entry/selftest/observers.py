"""Those who listen to a chat, over a stream or the socket, lose their connection, and go on where they were."""

import asyncio
import contextlib
import json
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from aichatdesk.conversation.fold import advance
from aichatdesk.platform.http.client import make_http_client

_PAUSE = 0.05
_IDLE = 60.0


class Observer(ABC):
    """Keeps a chat up to date by its events alone, beginning with a snapshot.

    `drop_chance` is how likely it drops its connection after an event.
    """

    over: ClassVar[str]

    def __init__(
        self, url: str, keys: Mapping[str, str], first: Mapping[str, Any], drop_chance: float, seed: float
    ) -> None:
        self._url = url
        self._keys = keys
        self._drop_chance = drop_chance
        self._chance = random.Random(seed)  # noqa: S311 - chance, not secrets
        self._moved = asyncio.Event()
        self.view: Mapping[str, Any] = first
        self.heard: list[Mapping[str, Any]] = []
        self.faults: list[str] = []
        self.dropped = 0

    @abstractmethod
    def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """The events after the last one heard, over a new connection, for as long as it lasts."""

    async def listen(self) -> None:
        """Listen for ever, over one connection after the other."""
        while True:
            with contextlib.suppress(httpx2.HTTPError, WebSocketException, OSError):
                async with contextlib.aclosing(self.events()) as events:  # type: ignore[type-var]
                    async for event in events:
                        self._hear(event)
                        if self._chance.random() < self._drop_chance:
                            self.dropped += 1
                            break
            await asyncio.sleep(_PAUSE)

    async def reach(self, seq: int, within: float) -> None:
        """Wait until event `seq` was heard; a fault is noted if it does not come in so many seconds."""
        try:
            async with asyncio.timeout(within):
                while self.view["seq"] < seq:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            self.faults.append(
                f"The {self.over} had heard {self.view['seq']} of {seq} events after {within:.0f} s."
            )

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event.get("seq") is None:
            return
        self.heard.append(event)
        try:
            self.view = advance(self.view, event)
        except ValueError as error:
            self.faults.append(f"The {self.over} missed something. {error}")
        self._moved.set()


class StreamObserver(Observer):
    """Listens over server-sent events."""

    over = "stream"

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """See `Observer.events`."""
        path = f"/api/v1/chats/{self._keys['sessionId']}/events?after={self.view['seq']}"
        headers = {"X-Visitor-Token": self._keys["visitorToken"], "Accept": "text/event-stream"}
        async with (
            make_http_client(base_url=self._url) as client,
            client.stream("GET", path, headers=headers) as reply,
        ):
            async for line in reply.aiter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])


class SocketObserver(Observer):
    """Listens over the WebSocket."""

    over = "socket"

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """See `Observer.events`."""
        join = {
            "type": "chat.join",
            "clientType": "widget",
            "sessionId": self._keys["sessionId"],
            "visitorToken": self._keys["visitorToken"],
            "after": self.view["seq"],
        }
        address = f"ws{self._url.removeprefix('http')}/ws"
        async with connect(address, proxy=None, compression=None, open_timeout=_IDLE) as socket:
            await socket.send(json.dumps(join))
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "chat.event":
                    yield frame["event"]
