"""Serve a Starlette application on a real port of the loopback for as long as a test lasts."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send


@dataclass
class Answer:
    """What the next request gets, after `delay` seconds; a status of None lets the peer answer properly then."""

    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"message": "scripted", "errors": [{"message": "scripted"}]}'
    delay: float = 0.0


class LoopbackServer:
    """Base of peers that behave like a service out there.

    `drop_next` closes so many of the next connections without an answer, after the request was worked on;
    `keep_next` leaves them open and says nothing. `answers`
    are given to the next requests in place of proper ones.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.base_url = ""
        self.drop_next = 0
        self.keep_next = 0
        self.answers: list[Answer] = []
        self._app = Starlette(routes=list(routes))

    async def __aenter__(self) -> Any:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            loop="none",
            timeout_graceful_shutdown=0,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Be gone, as a machine that was switched off."""
        await switch_off(self._server, self._task)

    async def scripted(self) -> Response | None:
        """The answer that the test has written for this request, if there is one."""
        if not self.answers:
            return None
        answer = self.answers.pop(0)
        await asyncio.sleep(answer.delay)
        return None if answer.status is None else Response(answer.body, answer.status, answer.headers)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Any] = []

        async def hold(message: Any) -> None:
            held.append(message)

        await self._app(scope, receive, hold)
        if self.keep_next:
            self.keep_next -= 1
            await asyncio.sleep(3600)
        if self.drop_next:
            self.drop_next -= 1
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()
            return
        for message in held:
            await send(message)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


async def switch_off(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    """End a server and its connections at once; its own way to stop looks at a flag ten times a second."""
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    for listening in server.servers:
        listening.close()
    for task in list(server.server_state.tasks):
        task.cancel()
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


async def until(condition: Callable[[], Any | Awaitable[Any]], *, seconds: float = 60) -> Any:
    """Wait until the condition holds, and return what it gave."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.02)
