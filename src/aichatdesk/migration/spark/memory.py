"""Whether two servers and what they keep fit into a Spark's memory, and which share of it each needs."""

import math
from dataclasses import dataclass

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder
from aichatdesk.migration.spark.engines import GGML
from aichatdesk.migration.spark.machine import Machine
from aichatdesk.migration.spark.roofline import Build
from aichatdesk.migration.spark.weights import BYTES, KV_BYTES, weights_of

GB = 1e9
# What a server needs beside weights, keys and values: graphs, buffers, CUDA itself. Source: published runs.
RUNTIME_GB = 6.0
# An embedding server captures few graphs.
EMBEDDING_RUNTIME_GB = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that takes memory."""

    name: str
    gb: float


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """What takes memory, in GB (10^9 bytes), against what may be planned with."""

    parts: tuple[Part, ...]
    plannable_gb: float
    visible_gb: float
    chat_share: float
    embedding_share: float

    @property
    def total_gb(self) -> float:
        """All parts together."""
        return sum(part.gb for part in self.parts)

    @property
    def fits(self) -> bool:
        """Whether the parts leave the system what it needs."""
        return self.total_gb <= self.plannable_gb


def memory_use(
    machine: Machine,
    build: Build,
    embedder: CatalogueEmbedder,
    *,
    context_tokens: int,
    usual_tokens: int,
    slots: int,
    weights_gb: float | None = None,
) -> MemoryUse:
    """The memory for a chat model with so many conversations at once, and an embedding model beside it.

    Args:
        context_tokens: Of the longest conversation; ggml's servers keep room for it in every slot.
        usual_tokens: Of a usual one; the others keep room for what is there, and for one of the longest at least.
        weights_gb: The size of the build's files, where it is known better than by its parameters.
    """
    weights = weights_gb or weights_of(build.quant, build.engine).stored(build.shape) / GB
    longest, usual = build.shape.kv_numbers(context_tokens), build.shape.kv_numbers(usual_tokens)
    numbers = slots * longest if build.engine in GGML else max(longest, slots * usual)
    kept = numbers * KV_BYTES / GB
    embedding = embedder.params * BYTES["bf16"] / GB
    # vLLM does not start without room for one text of the longest.
    embedding_server = EMBEDDING_RUNTIME_GB + embedder.kept_numbers * embedder.context_tokens * KV_BYTES / GB
    parts = (
        Part("chat weights", weights),
        Part("keys and values", kept),
        Part("chat server", RUNTIME_GB),
        Part("embedding weights", embedding),
        Part("embedding server", embedding_server),
    )
    return MemoryUse(
        parts,
        machine.plannable_gb,
        machine.memory_gb,
        _share(weights + kept + RUNTIME_GB, machine),
        _share(embedding + embedding_server, machine),
    )


def _share(gb: float, machine: Machine) -> float:
    """A share of the whole memory in thousandths, rounded up, as vLLM is told it."""
    return math.ceil(1000 * gb / machine.memory_gb) / 1000
