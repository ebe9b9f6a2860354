"""Durable jobs: enqueued inside the transaction that makes them necessary, run until they succeed."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import delete, insert, or_, select, update

from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import DeskError
from aichatdesk.core.ids import JobId, new_id
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.database import Database, Transaction

_LEASE = timedelta(minutes=10)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_MOST_ATTEMPTS = 50
_LOOK_EVERY = timedelta(seconds=2)
# One event for each runner of this process; `enqueue` knows only the transaction, not who runs its jobs.
_runners: set[asyncio.Event] = set()
_log = structlog.get_logger(__name__)

Handler = Callable[[Mapping[str, Any]], Coroutine[Any, Any, None]]


class TryLater(DeskError):
    """Raised by a handler that knows itself when its job is worth another attempt."""

    kind = "unavailable"

    def __init__(self, message: str, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


class GiveUp(DeskError):
    """Raised by a handler whose job no later attempt can help; it is kept as dead."""

    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work, leased to this process."""

    id: JobId
    kind: str
    payload: Mapping[str, Any]
    attempts: int


def enqueue(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str | None = None,
    delay: timedelta = timedelta(0),
) -> None:
    """Add a job that becomes real with this transaction; a `key` that waits already replaces nothing."""
    if key and tx.connection.execute(select(jobs.c.id).where(jobs.c.key == key)).first():
        return
    tx.connection.execute(
        insert(jobs).values(
            id=new_id(),
            kind=kind,
            payload=json.dumps(dict(payload)),
            key=key,
            state="waiting",
            attempts=0,
            run_at=to_millis(tx.now + delay),
            created_at=to_millis(tx.now),
        )
    )
    tx.after_commit(_wake_runners)


def lease_next(tx: Transaction, kinds: list[str]) -> Job | None:
    """Take the job that is due first; one whose lease ran out belongs to a process that died."""
    now = to_millis(tx.now)
    due = or_(jobs.c.state == "waiting", jobs.c.leased_until < now)
    row = tx.connection.execute(
        select(jobs)
        .where(jobs.c.kind.in_(kinds), jobs.c.run_at <= now, due, jobs.c.state != "dead")
        .order_by(jobs.c.run_at)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    tx.connection.execute(
        update(jobs)
        .where(jobs.c.id == row.id)
        # A job that runs gives up its key: work that comes up meanwhile is another job.
        .values(state="running", key=None, attempts=row.attempts + 1, leased_until=to_millis(tx.now + _LEASE))
    )
    return Job(JobId(row.id), row.kind, json.loads(row.payload), row.attempts + 1)


def release_all(tx: Transaction, kinds: list[str]) -> None:
    """At start: what a stopped process was running of these kinds waits again."""
    running = jobs.c.state == "running"
    tx.connection.execute(
        update(jobs).where(running, jobs.c.kind.in_(kinds)).values(state="waiting", leased_until=None)
    )


def finish(tx: Transaction, job: Job) -> None:
    """The job is done and forgotten."""
    tx.connection.execute(delete(jobs).where(jobs.c.id == job.id))


def postpone(tx: Transaction, job: Job, failure: BaseException) -> None:
    """The job failed: try again later, or keep it as dead after the last attempt.

    A handler that raises `TryLater` decides itself how long it goes on.
    """
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(job.attempts - 1, 10))
    dead = job.attempts >= _MOST_ATTEMPTS or isinstance(failure, GiveUp)
    if isinstance(failure, TryLater):
        pause, dead = failure.after, False
    tx.connection.execute(
        update(jobs)
        .where(jobs.c.id == job.id)
        .values(
            state="dead" if dead else "waiting",
            leased_until=None,
            last_error=str(failure)[:2000],
            run_at=to_millis(tx.now + pause),
        )
    )


async def run_jobs(database: Database, handlers: Mapping[str, Handler]) -> None:
    """Run due jobs of these kinds one after the other, for ever; a job that this process adds is looked for at once.

    Several of these may run beside each other, each with kinds of its own, so that slow work delays only its like.
    """
    added = asyncio.Event()
    _runners.add(added)
    try:
        await database.write(partial(release_all, kinds=list(handlers)))
        while True:
            added.clear()
            if not await _run_next(database, handlers):
                await _any_within(added, _LOOK_EVERY)
    finally:
        _runners.discard(added)


async def _run_next(database: Database, handlers: Mapping[str, Handler]) -> bool:
    """Run the job that is due first; False when none is."""
    job = await database.write(partial(lease_next, kinds=list(handlers)))
    if job is None:
        return False
    failure = await _failure_of(handlers[job.kind](job.payload))
    if failure is None:
        await database.write(partial(finish, job=job))
        return True
    defect = None if isinstance(failure, DeskError) else failure
    _log.warning("job failed", kind=job.kind, attempt=job.attempts, error=str(failure), exc_info=defect)
    await database.write(partial(postpone, job=job, failure=failure))
    return True


def _wake_runners() -> None:
    for added in _runners:
        added.set()


async def _any_within(added: asyncio.Event, wait: timedelta) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait.total_seconds()):
            await added.wait()


async def _failure_of(work: Coroutine[Any, Any, None]) -> BaseException | None:
    """Run a handler to its end; a defect of one job must not end the runner."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        raise
    return task.exception()
