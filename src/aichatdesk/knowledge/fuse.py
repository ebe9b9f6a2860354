"""Join what was found by vectors and by words into one order.

The weight of the words was measured on real manuals in six languages: `docs/decisions/0004-retrieval.md`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aichatdesk.core.ids import ChunkId

LEXICAL_WEIGHT = 0.35
# Only words in the visitor's own language can be checked and quoted, so such passages go a little first.
SAME_LANGUAGE = 0.03


@dataclass(frozen=True, slots=True)
class Fused:
    """One chunk's scores; all but the cosine lie in 0..1."""

    chunk_id: ChunkId
    score: float
    cosine: float
    lexical: float


def fuse(
    cosines: Mapping[ChunkId, float],
    lexical: Mapping[ChunkId, float],
    *,
    weight: float = LEXICAL_WEIGHT,
    floor: float = 0.0,
    own_language: Collection[ChunkId] = (),
    bonus: float = SAME_LANGUAGE,
) -> list[Fused]:
    """Order the chunks of both sides by a weighted sum, best first.

    Args:
        lexical: The share of the question's informative words that a chunk has, 0..1.
        floor: The cosine taken for a chunk that only the words have found.
        own_language: The chunks in the question's language, which get `bonus`.
    """
    fused = []
    for chunk_id in {*cosines, *lexical}:
        cosine = cosines.get(chunk_id, floor)
        words = lexical.get(chunk_id, 0.0)
        own = bonus if chunk_id in own_language else 0.0
        score = (max(cosine, 0.0) + weight * words + own) / (1 + weight + bonus)
        fused.append(Fused(chunk_id, score, cosine, words))
    return sorted(fused, key=lambda one: (-one.score, one.chunk_id))
