"""Joining both sides' findings, on examples; the general laws are in the property tests."""

import pytest

from aichatdesk.core.ids import ChunkId
from aichatdesk.knowledge.fuse import fuse

A, B, C = ChunkId(1), ChunkId(2), ChunkId(3)


def order(*args: dict[ChunkId, float], **options: object) -> list[ChunkId]:
    return [one.chunk_id for one in fuse(*args, **options)]  # type: ignore[arg-type]


def test_words_decide_between_passages_that_are_equally_near() -> None:
    assert order({A: 0.6, B: 0.6, C: 0.1}, {B: 0.9}) == [B, A, C]


def test_a_narrow_spread_of_cosines_counts_as_much_as_a_wide_one() -> None:
    words = {B: 0.5}
    assert order({A: 0.81, B: 0.80, C: 0.79}, words) == order({A: 0.9, B: 0.5, C: 0.1}, words)


def test_the_visitors_own_language_goes_first_among_equals() -> None:
    assert order({A: 0.6, B: 0.6, C: 0.1}, {}, own_language=[B]) == [B, A, C]


def test_without_vectors_the_words_decide() -> None:
    assert order({}, {A: 0.2, B: 0.9}) == [B, A]


def test_a_passage_that_only_the_words_found_keeps_its_place_in_the_list() -> None:
    assert set(order({A: 0.6}, {B: 1.0})) == {A, B}


def test_equal_scores_are_ordered_by_passage() -> None:
    assert order({C: 0.5, A: 0.5, B: 0.5}, {}) == [A, B, C]


def test_nothing_found_is_nothing() -> None:
    assert fuse({}, {}) == []


@pytest.mark.parametrize("cosines", [{A: 0.4}, {A: -0.2}, {A: 0.3, B: 0.3}, {A: -1.0, B: 1.0}])
def test_scores_lie_between_nought_and_one(cosines: dict[ChunkId, float]) -> None:
    fused = fuse(cosines, {A: 1.0}, own_language=[A])
    assert all(0 <= one.score <= 1 + 1e-9 for one in fused)
