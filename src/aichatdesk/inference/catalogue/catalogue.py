"""The models that people run on a DGX Spark, read from the data files beside this one."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, Protocol, TypeVar

from aichatdesk.core.errors import NotFound
from aichatdesk.core.text import shorten
from aichatdesk.inference.catalogue.shape import ModelShape

Thinks = Literal["never", "optional", "always"]
Pooling = Literal["mean", "cls", "last"]
_CHAT = "chat model"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One published set of a model's weights.

    Attributes:
        quant: Its quantisation, such as `bf16`, `fp8`, `fp8-block`, `nvfp4`, `mxfp4`, `q8_0` or `q4_k_m`.
        vllm: What `vllm serve` is given, a repository or a path; empty where vLLM does not serve it.
        ollama: The tag under which Ollama has it, or empty.
        llamacpp: The GGUF file that llama.cpp serves, or empty.
        weights_gb: The size of the files where it is known; else it follows from the parameters.
    """

    quant: str
    vllm: str = ""
    ollama: str = ""
    llamacpp: str = ""
    weights_gb: float | None = None


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A chat model: its sizes, its checkpoints, and what is particular about it.

    Attributes:
        family: Models of one family are built alike, so a measurement of one says something of the others.
        also: Other names under which it is known.
        thinking_tokens: How much it thinks before a short answer where that cannot be switched off; an assumption.
        strict_alternation: Its template refuses two turns of one role in a row.
        system_prompt: Its template knows a system prompt.
        reasoning_parser: What vLLM calls the way in which it marks its thoughts.
    """

    id: str
    title: str
    family: str
    shape: ModelShape
    checkpoints: tuple[Checkpoint, ...]
    licence: str
    source: str
    also: tuple[str, ...] = ()
    thinks: Thinks = "never"
    thinking_tokens: int = 0
    strict_alternation: bool = False
    system_prompt: bool = True
    reasoning_parser: str = ""
    notes: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that means this model."""
        served = [name for one in self.checkpoints for name in (one.vllm, one.ollama) if name]
        return (self.id, *self.also, *served)


@dataclass(frozen=True, slots=True)
class CatalogueEmbedder:
    """An embedding model.

    Attributes:
        kept_numbers: What it keeps of each token while it reads a text; 0 for an encoder, which keeps nothing.
    """

    id: str
    title: str
    params: float
    layers: int
    width: int
    context_tokens: int
    licence: str
    source: str
    vllm: str
    ollama: str
    query_prefix: str
    document_prefix: str
    pooling: Pooling
    normalise: bool
    vllm_flags: tuple[str, ...] = ()
    kept_numbers: int = 0
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that means this model."""
        return (self.id, *self.also, *(name for name in (self.vllm, self.ollama) if name))


class _Named(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...


N = TypeVar("N", bound=_Named)


class UnknownModel(NotFound):
    """A name that no model of the catalogue has."""

    def __init__(self, kind: str, name: str, nearest: str) -> None:
        hint = f"did you mean {nearest}?" if nearest else "see them all with `aichatdesk plan --list`."
        others = (
            "" if kind != _CHAT else " Any other is read from its config.json or GGUF file, given by path."
        )
        super().__init__(f"The catalogue has no {kind} {shorten(repr(name), 80)}; {hint}{others}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models that are known."""

    chat: tuple[CatalogueModel, ...]
    embedders: tuple[CatalogueEmbedder, ...]

    def chat_model(self, name: str) -> CatalogueModel:
        """The chat model of this name, however it is written; raises `UnknownModel`."""
        return _find(self.chat, name, _CHAT)

    def embedder(self, name: str) -> CatalogueEmbedder:
        """The embedding model of this name; raises `UnknownModel`."""
        return _find(self.embedders, name, "embedding model")


@cache
def load_catalogue() -> Catalogue:
    """Read the catalogue that travels with the package."""
    folder = resources.files(__package__)
    return Catalogue(
        tuple(_chat_model(entry) for entry in json.loads((folder / "chat_models.json").read_text("utf-8"))),
        tuple(_embedder(entry) for entry in json.loads((folder / "embedders.json").read_text("utf-8"))),
    )


def _chat_model(entry: Mapping[str, Any]) -> CatalogueModel:
    parts = {
        "shape": ModelShape(**entry["shape"]),
        "checkpoints": tuple(Checkpoint(**one) for one in entry["checkpoints"]),
        "also": tuple(entry.get("also", ())),
    }
    return CatalogueModel(**{**entry, **parts})


def _embedder(entry: Mapping[str, Any]) -> CatalogueEmbedder:
    lists = {name: tuple(entry.get(name, ())) for name in ("also", "vllm_flags")}
    return CatalogueEmbedder(**{**entry, **lists})


def _find(models: Sequence[N], name: str, kind: str) -> N:
    wanted = name.strip().lower()
    by_name = {known.lower(): model for model in models for known in model.names}
    if wanted in by_name:
        return by_name[wanted]
    begin_so = [known for known in by_name if wanted and known.startswith(wanted)]
    nearest = begin_so or difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.5)
    raise UnknownModel(kind, name, nearest[0] if nearest else "")
