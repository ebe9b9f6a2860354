"""The word index: what is found, how sure, and that no question can break it."""

from collections.abc import Sequence
from functools import partial

import pytest

from aichatdesk.core.ids import ChunkId
from aichatdesk.knowledge import lexical_sqlite
from aichatdesk.knowledge.lexical_sqlite import LexicalHit
from aichatdesk.platform.storage.sqlite import SqliteDatabase

POLICY = [
    "You may return an item within 45 days of delivery.",
    "Shipping to Norway costs 12 euros.",
    "The grinder carries a warranty of three years.",
]


async def index(
    database: SqliteDatabase, texts: Sequence[str], language: str = "en", *, first: int = 1
) -> None:
    ids = [ChunkId(first + place) for place in range(len(texts))]
    stored = [lexical_sqlite.indexable(text, language) for text in texts]
    await database.write(partial(lexical_sqlite.add, chunk_ids=ids, stored=stored))


async def search(
    database: SqliteDatabase, question: str, language: str = "en", *, limit: int = 50
) -> list[LexicalHit]:
    return await database.read(
        partial(lexical_sqlite.search, question=question, language=language, limit=limit)
    )


@pytest.mark.parametrize(
    ("language", "stored", "question"),
    [
        ("en", "Returned items are checked.", "Can I return this item?"),
        ("de", "Die Lieferungen dauern drei Tage.", "Wie lange dauert eine Lieferung?"),
        ("es", "Los envíos son gratuitos.", "¿Es gratuito el envío?"),
        ("fr", "Les livraisons sont gratuites.", "La livraison est-elle gratuite ?"),
        ("it", "Le spedizioni sono gratuite.", "La spedizione è gratuita?"),
        ("ja", "返品は三十日以内に限ります。", "返品できますか"),
        ("zh", "退货政策:三十天内可以退货。", "怎么退货"),
        ("ko", "환불은 30일 이내에 가능합니다.", "환불 기간"),
    ],
)
async def test_another_form_of_the_word_finds_the_passage(
    database: SqliteDatabase, language: str, stored: str, question: str
) -> None:
    await index(database, [stored], language)
    [hit] = await search(database, question, language)
    assert hit.chunk_id == 1
    assert hit.coverage > 0


async def test_a_passage_with_every_informative_word_is_covered_wholly(database: SqliteDatabase) -> None:
    await index(database, POLICY)
    best = (await search(database, "How long is the warranty of the grinder?"))[0]
    assert best.chunk_id == 3
    whole = await search(database, "Is there a warranty for the grinder?")
    assert whole[0].coverage == pytest.approx(1.0)


async def test_a_word_that_no_passage_has_lowers_the_coverage(database: SqliteDatabase) -> None:
    await index(database, POLICY)
    known = (await search(database, "grinder warranty"))[0].coverage
    unknown = (await search(database, "grinder warranty unicorn"))[0].coverage
    assert known == pytest.approx(1.0)
    assert 0 < unknown < known


async def test_a_rare_word_counts_more_than_a_common_one(database: SqliteDatabase) -> None:
    await index(database, [*(f"delivery note {number}" for number in range(40)), "the zircon ring"])
    hits = {hit.chunk_id: hit.coverage for hit in await search(database, "zircon delivery")}
    assert hits[ChunkId(41)] > 0.5
    assert all(coverage < 0.5 for chunk_id, coverage in hits.items() if chunk_id != 41)


async def test_a_part_number_finds_its_row_among_many_alike(database: SqliteDatabase) -> None:
    await index(database, [f"spare part PX-{number} fits the grinder" for number in range(1000, 1300)])
    assert (await search(database, "How much is part PX-1234?"))[0].chunk_id == 235


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?!…",
        "who are you?",
        '" OR 1=1 --',
        "NEAR(warranty grinder, 1) AND NOT (*)",
        "terms:warranty ^grinder*",
        "'; DROP TABLE chunk_search; --",
        "\x00warranty\x00",
        "\ud800 warranty",
        "warranty " * 20_000,
        " ".join(f"word{number}" for number in range(5_000)),
        "🙂" * 500,
    ],
)
async def test_no_question_breaks_the_search(database: SqliteDatabase, question: str) -> None:
    await index(database, POLICY)
    assert all(0 <= hit.coverage <= 1 + 1e-9 for hit in await search(database, question))
    assert (await search(database, "grinder warranty"))[0].chunk_id == 3


async def test_nothing_is_found_in_an_empty_index(database: SqliteDatabase) -> None:
    assert await search(database, "grinder warranty") == []


async def test_a_removed_passage_is_found_no_more_and_no_longer_counts(database: SqliteDatabase) -> None:
    await index(database, POLICY)
    before = (await search(database, "grinder shipping"))[0].coverage
    await database.write(partial(lexical_sqlite.remove, chunk_ids=[ChunkId(3)]))
    hits = await search(database, "grinder shipping")
    assert [hit.chunk_id for hit in hits] == [2]
    assert hits[0].coverage < before + 1e-9


async def test_at_most_the_asked_number_of_passages_is_found(database: SqliteDatabase) -> None:
    await index(database, [f"warranty case {number}" for number in range(100)])
    assert len(await search(database, "case warranty", limit=7)) == 7


async def test_words_that_most_passages_have_are_asked_only_when_there_is_nothing_else(
    database: SqliteDatabase,
) -> None:
    await index(database, [f"machine manual page {number}" for number in range(200)])
    await index(database, ["the machine's zircon nozzle"], first=201)
    assert [hit.chunk_id for hit in await search(database, "machine zircon")] == [201]
    assert len(await search(database, "machine")) == 50


@pytest.mark.parametrize(
    ("language", "stored", "question"),
    [
        ("fr", "L'installation prend une heure.", "Combien dure une installation ?"),
        ("it", "Dopo dell'aggiornamento il desk riparte.", "Quando finisce l'aggiornamento?"),
        ("en", "Ask O'Reilly about the lease.", "Who is O'Reilly?"),
        ("es", "La garantía dura tres años.", "cuanto dura la garantia"),
        ("de", "Das Gehäuse ist aus Aluminium.", "Woraus ist das GEHÄUSE?"),
        ("ja", "ガラスの部品です。", "ガラスですか"),
        ("en", "The ﬁlter is cleaned twice a year.", "How often is the filter cleaned?"),
    ],
)
async def test_accents_ligatures_and_apostrophes_hide_no_word(
    database: SqliteDatabase, language: str, stored: str, question: str
) -> None:
    await index(database, [stored, "Nothing of the kind."], language)
    best = (await search(database, question, language))[0]
    assert best.chunk_id == 1
    assert best.coverage > 0.2
