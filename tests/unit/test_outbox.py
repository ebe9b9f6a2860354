"""The outbox: what is put in goes out at least once, or is seen to be dead."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aichatdesk.core.access import OWNER
from aichatdesk.core.errors import Conflict, NotFound
from aichatdesk.core.ids import ChatId
from aichatdesk.outbound.outbox import (
    Item,
    NotNow,
    Rejected,
    counts,
    deliver,
    discard,
    forget_chat,
    job_of,
    list_items,
    put,
    put_since,
    retry,
)
from aichatdesk.platform.jobs.queue import GiveUp, TryLater, run_jobs
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.laid_out import lay_out

CHAT = ChatId("0" * 24)


class Clock:
    """A clock that the test moves by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Service:
    """Does with each item what the test says."""

    def __init__(self) -> None:
        self.does: Exception | str | None = "its-name"
        self.got: list[Item] = []

    async def __call__(self, item: Item) -> str | None:
        self.got.append(item)
        if isinstance(self.does, Exception):
            raise self.does
        return self.does


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteDatabase]:
    file = await lay_out(tmp_path / "timed.db")
    async with SqliteDatabase.open(file, record_fact=FactBoard().record, clock=clock) as opened:
        yield opened


async def add(database: SqliteDatabase, key: str = "k", **more: Any) -> bool:
    work = partial(put, kind="mail", payload={"to": "ann@example.org"}, key=key, title="A mail", **more)
    return await database.write(work)


async def one(database: SqliteDatabase) -> dict[str, Any]:
    [item] = await database.read(list_items)
    return item


async def attempt(database: SqliteDatabase, service: Service) -> None:
    item = await one(database)
    await deliver(database, {"mail": service}, {"id": item["id"]})


async def test_a_key_goes_out_once_and_what_it_said_is_not_kept(database: SqliteDatabase):
    service = Service()
    assert await add(database)
    assert not await add(database)
    await attempt(database, service)
    await attempt(database, service)
    assert [item.payload for item in service.got] == [{"to": "ann@example.org"}]
    shown = await one(database)
    assert (shown["state"], shown["reference"], shown["attempts"]) == ("sent", "its-name", 1)
    held = await database.read(lambda tx: tx.connection.exec_driver_sql("select * from outbox").all())
    assert "ann@example.org" not in str(held)


async def test_an_attempt_is_counted_before_it_is_made(database: SqliteDatabase):
    begun = asyncio.Event()

    async def hang(_item: Item) -> str | None:
        begun.set()
        await asyncio.sleep(60)
        return None

    await add(database)
    item = await one(database)
    task = asyncio.create_task(deliver(database, {"mail": hang}, {"id": item["id"]}))
    await begun.wait()
    task.cancel()  # the process ends here
    service = Service()
    await attempt(database, service)
    assert [item.attempts for item in service.got] == [2]


async def test_pauses_grow_until_a_day_is_over_and_then_the_item_is_dead(timed: SqliteDatabase, clock: Clock):
    service = Service()
    service.does = NotNow("busy")
    await add(timed)
    pauses: list[timedelta] = []
    while (await one(timed))["state"] == "waiting":
        with pytest.raises((TryLater, GiveUp)) as failure:
            await attempt(timed, service)
        pauses.append(getattr(failure.value, "after", timedelta(0)))
        clock.moment += pauses[-1]
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert max(pauses) == timedelta(hours=1)
    assert timedelta(hours=22) < sum(pauses, timedelta(0)) <= timedelta(hours=24)
    assert (await one(timed))["state"] == "dead"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [(timedelta(minutes=7), timedelta(minutes=7)), (timedelta(0), timedelta(seconds=5))],
)
async def test_a_service_is_not_asked_before_it_wants_to_be_nor_without_a_pause(
    database: SqliteDatabase, asked: timedelta, kept: timedelta
):
    service = Service()
    service.does = NotNow("busy", asked)
    await add(database)
    with pytest.raises(TryLater) as later:
        await attempt(database, service)
    assert later.value.after == kept


async def test_a_defect_of_a_sender_does_not_leave_an_item_waiting_unseen(
    timed: SqliteDatabase, clock: Clock
):
    service = Service()
    service.does = ZeroDivisionError("oops")
    await add(timed)
    with pytest.raises(TryLater):
        await attempt(timed, service)
    assert "its log" in (await one(timed))["lastError"]
    clock.moment += timedelta(hours=24)
    with pytest.raises(GiveUp):
        await attempt(timed, service)
    assert (await one(timed))["state"] == "dead"


