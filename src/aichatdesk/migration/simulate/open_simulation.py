"""Put a simulation together and keep its machine at work."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aichatdesk.migration.simulate.chat_endpoint import ChatEndpoint, SimulatedChat
from aichatdesk.migration.simulate.embedding_endpoint import EmbeddingEndpoint, SimulatedEmbedder
from aichatdesk.migration.simulate.figures import Figures
from aichatdesk.migration.simulate.machine import Machine, MachineSize
from aichatdesk.migration.simulate.server import Simulation
from aichatdesk.migration.simulate.simulated_time import SimulatedTime
from aichatdesk.migration.simulate.texts import TextSource, Writer
from aichatdesk.migration.simulate.vectors import VectorSource
from aichatdesk.migration.spark.batching import Timing


@dataclass(frozen=True, slots=True)
class SimulatedServers:
    """What is simulated: a chat model on its machine, and an embedding model beside it."""

    chat: SimulatedChat
    timing: Timing
    size: MachineSize
    embedder: SimulatedEmbedder
    configuration: Mapping[str, Any]


@contextlib.asynccontextmanager
async def open_simulation(
    servers: SimulatedServers,
    *,
    text: TextSource,
    vectors: VectorSource,
    speed: float = 1.0,
    warn: Callable[[str], None] = lambda said: print(f"warning: {said}", file=sys.stderr),  # noqa: T201
) -> AsyncIterator[Simulation]:
    """A simulation whose machine works while the context lasts."""
    time, figures = SimulatedTime(speed), Figures()
    machine = Machine(servers.timing, servers.size, time, figures, warn=warn)
    simulation = Simulation(
        ChatEndpoint(servers.chat, machine, Writer(text, warn=warn)),
        EmbeddingEndpoint(servers.embedder, vectors, time, figures),
        time,
        figures,
        {**servers.configuration, "speed": speed, "text": text.name, "vectors": vectors.name},
    )
    work = asyncio.create_task(machine.run())
    try:
        yield simulation
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
