"""How surely the best passages speak of what was asked.

A logistic function of the best cosine and the best share of the question's words. Cosines mean different things in
different models and languages, so the coefficients are kept for each; `benchmarks/relevance.py` fits them on
questions with and without an answer in the demo's documents, easy and hard ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.knowledge.domain import Passage

# From here the documents are taken to speak of the question; below `PERHAPS` they are taken not to.
RELEVANT = 0.7
PERHAPS = 0.2
_CONSIDERED = 3


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of one embedding model, for one language or for all others."""

    bias: float
    cosine: float
    lexical: float


_ANY_MODEL = Coefficients(-6.9, 9.3, 3.2)
_BY_MODEL: dict[str, dict[str, Coefficients]] = {
    "minilm+e5": {"en": Coefficients(-7.6, 16.7, 2.5), "*": Coefficients(-63.3, 106.5, 6.1)},
}


def relevance(passages: Sequence[Passage], *, model: str = "", language: str = "en") -> float:
    """0..1; 0 where nothing was found."""
    if not passages:
        return 0.0
    cosine, lexical = features(passages)
    known = _BY_MODEL.get(model, {})
    fitted = known.get(language) or known.get("*") or _ANY_MODEL
    return 1 / (1 + math.exp(-(fitted.bias + fitted.cosine * cosine + fitted.lexical * lexical)))


def features(passages: Sequence[Passage]) -> tuple[float, float]:
    """The best cosine and the best word share among the first three passages."""
    first = passages[:_CONSIDERED]
    return max(passage.cosine for passage in first), max(passage.lexical for passage in first)
