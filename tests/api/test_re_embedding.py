"""Documents embedded again: which ones need it, that none is lost from search meanwhile, and that all are done."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from aichatdesk.inference.errors import ModelUnavailable
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.ingest import NewDocument, ingest
from aichatdesk.knowledge.model_revision import check_model_revision
from aichatdesk.knowledge.re_embed_all import begin_re_embedding, progress, re_embed_documents
from aichatdesk.knowledge.tables import documents
from aichatdesk.platform.jobs.queue import TryLater
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.hashing_embedder import HashingEmbedder
from peers.running_desk import RunningDesk

RE_EMBEDDING = "/api/v1/knowledge/re-embed"
NOBODY = "f" * 24
Who = dict[str, str]


async def call(desk: RunningDesk, method: str, path: str, who: Who, status: int = 200, **body: Any) -> Any:
    more = {"json": body} if method in {"POST", "PUT"} else {}
    reply = await desk.client.request(method, path, headers=who, **more)
    assert reply.status_code == status, reply.text
    return reply.json()


async def ended(desk: RunningDesk, who: Who) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (told := await call(desk, "GET", RE_EMBEDDING, who))["running"]:
            await asyncio.sleep(0.05)
    return told


async def rows(desk: RunningDesk, who: Who) -> dict[str, dict[str, Any]]:
    return {row["originalName"]: row for row in await call(desk, "GET", "/api/knowledge", who)}


async def age(desk: RunningDesk, name: str, **made_by: Any) -> None:
    """Make a document look as if it was embedded long ago."""
    work = update(documents).where(documents.c.original_name == name).values(**made_by)
    await desk.desk.database.write(lambda tx: tx.connection.execute(work))


async def test_a_document_says_why_it_is_stale_and_is_not_any_more_when_it_was_embedded_again(
    desk: RunningDesk, models: FakeModelServer
):
    admin = await desk.sign_in()
    for name in ("fresh.md", "cut.md", "other.md", "edited.md"):
        await desk.teach(name, f"# About {name}\n\nThis is the text of it.")
    await age(desk, "cut.md", cut_by="an older one")
    await age(desk, "other.md", model_revision=0)
    known = await rows(desk, admin)
    models.embeddings_down = True
    await call(desk, "PUT", f"/api/knowledge/{known['edited.md']['id']}", admin, 503, content="New words.")
    models.embeddings_down = False
    why = {
        "fresh.md": None,
        "cut.md": "cut by an older chunker",
        "other.md": "embedded by another model revision",
        "edited.md": "an edited text waits",
    }
    told = await rows(desk, admin)
    assert {name: row["staleReason"] for name, row in told.items()} == why
    assert {name for name, row in told.items() if row["stale"]} == set(why) - {"fresh.md"}
    shown = await call(desk, "GET", f"/api/knowledge/{known['cut.md']['id']}", admin)
    assert (shown["stale"], shown["staleReason"], shown["sourceUrl"]) == (True, why["cut.md"], None)

    begun = await call(
        desk, "POST", RE_EMBEDDING, admin, 202, documentIds=[known["cut.md"]["id"], known["cut.md"]["id"]]
    )
    assert begun["documents"] == 1
    assert (await ended(desk, admin))["done"] == 1
    assert (await rows(desk, admin))["cut.md"]["stale"] is False
    assert (await call(desk, "POST", RE_EMBEDDING, admin, 202))["documents"] == 4
    told = await ended(desk, admin)
    assert (told["done"], told["total"], told["failed"], told["failures"]) == (4, 4, 0, [])
    assert {name for name, row in (await rows(desk, admin)).items() if row["stale"]} == set()
    found = await call(desk, "GET", "/api/v1/knowledge/search?q=New+words", admin)
    assert "New words." in [one["text"] for one in found["passages"]]


@pytest.mark.parametrize(
    ("ids", "status"),
    [([], 400), (["x"], 400), ([7], 400), ("all", 400), ([NOBODY], 404), (["a" * 24] * 2001, 400)],
)
async def test_what_names_no_document_begins_nothing(desk: RunningDesk, ids: Any, status: int):
    admin = await desk.sign_in()
    await desk.teach("a.md", "The text of it.")
    assert "detail" in await call(desk, "POST", RE_EMBEDDING, admin, status, documentIds=ids)
    told = await call(desk, "GET", RE_EMBEDDING, admin)
    assert (told["running"], told["total"], told["startedAt"]) == (False, 0, None)


async def test_an_empty_knowledge_base_is_done_at_once(desk: RunningDesk):
    admin = await desk.sign_in()
    assert (await call(desk, "POST", RE_EMBEDDING, admin, 202))["documents"] == 0
    assert (await call(desk, "GET", RE_EMBEDDING, admin))["running"] is False


@pytest.fixture
async def taught(database: SqliteDatabase) -> list[str]:
    model = HashingEmbedder()
    kept = []
    for name in ("a.md", "b.md", "c.md"):
        new = NewDocument(name, name, "md", f"The text of {name}.", source_url=f"https://shop.example/{name}")
        kept.append((await ingest(database, model, new)).document.id)
    return kept


async def test_a_document_stays_found_while_it_is_embedded_again_and_what_is_asked_for_joins(
    database: SqliteDatabase, taught: list[str]
):
    model = HashingEmbedder()
    first = await database.write(partial(begin_re_embedding, document_ids=taught[:1]))
    model.hold()
    work = asyncio.create_task(re_embed_documents(database, model, {"runId": first.run_id}))
    await model.waiting.wait()
    ids, _ = await database.read(repository.live_vectors)
    assert len(ids) == 3
    await database.write(partial(repository.remove_document, document_id=taught[0]))
    joined = await database.write(partial(begin_re_embedding, document_ids=[taught[1]]))
    assert joined.run_id == first.run_id
    model.let_go()
    await work
    told = await database.read(progress)
    assert (told["running"], told["done"], told["total"], told["failed"]) == (False, 2, 2, 0)
    ids, _ = await database.read(repository.live_vectors)
    assert len(ids) == 2


async def test_a_model_that_is_away_is_waited_for_and_one_that_is_wrong_is_told_of_each_document(
    database: SqliteDatabase, taught: list[str]
):
    model = HashingEmbedder()
    begun = await database.write(partial(begin_re_embedding, document_ids=None))
    model.fault = ModelUnavailable("http://127.0.0.1:9", "it is away")
    pauses = []
    for _ in range(15):
        with pytest.raises(TryLater) as later:
            await re_embed_documents(database, model, {"runId": begun.run_id})
        pauses.append(later.value.after.total_seconds())
    assert (pauses[0], pauses[-1]) == (2, 60)
    assert (await database.read(progress))["running"] is True
    await re_embed_documents(database, model, {"runId": begun.run_id})
    told = await database.read(progress)
    assert (told["running"], told["failed"]) == (False, 3)
    assert "it is away" in told["failures"][0]["reason"]
    wider = HashingEmbedder(width=32)
    begun = await database.write(partial(begin_re_embedding, document_ids=None))
    await re_embed_documents(database, wider, {"runId": begun.run_id})
    told = await database.read(progress)
    assert (told["running"], told["done"], told["failed"]) == (False, 0, 3)
    _, vectors = await database.read(repository.live_vectors)
    assert vectors.shape == (3, 64)


async def test_another_model_under_the_same_name_makes_documents_stale_and_the_same_one_does_not(
    database: SqliteDatabase, taught: list[str]
):
    class Another(HashingEmbedder):
        def _vector(self, text: str) -> Any:
            return super()._vector(text[::-1])

    assert await check_model_revision(database, HashingEmbedder()) == 1
    assert await check_model_revision(database, HashingEmbedder()) == 1
    assert await check_model_revision(database, Another()) == 2
    listed = await database.read(repository.list_rows)
    assert {row.model_revision for row in listed} == {1}
    assert {row.source_url for row in listed} == {f"https://shop.example/{name}.md" for name in "abc"}
    assert await database.read(partial(repository.vectors_by_text, document_id=taught[0])) == {}
    begun = await database.write(partial(begin_re_embedding, document_ids=None))
    await re_embed_documents(database, Another(), {"runId": begun.run_id})
    assert {row.model_revision for row in await database.read(repository.list_rows)} == {2}
