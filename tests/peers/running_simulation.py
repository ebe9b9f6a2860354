"""A simulated Spark on a real port of the loopback, whose timing is easy to reckon."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import uvicorn
from starlette.types import ASGIApp

from aichatdesk.entry.serve import address_of, listen
from aichatdesk.migration.simulate.chat_endpoint import SimulatedChat
from aichatdesk.migration.simulate.embedding_endpoint import SimulatedEmbedder
from aichatdesk.migration.simulate.machine import MachineSize
from aichatdesk.migration.simulate.open_simulation import SimulatedServers, open_simulation
from aichatdesk.migration.simulate.server import make_app
from aichatdesk.migration.simulate.texts import Echo, TextSource
from aichatdesk.migration.simulate.vectors import HashedWords, VectorSource
from aichatdesk.migration.spark.batching import Timing
from peers.linear_timing import LinearTiming

MODEL, EMBEDDER = "example/small-chat", "example/small-embedder"
SIZE = MachineSize(slots=4, chunk_tokens=512)


@dataclass
class RunningSimulation:
    """What a test does with it."""

    client: httpx2.AsyncClient
    base_url: str
    warnings: list[str] = field(default_factory=list)

    async def post(self, path: str, **body: Any) -> httpx2.Response:
        return await self.client.post(path, json={"model": MODEL, **body})

    async def ask(self, said: str = "Hello there", **more: Any) -> httpx2.Response:
        return await self.post("/v1/chat/completions", messages=[{"role": "user", "content": said}], **more)

    async def events(self, said: str = "Hello there", **more: Any) -> list[dict[str, Any]]:
        reply = await self.ask(said, stream=True, **more)
        assert reply.status_code == 200, reply.text
        lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
        assert lines.pop() == "[DONE]"
        return [json.loads(line) for line in lines]

    async def told(self) -> dict[str, Any]:
        return (await self.client.get("/simulation")).json()


@contextlib.asynccontextmanager
async def running_simulation(
    timing: Timing | None = None,
    *,
    size: MachineSize = SIZE,
    context_tokens: int = 2048,
    thoughts: int = 0,
    cuts_prompts: bool = False,
    width: int = 32,
    speed: float = 50.0,
    text: TextSource | None = None,
    vectors: VectorSource | None = None,
    shown_as: str = MODEL,
    **parts: bool,
) -> AsyncIterator[RunningSimulation]:
    """Serve one; `parts` are those of `make_app`."""
    servers = SimulatedServers(
        SimulatedChat((MODEL, "small"), context_tokens, thoughts, cuts_prompts),
        timing or LinearTiming(),
        size,
        SimulatedEmbedder((EMBEDDER,), width, 512, lambda tokens: 0.01 + tokens / 10_000),
        {"model": shown_as},
    )
    warnings: list[str] = []
    async with open_simulation(
        servers, text=text or Echo(), vectors=vectors or HashedWords(width), speed=speed, warn=warnings.append
    ) as simulation:
        async with _served(make_app(simulation, **parts), simulation.headers) as base_url:
            limits = httpx2.Limits(max_connections=2000, max_keepalive_connections=2000)
            async with httpx2.AsyncClient(
                base_url=base_url, timeout=120, verify=False, limits=limits
            ) as client:
                yield RunningSimulation(client, base_url, warnings)


@contextlib.asynccontextmanager
async def _served(app: ASGIApp, headers: list[tuple[str, str]]) -> AsyncIterator[str]:
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            loop="none",
            timeout_graceful_shutdown=0,
            headers=headers,
            ws="none",
        )
    )
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.005)
        try:
            yield address_of(listener)
        finally:
            server.should_exit = server.force_exit = True
            await asyncio.gather(serving, return_exceptions=True)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield
