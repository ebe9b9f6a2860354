"""SQLite: one writer thread that commits in groups, and a pool of snapshot readers.

Every unit of work gets a savepoint of its own; one synced commit then makes the whole group durable, so
many chats share the price of one disk sync. Source for the figures: `docs/decisions/0002-storage.md`.
"""

import asyncio
import contextlib
import fcntl
import os
import queue
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from aichatdesk.core.clock import Clock, SystemClock
from aichatdesk.core.errors import Busy, Unavailable
from aichatdesk.platform.storage.database import FactRecorder, Transaction
from aichatdesk.platform.storage.migrate import upgrade

T = TypeVar("T")

_READERS = 4
_LARGEST_GROUP = 64
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=268435456",
)


class StorageFull(Unavailable):
    """The disk has no room: nothing was changed, reads go on."""

    def __init__(self) -> None:
        super().__init__("The disk is full; nothing was changed. Free some space and try again.")


class DatabaseInUse(Busy):
    """Another process has this file open for writing."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is in use by another aichatdesk process; stop that one first.")
        self.path = path


class _TransactionLost(Exception):
    """SQLite rolled back the whole transaction by itself; `reason` is why."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    reply: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    result: Any = None
    actions: Sequence[Callable[[], None]] = ()
    error: Exception | None = None


class SqliteDatabase:
    """The `Database` port over one SQLite file."""

    def __init__(self, path: Path, engine: Engine, record_fact: FactRecorder, clock: Clock) -> None:
        self._path = path
        self._engine = engine
        self._record_fact = record_fact
        self._clock = clock
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-read")
        self._local = threading.local()
        self._opened: list[Connection] = []
        self._writer = threading.Thread(target=self._write_groups, name="sqlite-write", daemon=True)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, path: Path, *, record_fact: FactRecorder, clock: Clock | None = None
    ) -> AsyncIterator["SqliteDatabase"]:
        """Lock the file, bring its schema up to date, and serve it until the context ends.

        Raises:
            DatabaseInUse: Another process has it.
        """
        with exclusive_lock(path):
            await asyncio.to_thread(upgrade, sqlite_url(path))
            database = cls(path, make_engine(path), record_fact, clock or SystemClock())
            database._writer.start()
            try:
                yield database
            finally:
                await asyncio.to_thread(database._close)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See `Database.read`."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run_read, work)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See `Database.write`."""
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop)
        self._jobs.put(job)
        # Shielded: a caller that is cancelled must not leave the writer with a cancelled future.
        result: T = await asyncio.shield(job.reply)
        return result

    def _run_read(self, work: Callable[[Transaction], T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._engine.connect()
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.rollback()  # ends the transaction that SQLAlchemy began for the pragma
            self._local.connection = connection
            self._opened.append(connection)
        with connection.begin():
            return work(Transaction(connection, self._clock.now(), self._record_fact))

    def _write_groups(self) -> None:
        connection = self._engine.connect()
        last = False
        while not last and (job := self._jobs.get()) is not None:
            group, last = self._gather(job)
            outcomes, broken = self._attempt(connection, group)
            if broken and len(group) > 1:
                # One unit broke the whole group (a full disk, say); what can succeed alone, does.
                for single in group:
                    connection = self._reopen(connection) if broken else connection
                    outcomes, broken = self._attempt(connection, [single])
                    _tell(outcomes)
            else:
                _tell(outcomes)
            connection = self._reopen(connection) if broken else connection
        connection.close()

    def _reopen(self, connection: Connection) -> Connection:
        """A fresh connection, where SQLite itself has rolled back and SQLAlchemy's state is off."""
        connection.close()
        return self._engine.connect()

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        """The jobs that wait now, up to a group's size; and whether the writer should stop after them."""
        group = [first]
        while len(group) < _LARGEST_GROUP:
            try:
                following = self._jobs.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _attempt(self, connection: Connection, group: list[_Job]) -> tuple[list[_Outcome], bool]:
        """Run a group in one transaction; the flag says that SQLite gave up the transaction itself."""
        outcomes: list[_Outcome] = []
        try:
            with connection.begin():
                outcomes = [self._run_in_savepoint(connection, job) for job in group]
        except _TransactionLost as lost:
            return [_Outcome(job, error=lost.reason) for job in group], True
        except (DBAPIError, sqlite3.Error) as error:
            return [_Outcome(job, error=_translate(error)) for job in group], True
        return outcomes, False

    def _run_in_savepoint(self, connection: Connection, job: _Job) -> _Outcome:
        tx = Transaction(connection, self._clock.now(), self._record_fact)
        savepoint = connection.begin_nested()
        try:
            result = job.work(tx)
        except Exception as error:  # handed over to the caller that awaits this job
            if not _in_transaction(connection):
                raise _TransactionLost(_translate(error)) from error
            savepoint.rollback()
            return _Outcome(job, error=_translate(error))
        savepoint.commit()
        return _Outcome(job, result, tx.actions)

    def _close(self) -> None:
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown(wait=True)
        for connection in self._opened:
            connection.close()
        self._engine.dispose()


def sqlite_url(path: Path) -> str:
    """The SQLAlchemy address of a file."""
    return f"sqlite:///{path}"


def make_engine(path: Path) -> Engine:
    """An engine whose connections are set up for durability and may move between threads."""
    engine = create_engine(
        sqlite_url(path), poolclass=NullPool, connect_args={"check_same_thread": False, "timeout": 5}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        # SQLAlchemy issues BEGIN itself (below); the driver's own implicit BEGIN breaks savepoints.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@contextlib.contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock file beside `path` for as long as the context lasts.

    Raises:
        DatabaseInUse: Another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatabaseInUse(path) from error
        yield
    finally:
        os.close(handle)


def _in_transaction(connection: Connection) -> bool:
    """Whether SQLite still has the transaction; on some errors it rolls back all of it by itself."""
    driver = connection.connection.driver_connection
    return isinstance(driver, sqlite3.Connection) and driver.in_transaction


def _tell(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        with contextlib.suppress(RuntimeError):  # the caller's event loop is gone; its work is kept
            outcome.job.loop.call_soon_threadsafe(_settle, outcome)


def _settle(outcome: _Outcome) -> None:
    reply = outcome.job.reply
    try:
        for action in outcome.actions:
            action()
    finally:
        if not reply.done() and outcome.error is None:
            reply.set_result(outcome.result)
        elif not reply.done() and outcome.error is not None:
            reply.set_exception(outcome.error)


def _translate(error: Exception) -> Exception:
    return StorageFull() if "database or disk is full" in str(error) else error
