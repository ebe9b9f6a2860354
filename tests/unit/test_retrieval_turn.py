"""One question through the retriever, on a real database, as documents come, change and go."""

import asyncio
from functools import partial

import pytest

from aichatdesk.core.errors import Unavailable
from aichatdesk.core.ids import DocumentId
from aichatdesk.inference.errors import ModelUnavailable
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.domain import ChunksChanged
from aichatdesk.knowledge.ingest import NewDocument, edit_document, ingest
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.hashing_embedder import HashingEmbedder

DOWN = ModelUnavailable("stub", "connection refused")
TEXTS = {
    "returns.md": "You may return an item within 45 days of delivery.",
    "shipping.md": "Shipping to Norway costs 12 euros.",
    "warranty.md": "The grinder carries a warranty of three years.",
}


@pytest.fixture
def model() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def retriever(database: SqliteDatabase, facts: FactBoard, model: HashingEmbedder) -> Retriever:
    retriever = Retriever(database, model, VectorIndex())
    facts.subscribe(ChunksChanged, retriever.hear)
    return retriever


@pytest.fixture
async def ids(
    database: SqliteDatabase, model: HashingEmbedder, retriever: Retriever
) -> dict[str, DocumentId]:
    return {
        name: (await ingest(database, model, NewDocument(name, name, "md", text))).document.id
        for name, text in TEXTS.items()
    }


async def texts_for(retriever: Retriever, question: str) -> list[str]:
    return [passage.text for passage in await retriever.retrieve(question, language="en")]


async def test_the_passage_that_answers_comes_first_with_its_place(
    retriever: Retriever, ids: dict[str, DocumentId]
) -> None:
    best = (await retriever.retrieve("How long is the grinder warranty?", language="en"))[0]
    assert (best.document_id, best.filename) == (ids["warranty.md"], "warranty.md")
    assert best.text == TEXTS["warranty.md"][best.start : best.end]
    assert 0 < best.score <= 1
    assert best.cosine > 0
    assert best.lexical > 0


async def test_an_empty_knowledge_base_finds_nothing_and_asks_no_model(
    retriever: Retriever, model: HashingEmbedder
) -> None:
    model.fault = DOWN
    assert await retriever.retrieve("warranty") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_at_most_the_asked_number_is_given_best_first(
    retriever: Retriever, ids: dict[str, DocumentId], limit: int
) -> None:
    passages = await retriever.retrieve("item warranty shipping", limit=limit, language="en")
    assert len(passages) == min(limit, len(ids))
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)


async def test_a_deleted_document_is_gone_from_the_next_answer(
    database: SqliteDatabase, retriever: Retriever, ids: dict[str, DocumentId]
) -> None:
    await database.write(partial(repository.remove_document, document_id=ids["warranty.md"]))
    assert TEXTS["warranty.md"] not in await texts_for(retriever, "grinder warranty")


async def test_an_edited_document_answers_with_its_new_text_only(
    database: SqliteDatabase, retriever: Retriever, model: HashingEmbedder, ids: dict[str, DocumentId]
) -> None:
    await edit_document(database, model, ids["warranty.md"], "The grinder carries a warranty of nine years.")
    found = await texts_for(retriever, "grinder warranty")
    assert found[0] == "The grinder carries a warranty of nine years."
    assert TEXTS["warranty.md"] not in found


async def test_a_document_deleted_while_the_question_is_embedded_is_not_shown(
    database: SqliteDatabase, retriever: Retriever, model: HashingEmbedder, ids: dict[str, DocumentId]
) -> None:
    model.hold()
    asking = asyncio.create_task(texts_for(retriever, "grinder warranty"))
    await model.waiting.wait()
    await database.write(partial(repository.remove_document, document_id=ids["warranty.md"]))
    model.let_go()
    assert TEXTS["warranty.md"] not in await asking


async def test_a_change_that_is_undone_changes_no_answer(
    database: SqliteDatabase, retriever: Retriever, ids: dict[str, DocumentId]
) -> None:
    class UndoneError(Exception):
        pass

    def remove_and_fail(tx: object) -> None:
        repository.remove_document(tx, ids["warranty.md"])  # type: ignore[arg-type]
        raise UndoneError

    with pytest.raises(UndoneError):
        await database.write(remove_and_fail)
    assert (await texts_for(retriever, "grinder warranty"))[0] == TEXTS["warranty.md"]


async def test_a_fresh_start_finds_what_the_running_server_did(
    database: SqliteDatabase, retriever: Retriever, model: HashingEmbedder, ids: dict[str, DocumentId]
) -> None:
    await database.write(partial(repository.remove_document, document_id=ids["shipping.md"]))
    fresh = Retriever(database, model, VectorIndex())
    await fresh.load()
    question = "grinder warranty and shipping"
    assert await fresh.retrieve(question, language="en") == await retriever.retrieve(question, language="en")


async def test_while_the_embedding_model_is_down_words_still_find(
    retriever: Retriever, model: HashingEmbedder, ids: dict[str, DocumentId]
) -> None:
    model.fault = DOWN
    passages = await retriever.retrieve("grinder warranty", language="en")
    assert [passage.document_id for passage in passages] == [ids["warranty.md"]]
    assert passages[0].cosine == 0


@pytest.mark.usefixtures("ids")
async def test_without_model_and_without_a_known_word_retrieval_is_unavailable(
    retriever: Retriever, model: HashingEmbedder
) -> None:
    model.fault = DOWN
    with pytest.raises(Unavailable):
        await retriever.retrieve("zircon unicorn", language="en")


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("question", ["?", "\x00", "a" * 20_000, '\u202e\u0000 OR "', "🙂🙂"])
async def test_odd_questions_get_an_answer_not_an_error(retriever: Retriever, question: str) -> None:
    assert len(await retriever.retrieve(question)) <= 8


@pytest.mark.usefixtures("ids")
async def test_many_questions_at_once_while_documents_come_and_go_are_all_answered(
    database: SqliteDatabase, retriever: Retriever, model: HashingEmbedder
) -> None:
    async def churn() -> None:
        for number in range(20):
            new = NewDocument(f"{number}.md", f"{number}.md", "md", f"Note {number} on the grinder warranty.")
            document = (await ingest(database, model, new)).document
            await database.write(partial(repository.remove_document, document_id=document.id))

    answers, _ = await asyncio.gather(
        asyncio.gather(*(texts_for(retriever, "grinder warranty of three years") for _ in range(60))), churn()
    )
    assert all(TEXTS["warranty.md"] in answer for answer in answers)
