"""What a choice of model, engine and settings comes to on a DGX Spark, as the planner has it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aichatdesk.core.errors import Misconfigured
from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder, load_catalogue
from aichatdesk.migration.plan.assess import memory_for
from aichatdesk.migration.plan.choices import Choice, choices_for
from aichatdesk.migration.plan.embedding import REQUEST_SECONDS, embedding_speed
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.simulate.chat_endpoint import SimulatedChat
from aichatdesk.migration.simulate.embedding_endpoint import SimulatedEmbedder
from aichatdesk.migration.simulate.machine import MachineSize
from aichatdesk.migration.simulate.open_simulation import SimulatedServers
from aichatdesk.migration.spark.constants import load_constants
from aichatdesk.migration.spark.engines import CHUNK_TOKENS
from aichatdesk.migration.spark.machine import DGX_SPARK
from aichatdesk.migration.spark.memory import MemoryUse
from aichatdesk.migration.spark.roofline import Roofline

Engine = Literal["vllm", "ollama"]

# What Ollama gives under a model's plain name.
_OLLAMA_DEFAULTS = ("mxfp4", "q4_k_m")


@dataclass(frozen=True, slots=True)
class SparkChoice:
    """What would be started on the Spark.

    Attributes:
        quant: Empty where the build is left open.
        thinking_tokens: None for what the model usually thinks.
    """

    model: str
    quant: str = ""
    engine: Engine = "vllm"
    slots: int = 8
    context_tokens: int = 8192
    thinking_tokens: int | None = None
    embedding_model: str = "nomic-embed-text"


def simulated_spark(chosen: SparkChoice, *, note: Callable[[str], None]) -> SimulatedServers:
    """The servers of a choice; `note` hears what it takes for granted.

    Raises:
        UnknownModel: The catalogue has no such model.
        Invalid: The engine does not serve the quantisation, or a number makes no sense.
        Misconfigured: The model does not fit into the machine's memory.
    """
    catalogue = load_catalogue()
    embedder = catalogue.embedder(chosen.embedding_model)
    question = _question(chosen)
    ways = choices_for(question, catalogue)
    choice = _first_fitting(_by_preference(ways, chosen), question, embedder)
    for assumed in choice.assumed:
        note(f"its files do not say it, so it is assumed: {assumed}")
    if not memory_for(choice, question, embedder, chosen.slots).fits:
        note(
            f"memory for {chosen.slots} conversations of a usual length is short; their slots are simulated all the same"
        )
    timing = Roofline(DGX_SPARK, choice.build, load_constants().rates(choice.build))
    thinking = choice.model.thinking_tokens if chosen.thinking_tokens is None else chosen.thinking_tokens
    size = MachineSize(chosen.slots, CHUNK_TOKENS[chosen.engine], timing.request_seconds)
    return SimulatedServers(
        SimulatedChat(
            (choice.model.id, choice.name_at_server),
            chosen.context_tokens,
            thinking,
            cuts_prompts=chosen.engine == "ollama",
        ),
        timing,
        size,
        _embedder(embedder, chosen.engine),
        {
            "machine": DGX_SPARK.name,
            "model": choice.model.id,
            "weights": choice.name_at_server,
            "quantisation": choice.checkpoint.quant,
            "engine": chosen.engine,
            "slots": chosen.slots,
            "context_tokens": chosen.context_tokens,
            "thinking_tokens": thinking,
            "prompt_tokens_a_step": size.chunk_tokens,
            "embedding_model": embedder.id,
            "alone": {
                "prompt_tokens_a_second": round(timing.prefill_tokens_per_second, 1),
                "answer_tokens_a_second": round(timing.decode_tokens_per_second(2048), 2),
            },
        },
    )


def _question(chosen: SparkChoice) -> PlanQuestion:
    """The same wishes, as a plan is asked for them; lengths matter for the memory alone."""
    usual = PlanQuestion()
    return PlanQuestion(
        model=chosen.model,
        quant=chosen.quant.lower(),
        engine=chosen.engine,
        context_tokens=chosen.context_tokens,
        concurrency=chosen.slots,
        prompt_tokens=min(usual.prompt_tokens, chosen.context_tokens // 2),
        answer_tokens=min(usual.answer_tokens, chosen.context_tokens // 4),
    )


def _by_preference(ways: tuple[Choice, ...], chosen: SparkChoice) -> list[Choice]:
    """The build that is named first, then what Ollama has by default, then the most exact one."""

    def place(way: Choice) -> tuple[bool, bool]:
        is_default = chosen.engine == "ollama" and way.checkpoint.quant in _OLLAMA_DEFAULTS
        return way.name_at_server.lower() != chosen.model.lower(), not is_default

    return sorted(ways, key=place)


def _first_fitting(ways: list[Choice], question: PlanQuestion, embedder: CatalogueEmbedder) -> Choice:
    """The first that fits with a single conversation.

    Raises:
        Misconfigured: None does.
    """
    for way in ways:
        if memory_for(way, question, embedder, 1).fits:
            return way
    first = ways[0]
    raise Misconfigured(_too_large(first, memory_for(first, question, embedder, 1)))


def _too_large(choice: Choice, memory: MemoryUse) -> str:
    parts = ", ".join(f"{part.name} {part.gb:.1f}" for part in memory.parts)
    return (
        f"{choice.model.id} in {choice.checkpoint.quant} does not fit into a {DGX_SPARK.name}: {memory.total_gb:.0f} GB "
        f"({parts}) where {memory.plannable_gb:.0f} GB can be planned with. Give another --quant or a smaller --context."
    )


def _embedder(embedder: CatalogueEmbedder, engine: Engine) -> SimulatedEmbedder:
    speed = embedding_speed(embedder, 1).tokens_per_second
    return SimulatedEmbedder(
        (embedder.id, embedder.vllm) if engine == "vllm" else (embedder.ollama, embedder.id),
        embedder.width,
        embedder.context_tokens,
        lambda tokens: REQUEST_SECONDS + tokens / speed,
    )