async def test_what_is_refused_is_dead_and_can_be_sent_again_as_a_repetition(
    timed: SqliteDatabase, clock: Clock
):
    service = Service()
    service.does = Rejected("No such address.")
    await add(timed)
    with pytest.raises(GiveUp):
        await attempt(timed, service)
    dead = await one(timed)
    assert (dead["state"], dead["lastError"]) == ("dead", "No such address.")
    clock.moment += timedelta(days=3)
    again = await timed.write(partial(retry, actor=OWNER, item_id=dead["id"]))
    assert (again["state"], again["createdAt"]) == ("waiting", dead["createdAt"])
    service.does = NotNow("busy")
    with pytest.raises(TryLater):  # a day of patience anew
        await attempt(timed, service)
    service.does = "its-name"
    await attempt(timed, service)
    assert [item.attempts for item in service.got] == [1, 2, 3]
    assert (await one(timed))["state"] == "sent"
    with pytest.raises(Conflict):
        await timed.write(partial(retry, actor=OWNER, item_id=dead["id"]))


async def test_a_service_that_is_not_configured_any_more_leaves_a_dead_item(database: SqliteDatabase):
    await add(database)
    item = await one(database)
    with pytest.raises(GiveUp):
        await deliver(database, {}, {"id": item["id"]})
    assert (await database.read(counts)) == {"waiting": 0, "sent": 0, "dead": 1}


async def test_nothing_settled_is_kept_for_ever(timed: SqliteDatabase, clock: Clock):
    service = Service()
    service.does = Rejected("No.")
    await add(timed)
    with pytest.raises(GiveUp):
        await attempt(timed, service)
    clock.moment += timedelta(days=31)
    service.does = "name"
    await add(timed, "other")
    newest = (await timed.read(list_items))[0]
    await deliver(timed, {"mail": service}, {"id": newest["id"]})
    assert await timed.read(counts) == {"waiting": 0, "sent": 1, "dead": 0}


async def test_an_erased_chats_items_are_not_sent(database: SqliteDatabase):
    service = Service()
    await add(database, "hand-over:1", chat_id=CHAT)
    item = await one(database)
    now = datetime.now(UTC)
    assert await database.read(lambda tx: put_since(tx, CHAT, "hand-over:", now - timedelta(hours=1)))
    assert not await database.read(lambda tx: put_since(tx, CHAT, "hand_over:", now - timedelta(hours=1)))
    await database.write(partial(forget_chat, chat_id=CHAT))
    await deliver(database, {"mail": service}, {"id": item["id"]})
    assert service.got == []
    assert await database.read(list_items) == []


async def test_a_discarded_item_is_not_sent_and_a_sent_one_cannot_be_discarded(database: SqliteDatabase):
    await add(database)
    item = await one(database)
    await attempt(database, Service())
    with pytest.raises(Conflict):
        await database.write(partial(discard, actor=OWNER, item_id=item["id"]))
    await add(database, "other")
    [other] = [one for one in await database.read(list_items) if one["state"] == "waiting"]
    await database.write(partial(discard, actor=OWNER, item_id=other["id"]))
    service = Service()
    await deliver(database, {"mail": service}, {"id": other["id"]})
    assert service.got == []
    with pytest.raises(NotFound):
        await database.write(partial(discard, actor=OWNER, item_id=other["id"]))


async def test_a_waiting_item_keeps_no_job_from_the_next_one(database: SqliteDatabase):
    """The runner goes on after a failure, and the failed item comes again at its time."""
    service = Service()
    service.does = NotNow("busy")
    await add(database)
    runner = asyncio.create_task(
        run_jobs(database, {job_of("mail"): partial(deliver, database, {"mail": service})})
    )
    async with asyncio.timeout(60):
        while not service.got:
            await asyncio.sleep(0.01)
        service.does = "name"
        await add(database, "second")
        while len(service.got) < 2:
            await asyncio.sleep(0.01)
    runner.cancel()
    await asyncio.gather(runner, return_exceptions=True)
    assert [item.key for item in service.got] == ["k", "second"]
    assert len(await database.read(lambda tx: tx.connection.execute(select(jobs)).all())) >= 1
