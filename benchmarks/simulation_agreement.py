"""The simulated Spark, as HTTP clients measure it, beside the planner's own simulation of the very same arrivals.

Each load is put on `aichatdesk simulate spark` in a process of its own. The planner's simulation has no clock and no
HTTP; with the server it shares the batcher and the roofline. Times are simulated seconds.
"""

import asyncio
import contextlib
import json
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from aichatdesk.migration.simulate.simulated_spark import SparkChoice, simulated_spark
from aichatdesk.migration.spark.roofline import Roofline
from aichatdesk.migration.spark.visitors import Question, Run, Server

SLOTS = 8


@dataclass(frozen=True)
class Load:
    """So many questions at a mean rate in simulated time; a rate of 0 puts all of them at once."""

    model: str
    speed: float
    questions: int
    per_second: float
    prompt_tokens: int = 2000
    answer_tokens: int = 150


LOADS = (
    Load("gpt-oss-20b", 1, 60, 1.0),
    Load("gpt-oss-20b", 1, 16, 0),
    Load("gpt-oss-20b", 10, 120, 1.0),
    Load("gpt-oss-20b", 50, 120, 1.0),
    Load("llama3.1-8b", 5, 100, 0.6),
    Load("llama3.1-70b", 20, 60, 0.05),
    Load("llama3.1-70b", 100, 60, 0.05),
)


@dataclass(frozen=True)
class Measured:
    """What a client saw, in simulated seconds; `at` is when it asked."""

    at: float
    first: float
    whole: float
    prompt_tokens: int
    answer_tokens: int


@contextlib.asynccontextmanager
async def spark(load: Load) -> AsyncIterator[str]:
    """The command, as a user would start it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "aichatdesk.entry.cli.main", "simulate", "spark", "--model", load.model, "--vectors", "hash"),
        *("--port", "0", "--slots", str(SLOTS), "--speed", str(load.speed), "--thinking", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        yield line.strip().partition("=")[2]
    finally:
        process.terminate()
        await process.wait()


async def ask(
    client: httpx2.AsyncClient, load: Load, after: float, began: float, lengths: tuple[int, int]
) -> Measured:
    """Ask at a moment of the simulation, and listen to the end."""
    loop = asyncio.get_running_loop()
    prompt, answer = lengths
    body = {
        "model": load.model,
        "messages": [{"role": "user", "content": "word " * round(prompt * 3.2 / 5)}],
        "max_tokens": answer,
        "ignore_eos": True,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    await asyncio.sleep(max(0.0, began + after / load.speed - loop.time()))
    asked, first, usage = loop.time(), 0.0, {"prompt_tokens": 0, "completion_tokens": 0}
    async with client.stream("POST", "/chat/completions", json=body) as reply:
        async for line in reply.aiter_lines():
            if line.startswith("data: {"):
                event: dict[str, Any] = json.loads(line[6:])
                usage = event.get("usage") or usage
                if not first and event["choices"] and event["choices"][0]["delta"].get("content"):
                    first = loop.time()
    ended = loop.time()
    at, until_first, whole = (
        (moment * load.speed) for moment in (asked - began, first - asked, ended - asked)
    )
    return Measured(at, until_first, whole, usage["prompt_tokens"], usage["completion_tokens"])


async def measure(load: Load) -> dict[str, Any]:
    """Put one load on a server, and simulate the same arrivals."""
    chance = random.Random(11)
    moments, at = [], 0.0
    for _ in range(load.questions):
        at += chance.expovariate(load.per_second) if load.per_second else 0.0
        lengths = (
            round(load.prompt_tokens * chance.uniform(0.5, 1.5)),
            round(load.answer_tokens * chance.uniform(0.5, 1.5)),
        )
        moments.append((at, lengths))
    limits = httpx2.Limits(max_connections=500, max_keepalive_connections=500)
    async with spark(load) as url, httpx2.AsyncClient(base_url=url, timeout=600, limits=limits) as client:
        began = asyncio.get_running_loop().time() + 0.2
        seen = await asyncio.gather(*(ask(client, load, at, began, lengths) for at, lengths in moments))
        told = (await client.get(url.removesuffix("/v1") + "/simulation")).json()
    return compare(load, sorted(seen, key=lambda one: one.at), told)


def compare(load: Load, seen: list[Measured], told: dict[str, Any]) -> dict[str, Any]:
    """p50 and p95 of what was seen, of the planner's simulation, and how far they are apart."""
    servers = simulated_spark(SparkChoice(load.model, slots=SLOTS, thinking_tokens=0), note=lambda _: None)
    assert isinstance(servers.timing, Roofline)
    run = Run(servers.timing, Server(SLOTS, servers.size.chunk_tokens))
    for one in seen:
        run.ask(one.at + servers.size.overhead, Question(one.prompt_tokens, one.answer_tokens))
    run.until_all_are_answered(iter(()))
    starts = [one.at for one in seen]
    pure = {
        "first_token": [asked.first_token - at for asked, at in zip(run.asked, starts, strict=True)],
        "whole_answer": [asked.ended - at for asked, at in zip(run.asked, starts, strict=True)],
    }
    measured = {"first_token": [one.first for one in seen], "whole_answer": [one.whole for one in seen]}
    result: dict[str, Any] = {"load": asdict(load), "behind": told["behind"], "told": told["times"]}
    for kind, values in measured.items():
        for name, share in (("p50", 50), ("p95", 95)):
            client, alone = float(np.percentile(values, share)), float(np.percentile(pure[kind], share))
            result[f"{kind}_{name}"] = {"clients": client, "planner": alone, "apart": client / alone - 1}
    return result


def main() -> None:
    """Print the figures and keep them."""
    results = []
    for load in LOADS:
        result = asyncio.run(measure(load))
        results.append(result)
        figures = {name: value for name, value in result.items() if "_p" in name}
        print(f"{load.model} at speed {load.speed:g}, {load.questions} questions, {load.per_second:g}/s")
        for name, value in figures.items():
            print(
                f"  {name:17} {value['clients']:8.2f} s  planner {value['planner']:8.2f} s  {value['apart']:+7.1%}"
            )
        print(
            f"  behind: mean {result['behind']['mean']:.3f} s, worst {result['behind']['worst']:.3f} s",
            flush=True,
        )
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "simulation_agreement.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
