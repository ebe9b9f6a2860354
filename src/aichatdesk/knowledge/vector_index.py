"""The live generation's vectors in memory: exact for small bases, binary codes with an exact rescore above.

A code holds the signs of a vector around the mean of all. A question's signs are compared word by word (64 bits),
and each word counts by how much of the question lies in it, so that a question that leaves out a part of the
vector is not misled by that part. Figures: `docs/decisions/0004-retrieval.md`.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.ids import ChunkId

EXACT_UP_TO = 20_000
_RESCORED = 400
_WORD = 64
# Room kept for chunks to come, and how many rows may be dead before the rest moves together.
_SPARE_SHARE = 0.125
_DEAD_SHARE = 0.25


@dataclass(slots=True)
class _Rows:
    """Rows of which the first `count` are in use; rows are only ever added or marked dead in place."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    alive: NDArray[np.bool_]
    mean: NDArray[np.float32]
    codes: NDArray[np.uint64] | None
    count: int
    dead: int = 0


class VectorIndex:
    """Unit vectors by chunk; safe to search from several threads while chunks come and go."""

    def __init__(self, *, exact_up_to: int = EXACT_UP_TO, rescored: int = _RESCORED) -> None:
        self._exact_up_to = exact_up_to
        self._rescored = rescored
        self._lock = threading.Lock()
        self._rows = self._built(np.empty(0, np.int64), np.empty((0, 0), np.float32))
        self._places: dict[int, int] = {}

    def __len__(self) -> int:
        return self._rows.count - self._rows.dead

    @property
    def width(self) -> int:
        """Numbers in each vector; 0 while there is none."""
        return int(self._rows.vectors.shape[1])

    def load(self, ids: Sequence[ChunkId], vectors: NDArray[np.float32]) -> None:
        """Replace everything."""
        with self._lock:
            self._replace(np.asarray(ids, np.int64), np.asarray(vectors, np.float32))

    def change(
        self, added: Sequence[ChunkId], vectors: NDArray[np.float32], removed: Sequence[ChunkId]
    ) -> None:
        """Take chunks out and add others; costs what the change holds, save when room runs out."""
        with self._lock:
            for chunk_id in removed:
                place = self._places.pop(chunk_id, None)
                if place is not None:
                    self._rows.alive[place] = False
                    self._rows.dead += 1
            if self._must_move(len(added), vectors):
                self._rebuild(np.asarray(added, np.int64), np.asarray(vectors, np.float32))
            elif added:
                self._append(np.asarray(added, np.int64), np.asarray(vectors, np.float32))

    def search(self, query: NDArray[np.float32], limit: int) -> list[tuple[ChunkId, float]]:
        """The chunks nearest to a unit vector, best first, with their cosines."""
        with self._lock:
            rows, count = self._rows, self._rows.count
        places = np.flatnonzero(rows.alive[:count])
        if not len(places):
            return []
        if rows.codes is not None:
            places = self._near(rows, places, query)
        vectors = rows.vectors[:count] if len(places) == count else rows.vectors[places]
        return _best(rows.ids[places], vectors @ query, limit)

    def _near(self, rows: _Rows, places: NDArray[np.intp], query: NDArray[np.float32]) -> NDArray[np.intp]:
        """The rows whose codes come closest."""
        assert rows.codes is not None
        codes = rows.codes[: places[-1] + 1] if len(places) == places[-1] + 1 else rows.codes[places]
        differing = np.bitwise_count(codes ^ _encode(query[None, :]))
        # In one number format, or the product is not done by BLAS.
        distances = differing.astype(np.float32) @ _word_weights(query)
        few = min(self._rescored, len(places) - 1)
        near: NDArray[np.intp] = places[np.argpartition(distances, few)[: few + 1]]
        return near

    def _must_move(self, added: int, vectors: NDArray[np.float32]) -> bool:
        """Whether a change takes new arrays: no room, too many dead rows, another width or way of searching."""
        rows = self._rows
        return (
            rows.count + added > len(rows.ids)
            or rows.dead > _DEAD_SHARE * rows.count
            or (added > 0 and vectors.shape[1] != rows.vectors.shape[1])
            or (rows.codes is None) != self._is_exact(len(self) + added)
        )

    def _is_exact(self, count: int) -> bool:
        return count <= self._exact_up_to

    def _append(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        rows = self._rows
        start, end = rows.count, rows.count + len(ids)
        rows.ids[start:end], rows.vectors[start:end], rows.alive[start:end] = ids, vectors, True
        if rows.codes is not None:
            rows.codes[start:end] = _encode(vectors - rows.mean)
        self._places.update(zip(ids.tolist(), range(start, end), strict=True))
        rows.count = end

    def _rebuild(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        rows = self._rows
        alive = np.flatnonzero(rows.alive[: rows.count])
        kept = rows.vectors[alive]
        if len(ids):
            kept = np.concatenate([kept, vectors]) if len(kept) else vectors
        self._replace(np.concatenate([rows.ids[alive], ids]), kept)

    def _replace(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._rows = self._built(ids, vectors)
        self._places = dict(zip(ids.tolist(), range(len(ids)), strict=True))

    def _built(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> _Rows:
        count = len(ids)
        room = count + max(64, round(count * _SPARE_SHARE))
        exact = self._is_exact(count)
        mean = np.empty(0, np.float32) if exact else vectors.mean(axis=0)
        rows = _Rows(
            np.zeros(room, np.int64),
            np.empty((room, vectors.shape[1]), np.float32),
            np.zeros(room, np.bool_),
            mean,
            None if exact else np.zeros((room, -(-vectors.shape[1] // _WORD)), np.uint64),
            count,
        )
        rows.ids[:count], rows.vectors[:count], rows.alive[:count] = ids, vectors, True
        if rows.codes is not None:
            rows.codes[:count] = _encode(vectors - mean)
        return rows


def _encode(centred: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Sign bits, packed into 64-bit words; the width is padded with zeros."""
    bits = np.packbits(centred > 0, axis=1)
    missing = -bits.shape[1] % 8
    if missing:
        bits = np.pad(bits, ((0, 0), (0, missing)))
    return np.ascontiguousarray(bits).view(np.uint64)


def _word_weights(query: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of a question lies in each 64 numbers of its vector."""
    padded = np.pad(np.abs(query), (0, -len(query) % _WORD))
    weights: NDArray[np.float32] = padded.reshape(-1, _WORD).mean(axis=1).astype(np.float32)
    return weights


def _best(ids: NDArray[np.int64], scores: NDArray[np.float32], limit: int) -> list[tuple[ChunkId, float]]:
    top = np.argpartition(scores, -limit)[-limit:] if limit < len(ids) else np.arange(len(ids))
    # Equal scores are ordered by chunk, so that the same question finds the same passages.
    order = top[np.lexsort((ids[top], -scores[top]))]
    return [(ChunkId(int(ids[place])), float(scores[place])) for place in order]
