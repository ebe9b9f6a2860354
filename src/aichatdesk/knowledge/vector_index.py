"""The live generation's vectors in memory: exact for small bases, binary codes with an exact rescore above.

Source for the codes: the goals' measured recipe (mean-centred sign bits, Hamming distance, rescore of the
best few hundred); figures in `docs/decisions/0004-retrieval.md`.
"""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.ids import ChunkId

EXACT_UP_TO = 20_000
_RESCORED = 400


class VectorIndex:
    """Unit vectors by chunk; safe to search from several threads while chunks come and go."""

    def __init__(self, *, exact_up_to: int = EXACT_UP_TO, rescored: int = _RESCORED) -> None:
        self._exact_up_to = exact_up_to
        self._rescored = rescored
        self._lock = threading.Lock()
        self._ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._vectors: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._codes: NDArray[np.uint64] | None = None
        self._mean: NDArray[np.float32] = np.empty(0, np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def load(self, ids: Sequence[ChunkId], vectors: NDArray[np.float32]) -> None:
        """Replace everything."""
        with self._lock:
            self._set(np.asarray(ids, np.int64), np.ascontiguousarray(vectors, np.float32))

    def change(
        self, added: Sequence[ChunkId], vectors: NDArray[np.float32], removed: Sequence[ChunkId]
    ) -> None:
        """Take chunks out and add others."""
        with self._lock:
            ids, kept = self._ids, self._vectors
            if removed:
                stays = ~np.isin(ids, np.asarray(removed, np.int64))
                ids, kept = ids[stays], kept[stays]
            if added:
                fresh = np.ascontiguousarray(vectors, np.float32)
                ids = np.concatenate([ids, np.asarray(added, np.int64)])
                kept = np.concatenate([kept, fresh]) if len(kept) else fresh
            self._set(ids, kept)

    def search(self, query: NDArray[np.float32], limit: int) -> list[tuple[ChunkId, float]]:
        """The chunks nearest to a unit vector, best first, with their cosines."""
        with self._lock:
            ids, vectors, codes, mean = self._ids, self._vectors, self._codes, self._mean
        if not len(ids):
            return []
        if codes is None:
            return _best(ids, vectors @ query, limit)
        distances = np.bitwise_count(codes ^ _encode(query[None, :] - mean)).sum(axis=1, dtype=np.uint16)
        few = min(self._rescored, len(ids) - 1)
        near = np.argpartition(distances, few)[:few]
        return _best(ids[near], vectors[near] @ query, limit)

    def _set(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        codes, mean = None, np.empty(0, np.float32)
        if len(ids) > self._exact_up_to:
            mean = vectors.mean(axis=0)
            codes = _encode(vectors - mean)
        self._ids, self._vectors, self._codes, self._mean = ids, vectors, codes, mean


def _encode(centred: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Sign bits, packed into 64-bit words; the width is padded with zeros."""
    bits = np.packbits(centred > 0, axis=1)
    missing = -bits.shape[1] % 8
    if missing:
        bits = np.pad(bits, ((0, 0), (0, missing)))
    return np.ascontiguousarray(bits).view(np.uint64)


def _best(ids: NDArray[np.int64], scores: NDArray[np.float32], limit: int) -> list[tuple[ChunkId, float]]:
    top = np.argpartition(scores, -limit)[-limit:] if limit < len(ids) else np.arange(len(ids))
    # Equal scores are ordered by chunk, so that the same question finds the same passages.
    order = top[np.lexsort((ids[top], -scores[top]))]
    return [(ChunkId(int(ids[place])), float(scores[place])) for place in order]
