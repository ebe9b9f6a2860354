import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aichatdesk.core.errors import Unavailable
from aichatdesk.platform.jobs.queue import enqueue, finish, lease_next, postpone, release_all, run_jobs
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.laid_out import lay_out
from peers.passing_time import hold_time


class Clock:
    """A clock that the test moves by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **step: float) -> None:
        self.moment += timedelta(**step)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteDatabase]:
    file = await lay_out(tmp_path / "timed.db")
    async with SqliteDatabase.open(file, record_fact=FactBoard().record, clock=clock) as opened:
        yield opened


def rows(tx: Transaction) -> list[Any]:
    return list(tx.connection.execute(select(jobs).order_by(jobs.c.created_at, jobs.c.id)))


def add(key: str | None = None, kind: str = "greet", delay: timedelta = timedelta(0)):
    return partial(enqueue, kind=kind, payload={"n": 1}, key=key, delay=delay)


LEASE = partial(lease_next, kinds=["greet"])


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def running(database: SqliteDatabase, handlers: Mapping[str, Any]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(run_jobs(database, handlers))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_job_of_an_undone_transaction_does_not_exist(timed: SqliteDatabase):
    def work(tx: Transaction) -> None:
        enqueue(tx, "greet", {})
        raise ValueError

    with pytest.raises(ValueError):
        await timed.write(work)
    assert await timed.read(rows) == []


async def test_a_job_is_leased_once(timed: SqliteDatabase):
    await timed.write(add())
    first = await timed.write(LEASE)
    assert first is not None
    assert (first.kind, first.payload, first.attempts) == ("greet", {"n": 1}, 1)
    assert await timed.write(LEASE) is None


async def test_of_many_who_ask_at_once_each_gets_another_job(timed: SqliteDatabase):
    for _ in range(5):
        await timed.write(add())
    leased = await asyncio.gather(*(timed.write(LEASE) for _ in range(8)))
    ids = [job.id for job in leased if job]
    assert len(ids) == len(set(ids)) == 5


async def test_a_job_of_a_kind_that_nobody_handles_waits(timed: SqliteDatabase):
    await timed.write(add(kind="other"))
    assert await timed.write(LEASE) is None


async def test_a_delayed_job_is_not_run_early(timed: SqliteDatabase, clock: Clock):
    await timed.write(add(delay=timedelta(minutes=5)))
    assert await timed.write(LEASE) is None
    clock.advance(minutes=5)
    assert await timed.write(LEASE) is not None


async def test_a_lease_that_ran_out_is_taken_over(timed: SqliteDatabase, clock: Clock):
    await timed.write(add())
    await timed.write(LEASE)
    clock.advance(minutes=11)
    again = await timed.write(LEASE)
    assert again is not None
    assert again.attempts == 2


async def test_after_a_restart_what_was_running_waits_again(timed: SqliteDatabase):
    await timed.write(add())
    await timed.write(LEASE)
    await timed.write(partial(release_all, kinds=["greet"]))
    assert await timed.write(LEASE) is not None


async def test_a_failing_job_is_tried_later_and_later_and_then_kept_as_dead(
    timed: SqliteDatabase, clock: Clock
):
    await timed.write(add())
    pauses = []
    while job := await timed.write(LEASE):
        await timed.write(partial(postpone, job=job, failure=Unavailable("no")))
        (row,) = await timed.read(rows)
        pause = row.run_at / 1000 - clock.now().timestamp()
        pauses.append(pause)
        clock.advance(seconds=pause)
    (row,) = await timed.read(rows)
    assert pauses[:4] == [5, 10, 20, 40]
    assert max(pauses) == 600
    assert (row.state, row.attempts, row.last_error) == ("dead", 50, "no")


async def test_the_same_key_waits_only_once(timed: SqliteDatabase):
    await timed.write(add("k"))
    await timed.write(add("k"))
    assert len(await timed.read(rows)) == 1


async def test_a_key_may_be_used_again_when_its_job_is_done(timed: SqliteDatabase):
    await timed.write(add("k"))
    job = await timed.write(LEASE)
    assert job is not None
    await timed.write(partial(finish, job=job))
    await timed.write(add("k"))
    assert await timed.write(LEASE) is not None


async def test_work_that_arrives_while_its_key_is_running_is_not_forgotten(timed: SqliteDatabase):
    await timed.write(add("k"))
    job = await timed.write(LEASE)
    assert job is not None
    await timed.write(add("k"))
    await timed.write(partial(finish, job=job))
    assert await timed.write(LEASE) is not None


async def test_a_dead_job_does_not_bar_its_key_for_ever(timed: SqliteDatabase, clock: Clock):
    await timed.write(add("k"))
    while job := await timed.write(LEASE):
        await timed.write(partial(postpone, job=job, failure=Unavailable("no")))
        clock.advance(minutes=10)
    await timed.write(add("k"))
    assert await timed.write(LEASE) is not None


async def test_the_runner_runs_what_is_due_and_forgets_it(database: SqliteDatabase):
    ran = asyncio.Event()

    async def handle(_payload: Mapping[str, Any]) -> None:
        ran.set()

    await database.write(add())
    async with running(database, {"greet": handle}):
        await asyncio.wait_for(ran.wait(), 60)

        async def empty() -> bool:
            return not await database.read(rows)

        await until(empty)


async def test_a_job_that_fails_does_not_keep_the_next_from_running(database: SqliteDatabase):
    ran = asyncio.Event()

    async def fail(_payload: Mapping[str, Any]) -> None:
        raise Unavailable("the model is down")

    async def handle(_payload: Mapping[str, Any]) -> None:
        ran.set()

    await database.write(add(kind="bad"))
    await database.write(add())
    async with running(database, {"bad": fail, "greet": handle}):
        await asyncio.wait_for(ran.wait(), 60)

        async def only_one_left() -> bool:
            return len(await database.read(rows)) == 1

        await until(only_one_left)
    (row,) = await database.read(rows)
    assert (row.kind, row.state, row.last_error) == ("bad", "waiting", "the model is down")


async def test_a_defect_in_one_job_does_not_stop_all_jobs_for_ever(database: SqliteDatabase):
    ran = asyncio.Event()

    async def broken(payload: Mapping[str, Any]) -> None:
        payload["no such key"]

    async def handle(_payload: Mapping[str, Any]) -> None:
        ran.set()

    await database.write(add(kind="broken"))
    await database.write(add())
    async with running(database, {"broken": broken, "greet": handle}) as task:
        await asyncio.wait(
            {task, asyncio.ensure_future(ran.wait())}, return_when="FIRST_COMPLETED", timeout=60
        )
        died = task.done() and task.exception()
    assert not died
    assert ran.is_set()


async def test_a_new_job_is_run_at_once(database: SqliteDatabase):
    ran = asyncio.Event()

    async def handle(_payload: Mapping[str, Any]) -> None:
        ran.set()

    async with running(database, {"greet": handle}), asyncio.timeout(60):
        await database.write(add())
        await ran.wait()
        ran.clear()
        hold_time()  # so that what is run now was not waited for
        await database.write(add())
        await ran.wait()
