"""Which other sites' pages may call us, as the old server had it, refused with 403."""

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aichatdesk.platform.http.errors import error_reply

_METHODS = "GET,POST,PUT,PATCH,DELETE,OPTIONS"
_HEADERS = "Content-Type,Authorization,X-Visitor-Token,Last-Event-ID"


class Cors:
    """Answers preflights and marks replies; `*` lets any page in, but never with the desk's cookie.

    Any page may read what lies under the `open_paths`, without the cookie.
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str], open_paths: Collection[str] = ()) -> None:
        self._app = app
        self._origins = frozenset(origin.rstrip("/") for origin in origins)
        self._open_paths = tuple(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if scope["type"] != "http" or not origin:
            asked = scope["type"] == "http" and scope["method"] == "OPTIONS"
            await (_allowed() if asked else self._app)(scope, receive, send)
            return
        if scope["path"].startswith(self._open_paths) and scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, _open_to_all(send))
            return
        own = is_own_origin(headers)
        if not own and origin not in self._origins and "*" not in self._origins:
            refusal = error_reply(
                scope["path"], HTTPStatus.FORBIDDEN, f"Origin {origin} not allowed by CORS", code="forbidden"
            )
            await refusal(scope, receive, send)
            return
        named = own or origin in self._origins
        if scope["method"] == "OPTIONS":
            reply = _allowed()
            _mark(reply.headers, origin, named=named)
            await reply(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(MutableHeaders(scope=message), origin, named=named)
            await send(message)

        await self._app(scope, receive, marked)


def _open_to_all(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Access-Control-Allow-Origin"] = "*"
        await send(message)

    return marked


def _allowed() -> Response:
    headers = {"Access-Control-Allow-Methods": _METHODS, "Access-Control-Allow-Headers": _HEADERS}
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)


def is_own_origin(headers: Headers) -> bool:
    """Whether the page that sent this was served by this host."""
    try:
        place = urlsplit(headers.get("origin", "")).netloc
    except ValueError:  # an address that is none
        return False
    return bool(place) and place == headers.get("host")


def _mark(headers: MutableHeaders, origin: str, *, named: bool) -> None:
    headers.add_vary_header("Origin")
    headers["Access-Control-Allow-Origin"] = origin
    if named:
        headers["Access-Control-Allow-Credentials"] = "true"
