"""How a command reaches the desk: through the running server's socket, or by opening the data itself."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import httpx2

from aichatdesk.core import errors
from aichatdesk.entry.settings import load_settings

Client: TypeAlias = httpx2.AsyncClient

_KINDS: dict[int, type[errors.DeskError]] = {
    400: errors.Invalid,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    415: errors.Unsupported,
    429: errors.TooMany,
    503: errors.Unavailable,
}


@contextlib.asynccontextmanager
async def open_console() -> AsyncIterator[Client]:
    """A client that acts as the machine's owner, beside a running server or without one."""
    from aichatdesk.entry.control import open_control_client
    from aichatdesk.entry.wiring import open_desk

    settings = load_settings()
    async with open_control_client(settings.server.data_dir, lambda: open_desk(settings)) as client:
        yield client


async def ask(console: Client, method: str, path: str, **request: Any) -> Any:
    """Send one request and return its JSON; an error reply is raised as the error it stands for."""
    reply = await console.request(method, path, timeout=600, **request)
    body = reply.json() if reply.content else None
    if reply.is_success:
        return body
    message = str(body.get("detail") or body.get("error")) if isinstance(body, dict) else reply.text
    raise _KINDS.get(reply.status_code, errors.DeskError)(message)
