"""Continuous batching: no token is lost or given twice, nobody is overtaken, and who leaves makes room."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.migration.simulate.schedule import Schedule
from aichatdesk.migration.spark.batching import Batcher, Work
from peers.linear_timing import LinearTiming

works = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 12)), min_size=1, max_size=12)


def batcher_of(
    lengths: list[tuple[int, int]], *, slots: int = 3, chunk: int = 16
) -> tuple[Batcher, LinearTiming]:
    timing = LinearTiming()
    batcher = Batcher(timing, slots=slots, chunk_tokens=chunk)
    for number, (prompt, answer) in enumerate(lengths):
        batcher.submit(Work(number, prompt, answer))
    return batcher, timing


@given(works, st.integers(1, 5), st.integers(1, 30))
def test_every_token_is_given_exactly_once_and_nobody_is_forgotten(
    lengths: list[tuple[int, int]], slots: int, chunk: int
):
    batcher, timing = batcher_of(lengths, slots=slots, chunk=chunk)
    given_tokens: Counter[int] = Counter()
    finished: list[int] = []
    while batcher.busy:
        step = batcher.step()
        assert len(set(step.tokens)) == len(step.tokens)
        given_tokens.update(step.tokens)
        for work_id in step.finished:
            assert given_tokens[work_id] == lengths[work_id][1]
        finished += step.finished
    assert sorted(finished) == list(range(len(lengths)))
    assert given_tokens == Counter({number: answer for number, (_, answer) in enumerate(lengths)})
    assert sum(step["prefill_tokens"] for step in timing.steps) == sum(prompt for prompt, _ in lengths)


@given(works, st.integers(1, 5), st.integers(1, 30))
def test_nobody_is_overtaken_on_the_way_to_the_first_token_and_no_slot_is_left_empty(
    lengths: list[tuple[int, int]], slots: int, chunk: int
):
    batcher, _ = batcher_of(lengths, slots=slots, chunk=chunk)
    first: list[int] = []
    finished = 0
    while batcher.busy:
        step = batcher.step()
        first += [work_id for work_id in step.tokens if work_id not in first]
        assert batcher.running + len(step.finished) == min(slots, len(lengths) - finished)
        finished += len(step.finished)
    assert first == list(range(len(lengths)))


@given(works, st.integers(1, 5), st.integers(1, 30))
def test_a_step_never_reads_more_than_the_chunk_but_for_a_machine_full_of_answers(
    lengths: list[tuple[int, int]], slots: int, chunk: int
):
    batcher, timing = batcher_of(lengths, slots=slots, chunk=chunk)
    while batcher.busy:
        batcher.step()
    for step in timing.steps:
        assert step["prefill_tokens"] <= max(1, chunk - step["decoding"])


@given(works, st.data())
def test_who_leaves_makes_room_at_once_and_never_comes_back(
    lengths: list[tuple[int, int]], data: st.DataObject
):
    batcher, _ = batcher_of(lengths)
    gone: set[int] = set()
    given_tokens: Counter[int] = Counter()
    while batcher.busy:
        if data.draw(st.booleans()):
            before = batcher.running + batcher.waiting
            leaver = data.draw(st.integers(0, len(lengths) - 1))
            was_there = leaver not in gone and given_tokens[leaver] < lengths[leaver][1]
            batcher.cancel(leaver)
            assert batcher.running + batcher.waiting == before - was_there
            gone.add(leaver)
            if not batcher.busy:
                break
        step = batcher.step()
        assert not gone & set(step.tokens)
        given_tokens.update(step.tokens)
    for number, (_, answer) in enumerate(lengths):
        assert number in gone or given_tokens[number] == answer


def test_the_kept_context_counts_prompts_and_what_was_written():
    batcher, timing = batcher_of([(10, 3), (4, 2)], chunk=100)
    while batcher.busy:
        batcher.step()
    assert [(step["decoding"], step["context_tokens"], step["prefill_tokens"]) for step in timing.steps] == [
        (0, 0, 14),
        (2, 16, 0),
        (1, 12, 0),
    ]


@pytest.mark.parametrize(("slots", "chunk"), [(0, 1), (1, 0), (-1, 5)])
def test_a_machine_that_could_never_answer_is_refused(slots: int, chunk: int):
    with pytest.raises(ValueError, match="at least one"):
        Batcher(LinearTiming(), slots=slots, chunk_tokens=chunk)


# The steps on their time line


@given(works, st.lists(st.floats(0, 20), min_size=12, max_size=12))
def test_steps_neither_overlap_nor_leave_a_gap_while_there_is_work(
    lengths: list[tuple[int, int]], pauses: list[float]
):
    schedule = Schedule(Batcher(LinearTiming(), slots=2, chunk_tokens=16))
    arrivals: dict[int, float] = {}
    now = 0.0
    for number, (prompt, answer) in enumerate(lengths):
        now += pauses[number]
        arrivals[number] = now
        schedule.submit(Work(number, prompt, answer), now)
    end, open_work = 0.0, 0
    while schedule.next_start() is not None:
        timed = schedule.step()
        assert timed.begins == end or (timed.begins > end and open_work == 0)
        assert timed.ends == timed.begins + timed.step.seconds
        assert all(arrivals[work_id] <= timed.begins for work_id in timed.begun)
        open_work = schedule.running
        end = timed.ends
    assert schedule.running == schedule.waiting == 0


def test_work_that_came_during_a_step_waits_for_the_next_one_however_late_the_steps_are_laid_out():
    timing = LinearTiming(step=1.0, per_answer=0.0, per_prompt_token=0.0)
    schedule = Schedule(Batcher(timing, slots=4, chunk_tokens=100))
    for number, at in enumerate((0.0, 0.5, 1.5)):
        schedule.submit(Work(number, 5, 3), at)
    begun = {}
    while schedule.next_start() is not None:
        timed = schedule.step()
        begun |= dict.fromkeys(timed.begun, timed.begins)
    assert begun == {0: 0.0, 1: 1.0, 2: 2.0}
