"""What a choice of model, engine and settings comes to on a DGX Spark."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aichatdesk.core.errors import Invalid, Misconfigured, NotFound
from aichatdesk.inference.catalogue.catalogue import (
    Build,
    CatalogueEmbedder,
    CatalogueModel,
    load_catalogue,
)
from aichatdesk.migration.simulate.chat_endpoint import SimulatedChat
from aichatdesk.migration.simulate.embedding_endpoint import SimulatedEmbedder
from aichatdesk.migration.simulate.machine import MachineSize
from aichatdesk.migration.simulate.open_simulation import SimulatedServers

Engine = Literal["vllm", "ollama"]


@dataclass(frozen=True, slots=True)
class SparkChoice:
    """What would be started on the Spark; an empty `quant` leaves the choice of the build open."""

    model: str
    quant: str
    engine: Engine
    slots: int
    context_tokens: int
    thinking_tokens: int
    embedding_model: str
