"""How many requests an address may send in a window, told in the draft-6 headers of the old server."""

import math
import time
from collections.abc import Callable, Collection
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aichatdesk.platform.http.errors import error_reply

_EXEMPT = frozenset({"/health", "/readyz"})
_MOST_REMEMBERED = 100_000


class RateLimit:
    """A fixed window for each address; X-Forwarded-For counts only from a trusted proxy."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int,
        window_ms: int,
        trusted_proxies: Collection[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._limit = limit
        self._window = window_ms / 1000
        self._trusted = frozenset(trusted_proxies)
        self._now = monotonic
        self._counts: dict[str, tuple[float, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _EXEMPT or "aichatdesk.owner" in scope:
            await self._app(scope, receive, send)
            return
        ends, count = self._count(self._address(scope))
        left = max(0, math.ceil(ends - self._now()))
        told = {
            "RateLimit-Policy": f"{self._limit};w={math.ceil(self._window)}",
            "RateLimit-Limit": str(self._limit),
            "RateLimit-Remaining": str(max(0, self._limit - count)),
            "RateLimit-Reset": str(left),
        }
        if count > self._limit:
            minutes = math.ceil(self._window / 60)
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

    def _count(self, address: str) -> tuple[float, int]:
        now = self._now()
        ends, count = self._counts.get(address, (0.0, 0))
        if ends <= now:
            if len(self._counts) >= _MOST_REMEMBERED:
                self._counts = {key: value for key, value in self._counts.items() if value[0] > now}
            ends, count = now + self._window, 0
        self._counts[address] = ends, count + 1
        return ends, count + 1

    def _address(self, scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        if peer not in self._trusted:
            return peer
        forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1")
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        # From the right: the first address that is not one of our own proxies.
        return next((hop for hop in reversed(hops) if hop not in self._trusted), peer)
