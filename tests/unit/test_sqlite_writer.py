import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import DatabaseInUse, SqliteDatabase, StorageFull


def create(tx: Transaction) -> None:
    tx.connection.execute(text("CREATE TABLE note (body TEXT UNIQUE)"))


def add(body: str):
    return lambda tx: tx.connection.execute(text("INSERT INTO note VALUES (:body)"), {"body": body})


def count(tx: Transaction) -> int:
    return tx.connection.execute(text("SELECT count(*) FROM note")).scalar_one()


async def test_a_failing_unit_of_work_is_undone_alone_and_its_neighbours_are_kept(database: SqliteDatabase):
    await database.write(create)
    await database.write(add("same"))
    outcomes = await asyncio.gather(
        *(database.write(add(body)) for body in ["a", "same", "b", "same", "c"]), return_exceptions=True
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False, True, False]
    assert await database.read(count) == 4


async def test_after_commit_actions_run_before_the_writer_hears_back_and_never_after_a_rollback(
    database: SqliteDatabase,
):
    await database.write(create)
    ran: list[str] = []

    def work(tx: Transaction) -> None:
        tx.after_commit(lambda: ran.append("kept"))

    def failing(tx: Transaction) -> None:
        tx.after_commit(lambda: ran.append("undone"))
        raise ValueError

    await database.write(work)
    with pytest.raises(ValueError):
        await database.write(failing)
    assert ran == ["kept"]


async def test_a_reader_cannot_write(database: SqliteDatabase):
    await database.write(create)
    with pytest.raises(Exception, match="readonly"):
        await database.read(add("x"))


async def test_a_second_opener_of_the_same_file_is_refused_by_name(tmp_path: Path):
    async with SqliteDatabase.open(tmp_path / "desk.db", record_fact=FactBoard().record):
        with pytest.raises(DatabaseInUse, match=r"desk\.db is in use"):
            async with SqliteDatabase.open(tmp_path / "desk.db", record_fact=FactBoard().record):
                pass


async def test_a_full_disk_refuses_the_write_keeps_what_was_there_and_recovers(database: SqliteDatabase):
    await database.write(create)
    await database.write(add("kept"))
    pages = await database.write(lambda tx: tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    await database.write(lambda tx: tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StorageFull):
        await database.write(add("x" * 100_000))
    assert await database.read(count) == 1
    await database.write(add("y" * 100_000))
    assert await database.read(count) == 2


async def test_a_cancelled_caller_does_not_disturb_the_writer(database: SqliteDatabase):
    await database.write(create)
    task = asyncio.create_task(database.write(add("z")))
    await asyncio.sleep(0)
    task.cancel()
    await database.write(add("after"))
    assert await database.read(count) == 2
