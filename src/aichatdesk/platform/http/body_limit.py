"""Refuse bodies that are too large before they are buffered, whatever length they claim."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aichatdesk.platform.http.errors import error_reply

LARGEST_BODY = 100 * 1024
_MULTIPART_EXTRA = 64 * 1024
# What is read and thrown away after a refusal: so much, for so long, and with no longer silence in between.
_MOST_THROWN_AWAY = 64 * 1024 * 1024
_LONGEST_READING = timedelta(seconds=30)
_LONGEST_SILENCE = timedelta(seconds=5)


class BodyLimit:
    """Counts the bytes of a request's body; paths under a few prefixes may take more than the rest.

    A refusal is sent at once, but the connection ends only after the rest of the body was read and thrown away, within
    `most_thrown_away` bytes: most clients read no answer before they have sent everything, and a connection that ends
    under their hands takes the answer with it.
    """

    def __init__(
        self, app: ASGIApp, *, larger: Mapping[str, int], most_thrown_away: int = _MOST_THROWN_AWAY
    ) -> None:
        self._app = app
        self._larger = {prefix: size + _MULTIPART_EXTRA for prefix, size in larger.items()}
        self._most_thrown_away = most_thrown_away

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next(
            (size for prefix, size in self._larger.items() if scope["path"].startswith(prefix)), LARGEST_BODY
        )
        body = _CountedBody(scope, receive, send, limit, self._most_thrown_away)
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if claimed.isdigit() and int(claimed) > limit:
            body.refused = True
            reply = error_reply(
                scope["path"], HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _sentence(limit), code="too_large"
            )
            await reply(scope, body.receive, body.send)
            return
        await self._app(scope, body.receive, body.send)


class _CountedBody:
    """One request's body, and what is sent to its sender once it is refused."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int, most_thrown_away: int) -> None:
        self.refused = False
        self._in_parts = scope["http_version"] != "1.0"
        self._receive = receive
        self._send = send
        self._limit = limit
        self._most_thrown_away = most_thrown_away
        self._seen = 0
        self._more = True

    async def receive(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        if self._seen > self._limit:
            self.refused = True
            # This kind alone passes through the framework's own reading of bodies.
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _sentence(self._limit))
        return message

    async def send(self, message: Message) -> None:
        if not self.refused:
            await self._send(message)
        elif message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Connection"] = "close"
            # A proxy that knows the length takes the answer as whole, and lets go of who is still sending.
            if self._in_parts:
                del headers["Content-Length"]
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(message)
        else:
            # The server lets nothing more be received once it has the last part of the answer.
            await self._send({**message, "more_body": True})
            await self._throw_the_rest_away()
            await self._send({"type": "http.response.body", "body": b""})

    async def _throw_the_rest_away(self) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + _LONGEST_READING.total_seconds()
        left = self._most_thrown_away
        while self._more and left > 0:
            try:
                async with asyncio.timeout_at(min(end, clock() + _LONGEST_SILENCE.total_seconds())):
                    message = await self._receive()
            except TimeoutError:
                return
            left -= len(message.get("body", b""))
            self._more = message.get("more_body", False)


def _sentence(limit: int) -> str:
    return f"The body is too large: at most {limit // 1024} kB."
