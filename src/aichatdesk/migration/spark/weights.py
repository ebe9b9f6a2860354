"""How many bytes a build's weights take, and how many of them a step reads."""

from dataclasses import dataclass

from aichatdesk.core.errors import Invalid
from aichatdesk.inference.catalogue.shape import ModelShape
from aichatdesk.migration.spark.engines import GGML, Engine

# Bytes per parameter, scales included.
# Source: the formats' definitions; q4_K_M as the mean over a whole model that llama.cpp reports.
BYTES = {
    "f32": 4.0,
    "bf16": 2.0,
    "f16": 2.0,
    "q8_0": 1.0625,
    "fp8": 1.0,
    "fp8-block": 1.0,
    "q6_k": 0.8203,
    "q5_k_m": 0.711,
    "q4_k_m": 0.606,
    "awq": 0.5625,
    "gptq": 0.5625,
    "nvfp4": 0.5625,
    "q4_0": 0.5625,
    "mxfp4": 0.53125,
    # Forms that other people's files have. Integers with one scale for 32 to 128 weights:
    "int8": 1.0625,
    "awq-int8": 1.0625,
    "gptq-int8": 1.0625,
    "bnb-int8": 1.0,
    "int4": 0.5625,
    "autoround": 0.5625,
    "bnb-int4": 0.5625,
    # The rest of llama.cpp's; the mixtures as means over Llama 3.1 8B, from the table of its quantisation tool.
    "q5_1": 0.75,
    "q5_0": 0.6875,
    "q4_1": 0.625,
    "iq4_nl": 0.585,
    "q5_k_s": 0.696,
    "q4_k_s": 0.584,
    "iq4_xs": 0.558,
    "q3_k_l": 0.538,
    "q3_k_m": 0.5,
    "iq3_m": 0.47,
    "iq3_s": 0.458,
    "q3_k_s": 0.455,
    "iq3_xs": 0.438,
    "iq3_xxs": 0.407,
    "q2_k": 0.395,
    "q2_k_s": 0.371,
    "iq2_m": 0.367,
    "iq2_s": 0.342,
    "iq2_xs": 0.323,
    "iq2_xxs": 0.297,
}
# Of each number that is kept as key or value; FP8 keys and values would take half of it.
KV_BYTES = 2.0
# These keep the output head and the embedding table in BF16.
_HEAD_IN_BF16 = frozenset({
    "fp8", "fp8-block", "nvfp4", "awq", "gptq", "int8", "awq-int8", "gptq-int8", "bnb-int8", "int4", "autoround", "bnb-int4",
})  # fmt: skip


class UnknownQuantisation(Invalid):
    """A quantisation whose bytes nobody has told us."""

    def __init__(self, quant: str) -> None:
        super().__init__(f"{quant!r} is no quantisation that is known here; known are {', '.join(BYTES)}.")


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes per parameter of the parts of one build."""

    experts: float
    others: float
    head: float

    def stored(self, shape: ModelShape) -> float:
        """Bytes that all weights take in memory."""
        tables = shape.output_head_params + shape.embedding_params
        return shape.expert_params * self.experts + shape.non_expert_params * self.others + tables * self.head

    def always_read(self, shape: ModelShape) -> float:
        """Bytes that every step reads, whichever experts its tokens choose."""
        return shape.non_expert_params * self.others + shape.output_head_params * self.head


def weights_of(quant: str, engine: Engine) -> Weights:
    """The bytes of a quantisation as an engine keeps it; raises `UnknownQuantisation`."""
    if quant not in BYTES:
        raise UnknownQuantisation(quant)
    each = BYTES[quant]
    if quant == "mxfp4":
        # Only the experts are MXFP4: the rest is BF16 as published, and Q8_0 in the GGUF files.
        rest = BYTES["q8_0"] if engine in GGML else BYTES["bf16"]
        return Weights(each, rest, rest)
    return Weights(each, each, BYTES["bf16"] if quant in _HEAD_IN_BF16 else each)
