"""A process that is killed in the middle of a job leaves it to the next one."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from aichatdesk.platform.jobs.queue import run_jobs
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

SOURCES = Path(__file__).resolve().parents[2] / "src"
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
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(path), str(sign)], env={"PYTHONPATH": SOURCES}
    )
    deadline = time.monotonic() + 20
    while not sign.exists() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert sign.exists()

    done: list[int] = []

    async def handle(payload: Mapping[str, Any]) -> None:
        done.append(payload["n"])

    async with SqliteDatabase.open(path, record_fact=FactBoard().record) as database:
        assert await database.read(count) == 3
        runner = asyncio.create_task(run_jobs(database, {"work": handle}))
        async with asyncio.timeout(15):
            while await database.read(count):
                await asyncio.sleep(0.02)
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner
    assert sorted(done) == [0, 1, 2]
