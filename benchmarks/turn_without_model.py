"""CPU of one question without the model, at 10,000 and 100,000 chunks, beside the old way of searching.

The embedding model is a stub at 0 ms. Texts are sentences of the Debian FAQ in new combinations, vectors are 384
wide and synthetic: clustered around the words of each text. The old way fetches every vector as JSON, loops and
sorts, as the server that this one replaces did; it is measured at 2,000 chunks and scaled, since it is linear.
"""

import asyncio
import json
import random
import resource
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.ids import DocumentId, new_id
from aichatdesk.inference.profiles import EmbeddingProfile
from aichatdesk.knowledge import lexical_sqlite, repository
from aichatdesk.knowledge.domain import Chunk, ChunksChanged, Document, DocumentState
from aichatdesk.knowledge.generations import ensure_live_generation
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.vector_index import VectorIndex
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from benchmarks.corpus.debian_faq import load_pages

WIDTH = 384
SIZES = (10_000, 100_000)
QUESTIONS = 200
OLD_CHUNKS = 2000
CHUNKS_IN_A_DOCUMENT = 500


class WordVectors:
    """A stub embedding model: the sum of fixed random vectors of a text's words, at no cost to speak of."""

    def __init__(self) -> None:
        self.profile = EmbeddingProfile("stub", WIDTH)
        self._random = np.random.default_rng(1)
        self._words: dict[str, NDArray[np.float32]] = {}

    async def embed_documents(self, texts: list[str]) -> NDArray[np.float32]:
        return np.stack([self._vector(text) for text in texts])

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._vector(text)

    async def count_tokens(self, text: str) -> int:
        return len(text) // 3

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.zeros(WIDTH, np.float32)
        for word in text.lower().split():
            if word not in self._words:
                self._words[word] = self._random.standard_normal(WIDTH).astype(np.float32)
            total += self._words[word]
        return total / np.float32(np.linalg.norm(total) or 1)


def made_texts(count: int) -> list[str]:
    """Texts of three sentences each, taken at random from the English pages."""
    chance = random.Random(3)
    sentences = [
        sentence.strip()
        for page in load_pages(200)
        if page.language == "en"
        for sentence in page.text.replace("\n", " ").split(". ")
        if 30 < len(sentence) < 300
    ]
    return [". ".join(chance.choices(sentences, k=3)) for _ in range(count)]


async def fill(database: SqliteDatabase, model: WordVectors, texts: list[str]) -> None:
    """Store the texts as documents of many chunks."""
    generation = await ensure_live_generation(database, model, WIDTH)
    for start in range(0, len(texts), CHUNKS_IN_A_DOCUMENT):
        part = texts[start : start + CHUNKS_IN_A_DOCUMENT]
        vectors = await model.embed_documents(part)

        def work(tx: Any, part: list[str] = part, vectors: NDArray[np.float32] = vectors) -> None:
            document = Document(
                DocumentId(new_id()),
                "d",
                "d",
                "txt",
                1,
                "",
                (),
                "en",
                None,
                tx.now,
                1,
                DocumentState.EMBEDDED,
            )
            repository.insert_document(tx, document)
            chunks = [Chunk(place, "", text, 0, len(text)) for place, text in enumerate(part)]
            indexed = [lexical_sqlite.indexable(text, "en") for text in part]
            repository.replace_chunks(tx, document.id, generation, chunks, vectors, indexed)

        await database.write(work)


async def measured(size: int, texts: list[str], questions: list[str]) -> dict[str, float]:
    """CPU and wall milliseconds per question, and questions per second from 16 visitors at once."""
    facts = FactBoard()
    with tempfile.TemporaryDirectory() as folder:
        async with SqliteDatabase.open(Path(folder) / "bench.db", record_fact=facts.record) as database:
            model = WordVectors()
            retriever = Retriever(database, model, VectorIndex())
            facts.subscribe(ChunksChanged, lambda _tx, _changed: None)
            await fill(database, model, texts[:size])
            await retriever.load()
            ask = partial(retriever.retrieve, language="en")
            for question in questions[:20]:
                await ask(question)
            cpu, wall = _cpu(), time.perf_counter()
            for question in questions:
                await ask(question)
            cpu, wall = _cpu() - cpu, time.perf_counter() - wall
            together = time.perf_counter()
            queue = iter(questions)

            async def visitor() -> None:
                for question in queue:
                    await ask(question)

            await asyncio.gather(*(visitor() for _ in range(16)))
            together = time.perf_counter() - together
    count = len(questions)
    return {
        "cpu_ms": 1000 * cpu / count,
        "wall_ms": 1000 * wall / count,
        "questions_per_s_16_visitors": count / together,
    }


def old_way(questions: list[str]) -> float:
    """CPU milliseconds per question and chunk of fetch-all, loop and sort."""
    random_ = np.random.default_rng(2)
    stored = [json.dumps([float(x) for x in random_.standard_normal(WIDTH)]) for _ in range(OLD_CHUNKS)]
    query = [float(x) for x in random_.standard_normal(WIDTH)]
    cpu = _cpu()
    for _ in questions[:3]:
        scored = []
        for place, text in enumerate(stored):
            vector = json.loads(text)
            dot = norm = own = 0.0
            for one, other in zip(query, vector, strict=True):
                dot += one * other
                norm += other * other
                own += one * one
            scored.append((dot / (norm * own) ** 0.5, place))
        scored.sort(reverse=True)
    return 1000 * (_cpu() - cpu) / 3 / OLD_CHUNKS


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure() -> dict[str, Any]:
    """All sizes in one run."""
    texts = made_texts(max(SIZES))
    chance = random.Random(5)
    questions = [" ".join(chance.sample(chance.choice(texts).split(), 8)) for _ in range(QUESTIONS)]
    found = {size: await measured(size, texts, questions) for size in SIZES}
    per_chunk = old_way(questions)
    small, large = (found[size]["cpu_ms"] for size in SIZES)
    return {
        "sizes": found,
        "growth": large / small,
        "old_way_cpu_ms_at_10000": per_chunk * 10_000,
        "times_less_cpu_than_the_old_way_at_10000": per_chunk * 10_000 / small,
    }


def main() -> None:
    """Print the figures and keep them."""
    result = asyncio.run(measure())
    print(json.dumps(result, indent=1))
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "turn_without_model.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
