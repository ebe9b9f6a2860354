"""A pushed pair joins what says the same, without harm to what was there, and is never half there."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import func, select

from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import DocumentId
from aichatdesk.inference.errors import ModelUnavailable
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.domain import ChunksChanged, Document, DocumentState, Section
from aichatdesk.knowledge.ingest import (
    NewDocument,
    edit_document,
    embed_document,
    ingest,
    publish_pending,
    re_embed,
)
from aichatdesk.knowledge.push import Pushed, pair_text, push
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.tables import documents
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder

DOWN = ModelUnavailable("stub", "connection refused")
WARRANTY = pair_text(
    "How long does the warranty of the Mini last?", "It lasts 3 years from the day of purchase."
)
# The same with one word more, which the embedder puts close by.
WARRANTY_AGAIN = pair_text(
    "How long does the warranty of the Mini last?", "It lasts 3 years from the very day of purchase."
)
RETURNS = pair_text("May I send a lamp back?", "Within 30 days, unused.")


@pytest.fixture
def model() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def retriever(database: SqliteDatabase, model: HashingEmbedder, facts: FactBoard) -> Retriever:
    made = Retriever(database, model, VectorIndex())
    facts.subscribe(ChunksChanged, made.hear)
    return made


@pytest.fixture
def taught(database: SqliteDatabase, model: HashingEmbedder, retriever: Retriever):
    async def teach(text: str, **more: str) -> Pushed:
        return await push(database, model, retriever, text, **more)

    return teach


async def shown(database: SqliteDatabase, document_id: DocumentId) -> Document:
    return await database.read(partial(repository.document_by_id, document_id=document_id))


async def chunks_of(database: SqliteDatabase, document_id: DocumentId) -> list[tuple[str, str]]:
    rows = await database.read(partial(repository.chunk_rows, document_id=document_id))
    text = (await shown(database, document_id)).content
    assert all(text[row.start : row.end] == row.text for row in rows)
    return [(row.section, row.text) for row in rows]


async def count(database: SqliteDatabase) -> int:
    query = select(func.count()).select_from(documents).where(documents.c.active.is_(True))
    return await database.read(lambda tx: tx.connection.execute(query).scalar_one())


async def handbook(database: SqliteDatabase, model: HashingEmbedder) -> Document:
    """What a PDF gives: no headings in the text, pages beside it."""
    pages = ["Delivery takes three days. " * 40, "Racks are made of steel. " * 40, WARRANTY]
    starts = [0, len(pages[0]), len(pages[0]) + len(pages[1])]
    sections = [Section(start, f"Page {n}") for n, start in enumerate(starts, 1)]
    new = NewDocument("handbook.pdf", "handbook.pdf", "pdf", "".join(pages), sections=sections)
    return (await ingest(database, model, new)).document


async def test_a_new_pair_becomes_a_document_of_its_own(database: SqliteDatabase, taught):
    pushed = await taught(WARRANTY)
    kept = await shown(database, pushed.document_id)
    assert (pushed.merged, pushed.length, kept.state) == (False, len(WARRANTY), DocumentState.EMBEDDED)
    assert (kept.file_type, kept.original_name, kept.content) == ("text/plain", "Chat Conversation", WARRANTY)
    assert kept.filename.startswith("chat-learning-")
    assert not (await taught(RETURNS, source="Till")).merged
    assert await count(database) == 2


async def test_the_same_pair_is_never_kept_twice(database: SqliteDatabase, taught):
    first = await taught(WARRANTY)
    again = await taught(WARRANTY)
    assert (again.document_id, again.merged, f"{again.similarity:.3f}") == (first.document_id, True, "1.000")
    joined = await taught(WARRANTY_AGAIN)
    assert joined.document_id == first.document_id
    await taught(WARRANTY_AGAIN)
    await taught(WARRANTY)
    assert (await shown(database, first.document_id)).content == f"{WARRANTY}\n\n---\n{WARRANTY_AGAIN}"
    assert await chunks_of(database, first.document_id) == [("", WARRANTY), ("", WARRANTY_AGAIN)]


async def test_a_pair_pushed_twice_at_once_is_kept_once(database: SqliteDatabase, taught):
    await asyncio.gather(taught(WARRANTY), taught(WARRANTY))
    assert await count(database) == 1


async def test_joining_a_document_from_a_file_leaves_its_sections_and_chunks_as_they_were(
    database: SqliteDatabase, model: HashingEmbedder, taught
):
    document = await handbook(database, model)
    before = await chunks_of(database, document.id)
    model.embedded.clear()
    pushed = await taught(WARRANTY_AGAIN)
    assert (pushed.document_id, pushed.merged) == (document.id, True)
    after = await chunks_of(database, document.id)
    assert after == [*before, ("", WARRANTY_AGAIN)]
    assert {section for section, _ in before} == {"Page 1", "Page 2", "Page 3"}
    # Once to compare, once as the new chunk; the rest of the document keeps its vectors.
    assert model.embedded == [WARRANTY_AGAIN, WARRANTY_AGAIN]
    await re_embed(database, model, document.id)
    assert await chunks_of(database, document.id) == after


async def test_while_a_pair_joins_a_document_the_old_text_is_found(
    database: SqliteDatabase, model: HashingEmbedder, taught
):
    document = await handbook(database, model)
    before = await chunks_of(database, document.id)
    model.hold()
    joining = asyncio.create_task(taught(WARRANTY_AGAIN))
    await model.waiting.wait()
    assert await chunks_of(database, document.id) == before
    model.let_go()
    await joining
    assert len(await chunks_of(database, document.id)) == len(before) + 1


async def test_a_model_that_fails_between_comparing_and_embedding_costs_neither_text(
    database: SqliteDatabase, model: HashingEmbedder, retriever: Retriever
):
    document = await handbook(database, model)
    before = await chunks_of(database, document.id)
    broken = HashingEmbedder()
    broken.fault = DOWN
    pushed = await push(database, broken, retriever, WARRANTY_AGAIN)
    assert (pushed.document_id, pushed.merged, pushed.failure) == (document.id, True, DOWN.message)
    assert await chunks_of(database, document.id) == before
    again = await push(database, broken, retriever, WARRANTY_AGAIN)
    assert (again.document_id, again.merged) == (document.id, True)
    await embed_document(database, model, {"documentId": document.id})
    assert await chunks_of(database, document.id) == [*before, ("", WARRANTY_AGAIN)]


async def test_a_pair_pushed_while_the_model_is_down_is_kept_once_and_published_later(
    database: SqliteDatabase, model: HashingEmbedder, taught
):
    await ingest(database, model, NewDocument("a.md", "a.md", "md", "Delivery takes three days."))
    model.fault = DOWN
    pushed = await taught(WARRANTY)
    assert (pushed.merged, pushed.failure) == (False, DOWN.message)
    assert (await taught(WARRANTY)).document_id == pushed.document_id
    assert await count(database) == 2
    model.fault = None
    await embed_document(database, model, {"documentId": pushed.document_id})
    assert await chunks_of(database, pushed.document_id) == [("", WARRANTY)]


async def test_nothing_joins_a_document_that_was_deleted_meanwhile(
    database: SqliteDatabase, model: HashingEmbedder, taught
):
    document = await handbook(database, model)
    model.hold()
    joining = asyncio.create_task(taught(WARRANTY_AGAIN))
    await model.waiting.wait()
    await database.write(partial(repository.remove_document, document_id=document.id))
    model.let_go()
    pushed = await joining
    assert not pushed.merged
    assert await chunks_of(database, pushed.document_id) == [("", WARRANTY_AGAIN)]


async def test_two_pairs_that_join_one_document_at_once_are_both_in_it(
    database: SqliteDatabase, model: HashingEmbedder, taught
):
    document = await handbook(database, model)
    other = WARRANTY.replace("It lasts", "It always lasts")
    await asyncio.gather(taught(WARRANTY_AGAIN), taught(other))
    await publish_pending(database, model, document.id)
    assert {("", WARRANTY_AGAIN), ("", other)} <= set(await chunks_of(database, document.id))


@pytest.mark.parametrize(
    "answer", ["# Heading\ntext", "text\n\n---\nmore text", "```\n# code\n```", "## a\n## b"]
)
async def test_what_looks_like_structure_in_an_answer_changes_no_section(
    database: SqliteDatabase, model: HashingEmbedder, taught, answer: str
):
    document = await handbook(database, model)
    before = await chunks_of(database, document.id)
    # So many words of the warranty that it counts as the same.
    text = pair_text(None, f"{answer}\n{(WARRANTY + ' ') * 12}")
    for _ in range(2):
        assert (await taught(text)).document_id == document.id
    after = await chunks_of(database, document.id)
    assert after[: len(before)] == before
    assert {section for section, _ in after[len(before) :]} == {""}
    assert (await shown(database, document.id)).content.count(text) == 1


async def test_a_pair_does_not_join_a_document_in_another_language(
    database: SqliteDatabase, model: HashingEmbedder, retriever: Retriever
):
    class Blind(HashingEmbedder):
        """Finds every text the same."""

        async def embed_documents(self, texts):
            return await super().embed_documents(["same"] * len(texts))

    blind = Blind()
    retriever = Retriever(database, blind, VectorIndex())
    await ingest(
        database, blind, NewDocument("a.md", "a.md", "md", "Delivery takes three days in all of Europe.")
    )
    await retriever.load()
    text = pair_text("Wie lange dauert die Lieferung nach Norwegen?", "Sie dauert höchstens fünf Werktage.")
    assert not (await push(database, blind, retriever, text)).merged


async def test_an_edit_leaves_no_old_section_behind_for_the_next_embedding(
    database: SqliteDatabase, model: HashingEmbedder
):
    document = await handbook(database, model)
    await edit_document(database, model, document.id, "Racks take four days. " * 60)
    edited = await chunks_of(database, document.id)
    assert {section for section, _ in edited} == {""}
    await re_embed(database, model, document.id)
    assert await chunks_of(database, document.id) == edited
    assert list((await shown(database, document.id)).sections) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [(None, None), ("", " \n"), (7, None), (["x"], "y"), ("x", {"$ne": 1}), ("x" * 20_001, None)],
)
def test_what_is_no_pair_is_refused(question: object, answer: object):
    with pytest.raises(Invalid):
        pair_text(question, answer)
