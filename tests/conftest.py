"""What every test may ask for: real storage in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk


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
