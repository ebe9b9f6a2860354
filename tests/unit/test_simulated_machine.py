"""The simulated machine keeps its own time: neither waiting nor a busy process moves what it reckons."""

import asyncio
import random

import pytest

from aichatdesk.migration.simulate.answer import Answer, Length, Moments, Piece
from aichatdesk.migration.simulate.figures import Figures
from aichatdesk.migration.simulate.machine import Machine, MachineSize
from aichatdesk.migration.simulate.simulated_time import SimulatedTime
from aichatdesk.migration.spark.batching import Batcher
from peers.linear_timing import LinearTiming
from peers.pure_simulation import Arrival, Course, simulate
from peers.virtual_time import VirtualTimeLoop, run_in_virtual_time

SLOTS, CHUNK = 3, 64


class Driven:
    """A machine that works, and what was answered on it."""

    def __init__(self, speed: float, overhead: float = 0.0, timing: LinearTiming | None = None) -> None:
        self.warnings: list[str] = []
        self.figures = Figures()
        self.time = SimulatedTime(speed)
        self.machine = Machine(
            timing or LinearTiming(),
            MachineSize(SLOTS, CHUNK, overhead),
            self.time,
            self.figures,
            warn=self.warnings.append,
        )
        self.work = asyncio.create_task(self.machine.run())

    async def ask(self, prompt: int, answer: int) -> Moments:
        with self.machine.answer(prompt, Length(answer, answer)) as given:
            given.receive_end()
            while await given.pieces():
                pass
            return given.moments


def some_arrivals(seed: int, count: int = 60) -> list[Arrival]:
    chance = random.Random(seed)
    at, found = 0.0, []
    for _ in range(count):
        at += chance.expovariate(1.5)
        found.append(Arrival(at, chance.randint(1, 300), chance.randint(1, 40)))
    return found


async def drive(
    arrivals: list[Arrival], speed: float, hang_at: float | None = None
) -> tuple[list[Moments], Driven]:
    driven = Driven(speed)
    asked: list[asyncio.Task[Moments]] = []
    for arrival in arrivals:
        await driven.time.until(arrival.at)
        asked.append(asyncio.create_task(driven.ask(arrival.prompt_tokens, arrival.answer_tokens)))
        await asyncio.sleep(0)
        if hang_at is not None and arrival.at > hang_at:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, VirtualTimeLoop)
            loop.pass_time(2.0 / speed)
            hang_at = None
    moments = await asyncio.gather(*asked)
    driven.work.cancel()
    return moments, driven


def courses(moments: list[Moments]) -> list[Course]:
    return [Course(one.begun or 0.0, one.first or 0.0, one.last or 0.0) for one in moments]


def expected(moments: list[Moments], arrivals: list[Arrival]) -> list[Course]:
    really = [
        Arrival(one.ready, arrival.prompt_tokens, arrival.answer_tokens)
        for one, arrival in zip(moments, arrivals, strict=True)
    ]
    return simulate(Batcher(LinearTiming(), slots=SLOTS, chunk_tokens=CHUNK), really)


def assert_alike(some: list[Course], others: list[Course]) -> None:
    for one, other in zip(some, others, strict=True):
        assert (one.begun, one.first, one.last) == pytest.approx((other.begun, other.first, other.last))


@pytest.mark.parametrize(("seed", "speed"), [(1, 1.0), (2, 0.25), (3, 40.0)])
def test_the_driven_machine_gives_each_token_when_the_pure_simulation_does(seed: int, speed: float):
    arrivals = some_arrivals(seed)
    moments, driven = run_in_virtual_time(drive(arrivals, speed))
    assert [one.arrived for one in moments] == pytest.approx([one.at for one in arrivals])
    assert_alike(courses(moments), expected(moments, arrivals))
    assert driven.machine.lag.worst < 1e-6
    assert driven.warnings == []


def test_a_process_that_hung_tells_so_once_and_the_reckoned_times_are_still_right():
    arrivals = some_arrivals(4)
    moments, driven = run_in_virtual_time(drive(arrivals, 10.0, hang_at=8.0))
    assert_alike(courses(moments), expected(moments, arrivals))
    assert driven.machine.lag.worst > 1
    assert len(driven.warnings) == 1
    assert "behind" in driven.warnings[0]


