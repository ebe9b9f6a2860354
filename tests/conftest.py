"""What every test may ask for: real storage in a folder of its own."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.laid_out import lay_out
from peers.running_desk import RunningDesk, running_desk

LONGEST_NAME = 40
# A folder in memory, where the system has one: a disk is asked to sync at every commit, and all tests wait for it.
MEMORY, ROOM = Path("/dev/shm"), 3 << 30

# The same examples in every run, however long each takes: a test fails for what was changed, and for nothing else.
# Others are tried with `pytest --hypothesis-profile default`.
settings.register_profile(
    "same", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")


def pytest_configure() -> None:
    writable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    # Some tests run programs that they have put into their folder.
    if writable and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case after its argument where its value is long.

    Parallel workers must find the same names, and a file made anew in each (a zip holds the time) differs. A name
    is also handed to every process that a test starts, which takes neither NUL bytes nor much text.
    """
    if isinstance(val, bytes | str) and len(val) > LONGEST_NAME:
        return argname
    return None


@pytest.fixture
def facts() -> FactBoard:
    return FactBoard()


@pytest.fixture
async def database(tmp_path: Path, facts: FactBoard) -> AsyncIterator[SqliteDatabase]:
    file = await lay_out(tmp_path / "desk.db")
    async with SqliteDatabase.open(file, record_fact=facts.record) as opened:
        yield opened


@pytest.fixture
async def models() -> AsyncIterator[FakeModelServer]:
    async with FakeModelServer() as server:
        yield server


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    async with running_desk(tmp_path / "data", models.base_url) as running:
        yield running
