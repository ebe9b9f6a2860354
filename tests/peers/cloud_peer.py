"""What the peers of the clouds share: a streamed answer, its faults, a key and a limit on requests."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from peers.loopback_server import LoopbackServer

KEY = "sk-cloud-4711"
_PIECES = re.compile(r"\s*\S+|\s+")


@dataclass
class Saying:
    """How the next chats are answered.

    Attributes:
        thoughts: What the model thinks first, in a channel of its own.
        reason: Why it stops, in the words of the API; by default it is done, or out of room.
        break_after: Pieces after which `fault` (an error of the API, as JSON) is sent and the stream ends.
        hang_after: Pieces after which nothing more comes.
        chunk_bytes: Cut the stream into blocks of so many bytes, whatever they split.
    """

    text: str = "Hello."
    thoughts: str = ""
    reason: str = ""
    break_after: int | None = None
    fault: dict[str, Any] | None = None
    hang_after: int | None = None
    chunk_bytes: int | None = None
    delay: float = 0.0


class CloudPeer(LoopbackServer):
    """Base of peers that stream.

    `key` is the one that is taken, `requests_left` are those of this minute; `disconnected` is set when a client leaves within a stream.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        super().__init__(routes)
        self.saying = Saying()
        self.requests: list[dict[str, Any]] = []
        self.requests_left: int | None = None
        self.key = KEY
        self.disconnected = asyncio.Event()

    def say(self, text: str, **how: Any) -> None:
        """Answer every chat with this text."""
        self.saying = Saying(text, **how)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def cut(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same bytes, in the blocks that the test has asked for."""
        try:
            async for data in stream:
                size = self.saying.chunk_bytes or len(data)
                for start in range(0, len(data), size):
                    yield data[start : start + size]
        except (asyncio.CancelledError, GeneratorExit):
            self.disconnected.set()
            raise

    def is_over_the_limit(self) -> bool:
        """Whether this request is one too many for its minute."""
        if self.requests_left is None:
            return False
        self.requests_left -= 1
        return self.requests_left < 0


@dataclass
class Spoken:
    """What of the text is said within the limits of the request, and why it ends there."""

    pieces: list[str]
    reason: str  # "end", "room" or the stop that was met
    tokens: int


def speak(text: str, *, room: int, stops: list[str]) -> Spoken:
    """A word is a token here."""
    met = min((at, stop) for stop in stops if (at := text.find(stop)) >= 0) if _has(text, stops) else None
    pieces = _PIECES.findall(text[: met[0]] if met else text)
    if len(pieces) > room:
        return Spoken(pieces[:room], "room", room)
    return Spoken(pieces, met[1] if met else "end", len(pieces))


def count(text: str) -> int:
    """Tokens of a text, as this peer counts them."""
    return len(_PIECES.findall(text))


async def body_of(request: Request) -> dict[str, Any] | None:
    """The JSON object that was sent, or None."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


async def silence() -> None:
    """Say nothing more, and keep the connection."""
    await asyncio.sleep(3600)


def _has(text: str, stops: list[str]) -> bool:
    return any(stop in text for stop in stops)
