"""Recall@8 and MRR by words, by vectors and by both, for each language, on real pages.

The weights are chosen on the even questions and reported on the odd ones. Every language's pages are in one
index; a hit is a chunk of the right section in the question's own language.
"""

import asyncio
import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from aichatdesk.core.ids import ChunkId
from aichatdesk.inference.language import guess_language
from aichatdesk.inference.local.embedding_models import E5, MINILM_SHARE, MiniLMOnly
from aichatdesk.knowledge import lexical_sqlite
from aichatdesk.knowledge.fuse import LEXICAL_WEIGHT, SAME_LANGUAGE, fuse
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from benchmarks.corpus.debian_faq import Page, cache_dir, load_pages

LIMIT = 200
TOP = 8
CANDIDATES = 50
QUESTIONS = Path(__file__).parent / "corpus" / "questions.jsonl"
Ranking = list[int]


def embedded(name: str, texts: list[str], compute: Callable[[list[str]], np.ndarray]) -> np.ndarray:
    """Vectors of texts, from the cache where they were computed before."""
    key = hashlib.sha256("\0".join([name, *texts]).encode()).hexdigest()[:24]
    path = cache_dir() / f"{name}-{key}.npy"
    if not path.exists():
        batches = [compute(texts[start : start + 16]) for start in range(0, len(texts), 16)]
        np.save(path, np.concatenate(batches))
    return np.load(path)


class Bench:
    """The corpus with its vectors, its word index, and the questions."""

    def __init__(self, pages: list[Page], questions: list[dict[str, Any]]) -> None:
        self.questions = questions
        self.chunks = [(page, chunk) for page in pages for chunk in page.chunks]
        texts = [chunk.searchable for _, chunk in self.chunks]
        asked = [question["question"] for question in questions]
        minilm, e5 = MiniLMOnly(), E5()
        self.cosines = {
            "minilm": embedded("minilm-q", asked, lambda t: minilm.embed(t, "query"))
            @ embedded("minilm-p", texts, lambda t: minilm.embed(t, "passage")).T,
            "e5": embedded("e5-q", asked, lambda t: e5.embed(t, "query"))
            @ embedded("e5-p", texts, lambda t: e5.embed(t, "passage")).T,
        }
        self.languages = [guess_language(text)[0] for text in asked]
        self.page_languages = np.array([page.language for page, _ in self.chunks])
        self.hits: list[dict[ChunkId, float]] = []

    async def index_words(self) -> None:
        """Fill the product's own full-text index and ask it every question."""
        with tempfile.TemporaryDirectory() as folder:
            async with SqliteDatabase.open(
                Path(folder) / "bench.db", record_fact=FactBoard().record
            ) as database:
                for place, (page, chunk) in enumerate(self.chunks):
                    add = partial(
                        lexical_sqlite.add,
                        chunk_ids=[ChunkId(place + 1)],
                        stored=[lexical_sqlite.indexable(chunk.searchable, page.language)],
                    )
                    await database.write(add)
                for number, question in enumerate(self.questions):
                    search = partial(
                        lexical_sqlite.search,
                        question=question["question"],
                        language=self.languages[number],
                        limit=CANDIDATES,
                    )
                    found = await database.read(search)
                    self.hits.append({ChunkId(hit.chunk_id - 1): hit.coverage for hit in found})

    def gold(self, number: int) -> set[int]:
        """The chunks that answer a question."""
        question = self.questions[number]
        return {
            place
            for place, (page, chunk) in enumerate(self.chunks)
            if (page.name, page.language) == (question["file"], question["language"])
            and f" {question['section']}." in f" {chunk.section}"
        }

    def by_words(self, number: int) -> Ranking:
        hits = self.hits[number]
        return sorted(hits, key=lambda place: (-hits[place], place))[:TOP]

    def by_vectors(self, number: int, share: float) -> Ranking:
        return list(np.argsort(-self._blend(number, share), kind="stable")[:TOP])

    def by_both(self, number: int, share: float, weight: float, bonus: float) -> Ranking:
        cosine = self._blend(number, share)
        near = np.argsort(-cosine, kind="stable")[:CANDIDATES]
        own = {
            ChunkId(place)
            for place in {*map(int, near), *self.hits[number]}
            if self.page_languages[place] == self.languages[number]
        }
        fused = fuse(
            {ChunkId(int(place)): float(cosine[place]) for place in near},
            self.hits[number],
            own_language=own,
            weight=weight,
            bonus=bonus,
        )
        return [int(one.chunk_id) for one in fused[:TOP]]

    def _blend(self, number: int, share: float) -> np.ndarray:
        """MiniLM's share holds for English questions; the others are put to e5 alone, unless it is all or none."""
        if share not in {0.0, 1.0} and self.languages[number] != "en":
            share = 0.0
        return share * self.cosines["minilm"][number] + (1 - share) * self.cosines["e5"][number]

    def score(self, rank: Callable[[int], Ranking], numbers: range) -> dict[str, tuple[float, float]]:
        """Recall@8 and MRR, by language and over all."""
        found: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for number in numbers:
            gold = self.gold(number)
            assert gold, f"no chunk answers {self.questions[number]}"
            ranks = [place for place, chunk in enumerate(rank(number), 1) if chunk in gold]
            value = (1.0, 1 / ranks[0]) if ranks else (0.0, 0.0)
            found[self.questions[number]["language"]].append(value)
            found["all"].append(value)
        return {
            name: (float(np.mean([r for r, _ in one])), float(np.mean([m for _, m in one])))
            for name, one in found.items()
        }


