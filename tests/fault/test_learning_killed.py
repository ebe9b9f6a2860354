"""A server that is killed while it learns leaves no pair half learned and forgets none that was accepted."""

import asyncio
import contextlib
from functools import partial
from pathlib import Path

import pytest

from aichatdesk.knowledge import repository
from aichatdesk.knowledge.accept_suggestion import learn_suggestion
from aichatdesk.knowledge.domain import ChunksChanged
from aichatdesk.knowledge.ingest import EMBED_DOCUMENT, embed_document
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.suggestions import LEARN_SUGGESTION, list_suggestions
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.jobs.queue import run_jobs
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder
from peers.killed_process import Later, kill_while

KNOWN = "Q: How long does the warranty of the Mini last?\nA: It lasts 3 years from the day of purchase."
NEW = KNOWN.replace("the day", "the very day")
VICTIM = f"""
import asyncio, sys
from functools import partial
from pathlib import Path
from aichatdesk.core.access import OWNER
from aichatdesk.core.ids import ChatId, MessageId
from aichatdesk.knowledge.accept_suggestion import accept
from aichatdesk.knowledge.domain import ChunksChanged
from aichatdesk.knowledge.ingest import NewDocument, ingest
from aichatdesk.knowledge.push import push
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.suggestions import Reply, list_suggestions, suggest
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder

KNOWN, NEW = {KNOWN!r}, {NEW!r}

async def main():
    facts = FactBoard()
    async with SqliteDatabase.open(Path(sys.argv[1]), record_fact=facts.record) as database:
        comparing, embedding = HashingEmbedder(), HashingEmbedder()
        retriever = Retriever(database, comparing, VectorIndex())
        facts.subscribe(ChunksChanged, retriever.hear)
        await ingest(database, embedding, NewDocument("a.md", "a.md", "md", KNOWN))
        question, answer = NEW.removeprefix("Q: ").split("\\nA: ")
        reply = Reply(ChatId("0" * 24), MessageId("1" * 24), question, answer, ())
        await database.write(partial(suggest, reply=reply))
        [one] = await database.read(list_suggestions)
        held = comparing if sys.argv[3] == "comparing" else embedding
        held.hold()
        work = asyncio.create_task(
            accept(database, embedding, retriever, one["id"], by=OWNER)
        )
        await held.waiting.wait()
        Path(sys.argv[2]).touch()
        await work

asyncio.run(main())
"""


@pytest.mark.parametrize("step", ["comparing", "embedding"])
async def test_what_was_accepted_is_learned_once_by_the_next_server(tmp_path: Path, step: str):
    path, facts, model = tmp_path / "desk.db", FactBoard(), HashingEmbedder()
    await asyncio.to_thread(kill_while, VICTIM, step, path, tmp_path / "sign")
    async with SqliteDatabase.open(path, record_fact=facts.record, clock=Later()) as database:
        retriever = Retriever(database, model, VectorIndex())
        facts.subscribe(ChunksChanged, retriever.hear)
        await retriever.load()

        async def texts() -> list[str]:
            ids, _ = await database.read(repository.live_vectors)
            rows = await database.read(partial(repository.passages_of, chunk_ids=ids))
            return [row.text for row in rows.values()]

        assert await texts() == [KNOWN]
        handlers = {
            EMBED_DOCUMENT: partial(embed_document, database, model),
            LEARN_SUGGESTION: partial(learn_suggestion, database, model, retriever),
        }
        runner = asyncio.create_task(run_jobs(database, handlers))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while await texts() != [KNOWN, NEW]:
                    await asyncio.sleep(0.02)
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner
        assert await texts() == [KNOWN, NEW]
        [one] = await database.read(list_suggestions)
        assert (one["state"], one["documentId"] is not None) == ("accepted", True)
