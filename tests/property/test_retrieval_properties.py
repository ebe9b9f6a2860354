"""Laws of the vector index and of fusion, over whatever chunks there are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from aichatdesk.core.ids import ChunkId
from aichatdesk.knowledge.fuse import fuse
from aichatdesk.knowledge.vector_index import VectorIndex

WIDTH = 16
chunk_ids = st.integers(1, 60).map(ChunkId)
shares = st.floats(0, 1)
cosines = st.floats(-1, 1)
findings = st.dictionaries(chunk_ids, cosines, max_size=12)
coverages = st.dictionaries(chunk_ids, shares, max_size=12)
steps = st.lists(st.tuples(st.lists(chunk_ids, unique=True, max_size=8), st.booleans()), max_size=12)


def vectors_of(ids: list[ChunkId]) -> NDArray[np.float32]:
    """One fixed unit vector for each chunk."""
    if not ids:
        return np.empty((0, WIDTH), np.float32)
    rows = np.stack([np.random.default_rng(int(one)).standard_normal(WIDTH) for one in ids])
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def by_hand(ids: list[ChunkId], query: NDArray[np.float32], limit: int) -> list[ChunkId]:
    scores = dict(zip(ids, (vectors_of(ids) @ query).tolist(), strict=True))
    return sorted(ids, key=lambda one: (-scores[one], one))[:limit]


@given(st.lists(chunk_ids, unique=True, min_size=1), st.integers(1, 70), st.integers(1000, 1100))
def test_a_small_index_finds_what_comparing_all_would(ids: list[ChunkId], limit: int, seed: int) -> None:
    query = vectors_of([ChunkId(seed)])[0]
    index = VectorIndex()
    index.load(ids, vectors_of(ids))
    assert [chunk for chunk, _ in index.search(query, limit)] == by_hand(ids, query, limit)


@given(steps, st.integers(1000, 1100))
def test_adding_and_removing_ends_where_loading_afresh_does(
    changes: list[tuple[list[ChunkId], bool]], seed: int
) -> None:
    query = vectors_of([ChunkId(seed)])[0]
    index, there = VectorIndex(), set[ChunkId]()
    for ids, adds in changes:
        added = [one for one in ids if adds and one not in there]
        removed = [] if adds else ids
        index.change(added, vectors_of(added), removed)
        there = (there | set(added)) - set(removed)
    fresh = VectorIndex()
    fresh.load(sorted(there), vectors_of(sorted(there)))
    assert len(index) == len(there)
    found, expected = index.search(query, 60), fresh.search(query, 60)
    assert [chunk for chunk, _ in found] == [chunk for chunk, _ in expected]
    np.testing.assert_allclose([x for _, x in found], [x for _, x in expected], atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_codes_with_a_rescore_of_enough_find_what_the_exact_search_does(seed: int) -> None:
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((20, 64))
    rows = centres[chance.integers(0, 20, 3000)] + 0.6 * chance.standard_normal((3000, 64)) + 1
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    ids = [ChunkId(place + 1) for place in range(len(vectors))]
    exact, coded = VectorIndex(), VectorIndex(exact_up_to=100, rescored=1500)
    exact.load(ids, vectors)
    coded.load(ids, vectors)
    hits = 0
    for place in range(0, 3000, 150):
        expected, found = exact.search(vectors[place], 8), coded.search(vectors[place], 8)
        assert found[0] == expected[0]
        hits += len({chunk for chunk, _ in found} & {chunk for chunk, _ in expected})
    assert hits >= 0.95 * 20 * 8


@given(findings, coverages)
def test_fusion_keeps_every_passage_once_best_first(
    near: dict[ChunkId, float], words: dict[ChunkId, float]
) -> None:
    fused = fuse(near, words)
    assert sorted(one.chunk_id for one in fused) == sorted({*near, *words})
    scores = [one.score for one in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)


@given(findings, coverages, chunk_ids, shares)
def test_more_of_the_words_never_lowers_a_passage(
    near: dict[ChunkId, float], words: dict[ChunkId, float], chunk: ChunkId, more: float
) -> None:
    words.setdefault(chunk, 0.0)
    richer = {**words, chunk: max(words[chunk], more)}
    before = [one.chunk_id for one in fuse(near, words)].index(chunk)
    assert [one.chunk_id for one in fuse(near, richer)].index(chunk) <= before


@given(findings, coverages, chunk_ids)
def test_the_own_language_never_lowers_a_passage(
    near: dict[ChunkId, float], words: dict[ChunkId, float], chunk: ChunkId
) -> None:
    near.setdefault(chunk, 0.0)
    before = [one.chunk_id for one in fuse(near, words)].index(chunk)
    assert [one.chunk_id for one in fuse(near, words, own_language=[chunk])].index(chunk) <= before
