"""What the simulation can tell of itself; all times are simulated seconds."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from aichatdesk.migration.simulate.answer import Answer

_KEPT = 10_000


class Figures:
    """Counts since the start, and the times of the newest ten thousand answers and embeddings."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._queueing: deque[float] = deque(maxlen=_KEPT)
        self._first_token: deque[float] = deque(maxlen=_KEPT)
        self._first_sentence: deque[float] = deque(maxlen=_KEPT)
        self._whole_answer: deque[float] = deque(maxlen=_KEPT)
        self._embedding: deque[float] = deque(maxlen=_KEPT)
        self._late: deque[float] = deque(maxlen=_KEPT)
        self._worst_late = 0.0

    def note_answer(self, answer: Answer, prompt_tokens: int) -> None:
        """A whole answer was given."""
        moments = answer.moments
        self.counts["finished"] += 1
        self.counts["prompt_tokens"] += prompt_tokens
        self.counts["answer_tokens"] += answer.tokens
        if moments.begun is not None and moments.first is not None and moments.last is not None:
            self._queueing.append(moments.begun - moments.ready)
            self._first_token.append(moments.first - moments.arrived)
            self._first_sentence.append((moments.sentence or moments.last) - moments.arrived)
            self._whole_answer.append(moments.last - moments.arrived)
        if answer.late:
            self.counts["late_answers"] += 1
        self._note_late(answer.late)

    def note_embedding(self, tokens: int, texts: int, took: float, late: float) -> None:
        """A batch of texts was embedded."""
        self.counts["embedding_requests"] += 1
        self.counts["embedded_texts"] += texts
        self.counts["embedded_tokens"] += tokens
        self._embedding.append(took)
        if late:
            self.counts["late_embeddings"] += 1
        self._note_late(late)

    def times(self) -> dict[str, Any]:
        """p50 and p95 of each kind of time."""
        return {
            "queueing": _percentiles(self._queueing),
            "first_token": _percentiles(self._first_token),
            "first_sentence": _percentiles(self._first_sentence),
            "whole_answer": _percentiles(self._whole_answer),
            "embedding": _percentiles(self._embedding),
        }

    def late(self) -> dict[str, Any]:
        """How often and by how much the words or vectors came after the moment at which they were due."""
        return {
            "answers": self.counts["late_answers"],
            "embeddings": self.counts["late_embeddings"],
            "p95": _percentiles(self._late)["p95"],
            "worst": round(self._worst_late, 4),
        }

    def _note_late(self, seconds: float) -> None:
        self._late.append(seconds)
        self._worst_late = max(self._worst_late, seconds)


def _percentiles(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(np.array(values), [50, 95])
    return {"p50": round(float(p50), 4), "p95": round(float(p95), 4)}
