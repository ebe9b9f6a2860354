"""How long one step of a model takes: what it must read over the bus, and what it must multiply.

A step reads the weights once for all its tokens, and of the experts those that any of them chose; it multiplies each
token with the active weights. It takes the longer of the two, then the keys and values of every conversation, and a
little for each step and each answer. `fit.py` fits the constants to published measurements.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from aichatdesk.inference.catalogue.shape import ModelShape
from aichatdesk.migration.spark.engines import GGML, Engine
from aichatdesk.migration.spark.machine import Machine
from aichatdesk.migration.spark.weights import KV_BYTES, weights_of


@dataclass(frozen=True, slots=True)
class Rates:
    """What an engine reaches with one build.

    Attributes:
        bus_share: Share of the bus's best rate that the reading of weights reaches.
        flops: Products and sums a second while a prompt is read.
        expert_spread: How far the tokens of a step choose other experts than the first of them; 1 as by chance,
            0 all the same.
        request_seconds: Before and beside the model: the request's way, its tokens, its place in a batch.
        step_seconds: For each step, whatever it does.
        answer_seconds: For each further answer of a step.
        prompt_tokens: What each step that reads of a prompt costs as if it read so many tokens more.
    """

    bus_share: float
    flops: float
    expert_spread: float
    request_seconds: float
    step_seconds: float
    answer_seconds: float
    prompt_tokens: float


@dataclass(frozen=True, slots=True)
class Build:
    """What is served: a model in a quantisation by an engine."""

    name: str
    family: str
    shape: ModelShape
    quant: str
    engine: Engine


class Roofline:
    """The `Timing` of one build on one machine."""

    def __init__(self, machine: Machine, build: Build, rates: Rates) -> None:
        shape, weights = build.shape, weights_of(build.quant, build.engine)
        self.build = build
        self.rates = rates
        self._shape = shape
        self._bus = machine.bytes_per_second * rates.bus_share
        self._always = weights.always_read(shape)
        self._expert_bytes = weights.experts
        self._one_tokens_experts = shape.experts_read(1)
        # Tables are looked up in while a prompt is read; only its last token meets the output head.
        self._flops_per_token = 2 * (shape.non_expert_params + self._one_tokens_experts)

    @property
    def request_seconds(self) -> float:
        """What each answer takes beside the model's own work."""
        return self.rates.request_seconds

    @property
    def prefill_tokens_per_second(self) -> float:
        """How fast a long prompt is read while nobody else is served."""
        piece = 2048
        return piece / self.step_seconds(decoding=0, context_tokens=0, prefill_tokens=piece)

    def decode_tokens_per_second(self, context_tokens: int) -> float:
        """How fast one answer alone is written after so many tokens."""
        return 1 / self.step_seconds(decoding=1, context_tokens=context_tokens, prefill_tokens=0)

    def step_seconds(self, *, decoding: int, context_tokens: float, prefill_tokens: int) -> float:
        """See `Timing.step_seconds`."""
        rates = self.rates
        reading = self._read(decoding + prefill_tokens) / self._bus
        multiplying = 0.0
        if prefill_tokens:
            multiplying = (prefill_tokens + rates.prompt_tokens) * self._flops_per_token / rates.flops
        kept = 0.0
        if decoding:
            kept = decoding * self._shape.kv_numbers(context_tokens / decoding) * KV_BYTES / self._bus
        return (
            rates.step_seconds
            + max(reading, multiplying)
            + kept
            + rates.answer_seconds * max(decoding - 1, 0)
        )

    def _read(self, tokens: int) -> float:
        """Bytes of weights that a step of so many tokens reads."""
        one = self._one_tokens_experts
        more = (self._shape.experts_read(tokens) - one) * self.rates.expert_spread
        return self._always + (one + max(more, 0.0)) * self._expert_bytes


# What each rate is for a build: the sum, in logarithms, of what is common to all and of what is particular to its
# engine, to models of experts, to its quantisation, to its family and to itself. What was never measured adds nothing.
Effects = Mapping[str, Mapping[str, float]]


def groups_of(build: Build) -> tuple[str, ...]:
    """The groups that a build belongs to, from the widest to itself."""
    return (
        "all",
        *(("kernels ggml",) if build.engine in GGML else ()),
        f"engine {build.engine}",
        "experts" if build.shape.is_moe else "dense",
        f"quantisation {build.quant}",
        f"family {build.family}",
        f"build {build.name} {build.quant} {build.engine}",
    )


def rates_of(build: Build, effects: Effects) -> Rates:
    """The rates of a build from the fitted effects."""
    groups = groups_of(build)
    return Rates(
        **{rate: math.exp(sum(of.get(group, 0.0) for group in groups)) for rate, of in effects.items()}
    )
