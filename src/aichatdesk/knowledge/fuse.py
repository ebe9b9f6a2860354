"""Join what was found by vectors and by words into one order.

Both sides are put on one scale first: models differ in how far their cosines spread (e5's lie within a tenth,
MiniLM's within a half), so a cosine counts by its place between the best and the last candidate. Measured on real
pages in five languages: `docs/decisions/0004-retrieval.md`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aichatdesk.core.ids import ChunkId

LEXICAL_WEIGHT = 0.2
# Only words in the visitor's own language can be checked and quoted, so such passages go a little first.
SAME_LANGUAGE = 0.1


@dataclass(frozen=True, slots=True)
class Fused:
    """One chunk's scores; `score` orders the chunks of one question and says nothing across questions."""

    chunk_id: ChunkId
    score: float
    cosine: float
    lexical: float


def fuse(
    cosines: Mapping[ChunkId, float],
    lexical: Mapping[ChunkId, float],
    *,
    own_language: Collection[ChunkId] = (),
    weight: float = LEXICAL_WEIGHT,
    bonus: float = SAME_LANGUAGE,
) -> list[Fused]:
    """Order the chunks of both sides by a weighted sum, best first.

    Args:
        cosines: The candidates by vectors; empty where the embedding model is down.
        lexical: The share of the question's informative words that a chunk has, 0..1.
        own_language: The chunks in the question's language, which get `bonus`.
    """
    lowest, highest = min(cosines.values(), default=0.0), max(cosines.values(), default=0.0)
    spread = highest - lowest or 1.0
    fused = []
    for chunk_id in {*cosines, *lexical}:
        cosine = cosines.get(chunk_id, lowest)
        words = lexical.get(chunk_id, 0.0)
        near = (cosine - lowest) / spread if cosines and highest > lowest else float(chunk_id in cosines)
        own = bonus if chunk_id in own_language else 0.0
        score = (near + weight * words + own) / (1 + weight + bonus)
        fused.append(Fused(chunk_id, score, cosine, words))
    return sorted(fused, key=lambda one: (-one.score, one.chunk_id))