def test_what_a_request_takes_before_it_is_queued_comes_before_everything():
    async def one() -> Moments:
        driven = Driven(1.0, overhead=0.3)
        await asyncio.sleep(5)
        return await driven.ask(10, 2)

    moments = run_in_virtual_time(one())
    assert moments.arrived == pytest.approx(5)
    assert moments.begun == pytest.approx(5.3)
    assert moments.first == pytest.approx(5.3 + 0.02 + 10 * 0.0005)


def test_who_leaves_frees_the_slot_for_the_next_one_at_once():
    async def several() -> tuple[Moments, Figures, tuple[int, int]]:
        driven = Driven(1.0, timing=LinearTiming(step=1.0))
        endless = [asyncio.create_task(driven.ask(10, 1000)) for _ in range(SLOTS)]
        await asyncio.sleep(10.5)
        waiting = asyncio.create_task(driven.ask(10, 2))
        await asyncio.sleep(5)
        assert driven.machine.waiting == 1
        endless[0].cancel()
        await asyncio.sleep(0)
        state = driven.machine.running, driven.machine.waiting
        moments = await waiting
        endless[1].cancel()
        endless[2].cancel()
        await asyncio.sleep(0)
        return moments, driven.figures, state

    moments, figures, state = run_in_virtual_time(several())
    assert state == (SLOTS - 1, 1)
    assert moments.begun is not None
    assert 15.5 < moments.begun < 17
    assert (figures.counts["finished"], figures.counts["cancelled"]) == (1, 3)


def test_who_leaves_before_the_first_step_leaves_nothing_behind():
    async def one() -> Driven:
        driven = Driven(1.0, overhead=5.0)
        asked = asyncio.create_task(driven.ask(10, 10))
        await asyncio.sleep(1)
        asked.cancel()
        await asyncio.sleep(10)
        assert (driven.machine.running, driven.machine.waiting) == (0, 0)
        assert (await driven.ask(10, 1)).arrived == pytest.approx(11)
        return driven

    assert run_in_virtual_time(one()).figures.counts["cancelled"] == 1


# Words and the moments at which they are due


def an_answer(length: Length, now: list[float]) -> tuple[Answer, list[str]]:
    over: list[str] = []
    return Answer(Moments(0, 0), length, now=lambda: now[0], over=lambda: over.append("over")), over


async def all_pieces(answer: Answer) -> list[Piece]:
    pieces: list[Piece] = []
    while some := await answer.pieces():
        pieces += some
    return pieces


async def test_no_word_comes_before_its_token_is_due_and_a_late_one_comes_at_once_and_is_told():
    now = [0.0]
    answer, over = an_answer(Length(10), now)
    answer.receive("One")
    answer.token_is_due(1.0)
    assert await answer.pieces() == [Piece("One")]
    answer.token_is_due(2.0)
    answer.token_is_due(3.0)
    now[0] = 4.5
    answer.receive(" two")
    assert await answer.pieces() == [Piece(" two")]
    assert answer.late == 2.5
    answer.receive(" three")
    answer.receive_end()
    assert await all_pieces(answer) == [Piece(" three")]
    assert (answer.reason, answer.tokens, over) == ("stop", 3, ["over"])


async def test_an_answer_without_words_takes_the_time_of_one_token():
    answer, over = an_answer(Length(10), [0.0])
    answer.receive_end()
    assert answer.reason is None
    answer.token_is_due(1.0)
    assert await all_pieces(answer) == []
    assert (answer.reason, answer.moments.last, over) == ("stop", 1.0, ["over"])


async def test_thoughts_come_first_and_count_and_the_least_length_is_reached_by_saying_it_again():
    answer, _ = an_answer(Length(most=9, least=6, thoughts=2), [0.0])
    for word in ("a", "b"):
        answer.receive(word)
    answer.receive_end()
    for moment in range(9):
        answer.token_is_due(float(moment))
    pieces = await all_pieces(answer)
    assert [piece.is_thought for piece in pieces] == [True, True, False, False, False, False]
    assert "".join(piece.text for piece in pieces[2:]) == "abab"
    assert answer.reason == "stop"


async def test_the_longest_length_cuts_the_answer():
    answer, _ = an_answer(Length(2), [0.0])
    for word in ("a", "b", "c"):
        answer.receive(word)
    answer.receive_end()
    for moment in range(3):
        answer.token_is_due(float(moment))
    assert [piece.text for piece in await all_pieces(answer)] == ["a", "b"]
    assert answer.reason == "length"
