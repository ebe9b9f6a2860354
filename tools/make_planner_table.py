#!/usr/bin/env python3
"""Write the table of docs/guide/choosing-a-model.md from the plans themselves; `--check` changes nothing."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from aichatdesk.inference.catalogue.catalogue import load_catalogue
from aichatdesk.migration.plan.assess import Assessment, assess
from aichatdesk.migration.plan.choices import choices_for
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.spark.constants import load_constants

PAGE = Path(__file__).resolve().parents[1] / "docs" / "guide" / "choosing-a-model.md"
TABLE = re.compile(r"^\| Model \|.*?\n\n", re.MULTILINE | re.DOTALL)
# The models of the migration plan, then those that are run on a Spark today.
SHOWN: tuple[tuple[str, str, str] | tuple[str, str, str, int], ...] = (
    ("llama3.1-70b", "bf16", "vllm"),
    ("llama3.1-70b", "fp8", "vllm"),
    ("llama3.1-70b", "nvfp4", "vllm"),
    ("llama3.1-70b", "q4_k_m", "ollama"),
    ("qwen2.5-72b", "q4_k_m", "ollama"),
    ("mistral-large-123b", "q4_k_m", "ollama"),
    ("mistral-large-123b", "q4_k_m", "ollama", 8),
    ("llama3.1-8b", "fp8", "vllm"),
    ("gpt-oss-20b", "mxfp4", "vllm"),
    ("gpt-oss-120b", "mxfp4", "vllm"),
    ("qwen3-30b-a3b", "q4_k_m", "ollama"),
    ("qwen3-30b-a3b", "fp8-block", "vllm"),
    ("qwen3-30b-a3b-hybrid", "nvfp4", "vllm"),
    ("qwen3.6-35b-a3b", "nvfp4", "vllm"),
    ("nemotron3-nano-30b-a3b", "nvfp4", "vllm"),
)


def main() -> None:
    text = PAGE.read_text("utf-8")
    made = TABLE.sub("\n".join(rows()) + "\n\n", text, count=1)
    if "--check" in sys.argv:
        sys.exit(f"Run tools/{Path(__file__).name}: the table is stale." if made != text else 0)
    PAGE.write_text(made, "utf-8")


def rows() -> Iterator[str]:
    yield "| Model | Weights, engine | Memory | First sentence, one visitor | First sentence, 95 of 100 | Whole answer, 95 of 100 | In 5 s? |"
    yield "|---|---|---|---|---|---|---|"
    catalogue = load_catalogue()
    for name, quant, engine, *slots in SHOWN:
        concurrency = slots[0] if slots else 10
        question = PlanQuestion(model=name, quant=quant, engine=engine, concurrency=concurrency)
        choice = choices_for(question, catalogue)[0]
        embedder = catalogue.embedder(question.embedder)
        yield row(assess(choice, question, embedder, load_constants(), visitors=()), concurrency)


def row(one: Assessment, concurrency: int) -> str:
    fewer = "" if concurrency == 10 else f", {concurrency} at once"
    build = f"{one.choice.checkpoint.quant}, {one.choice.engine}{fewer}"
    start = f"| {one.choice.model.title} | {build} | {one.memory.total_gb:.0f} GB "
    if not one.loads:
        return start + "| | | | does not fit |"
    alone, ten = one.loads[1].under_way, one.loads[10].under_way
    return f"{start}| {alone.first_sentence.p50:.1f} | {ten.first_sentence.p95:.1f} | {ten.answer.p95:.0f} | {verdict(one)} |"


def verdict(one: Assessment) -> str:
    held = {target.id: target for target in one.targets}
    for visitors in (10, 5, 1):
        target = held[f"first-response-{visitors}"]
        if target.holds != "no":
            who = "one visitor" if visitors == 1 else f"{visitors} visitors"
            unless = "" if target.holds == "yes" else ", unless all ask at once"
            return f"yes, {who}{unless}{' (close)' if target.close else ''}"
    return "no"


if __name__ == "__main__":
    main()
