"""Fit the relevance function on questions with and without an answer in the demo's documents.

Start the demo first; the address is the argument. Reports the fit and, from repeated halves, how many questions of
each kind it would refuse flatly (below PERHAPS), and how many it would not be sure of (below RELEVANT).
"""

import json
import sys
from pathlib import Path

import httpx2
import numpy as np
from numpy.typing import NDArray

from aichatdesk.knowledge.relevance import PERHAPS, RELEVANT

DATA = Path(__file__).parent.parent / "tests" / "data"
SETS = ("demo_questions.jsonl", "held_out_questions.jsonl")
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


def below(limit: float, weights: Floats, features: Floats) -> NDArray[np.bool_]:
    """Which questions the function rates below a limit."""
    return 1 / (1 + np.exp(-np.c_[np.ones(len(features)), features] @ weights)) < limit


def load(address: str) -> list[tuple[bool, bool, float, float]]:
    """For each question: English or not, answerable or not, best cosine, best word share."""
    rows = []
    with httpx2.Client(base_url=address, timeout=60) as client:
        for line in (line for name in SETS for line in (DATA / name).read_text("utf-8").splitlines()):
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
            weights = fit(features[develop], answered[develop])
            known = answered[held_out] == 1
            rates.append(
                [
                    below(limit, weights, features[held_out])[kind].mean()
                    for limit in (PERHAPS, RELEVANT)
                    for kind in (known, ~known)
                ]
            )
        refused, outside_refused, unsure, outside_unsure = np.mean(rates, axis=0)
        print(f"{name}: n={len(part)} coefficients {fit(features, answered).round(1)}")
        print(f"  held-out halves, refused: answerable {refused:.3f}, out of scope {outside_refused:.3f}")
        print(f"  refused or unsure: answerable {unsure:.3f}, out of scope {outside_unsure:.3f}")


if __name__ == "__main__":
    main()
