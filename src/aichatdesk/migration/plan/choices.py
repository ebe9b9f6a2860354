"""Which checkpoints of which models could be served, and by what."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from aichatdesk.core.errors import Invalid
from aichatdesk.inference.catalogue.catalogue import Catalogue, CatalogueModel, Checkpoint
from aichatdesk.inference.catalogue.found_model import FoundModel
from aichatdesk.inference.catalogue.read_model import read_model
from aichatdesk.inference.catalogue.shape import ModelShape
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.spark.roofline import Build
from aichatdesk.migration.spark.weights import BYTES, weights_of

PlannedEngine = Literal["vllm", "ollama"]
# A vocabulary that was made a little larger, or a layer for images, does not change how fast a model is.
_ALIKE = 0.03
# What is taken where a model's own files are silent; the plan says so.
_USUAL_QUANT = "bf16"
_USUAL_THOUGHTS = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One checkpoint of one model, served by one engine.

    Attributes:
        is_own: Its sizes were read from files of whoever asks, not from the catalogue.
        assumed: What these files did not say.
    """

    model: CatalogueModel
    checkpoint: Checkpoint
    engine: PlannedEngine
    is_own: bool = False
    assumed: tuple[str, ...] = ()

    @property
    def build(self) -> Build:
        """What is served, as the roofline takes it."""
        return Build(self.model.id, self.model.family, self.model.shape, self.checkpoint.quant, self.engine)

    @property
    def name_at_server(self) -> str:
        """What the engine is told to serve."""
        return self.checkpoint.vllm if self.engine == "vllm" else self.checkpoint.ollama


def all_choices(question: PlanQuestion, catalogue: Catalogue) -> tuple[Choice, ...]:
    """Every way to serve any model of the catalogue that reads a context as long as is asked for; maybe none."""
    return tuple(way for model in catalogue.chat if _reads(model, question) for way in _ways(model))


def choices_for(question: PlanQuestion, catalogue: Catalogue) -> tuple[Choice, ...]:
    """Every way to serve what was asked for; all of the catalogue where no model was named.

    Raises:
        NotFound: No model has this name, or no file this path.
        Invalid: The files cannot be reckoned with, the model has no such quantisation for such an engine, or it was
            not made for so long a context.
    """
    is_own, assumed = False, tuple[str, ...]()
    if question.quant:
        weights_of(question.quant, "vllm")
    if not question.model:
        models = catalogue.chat
    elif _is_path(question.model):
        found = read_model(Path(question.model).expanduser())
        alike = _built_alike(found.shape, catalogue)
        models, is_own = (_as_model(found, question, alike),), True
        assumed = (*found.assumed, *_taken_for_granted(found, question, alike))
    else:
        models = (catalogue.chat_model(question.model),)
    models = _long_enough(models, question)
    choices = tuple(
        replace(choice, is_own=is_own, assumed=assumed)
        for model in models
        for choice in _ways(model)
        if question.quant in {"", choice.checkpoint.quant} and question.engine in {"", choice.engine}
    )
    if not choices:
        raise Invalid(_nothing_left(models, question))
    return choices


def _long_enough(models: tuple[CatalogueModel, ...], question: PlanQuestion) -> tuple[CatalogueModel, ...]:
    """Those that read a context as long as is asked for; vLLM does not start with a longer one, Ollama answers badly."""
    found = tuple(model for model in models if _reads(model, question))
    if not found:
        longest = max(models, key=lambda model: model.shape.context_tokens or 0)
        most = "at most" if len(models) == 1 else "more than any other of the catalogue:"
        raise Invalid(
            f"{longest.title} reads {most} {longest.shape.context_tokens:,} tokens, and a --context of {question.context_tokens:,} "
            "is asked for; give a shorter one, or another model."
        )
    return found


def _reads(model: CatalogueModel, question: PlanQuestion) -> bool:
    return model.shape.context_tokens is None or model.shape.context_tokens >= question.context_tokens


def _ways(model: CatalogueModel) -> Iterator[Choice]:
    for checkpoint in model.checkpoints:
        if checkpoint.vllm:
            yield Choice(model, checkpoint, "vllm")
        if checkpoint.ollama:
            yield Choice(model, checkpoint, "ollama")


def _is_path(name: str) -> bool:
    return name.endswith((".json", ".gguf")) or name.startswith((".", "/", "~")) or Path(name).is_dir()


def _built_alike(shape: ModelShape, catalogue: Catalogue) -> CatalogueModel | None:
    """The model of the catalogue that another one was made from, as its sizes show."""
    for model in catalogue.chat:
        known = model.shape
        same = (known.layers, known.kv_heads, known.head_dim, known.experts, known.experts_per_token) == (
            shape.layers, shape.kv_heads, shape.head_dim, shape.experts, shape.experts_per_token
        )  # fmt: skip
        if same and math.isclose(known.total_params, shape.total_params, rel_tol=_ALIKE):
            return model
    return None


def _as_model(found: FoundModel, question: PlanQuestion, alike: CatalogueModel | None) -> CatalogueModel:
    """A model of somebody's own, as the catalogue would hold it."""
    if found.kind == "embedding":
        raise Invalid(f"{found.name} is an embedding model; a plan needs a chat model.")
    quant = question.quant or found.quant or _USUAL_QUANT
    if quant not in BYTES:
        raise Invalid(
            f"{found.name}: its weights are in a form that is not known here ({quant}); say with --quant which known one "
            "is as large: fp8, q8_0, int4 and the like."
        )
    path = str(Path(question.model).expanduser().absolute())
    is_gguf = path.endswith(".gguf")
    if path.endswith("config.json"):
        path = str(Path(path).parent)
    return CatalogueModel(
        id=found.name,
        title=found.name,
        family=alike.family if alike else found.architecture,
        shape=found.shape,
        checkpoints=(
            Checkpoint(
                quant,
                vllm="" if is_gguf else path,
                ollama=path if is_gguf else "",
                weights_gb=found.weight_bytes / 1e9 if found.weight_bytes and quant == found.quant else None,
            ),
        ),
        licence=found.licence or "not told by its files",
        source=found.source or question.model,
        thinks=found.template.thinks or "never",
        strict_alternation=bool(found.template.strict_alternation),
        system_prompt=found.template.system_prompt is not False,
        thinking_tokens=_thoughts(found, alike),
    )


def _thoughts(found: FoundModel, alike: CatalogueModel | None) -> int:
    if found.template.thinks != "always":
        return 0
    return alike.thinking_tokens if alike and alike.thinks == "always" else _USUAL_THOUGHTS


def _taken_for_granted(
    found: FoundModel, question: PlanQuestion, alike: CatalogueModel | None
) -> Iterator[str]:
    if not (question.quant or found.quant):
        yield f"Its files do not say in which form the weights are; {_USUAL_QUANT} was taken. --quant says otherwise."
    if alike:
        yield f"It is built like {alike.title}, and is taken to be as fast."


def _nothing_left(models: tuple[CatalogueModel, ...], question: PlanQuestion) -> str:
    ways = {(way.checkpoint.quant, way.engine) for model in models for way in _ways(model)}
    there = ", ".join(f"{quant} with {engine}" for quant, engine in sorted(ways)) or "none"
    asked = " with ".join(part for part in (question.quant or "any weights", question.engine) if part)
    whose = models[0].title if len(models) == 1 else "The catalogue"
    return f"{whose} has no build for {asked}; there is {there}."
