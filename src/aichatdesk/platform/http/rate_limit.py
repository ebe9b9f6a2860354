"""How many requests an address may send in a window, told in the draft-6 headers of the old server."""

import math
import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aichatdesk.platform.http.address import address_in
from aichatdesk.platform.http.errors import error_reply
from aichatdesk.platform.http.quota import FixedWindow

EXEMPT = frozenset({"/health", "/readyz"})


class RateLimit:
    """A fixed window for each address."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int,
        window_ms: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._limit = limit
        self._length = window_ms / 1000
        self._window = FixedWindow(timedelta(milliseconds=window_ms), monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in EXEMPT or "aichatdesk.owner" in scope:
            await self._app(scope, receive, send)
            return
        count, left = self._window.count(address_in(scope))
        told = {
            "RateLimit-Policy": f"{self._limit};w={math.ceil(self._length)}",
            "RateLimit-Limit": str(self._limit),
            "RateLimit-Remaining": str(max(0, self._limit - count)),
            "RateLimit-Reset": str(left),
        }
        if count > self._limit:
            minutes = math.ceil(self._length / 60)
            sentence = "Too many requests from this IP, please try again later."
            reply = error_reply(
                scope["path"],
                HTTPStatus.TOO_MANY_REQUESTS,
                sentence,
                code="too_many",
                facts={"retryAfter": minutes},
            )
            reply.headers.update(told | {"Retry-After": str(left)})
            await reply(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
            await send(message)

        await self._app(scope, receive, marked)
