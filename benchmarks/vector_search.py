"""Recall and time of the vector index's binary codes against comparing every vector, at 100,000 chunks.

Vectors are made out of real ones: each is a random mixture of two chunks of the Debian FAQ as MiniLM and e5 embed
them (768 wide), with noise. The questions are the real ones of the retrieval benchmark, weighed by their language as
the product does it: a question that is not English has nothing in MiniLM's half. So the figures say how the codes do
on vectors that lie as unevenly as real ones; they are not a recall on 100,000 real chunks.
"""

import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.ids import ChunkId
from aichatdesk.inference.language import guess_language
from aichatdesk.inference.local.embedding_models import E5, MINILM_SHARE, MiniLMOnly
from aichatdesk.knowledge.vector_index import VectorIndex
from benchmarks.corpus.debian_faq import load_pages
from benchmarks.retrieval import LIMIT, QUESTIONS, embedded

SIZES = (20_000, 100_000)
TOP = 8
NOISE = 0.3
Matrix = NDArray[np.float32]


def real_vectors() -> tuple[Matrix, Matrix, list[bool]]:
    """Passages, questions, and which of the questions are English."""
    passages = [chunk.searchable for page in load_pages(LIMIT) for chunk in page.chunks]
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    languages = [guess_language(question)[0] for question in asked]
    share = np.array([[MINILM_SHARE.get(language, 0.0)] for language in languages], np.float32)
    minilm, e5 = MiniLMOnly(), E5()
    stored = [
        embedded("minilm-p", passages, lambda texts: minilm.embed(texts, "passage")),
        embedded("e5-p", passages, lambda texts: e5.embed(texts, "passage")),
    ]
    wanted = [
        share * embedded("minilm-q", asked, lambda texts: minilm.embed(texts, "query")),
        (1 - share) * embedded("e5-q", asked, lambda texts: e5.embed(texts, "query")),
    ]
    english = [language == "en" for language in languages]
    return unit(np.concatenate(stored, axis=1)), unit(np.concatenate(wanted, axis=1)), english


def mixtures(real: Matrix, count: int) -> Matrix:
    """As many vectors as asked for, each from two real ones."""
    chance = np.random.default_rng(7)
    rows = np.empty((count, real.shape[1]), np.float32)
    length = NOISE / np.sqrt(real.shape[1])
    for start in range(0, count, 5_000):
        size = min(5_000, count - start)
        share = chance.uniform(0.3, 0.7, (size, 1)).astype(np.float32)
        one, other = (real[chance.integers(0, len(real), size)] for _ in range(2))
        noise = length * chance.standard_normal((size, real.shape[1])).astype(np.float32)
        rows[start : start + size] = share * one + (1 - share) * other + noise
    return unit(rows)


def unit(rows: Matrix) -> Matrix:
    """Rows of length one."""
    normed: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return normed


def cost(action: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU milliseconds of one call."""
    cpu, wall = _cpu(), time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - wall), 1000 * (_cpu() - cpu)


def measured(vectors: Matrix, questions: Matrix, english: list[bool]) -> dict[str, Any]:
    """One size: both ways of searching, and what building and changing the index cost."""
    ids = [ChunkId(place + 1) for place in range(len(vectors))]
    exact, coded = VectorIndex(exact_up_to=len(ids)), VectorIndex(exact_up_to=0)
    exact.load(ids, vectors)
    build, _ = cost(lambda: coded.load(ids, vectors))
    recalls: dict[str, list[float]] = {"english": [], "other": []}
    times: dict[str, list[tuple[float, float]]] = {"exact": [], "codes": []}
    for question, is_english in zip(questions, english, strict=True):
        times["exact"].append(cost(lambda q=question: exact.search(q, TOP)))
        times["codes"].append(cost(lambda q=question: coded.search(q, TOP)))
        found = {chunk for chunk, _ in coded.search(question, TOP)}
        expected = {chunk for chunk, _ in exact.search(question, TOP)}
        recalls["english" if is_english else "other"].append(len(found & expected) / TOP)
    one = [ChunkId(len(ids) + 1)]
    adding, _ = cost(lambda: coded.change(one, vectors[:1], []))
    removing, _ = cost(lambda: coded.change([], vectors[:0], one))
    spread = {
        name: {
            "wall_ms_median": statistics.median(wall for wall, _ in rows),
            "wall_ms_p99": float(np.percentile([wall for wall, _ in rows], 99)),
            "cpu_ms_mean": statistics.mean(cpu for _, cpu in rows),
        }
        for name, rows in times.items()
    }
    return {
        **spread,
        f"recall@{TOP}": {name: statistics.mean(values) for name, values in recalls.items()},
        "build_ms": build,
        "add_one_chunk_ms": adding,
        "remove_one_chunk_ms": removing,
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the figures and keep them."""
    real, questions, english = real_vectors()
    made = mixtures(real, max(SIZES))
    result = {size: measured(made[:size], questions, english) for size in SIZES}
    print(json.dumps(result, indent=1))
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "vector_search.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
