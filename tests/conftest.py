"""What every test may ask for: real storage in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase


@pytest.fixture
def facts() -> FactBoard:
    return FactBoard()


@pytest.fixture
async def database(tmp_path: Path, facts: FactBoard) -> AsyncIterator[SqliteDatabase]:
    async with SqliteDatabase.open(tmp_path / "desk.db", record_fact=facts.record) as opened:
        yield opened
