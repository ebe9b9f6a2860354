"""A process that is killed in the middle of a job leaves it to the next one."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from aichatdesk.platform.jobs.queue import run_jobs
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.killed_process import kill_while

VICTIM = """
import asyncio, sys
from functools import partial
from pathlib import Path
from aichatdesk.platform.jobs.queue import enqueue, run_jobs
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

async def handle(payload):
    Path(sys.argv[2]).touch()
    await asyncio.sleep(60)

async def main():
    async with SqliteDatabase.open(Path(sys.argv[1]), record_fact=FactBoard().record) as database:
        for n in range(3):
            await database.write(partial(enqueue, kind="work", payload={"n": n}))
        await run_jobs(database, {"work": handle})

asyncio.run(main())
"""


def count(tx: Transaction) -> int:
    return tx.connection.execute(select(func.count()).select_from(jobs)).scalar_one()


async def test_jobs_of_a_killed_process_are_all_run_by_the_next_one(tmp_path: Path):
    path, sign = tmp_path / "desk.db", tmp_path / "begun"
    await asyncio.to_thread(kill_while, VICTIM, "", path, sign)
    done: list[int] = []

    async def handle(payload: Mapping[str, Any]) -> None:
        done.append(payload["n"])

    async with SqliteDatabase.open(path, record_fact=FactBoard().record) as database:
        assert await database.read(count) == 3
        runner = asyncio.create_task(run_jobs(database, {"work": handle}))
        async with asyncio.timeout(60):
            while await database.read(count):
                await asyncio.sleep(0.02)
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner
    assert sorted(done) == [0, 1, 2]
