"""What goes out in one lane keeps its order, and nothing in it is held up for ever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from aichatdesk.core.access import OWNER
from aichatdesk.outbound.outbox import (
    Item,
    NotNow,
    Rejected,
    counts,
    deliver,
    discard,
    job_of,
    list_items,
    put,
    retry,
)
from aichatdesk.platform.jobs.queue import TryLater, run_jobs
from aichatdesk.platform.storage.sqlite import SqliteDatabase

LONG = timedelta(hours=1)


class Service:
    """Takes items, refuses some as it is told to, and remembers what it took and was asked."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.asked: list[str] = []
        self.refusals: dict[str, list[Exception]] = {}

    async def send(self, item: Item) -> str | None:
        self.asked.append(item.key)
        if planned := self.refusals.get(item.key):
            raise planned.pop(0)
        self.taken.append(item.key)
        return None


@pytest.fixture
def service() -> Service:
    return Service()


@contextlib.asynccontextmanager
async def running(database: SqliteDatabase, service: Service) -> AsyncIterator[None]:
    work = asyncio.create_task(
        run_jobs(database, {job_of("note"): partial(deliver, database, {"note": service.send})})
    )
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def add(database: SqliteDatabase, *keys: str, lane: str | None = "one") -> None:
    for key in keys:
        assert await database.write(partial(put, kind="note", payload={}, key=key, title=key, lane=lane))


async def until_none_waits(database: SqliteDatabase) -> None:
    async with asyncio.timeout(60):
        while (await database.read(counts))["waiting"]:
            await asyncio.sleep(0.02)


async def id_of(database: SqliteDatabase, key: str) -> str:
    return next(item["id"] for item in await database.read(list_items) if item["title"] == key)


async def test_an_item_that_is_refused_for_now_is_not_overtaken_in_its_lane(
    database: SqliteDatabase, service: Service
):
    async def attempt(key: str) -> None:
        await deliver(database, {"note": service.send}, {"id": await id_of(database, key)})

    service.refusals = {"a": [NotNow("later", LONG)]}
    await add(database, "a", "b", "c")
    await add(database, "x", lane=None)
    await attempt("b")
    with pytest.raises(TryLater):
        await attempt("a")
    await attempt("b")
    await attempt("x")
    assert service.asked == ["a", "x"]
    async with running(database, service):
        await until_none_waits(database)
    assert service.asked == ["a", "x", "a", "b", "c"]
    attempts = {item["title"]: item["attempts"] for item in await database.read(list_items)}
    assert attempts == {"a": 2, "b": 1, "c": 1, "x": 1}


async def test_an_item_whose_turn_has_come_is_not_asked_for_twice(database: SqliteDatabase, service: Service):
    service.refusals = {"b": [NotNow("later", LONG)]}
    await add(database, "a", "b")
    async with running(database, service):
        async with asyncio.timeout(60):
            while "b" not in service.asked:
                await asyncio.sleep(0.01)
            await add(database, "x", lane=None)
            while "x" not in service.taken:
                await asyncio.sleep(0.01)
    assert service.asked == ["a", "b", "x"]


async def test_a_dead_item_lets_the_next_one_go(database: SqliteDatabase, service: Service):
    service.refusals = {"a": [Rejected("never")], "b": [Rejected("never")]}
    await add(database, "a", "b", "c")
    async with running(database, service):
        await until_none_waits(database)
        await database.write(partial(retry, actor=OWNER, item_id=await id_of(database, "a")))
        await until_none_waits(database)
    assert service.taken == ["c", "a"]


async def test_a_discarded_item_lets_the_next_one_go_and_that_one_is_asked_once(
    database: SqliteDatabase, service: Service
):
    service.refusals = {"a": [NotNow("later", LONG)]}
    await add(database, "a", "b", "c")
    async with running(database, service):
        async with asyncio.timeout(60):
            while not service.asked:
                await asyncio.sleep(0.01)
        await database.write(partial(discard, actor=OWNER, item_id=await id_of(database, "c")))
        assert service.taken == []
        await database.write(partial(discard, actor=OWNER, item_id=await id_of(database, "a")))
        await until_none_waits(database)
    assert service.asked == ["a", "b"]
