"""What was read about a model from its own files, and how it is said that they cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from aichatdesk.core.errors import Invalid
from aichatdesk.inference.catalogue.shape import ModelShape


class ModelUnreadable(Invalid):
    """The files do not describe a model that can be reckoned with; `problems` names every reason."""

    def __init__(self, what: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{what}: " + " ".join(self.problems), problems=list(self.problems))


@dataclass(frozen=True, slots=True)
class TemplateTraits:
    """What a chat template shows of the model's habits; None where it does not show it."""

    thinks: Literal["never", "optional", "always"] | None = None
    strict_alternation: bool | None = None
    system_prompt: bool | None = None


@dataclass(frozen=True, slots=True)
class EmbedderTraits:
    """How an embedding model makes its vectors; None where the files do not say."""

    width: int
    pooling: Literal["mean", "cls", "last"] | None = None
    normalise: bool | None = None
    query_prefix: str | None = None
    document_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class FoundModel:
    """One model as its own files describe it.

    Attributes:
        architecture: As the files call it: a `model_type`, or a GGUF's `general.architecture`.
        quant: As in the catalogue ("bf16", "fp8", "fp8-block", "awq", "q4_k_m", "mxfp4", "nvfp4"), else what the
            files call it; "" where they do not say.
        weight_bytes: Bytes of the weights as they are published; None where the files do not say.
        embedder: None for a chat model.
        assumed: Sentences on everything that was taken without the files saying so, and on what was left out.
    """

    name: str
    architecture: str
    kind: Literal["chat", "embedding"]
    shape: ModelShape
    quant: str = ""
    weight_bytes: int | None = None
    template: TemplateTraits = field(default_factory=TemplateTraits)
    embedder: EmbedderTraits | None = None
    licence: str = ""
    source: str = ""
    assumed: tuple[str, ...] = ()
