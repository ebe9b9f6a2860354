"""What every test may ask for: real storage in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk

LONGEST_NAME = 40


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
    async with SqliteDatabase.open(tmp_path / "desk.db", record_fact=facts.record) as opened:
        yield opened


@pytest.fixture
async def models() -> AsyncIterator[FakeModelServer]:
    async with FakeModelServer() as server:
        yield server


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    async with running_desk(tmp_path / "data", models.base_url) as running:
        yield running
