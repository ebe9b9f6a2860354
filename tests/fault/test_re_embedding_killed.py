"""A server that is killed while it embeds documents again loses none of them, and the next one goes on."""

import asyncio
import contextlib
from functools import partial
from pathlib import Path

from aichatdesk.knowledge import repository
from aichatdesk.knowledge.re_embed_all import RE_EMBED, progress, re_embed_documents
from aichatdesk.platform.jobs.queue import run_jobs
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder
from peers.killed_process import Later, kill_while

VICTIM = """
import asyncio, sys
from functools import partial
from pathlib import Path
from peers.hashing_embedder import HashingEmbedder
from aichatdesk.knowledge.ingest import NewDocument, ingest
from aichatdesk.knowledge.re_embed_all import RE_EMBED, begin_re_embedding, progress, re_embed_documents
from aichatdesk.platform.jobs.queue import run_jobs
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

class Stuck(HashingEmbedder):
    async def embed_documents(self, texts):
        if sum(text.startswith("Text ") for text in self.embedded) >= 5:
            self.hold()
        return await super().embed_documents(texts)

async def main():
    async with SqliteDatabase.open(Path(sys.argv[1]), record_fact=FactBoard().record) as database:
        for n in range(20):
            await ingest(database, HashingEmbedder(), NewDocument(f"{n}.md", f"{n}.md", "md", f"Text {n}."))
        await database.write(partial(begin_re_embedding, document_ids=None))
        runner = asyncio.create_task(
            run_jobs(database, {RE_EMBED: partial(re_embed_documents, database, Stuck())})
        )
        while (await database.read(progress))["done"] < 5:
            await asyncio.sleep(0.01)
        Path(sys.argv[2]).touch()
        await runner

asyncio.run(main())
"""


async def test_what_a_killed_server_was_embedding_again_is_finished_by_the_next(tmp_path: Path):
    path = tmp_path / "desk.db"
    await asyncio.to_thread(kill_while, VICTIM, "", path, tmp_path / "sign")
    async with SqliteDatabase.open(path, record_fact=FactBoard().record, clock=Later()) as database:
        before = await database.read(progress)
        assert before["running"]
        assert 5 <= before["done"] < 20
        ids, _ = await database.read(repository.live_vectors)
        assert len(ids) == 20
        model = HashingEmbedder()
        runner = asyncio.create_task(
            run_jobs(database, {RE_EMBED: partial(re_embed_documents, database, model)})
        )
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while (await database.read(progress))["running"]:
                    await asyncio.sleep(0.02)
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner
        told = await database.read(progress)
        assert (told["running"], told["done"], told["failed"]) == (False, 20, 0)
        assert len([text for text in model.embedded if text.startswith("Text ")]) == 20 - before["done"]
        ids, _ = await database.read(repository.live_vectors)
        assert len(ids) == 20
