"""Refuse bodies that are too large before they are buffered, whatever length they claim."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aichatdesk.platform.http.errors import error_reply

LARGEST_BODY = 100 * 1024
_MULTIPART_EXTRA = 64 * 1024


class BodyLimit:
    """Counts the bytes of a request's body; paths under a few prefixes may take more than the rest."""

    def __init__(self, app: ASGIApp, *, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = {prefix: size + _MULTIPART_EXTRA for prefix, size in larger.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = next(
            (size for prefix, size in self._larger.items() if scope["path"].startswith(prefix)), LARGEST_BODY
        )
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if claimed.isdigit() and int(claimed) > limit:
            await self._refuse(scope, receive, send, limit)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                # This kind alone passes through the framework's own reading of bodies.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _sentence(limit))
            return message

        await self._app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        reply = error_reply(
            scope["path"],
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _sentence(limit),
            code="too_large",
        )
        reply.headers["Connection"] = "close"
        await reply(scope, receive, send)


def _sentence(limit: int) -> str:
    return f"The body is too large: at most {limit // 1024} kB."
