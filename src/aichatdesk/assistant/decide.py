"""What to do with a question before the model is asked, and with an answer after."""

from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.relevance import PERHAPS, RELEVANT, relevance


@dataclass(frozen=True, slots=True)
class Answerable:
    """The documents speak of this; `relevance` says how surely, 0..1, and `sure` whether that is enough."""

    passages: Sequence[Passage]
    relevance: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class NothingRelevant:
    """The documents do not speak of this."""

    relevance: float


def before_the_model(
    passages: Sequence[Passage], *, model: str = "", language: str = "en"
) -> Answerable | NothingRelevant:
    """Decide from retrieval alone whether it makes sense to ask the model."""
    value = relevance(passages, model=model, language=language)
    return Answerable(passages, value, value >= RELEVANT) if value >= PERHAPS else NothingRelevant(value)


def close_to_best(passages: Sequence[Passage], *, share: float = 0.8) -> list[Passage]:
    """The passages that score nearly as well as the best one; the rest only lead a small model astray."""
    return [passage for passage in passages if passage.score >= share * passages[0].score]


def confidence(relevance_: float, *, supported: int, dropped: int, quoted: bool) -> float:
    """How sure the desk is of an answer, 0..1, until it is calibrated on labelled turns.

    Retrieval sets the level; a quotation keeps nine tenths of it, an answer of the model between eight tenths
    and all of it, by the share of its sentences that were supported.
    """
    if quoted:
        return round(0.9 * relevance_, 4)
    return round(relevance_ * (0.8 + 0.2 * grounded_share(supported, dropped)), 4)


def grounded_share(supported: int, dropped: int) -> float:
    """The share of the model's sentences that a passage supports; 0 where it said none."""
    said = supported + dropped
    return supported / said if said else 0.0


def needs_person(confidence_: float, *, threshold: float) -> bool:
    """A confident answer is left to stand; anything else goes to a person."""
    return confidence_ < threshold