async def measure() -> dict[str, Any]:
    """Everything, as numbers."""
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    bench = Bench(load_pages(LIMIT), questions)
    await bench.index_words()
    develop, held_out, everything = (
        range(0, len(questions), 2),
        range(1, len(questions), 2),
        range(len(questions)),
    )
    sweep = {
        (share, weight, bonus): bench.score(
            partial(bench.by_both, share=share, weight=weight, bonus=bonus), develop
        )
        for share in (0.6, 0.8, 1.0)
        for weight in (0.0, 0.1, 0.2, 0.3, 0.5)
        for bonus in (0.0, 0.1, 0.2)
    }
    best = sorted(sweep, key=lambda key: (-sweep[key]["all"][0], -sweep[key]["all"][1]))[:8]
    product = partial(bench.by_both, share=MINILM_SHARE["en"], weight=LEXICAL_WEIGHT, bonus=SAME_LANGUAGE)
    rows = {
        "words": bench.by_words,
        "minilm": partial(bench.by_vectors, share=1.0),
        "e5": partial(bench.by_vectors, share=0.0),
        "both models": partial(bench.by_vectors, share=MINILM_SHARE["en"]),
        "product": product,
    }
    return {
        "chunks": len(bench.chunks),
        "questions": len(questions),
        "best_on_development_half": [(key, sweep[key]["all"]) for key in best],
        "held_out": {name: bench.score(rank, held_out) for name, rank in rows.items()},
        "everything": {name: bench.score(rank, everything) for name, rank in rows.items()},
    }


def main() -> None:
    """Print a table and keep the numbers."""
    result = asyncio.run(measure())
    print(f"{result['chunks']} chunks, {result['questions']} questions; recall@{TOP} / MRR")
    for part in ("held_out", "everything"):
        print(part)
        for name, row in result[part].items():
            print(f"  {name:12}", "  ".join(f"{key} {r:.2f}/{m:.2f}" for key, (r, m) in row.items()))
    print("best on the development half (minilm share, word weight, language bonus):")
    for key, value in result["best_on_development_half"]:
        print("  ", key, f"{value[0]:.3f}/{value[1]:.3f}")
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "retrieval.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
