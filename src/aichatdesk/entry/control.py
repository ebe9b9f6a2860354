"""The owner's way in: a socket that only the owner of the data folder can open, beside a running server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType

import httpx2
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from aichatdesk.core.access import OWNER, Actor
from aichatdesk.entry.wiring import Desk
from aichatdesk.platform.storage.sqlite import DatabaseInUse

_SOCKET = "control.sock"
_START_LIMIT = 5.0


class OwnedBy:
    """Runs every request as the machine's owner; served only where nobody else can connect."""

    def __init__(self, app: ASGIApp, owner: Actor = OWNER) -> None:
        self._app = app
        self._owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "aichatdesk.owner": self._owner}, receive, send)


class ControlServer:
    """Serves the desk's own API on a Unix socket with mode 0600 in the data folder."""

    def __init__(self, data_dir: Path, app: ASGIApp) -> None:
        self._path = socket_path(data_dir)
        config = uvicorn.Config(
            OwnedBy(app), uds=str(self._path), lifespan="off", log_config=None, access_log=False, loop="none"
        )
        self._server = QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "ControlServer":
        self._path.unlink(missing_ok=True)  # left by a process that was killed; the database lock is ours
        self._task = asyncio.create_task(self._server.serve())
        async with asyncio.timeout(_START_LIMIT):
            while not self._server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag alone
                await asyncio.sleep(0.01)
        self._path.chmod(0o600)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        if self._task:
            await self._task
        self._path.unlink(missing_ok=True)


class QuietServer(uvicorn.Server):
    """A second server in the process must leave the signals to the first."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def socket_path(data_dir: Path) -> Path:
    """Where the socket of a data folder is."""
    return data_dir.resolve() / _SOCKET


@contextlib.asynccontextmanager
async def owner_client(app: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that calls an application in this process as the machine's owner."""
    transport = httpx2.ASGITransport(app=OwnedBy(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://owner", timeout=600) as client:
        yield client


@contextlib.asynccontextmanager
async def open_control_client(
    data_dir: Path, open_desk: Callable[[], AbstractAsyncContextManager[Desk]]
) -> AsyncIterator[httpx2.AsyncClient]:
    """Reach the desk of a data folder: open it, or go through the server that has it open."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            desk = await stack.enter_async_context(open_desk())
        except DatabaseInUse:
            path = socket_path(data_dir)
            if not path.exists():
                raise
            transport = httpx2.AsyncHTTPTransport(uds=str(path))
            yield await stack.enter_async_context(
                httpx2.AsyncClient(transport=transport, base_url="http://owner", timeout=600)
            )
        else:
            yield await stack.enter_async_context(owner_client(desk.app))
