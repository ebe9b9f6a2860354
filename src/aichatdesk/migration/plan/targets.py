"""What the migration promises, and whether a choice keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aichatdesk.migration.spark.accuracy import Error
from aichatdesk.migration.spark.memory import MemoryUse
from aichatdesk.migration.spark.visitors import Waits

Holds = Literal["yes", "partly", "no"]

# The plan's own: a first response after two to five seconds, five to ten visitors at once, 50 ms for an embedding.
LONGEST_FIRST_RESPONSE = 5.0
TARGET_VISITORS = (1, 5, 10)
LONGEST_EMBEDDING = 0.050


@dataclass(frozen=True, slots=True)
class Load:
    """How long so many visitors wait, if as many questions are always under way, and if all come at one moment."""

    visitors: int
    under_way: Waits
    at_once: Waits


@dataclass(frozen=True, slots=True)
class Target:
    """One promise.

    Attributes:
        holds: `partly` where it holds unless all visitors ask at the same moment.
        close: The prediction's error is larger than what it is away from the limit; only a trial can tell.
        says: What is predicted, in a sentence.
    """

    id: str
    title: str
    holds: Holds
    close: bool
    says: str


def memory_target(memory: MemoryUse) -> Target:
    """Whether both servers fit beside the system."""
    return Target(
        "memory",
        f"Both models fit into {memory.plannable_gb:.0f} GB",
        "yes" if memory.fits else "no",
        False,
        f"They take {memory.total_gb:.1f} GB.",
    )


def first_response_targets(loads: Mapping[int, Load], errors: Mapping[str, Error]) -> tuple[Target, ...]:
    """Whether the first sentence is there in time; nothing is promised of a model that does not fit (no loads)."""
    return tuple(_first_response(visitors, loads.get(visitors), errors) for visitors in TARGET_VISITORS)


def embedding_target(seconds: float) -> Target:
    """Whether a question's vector is there in time."""
    return Target(
        "embedding",
        f"A question embedded within {LONGEST_EMBEDDING * 1000:.0f} ms",
        "yes" if seconds <= LONGEST_EMBEDDING else "no",
        False,
        f"About {seconds * 1000:.0f} ms; an estimate, for nobody has published a measurement.",
    )


def _first_response(visitors: int, load: Load | None, errors: Mapping[str, Error]) -> Target:
    who = "one visitor" if visitors == 1 else f"{visitors} visitors"
    name = f"first-response-{visitors}"
    title = f"First sentence within {LONGEST_FIRST_RESPONSE:.0f} s with {who}"
    if load is None:
        return Target(name, title, "no", False, "It does not fit.")
    steady, together = load.under_way.first_sentence.p95, load.at_once.first_sentence.p95
    holds: Holds = (
        "yes"
        if max(steady, together) <= LONGEST_FIRST_RESPONSE
        else "partly"
        if steady <= LONGEST_FIRST_RESPONSE
        else "no"
    )
    says = f"95 % within {steady:.1f} s"
    if visitors > 1:
        says += f", within {together:.1f} s if all ask at the same moment"
    kind = "first token alone" if visitors == 1 else "first token at once"
    close = any(_is_close(waits, errors[kind], errors["decode"]) for waits in (load.under_way, load.at_once))
    return Target(name, title, holds, close, says + ".")


def _is_close(waits: Waits, first: Error, decode: Error) -> bool:
    """Whether the limit lies within what nine of ten predictions of such times were off."""
    token = waits.first_token.p95
    rest = waits.first_sentence.p95 - token
    soonest = token / (1 + first.nine_of_ten) + rest / (1 + decode.nine_of_ten)
    latest = token * (1 + first.nine_of_ten) + rest * (1 + decode.nine_of_ten)
    return soonest <= LONGEST_FIRST_RESPONSE <= latest
