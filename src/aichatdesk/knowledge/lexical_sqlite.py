"""Search by words in SQLite's full-text index; the index holds our own terms, not raw text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from aichatdesk.core.ids import ChunkId
from aichatdesk.knowledge.terms import content_terms, terms
from aichatdesk.platform.storage.database import Transaction

# A term that more than this share of the chunks have says too little to be worth its rows.
_COMMON_SHARE = 0.2
_FEW = 20
_MOST_TERMS = 24
# Ranking costs time for each row that any term matches; this keeps it flat as the base grows.
_MOST_ROWS = 2500


@dataclass(frozen=True, slots=True)
class LexicalHit:
    """A chunk that has some of the question's words; `coverage` is their share by information, 0..1."""

    chunk_id: ChunkId
    coverage: float
    strength: float


def indexable(text: str, language: str) -> str:
    """What is stored of a text; worth computing before a transaction begins."""
    return " ".join(terms(text, language))


def add(tx: Transaction, chunk_ids: Sequence[ChunkId], stored: Sequence[str]) -> None:
    """Index chunks by what `indexable` made of them."""
    rows = [{"id": chunk_id, "terms": words} for chunk_id, words in zip(chunk_ids, stored, strict=True)]
    if rows:
        tx.connection.execute(text("INSERT INTO chunk_search (rowid, terms) VALUES (:id, :terms)"), rows)


def remove(tx: Transaction, chunk_ids: Sequence[ChunkId]) -> None:
    """Take chunks out of the index."""
    if chunk_ids:
        rows = [{"id": chunk_id} for chunk_id in chunk_ids]
        tx.connection.execute(text("DELETE FROM chunk_search WHERE rowid = :id"), rows)


def search(tx: Transaction, question: str, language: str, *, limit: int) -> list[LexicalHit]:
    """The chunks that share most with the question, best first."""
    # The highest row number stands for the count, which would take a walk over the whole table.
    total = int(tx.connection.execute(text("SELECT max(id) FROM chunk_search_docsize")).scalar() or 0)
    frequencies = _frequencies(tx, question, language)
    weights = {term: math.log(1 + total / (1 + seen)) for term, seen in frequencies.items()}
    whole = sum(weights.values())
    searched = _worth_searching(frequencies, total)
    if not searched or not whole:
        return []
    rows = tx.connection.execute(
        text(
            "SELECT rowid, terms, -bm25(chunk_search) AS strength FROM chunk_search "
            "WHERE chunk_search MATCH :query ORDER BY rank LIMIT :limit"
        ),
        {"query": " OR ".join(f'"{term}"' for term in searched), "limit": limit},
    ).all()
    return [
        LexicalHit(ChunkId(row.rowid), _coverage(row.terms, weights) / whole, row.strength) for row in rows
    ]


def _coverage(stored: str, weights: dict[str, float]) -> float:
    present = set(stored.split())
    return sum(weight for term, weight in weights.items() if term in present)


def _frequencies(tx: Transaction, question: str, language: str) -> dict[str, int]:
    """In how many chunks each informative term of the question occurs."""
    wanted = list(dict.fromkeys(content_terms(question, language)))[:_MOST_TERMS]
    if not wanted:
        return {}
    marks = ", ".join(f":t{place}" for place in range(len(wanted)))
    rows = tx.connection.execute(
        text(f"SELECT term, doc FROM chunk_search_terms WHERE term IN ({marks})"),  # noqa: S608 - marks only
        {f"t{place}": term for place, term in enumerate(wanted)},
    )
    seen = {row.term: row.doc for row in rows}
    return {term: seen.get(term, 0) for term in wanted}


def _worth_searching(frequencies: dict[str, int], total: int) -> list[str]:
    """The rarest terms, as many as stay within the rows that one question may cost."""
    told: list[str] = []
    rows = 0
    common = max(_FEW, total * _COMMON_SHARE)
    for term in sorted(frequencies, key=lambda one: (frequencies[one], one)):
        rows += frequencies[term]
        if told and (rows > _MOST_ROWS or frequencies[term] > common):
            break
        if frequencies[term]:
            told.append(term)
    return told
