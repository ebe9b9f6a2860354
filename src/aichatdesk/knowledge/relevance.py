"""How surely the best passage speaks of what was asked.

A logistic function of the best fused score, fitted by `benchmarks/relevance.py` on questions with and without an
answer in the demo's documents; adding cosine and word share as features of their own did not separate them better.
"""

import math
from collections.abc import Sequence

from aichatdesk.knowledge.domain import Passage

# The function's value from which the documents are taken to speak of the question.
RELEVANT = 0.58
_BIAS = -6.9
_SCORE = 12.5


def relevance(passages: Sequence[Passage]) -> float:
    """0..1; 0 where nothing was found."""
    if not passages:
        return 0.0
    best = max(passage.score for passage in passages)
    return 1 / (1 + math.exp(-(_BIAS + _SCORE * best)))
