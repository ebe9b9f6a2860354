"""The queue before a model, under any order of arrivals, ends, departures and failing listeners."""

import asyncio
import contextlib
from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from aichatdesk.inference.admission import Admission, Priority
from aichatdesk.inference.errors import QueueFull

CONCURRENCY, LONGEST = 2, 4


class Request:
    """One request: it waits, is inside until `done`, and may have a listener that fails at a place."""

    def __init__(self, admission: Admission, priority: Priority, owner: str, fails_at: int) -> None:
        self._admission = admission
        self._fails_at = fails_at
        self.priority, self.owner = priority, owner
        self.place: int | None = None
        self.inside = False
        self.done = asyncio.Event()

    async def run(self) -> None:
        with suppress(QueueFull, ConnectionError):
            async with self._admission.admit(priority=self.priority, owner=self.owner, on_place=self._hear):
                self.inside, self.place = True, None
                try:
                    await self.done.wait()
                finally:
                    self.inside = False

    def _hear(self, place: int) -> None:
        if place == self._fails_at:
            raise ConnectionError
        self.place = place


class Queue(RuleBasedStateMachine):
    """Rules act without letting the loop run; only `tick` and `settle` do."""

    running = Bundle("running")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.admission = Admission(concurrency=CONCURRENCY, longest_queue=LONGEST)
        self.tasks: dict[asyncio.Task[None], Request] = {}

    @rule(
        target=running,
        priority=st.sampled_from(Priority),
        owner=st.sampled_from("abc"),
        fails_at=st.sampled_from([0, 0, 0, 1, 2]),
    )
    def arrive(self, priority: Priority, owner: str, fails_at: int) -> asyncio.Task[None]:
        request = Request(self.admission, priority, owner, fails_at)
        task = self.loop.create_task(request.run())
        self.tasks[task] = request
        return task

    @rule(task=running)
    def end(self, task: asyncio.Task[None]) -> None:
        self.tasks[task].done.set()

    @rule(task=consumes(running))
    def leave(self, task: asyncio.Task[None]) -> None:
        task.cancel()

    @rule()
    def tick(self) -> None:
        self.loop.run_until_complete(asyncio.sleep(0))

    @rule()
    def settle(self) -> None:
        for _ in range(200):
            self.tick()
        waiting = [request for task, request in self.tasks.items() if not task.done() and not request.inside]
        for_background = all(request.priority is Priority.BACKGROUND for request in waiting)
        least = CONCURRENCY - CONCURRENCY // 2 if for_background else CONCURRENCY
        assert not waiting or self.inside() >= least, "a place is free and somebody waits"
        assert sorted(request.place or 0 for request in waiting) == list(range(1, len(waiting) + 1))
        in_order = sorted(waiting, key=lambda request: request.place or 0)
        assert [request.priority for request in in_order] == sorted(r.priority for r in in_order)

    def inside(self) -> int:
        return sum(request.inside for request in self.tasks.values())

    @invariant()
    def never_more_inside_than_allowed(self) -> None:
        assert self.inside() <= CONCURRENCY

    def teardown(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.settle()
        self.tasks.clear()
        for owner in range(CONCURRENCY):
            self.arrive(Priority.VISITOR, str(owner), 0)
        self.tick()
        assert self.inside() == CONCURRENCY, "a place was lost"
        for task in self.tasks:
            task.cancel()
        self.settle()
        self.loop.close()


Queue.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
test_no_place_is_lost_and_no_rule_broken = Queue.TestCase


async def wait_in(admission: Admission, priority: Priority) -> None:
    async with admission.admit(priority=priority, owner="x"):
        pass


async def refused(admission: Admission, priority: Priority) -> bool:
    try:
        async with asyncio.timeout(0.01):
            await wait_in(admission, priority)
    except QueueFull:
        return True
    except TimeoutError:
        return False
    raise AssertionError("it got in")


async def test_each_priority_finds_room_that_the_lower_ones_cannot_take():
    admission = Admission(concurrency=1, longest_queue=2)
    waiting: list[asyncio.Task[None]] = []
    async with admission.admit(priority=Priority.BACKGROUND, owner="first"):
        for priority in reversed(Priority):
            for _ in range(2):
                assert not await refused(admission, priority)
                waiting.append(asyncio.create_task(wait_in(admission, priority)))
                await asyncio.sleep(0)
            assert await refused(admission, priority)
    await asyncio.gather(*waiting)


async def test_a_listener_that_fails_later_harms_its_own_request_only():
    admission = Admission(concurrency=1)
    places: list[int] = []

    def fail_at_one(place: int) -> None:
        if place == 1:
            raise ConnectionError

    async def wait(owner: str, hear: object) -> str:
        async with admission.admit(priority=Priority.VISITOR, owner=owner, on_place=hear):  # type: ignore[arg-type]
            return owner

    async with admission.admit(priority=Priority.VISITOR, owner="first"):
        tasks = [asyncio.create_task(wait("a", None))]
        await asyncio.sleep(0)
        tasks += [asyncio.create_task(wait("b", fail_at_one)), asyncio.create_task(wait("c", places.append))]
        await asyncio.sleep(0)
        tasks[0].cancel()  # so b is next
        await asyncio.sleep(0.01)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError, ConnectionError, str]
    assert places[-1] == 1


class Background:
    """Background work that ends when it is asked to."""

    def __init__(self, admission: Admission) -> None:
        self.asked = asyncio.Event()
        self.inside = asyncio.Event()
        self.task = asyncio.create_task(self._run(admission))

    async def _run(self, admission: Admission) -> None:
        async with admission.admit(priority=Priority.BACKGROUND, owner="background", give_way=self.asked.set):
            self.inside.set()
            await self.asked.wait()


@pytest.mark.parametrize(("concurrency", "visitors"), [(1, 0), (2, 0), (8, 3)])
async def test_background_work_runs_only_while_half_of_the_places_are_free_besides(
    concurrency: int, visitors: int
):
    admission = Admission(concurrency=concurrency)
    async with contextlib.AsyncExitStack() as stack:
        for number in range(visitors):
            await stack.enter_async_context(admission.admit(priority=Priority.VISITOR, owner=str(number)))
        background = Background(admission)
        await background.inside.wait()
        assert not background.asked.is_set()
        async with admission.admit(priority=Priority.COPILOT, owner="one more"):
            assert background.asked.is_set()
            await background.task
            another = Background(admission)
            await asyncio.sleep(0.01)
            assert not another.inside.is_set()
        await another.inside.wait()
        another.asked.set()
        await another.task
