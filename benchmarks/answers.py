"""Ask the whole product, with the real small models, every question of two sets about the demo's documents.

The first set asks in plain words, the second as customers do: with stories, slips and words of their own. For an
answerable question the reply is right if it, or the passage it cites, holds the noted words of the document; one
out of scope must not be answered: it is refused, or the closest passage is shown as one that may not answer. Every
sentence sent is written out beside what it cites, to be read by eye.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from aichatdesk.assistant.phrases import LANGUAGES, phrases

ROOT = Path(__file__).parent.parent
SETS = {
    "plain": ROOT / "tests" / "data" / "demo_questions.jsonl",
    "as customers ask": ROOT / "tests" / "data" / "held_out_questions.jsonl",
}
OUT = Path(__file__).parent / "out"
REFUSALS = {phrases(language).refused for language in LANGUAGES}
QUOTES = tuple(phrases(language).quote for language in LANGUAGES)
UNSURE = tuple(phrases(language).unsure for language in LANGUAGES)


def kind_of(answer: dict[str, Any]) -> str:
    """Refused, unsure, quoted, or written by the model."""
    if answer["content"] in REFUSALS:
        return "refused"
    if answer["content"].startswith(UNSURE):
        return "unsure"
    return "quoted" if answer["content"].startswith(QUOTES) else "answered"


def is_right(question: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether the noted words are in what was said or in the cited text."""
    told = " ".join([answer["content"], *(one["quote"] for one in answer["citations"])])
    return " ".join(question["answer_span"].split()) in " ".join(told.split())


def questions(most: int) -> list[dict[str, Any]]:
    """The first `most` questions of each set."""
    return [
        json.loads(line) | {"set": name}
        for name, file in SETS.items()
        for line in file.read_text(encoding="utf-8").splitlines()[:most]
    ]


async def ask_all(address: str, most: int) -> list[dict[str, Any]]:
    """One new chat for each question."""
    rows = []
    async with httpx2.AsyncClient(base_url=address, timeout=180) as client:
        for question in questions(most):
            chat = (await client.post("/api/chat", json={"userName": "A", "userEmail": "a@b.c"})).json()
            reply = await client.post(
                f"/api/v1/chats/{chat['sessionId']}/messages",
                json={"content": question["question"]},
                headers={"X-Visitor-Token": chat["visitorToken"]},
            )
            answer = reply.json()["answer"]
            row = question | {
                "kind": kind_of(answer),
                "answer": answer["content"],
                "language_told": answer["language"],
            }
            row |= {"confidence": answer["confidence"], "handed_over": reply.json()["handedOver"]}
            row["cited"] = [one["quote"] for one in answer["citations"]]
            if "answer_span" in question:
                row["right"] = is_right(question, answer)
            rows.append(row)
            print(".", end="", flush=True)
    print()
    return rows


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rates that the goals name."""
    answerable = [row for row in rows if "answer_span" in row]
    outside = [row for row in rows if row.get("out_of_scope")]
    kinds = Counter(row["kind"] for row in answerable)
    asked = [row for row in rows if "answer_span" in row or row.get("out_of_scope")]
    return {
        "answerable": len(answerable),
        "answerable_refused": kinds["refused"] / max(len(answerable), 1),
        "answered_by_the_model": kinds["answered"] / max(len(answerable), 1),
        "quoted": kinds["quoted"] / max(len(answerable), 1),
        "unsure": kinds["unsure"] / max(len(answerable), 1),
        "holds_the_noted_words": sum(row["right"] for row in answerable) / max(len(answerable), 1),
        "out_of_scope": len(outside),
        "out_of_scope_refused": _share(outside, lambda row: row["kind"] == "refused"),
        "out_of_scope_unsure": _share(outside, lambda row: row["kind"] == "unsure"),
        "out_of_scope_answered_and_left": _share(
            outside, lambda row: row["kind"] in {"answered", "quoted"} and not row["handed_over"]
        ),
        "language_right": sum(row["language"] == row["language_told"] for row in asked) / max(len(asked), 1),
    }


def _share(rows: list[dict[str, Any]], holds: Callable[[dict[str, Any]], bool]) -> float:
    return sum(map(holds, rows)) / max(len(rows), 1)


async def run(most: int) -> list[dict[str, Any]]:
    """Start the demo in a folder of its own and ask."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aichatdesk.entry.cli.main", "demo", "--port", "0",
            env={"PATH": os.environ["PATH"], "AICHATDESK_DATA_DIR": folder, "RATE_LIMIT_MAX_REQUESTS": "1000000"},
            cwd=folder, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        address = ""
        while line := (await process.stdout.readline()).decode():
            address = line.split()[-1].rstrip("/") if "Shop page" in line else address
            if "Ctrl-C" in line:
                break
        try:
            return await ask_all(address, most)
        finally:
            process.terminate()
            await process.wait()


def main() -> None:
    """Print the rates and keep every answer."""
    rows = asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
    OUT.mkdir(exist_ok=True)
    result = {name: summary([row for row in rows if row["set"] == name]) for name in SETS}
    (OUT / "answers.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    (OUT / "answers.json").write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
