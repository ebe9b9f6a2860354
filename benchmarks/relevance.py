"""Fit the relevance function on questions with and without an answer in the demo's documents.

Start the demo first; the address is the argument. Reports the fit and, from repeated halves, how many answerable
questions it would refuse and how many others it would let through.
"""

import json
import sys
from pathlib import Path

import httpx2
import numpy as np
from numpy.typing import NDArray

from aichatdesk.knowledge.relevance import RELEVANT

QUESTIONS = Path(__file__).parent.parent / "tests" / "data" / "demo_questions.jsonl"
Floats = NDArray[np.float64]


def fit(features: Floats, answered: Floats, steps: int = 6000) -> Floats:
    """Bias and weights of a lightly regularised logistic function."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    inputs = np.c_[np.ones(len(features)), (features - mean) / scale]
    weights = np.zeros(inputs.shape[1])
    for _ in range(steps):
        error = 1 / (1 + np.exp(-inputs @ weights)) - answered
        weights -= 0.5 * (inputs.T @ error / len(answered) + 0.004 * np.r_[0, weights[1:]])
    return np.r_[weights[0] - (weights[1:] * mean / scale).sum(), weights[1:] / scale]


def refused(weights: Floats, features: Floats) -> NDArray[np.bool_]:
    """Which questions the function takes to be out of scope."""
    return 1 / (1 + np.exp(-np.c_[np.ones(len(features)), features] @ weights)) < RELEVANT


def load(address: str) -> list[tuple[bool, bool, float, float]]:
    """For each question: English or not, answerable or not, best cosine, best word share."""
    rows = []
    with httpx2.Client(base_url=address, timeout=60) as client:
        for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            if "answer_span" not in question and not question.get("out_of_scope"):
                continue
            reply = client.get("/api/v1/knowledge/search", params={"q": question["question"]})
            first = reply.json()["passages"][:3]
            cosine = max((passage["cosine"] for passage in first), default=0.0)
            words = max((passage["lexical"] for passage in first), default=0.0)
            rows.append((question["language"] == "en", "answer_span" in question, cosine, words))
    return rows


def main() -> None:
    """Print the coefficients and the rates, for English and for the other languages."""
    rows = load(sys.argv[1])
    chance = np.random.default_rng(0)
    for name, english in (("en", True), ("*", False)):
        part = [row for row in rows if row[0] is english]
        features = np.array([row[2:] for row in part])
        answered = np.array([row[1] for row in part], float)
        rates = []
        for _ in range(20):
            order = chance.permutation(len(part))
            develop, held_out = order[::2], order[1::2]
            out = refused(fit(features[develop], answered[develop]), features[held_out])
            known = answered[held_out] == 1
            rates.append((out[known].mean(), out[~known].mean()))
        wrong, right = np.mean(rates, axis=0)
        print(f"{name}: n={len(part)} coefficients {fit(features, answered).round(1)}")
        print(f"  held-out halves: answerable refused {wrong:.3f}, out of scope refused {right:.3f}")


if __name__ == "__main__":
    main()
