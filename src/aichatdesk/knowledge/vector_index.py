"""The live generation's vectors in memory: exact for small bases, binary codes with an exact rescore above.

A code holds the signs of a vector after the mean of all is taken away and the rest is turned at random, so that every
bit tells as much as any other; with the vector's length and its product with the mean, which are kept beside, the
signs estimate the product of question and vector (the idea of RaBitQ, https://arxiv.org/abs/2405.12497, with one bit
on both sides). Figures: `docs/decisions/0004-retrieval.md`.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.ids import ChunkId

EXACT_UP_TO = 50_000
_RESCORED = 1_500
_WORD = 64
_SEED = 20
# Room kept for chunks to come, and how many rows may be dead before the rest moves together.
_SPARE_SHARE = 0.125
_DEAD_SHARE = 0.25


class _Turn:
    """What codes are made with: the mean of the vectors at that time, and a random turn."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        width = vectors.shape[1]
        self._width = width
        self._mean = vectors.mean(axis=0)
        made = np.random.default_rng(_SEED).standard_normal((width, width))
        self._turn = np.linalg.qr(made)[0].astype(np.float32)

    def codes(self, vectors: NDArray[np.float32]) -> "_Codes":
        """Codes of vectors, in their order."""
        turned = (vectors - self._mean) @ self._turn
        return _Codes(_signs(turned), np.linalg.norm(turned, axis=1), (vectors - self._mean) @ self._mean)

    def estimate(self, query: NDArray[np.float32], codes: "_Codes") -> NDArray[np.float32]:
        """What orders the coded vectors nearly as their products with a query would."""
        # The part of the query that lies along the mean is known exactly and would only drown the signs of the rest.
        along = float(query @ self._mean / max(float(self._mean @ self._mean), 1e-12))
        rest = (query - along * self._mean) @ self._turn
        differing = np.bitwise_count(codes.signs ^ _signs(rest[None, :])).sum(axis=1, dtype=np.uint16)
        estimate: NDArray[np.float32] = along * codes.along_mean + np.float32(np.linalg.norm(rest)) * (
            codes.lengths * np.cos(np.float32(np.pi / self._width) * differing)
        )
        return estimate


@dataclass(frozen=True, slots=True)
class _Codes:
    """Of each vector: signs packed into 64-bit words, length around the mean, and product with the mean."""

    signs: NDArray[np.uint64]
    lengths: NDArray[np.float32]
    along_mean: NDArray[np.float32]

    def of(self, places: "slice | NDArray[np.intp]") -> "_Codes":
        """Some of them."""
        return _Codes(self.signs[places], self.lengths[places], self.along_mean[places])

    def put(self, places: slice, others: "_Codes") -> None:
        """Write others in."""
        self.signs[places] = others.signs
        self.lengths[places] = others.lengths
        self.along_mean[places] = others.along_mean


@dataclass(slots=True)
class _Rows:
    """Rows of which the first `count` are in use; rows are only ever added or marked dead in place."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    alive: NDArray[np.bool_]
    turn: _Turn | None
    codes: _Codes | None
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
        """The rows that come closest by their codes."""
        assert rows.turn is not None
        assert rows.codes is not None
        whole = len(places) == places[-1] + 1
        codes = rows.codes.of(slice(len(places)) if whole else places)
        estimate = rows.turn.estimate(query, codes)
        few = min(self._rescored, len(places))
        near: NDArray[np.intp] = places[np.argpartition(estimate, -few)[-few:]]
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
        if rows.turn is not None and rows.codes is not None:
            rows.codes.put(slice(start, end), rows.turn.codes(vectors))
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
        count, width = vectors.shape
        room = count + max(64, round(count * _SPARE_SHARE))
        turn = codes = None
        if not self._is_exact(count):
            turn = _Turn(vectors)
            words = -(-width // _WORD)
            codes = _Codes(
                np.zeros((room, words), np.uint64), np.zeros(room, np.float32), np.zeros(room, np.float32)
            )
            codes.put(slice(count), turn.codes(vectors))
        rows = _Rows(
            np.zeros(room, np.int64),
            np.empty((room, width), np.float32),
            np.zeros(room, np.bool_),
            turn,
            codes,
            count,
        )
        rows.ids[:count], rows.vectors[:count], rows.alive[:count] = ids, vectors, True
        return rows


def _signs(rows: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Sign bits, packed into 64-bit words; the width is padded with zeros."""
    bits = np.packbits(rows > 0, axis=1)
    missing = -bits.shape[1] % (_WORD // 8)
    if missing:
        bits = np.pad(bits, ((0, 0), (0, missing)))
    return np.ascontiguousarray(bits).view(np.uint64)


def _best(ids: NDArray[np.int64], scores: NDArray[np.float32], limit: int) -> list[tuple[ChunkId, float]]:
    top = np.argpartition(scores, -limit)[-limit:] if limit < len(ids) else np.arange(len(ids))
    # Equal scores are ordered by chunk, so that the same question finds the same passages.
    order = top[np.lexsort((ids[top], -scores[top]))]
    return [(ChunkId(int(ids[place])), float(scores[place])) for place in order]
