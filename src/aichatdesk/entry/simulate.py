"""Serve a simulated DGX Spark on one port, or on two as vLLM has them, until told to stop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from aichatdesk.entry.control import QuietServer
from aichatdesk.entry.serve import address_of, listen, run_until_stopped
from aichatdesk.migration.simulate.open_simulation import SimulatedServers, open_simulation
from aichatdesk.migration.simulate.server import Simulation, make_app
from aichatdesk.migration.simulate.sources import VectorKind, open_sources

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a simulation is to be served; without an `embedding_port` one port does both."""

    text: str
    text_model: str
    vectors: VectorKind
    speed: float
    host: str
    port: int
    embedding_port: int | None


async def serve_simulation(
    servers: SimulatedServers, wanted: Wanted, *, say: Callable[[str], None], show: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        say: Hears what people should know.
        show: Hears the settings for a desk, once requests are answered.

    Raises:
        Conflict: A port is taken.
        Misconfigured, Unavailable: As `open_sources`.
    """
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(listen(wanted.host, wanted.port))
        second = None
        if wanted.embedding_port is not None:
            second = stack.enter_context(listen(wanted.host, wanted.embedding_port))
        say(_announcement(servers.configuration, wanted.speed))
        if wanted.host not in _LOOPBACK:
            say(f"note: whoever reaches {wanted.host} can ask it; it wants no key")
        sources = await stack.enter_async_context(
            open_sources(
                wanted.text,
                text_model=wanted.text_model,
                vectors=wanted.vectors,
                width=servers.embedder.width,
                note=lambda said: say(f"note: {said}"),
            )
        )
        simulation = await stack.enter_async_context(
            open_simulation(
                servers,
                text=sources.text,
                vectors=sources.vectors,
                speed=wanted.speed,
                warn=lambda said: say(f"warning: {said}"),
            )
        )
        if second is not None:
            await stack.enter_async_context(
                _beside(make_app(simulation, with_chat=False), second, simulation.headers)
            )
        where = address_of(second) if second else ""
        await run_until_stopped(
            make_app(simulation, with_embedding=second is None),
            listener,
            ready=lambda address: show(_settings(simulation, address, where if second else address)),
            stopping=simulation.chat.machine.break_off,
            headers=simulation.headers,
            websockets=False,
        )


@contextlib.asynccontextmanager
async def _beside(
    app: ASGIApp, listener: socket.socket, headers: Sequence[tuple[str, str]]
) -> AsyncIterator[None]:
    """Serve a second port while the context lasts."""
    server = QuietServer(
        uvicorn.Config(
            app,
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=list(headers),
            ws="none",
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _announcement(configuration: Mapping[str, Any], speed: float) -> str:
    return (
        f"This is a simulation of a {configuration['machine']}, not one: {configuration['model']} in "
        f"{configuration['quantisation']} on {configuration['engine']} with {configuration['slots']} slots, "
        f"at speed {speed:g}."
    )


def _settings(simulation: Simulation, chat_address: str, embedding_address: str) -> str:
    """The lines of a desk's `.env` that lead it here."""
    embedder = simulation.embedding.embedder
    return "\n".join(
        (
            f"LLM_BASE_URL={chat_address}/v1",
            f"LLM_MODEL={simulation.chat.chat.names[0]}",
            f"LLM_PROVIDER={simulation.configuration['engine']}",
            f"LLM_CONCURRENCY={simulation.configuration['slots']}",
            f"LLM_CONTEXT_TOKENS={simulation.configuration['context_tokens']}",
            f"EMBEDDING_BASE_URL={embedding_address}/v1",
            f"EMBEDDING_MODEL={embedder.names[0]}",
            f"EMBEDDING_PROVIDER={simulation.configuration['engine']}",
            f"EMBEDDING_DIMENSIONS={embedder.width}",
        )
    )
