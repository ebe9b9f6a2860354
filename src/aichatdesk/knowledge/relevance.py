"""How surely the best passages speak of what was asked.

A logistic function of the best cosine, the best share of the question's words, and both together; the
coefficients are fitted by `benchmarks/relevance.py` on questions with and without an answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.knowledge.domain import Passage

# The function's value above which the documents are taken to speak of the question.
RELEVANT = 0.5


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Fitted for one embedding model."""

    bias: float
    cosine: float
    lexical: float
    score: float


DEFAULT = Coefficients(bias=-9.0, cosine=9.0, lexical=4.0, score=5.0)


def features(passages: Sequence[Passage]) -> tuple[float, float, float]:
    """The best cosine, the best word share and the best fused score among the first three passages."""
    first = passages[:3]
    if not first:
        return 0.0, 0.0, 0.0
    return (
        max(passage.cosine for passage in first),
        max(passage.lexical for passage in first),
        max(passage.score for passage in first),
    )


def relevance(passages: Sequence[Passage], coefficients: Coefficients = DEFAULT) -> float:
    """0..1; 0 where nothing was found."""
    if not passages:
        return 0.0
    cosine, lexical, score = features(passages)
    level = (
        coefficients.bias
        + coefficients.cosine * cosine
        + coefficients.lexical * lexical
        + coefficients.score * score
    )
    return 1 / (1 + math.exp(-level))
