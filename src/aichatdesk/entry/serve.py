"""Run one desk: the network port, the owner's socket and the background work, until told to stop."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.types import ASGIApp

from aichatdesk.core.errors import Conflict
from aichatdesk.entry.control import ControlServer
from aichatdesk.entry.logs import set_up_logs
from aichatdesk.entry.settings import Settings
from aichatdesk.entry.wiring import open_desk

_LARGEST_FRAME = 64 * 1024
# With what the answers under way get afterwards, a stop takes at most ten seconds.
_DRAIN_SECONDS = 6


async def serve_desk(settings: Settings, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called with the address once requests are answered.

    Raises:
        Conflict: The port is taken.
    """
    set_up_logs(settings.server.log_level)
    with listen(settings.server.host, settings.server.port) as listener:
        async with open_desk(settings) as desk, ControlServer(settings.server.data_dir, desk.app):
            await run_until_stopped(desk.app, listener, ready=ready, stopping=desk.end_streams)


def listen(host: str, port: int) -> socket.socket:
    """Bind the port before anything else is started, so that a taken one is one clear line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's delay off on every connection; without, each reply waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Conflict(
            f"Cannot listen on {host}:{port} ({error.strerror}); stop what uses it, or give another --port."
        ) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """The HTTP address under which this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://{shown}:{port}"


async def run_until_stopped(
    app: ASGIApp,
    listener: socket.socket,
    *,
    ready: Callable[[str], None],
    stopping: Callable[[], None] = lambda: None,
    headers: Sequence[tuple[str, str]] = (),
    websockets: bool = True,
) -> None:
    """Serve `app` on the listener until told to stop; `headers` are in every reply, the server's own refusals too.

    Then `stopping` is called, which should end what would go on for ever, and requests get some seconds to end.

    Raises:
        KeyboardInterrupt: It was told by Ctrl-C.
    """
    server = _AnnouncingServer(
        uvicorn.Config(
            app,
            loop="none",
            http="httptools",
            ws="websockets-sansio" if websockets else "none",
            ws_max_size=_LARGEST_FRAME,
            ws_per_message_deflate=False,
            ws_ping_interval=20,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=list(headers),
            proxy_headers=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            h11_max_incomplete_event_size=64 * 1024,
        ),
        lambda: ready(address_of(listener)),
        stopping,
    )
    await server.serve(sockets=[listener])
    if server.interrupted:
        raise KeyboardInterrupt


class _AnnouncingServer(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], stopping: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._stopping = stopping

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was what stopped it."""
        return signal.SIGINT in self._captured_signals

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn would raise the signal again at the end, and the process be gone before its rooms are closed.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets=sockets)
