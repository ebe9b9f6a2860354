"""What a choice of model, engine and settings comes to on a DGX Spark."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aichatdesk.core.errors import Invalid, Misconfigured
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
from aichatdesk.migration.spark.constants import load_constants
from aichatdesk.migration.spark.figures import VLLM_CHUNK
from aichatdesk.migration.spark.machine import DGX_SPARK
from aichatdesk.migration.spark.roofline import Build as RooflineBuild
from aichatdesk.migration.spark.roofline import Roofline
from aichatdesk.migration.spark.weights import weights_of

Engine = Literal["vllm", "ollama"]

# Prompt tokens of one step: vLLM's default, and Ollama's batch.
CHUNK_TOKENS: dict[Engine, int] = {"vllm": VLLM_CHUNK, "ollama": 512}
_OLLAMA_DEFAULTS = ("mxfp4", "q4_k_m")
_KV_BYTES = 2.0
# Beside the weights and the conversations: each of the two servers' own memory, about 6 GB.
_ROOM_GB = DGX_SPARK.plannable_gb - 12
# An estimate: published prefill rates of small models in BF16 come to 45 to 57 TFLOPS, a short query to 6 to 17 ms.
_EMBEDDING_FLOPS = 50e12
_EMBEDDING_REQUEST_SECONDS = 0.01


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


def simulated_spark(choice: SparkChoice, *, note: Callable[[str], None]) -> SimulatedServers:
    """The servers of a choice; `note` hears what was chosen where the choice was left open.

    Raises:
        UnknownModel: The catalogue has no such model.
        Invalid: The engine does not serve the quantisation.
        Misconfigured: The model does not fit into the machine's memory.
    """
    catalogue = load_catalogue()
    model = catalogue.chat_model(choice.model)
    embedder = catalogue.embedder(choice.embedding_model)
    build = _build(model, choice)
    _require_memory(model, build, choice, note)
    timing = roofline_of(model, build.quant, choice.engine)
    size = MachineSize(choice.slots, CHUNK_TOKENS[choice.engine], timing.request_seconds)
    served = _served(build, choice.engine)
    if model.thinks == "always" and not choice.thinking_tokens:
        note(f"{model.title} always thinks before it answers; --thinking 100 would simulate a short thought")
    return SimulatedServers(
        SimulatedChat(
            (served, model.id),
            choice.context_tokens,
            choice.thinking_tokens,
            cuts_prompts=choice.engine == "ollama",
        ),
        timing,
        size,
        _embedder(embedder, choice.engine),
        {
            "machine": DGX_SPARK.name,
            "model": model.id,
            "quantisation": build.quant,
            "engine": choice.engine,
            "served_name": served,
            "slots": choice.slots,
            "context_tokens": choice.context_tokens,
            "thinking_tokens": choice.thinking_tokens,
            "prompt_tokens_a_step": size.chunk_tokens,
            "embedding_model": embedder.id,
            "alone": {
                "prompt_tokens_a_second": round(timing.prefill_tokens_per_second, 1),
                "answer_tokens_a_second": round(timing.decode_tokens_per_second(2048), 2),
            },
        },
    )


def roofline_of(model: CatalogueModel, quant: str, engine: Engine) -> Roofline:
    """The planner's timing of a build."""
    build = RooflineBuild(model.id, model.family, model.shape, quant, engine)
    return Roofline(DGX_SPARK, build, load_constants().rates(build))


def _served(build: Build, engine: Engine) -> str:
    return build.vllm if engine == "vllm" else build.ollama


def _build(model: CatalogueModel, choice: SparkChoice) -> Build:
    """The build that is named; else the first of the engine that fits, on Ollama the one that it has by default."""
    builds = [build for build in model.builds if _served(build, choice.engine)]
    if choice.quant:
        named = [build for build in builds if build.quant == choice.quant.lower()]
    else:
        named = [build for build in builds if choice.model in {build.vllm, build.ollama}]
        if choice.engine == "ollama":
            named += [build for build in builds if build.quant in _OLLAMA_DEFAULTS]
        named += [build for build in builds if _weights_gb(model, build, choice.engine) < _ROOM_GB]
        named += builds
    if not named:
        known = ", ".join(build.quant for build in builds) or "none"
        wanted = f" in {choice.quant}" if choice.quant else ""
        raise Invalid(f"{choice.engine} has no build of {model.id}{wanted}; there is {known}.")
    return named[0]


def _weights_gb(model: CatalogueModel, build: Build, engine: Engine) -> float:
    return build.weights_gb or weights_of(build.quant, engine).stored(model.shape) / 1e9


def _require_memory(
    model: CatalogueModel, build: Build, choice: SparkChoice, note: Callable[[str], None]
) -> None:
    weights = _weights_gb(model, build, choice.engine)
    one = model.shape.kv_numbers(choice.context_tokens) * _KV_BYTES / 1e9
    if weights + one > _ROOM_GB:
        raise Misconfigured(
            f"{model.id} in {build.quant} does not fit: {weights:.0f} GB of weights and {one:.1f} GB for one conversation, "
            f"where a {DGX_SPARK.name} has room for {_ROOM_GB:.0f} GB. Give another --quant or a smaller --context."
        )
    if weights + one * choice.slots > _ROOM_GB:
        fitting = int((_ROOM_GB - weights) / one)
        note(
            f"only {fitting} conversations of {choice.context_tokens} tokens fit into memory; shorter ones are simulated "
            f"in all {choice.slots} slots"
        )


def _embedder(embedder: CatalogueEmbedder, engine: Engine) -> SimulatedEmbedder:
    served = embedder.vllm if engine == "vllm" else embedder.ollama
    per_token = 2 * embedder.params / _EMBEDDING_FLOPS
    return SimulatedEmbedder(
        (served or embedder.id, embedder.id),
        embedder.width,
        embedder.context_tokens,
        lambda tokens: _EMBEDDING_REQUEST_SECONDS + tokens * per_token,
    )
