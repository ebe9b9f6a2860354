"""A machine whose steps are easy to reckon by hand."""

from dataclasses import dataclass, field


@dataclass
class LinearTiming:
    """A `Timing` that remembers what it was asked."""

    step: float = 0.02
    per_answer: float = 0.002
    per_prompt_token: float = 0.0005
    per_kept_token: float = 0.0
    steps: list[dict[str, int]] = field(default_factory=list)

    def step_seconds(self, *, decoding: int, context_tokens: int, prefill_tokens: int) -> float:
        self.steps.append(
            {"decoding": decoding, "context_tokens": context_tokens, "prefill_tokens": prefill_tokens}
        )
        return (
            self.step
            + self.per_answer * decoding
            + self.per_prompt_token * prefill_tokens
            + self.per_kept_token * context_tokens
        )
