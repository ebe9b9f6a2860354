"""A server that is killed while it embeds loses no document and no text that can be found."""

import asyncio
import contextlib
from functools import partial
from pathlib import Path

import pytest

from aichatdesk.knowledge import repository
from aichatdesk.knowledge.ingest import EMBED_DOCUMENT, embed_document
from aichatdesk.platform.jobs.queue import run_jobs
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder
from peers.killed_process import Later, kill_while

VICTIM = """
import asyncio, sys
from pathlib import Path
from peers.hashing_embedder import HashingEmbedder
from aichatdesk.knowledge.ingest import NewDocument, edit_document, ingest
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

async def main():
    async with SqliteDatabase.open(Path(sys.argv[1]), record_fact=FactBoard().record) as database:
        model = HashingEmbedder()
        new = NewDocument("a.md", "a.md", "md", "The first text.")
        if sys.argv[3] == "edit":
            document = (await ingest(database, model, new)).document
            model.hold()
            work = asyncio.create_task(edit_document(database, model, document.id, "The second text."))
        else:
            model.hold()
            work = asyncio.create_task(ingest(database, model, new))
        await model.waiting.wait()
        Path(sys.argv[2]).touch()
        await work

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("ingest", [], ["The first text."]),
        ("edit", ["The first text."], ["The second text."]),
    ],
)
async def test_what_a_killed_server_was_embedding_is_finished_by_the_next(
    tmp_path: Path, step: str, before: list[str], after: list[str]
):
    path = tmp_path / "desk.db"
    await asyncio.to_thread(kill_while, VICTIM, step, path, tmp_path / "sign")
    async with SqliteDatabase.open(path, record_fact=FactBoard().record, clock=Later()) as database:

        async def texts() -> list[str]:
            ids, _ = await database.read(repository.live_vectors)
            rows = await database.read(partial(repository.passages_of, chunk_ids=ids))
            return [row.text for row in rows.values()]

        assert await texts() == before
        handlers = {EMBED_DOCUMENT: partial(embed_document, database, HashingEmbedder())}
        runner = asyncio.create_task(run_jobs(database, handlers))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while await texts() != after:
                    await asyncio.sleep(0.02)
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner
        assert await texts() == after
