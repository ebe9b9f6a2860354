"""The published figures, and what the roofline says of each."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from aichatdesk.inference.catalogue.catalogue import Catalogue, UnknownModel, load_catalogue
from aichatdesk.migration.spark import measurements
from aichatdesk.migration.spark.batching import Batcher, Work
from aichatdesk.migration.spark.engines import CHUNK_TOKENS, Engine
from aichatdesk.migration.spark.machine import DGX_SPARK
from aichatdesk.migration.spark.roofline import Build, Rates, Roofline

Kind = Literal["decode", "prefill", "first token"]

# As long a prompt as is read in one step.
_PREFILL_TOKENS = 2048
# Figures nearer to each other are one, rounded differently.
_SAME = 1e-3
# Engines as the files call them begin with these names.
_ENGINES: tuple[Engine, ...] = ("vllm", "ollama", "llamacpp", "sglang", "trtllm")


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure of a build: tokens a second, or seconds up to the first token.

    `concurrency` equal requests come at once; the figure is the mean over them.
    """

    kind: Kind
    build: Build
    value: float
    source: str
    prompt_tokens: int
    answer_tokens: int = 1
    concurrency: int = 1

    @property
    def is_burst(self) -> bool:
        """Whether several requests came at once."""
        return self.concurrency > 1


@dataclass(frozen=True, slots=True)
class Unpredicted:
    """Published figures that are not among those that are predicted, and why."""

    run: str
    figures: int
    why: str


def predict(figure: Figure, rates: Rates) -> float:
    """What the roofline says in place of the figure, in the same unit."""
    roofline = Roofline(DGX_SPARK, figure.build, rates)
    if figure.kind == "prefill":
        return roofline.prefill_tokens_per_second
    if figure.answer_tokens == 1:
        return roofline.decode_tokens_per_second(figure.prompt_tokens)
    lengths = (figure.concurrency, figure.prompt_tokens, figure.answer_tokens)
    first, rate = _burst_of(figure.build, rates, *lengths)
    return first if figure.kind == "first token" else rate


@lru_cache(maxsize=64)
def _burst_of(build: Build, rates: Rates, *lengths: int) -> tuple[float, float]:
    """Two figures of one run follow each other, so that each is simulated once."""
    return burst(Roofline(DGX_SPARK, build, rates), *lengths)


def burst(roofline: Roofline, requests: int, prompt_tokens: int, answer_tokens: int) -> tuple[float, float]:
    """Equal requests that come at once: the mean first token in seconds, and the mean tokens a second after it."""
    batcher = Batcher(roofline, slots=requests, chunk_tokens=CHUNK_TOKENS[roofline.build.engine])
    for number in range(requests):
        batcher.submit(Work(number, prompt_tokens, answer_tokens))
    now, first, last = 0.0, dict[int, float](), dict[int, float]()
    while batcher.busy:
        step = batcher.leap(math.inf)
        now += step.seconds
        for number in step.tokens:
            first.setdefault(number, now)
        last |= dict.fromkeys(step.finished, now)
    rates = [(answer_tokens - 1) / (last[number] - first[number]) for number in last]
    return roofline.request_seconds + sum(first.values()) / requests, sum(rates) / requests


@cache
def published_figures() -> tuple[tuple[Figure, ...], tuple[Unpredicted, ...]]:
    """All figures whose model is in the catalogue, each once, and those that are left out."""
    catalogue = load_catalogue()
    figures: list[Figure] = []
    left_out: list[Unpredicted] = []
    _read_bursts(catalogue, figures, left_out)
    in_bursts = _values_of_bursts(catalogue)
    for figure in (*_single_streams(catalogue), *_prefills(catalogue)):
        if any(math.isclose(figure.value, one, rel_tol=_SAME) for one in in_bursts.get(figure.build, ())):
            run = f"{figure.kind} of {figure.build.name} in {figure.build.quant}, {figure.value:g} tokens/s"
            left_out.append(Unpredicted(run, 1, "It repeats a figure of the bursts"))
        else:
            figures.append(figure)
    return tuple(figures), tuple(left_out)


def _values_of_bursts(catalogue: Catalogue) -> Mapping[Build, list[float]]:
    """What the file of bursts says of each build, in tokens a second; other files take a few from it."""
    runs = {row["run"]: row for row in _rows("runs.csv") if row["model"]}
    values: dict[Build, list[float]] = {}
    for row in _rows("vllm_concurrency.csv"):
        if known := runs.get(row["run"]):
            build = _build(catalogue, known["model"], known["quant"], "vllm")
            told = (row["decode_tokens_per_s_per_request"], row["prefill_tokens_per_s_total"])
            values.setdefault(build, []).extend(map(float, told))
    return values


def _read_bursts(catalogue: Catalogue, figures: list[Figure], left_out: list[Unpredicted]) -> None:
    runs = {row["run"]: row for row in _rows("runs.csv")}
    counts: dict[tuple[str, str], int] = {}
    for row in _rows("vllm_concurrency.csv"):
        run, known = row["run"], runs.get(row["run"], {"model": "", "note": "The run is not in runs.csv"})
        if not known["model"]:
            counts[run, known["note"]] = counts.get((run, known["note"]), 0) + 2
            continue
        build = _build(catalogue, known["model"], known["quant"], "vllm")
        if _was_cached(build, float(row["prefill_tokens_per_s_total"])):
            why = "Its prompts were read faster than the machine can multiply: they were cached"
            counts[f"{run} at {row['concurrency']}", why] = 2
            continue
        for kind, value in (
            ("decode", float(row["decode_tokens_per_s_per_request"])),
            ("first token", float(row["mean_ttft_ms"]) / 1e3),
        ):
            lengths = (int(row["prompt_tokens"]), int(row["answer_tokens"]), int(row["concurrency"]))
            figures.append(Figure(kind, build, value, f"djangodevreng: {run}", *lengths))  # type: ignore[arg-type]
    left_out += [Unpredicted(run, count, why) for (run, why), count in counts.items()]


def _single_streams(catalogue: Catalogue) -> Iterator[Figure]:
    for row in _rows("decode_single_stream.csv"):
        build = _build(catalogue, row["model"], row["quant"], _engine(row["engine"]))
        tokens = max(1, int(row["context_tokens"]))
        yield Figure("decode", build, float(row["decode_tokens_per_s"]), row["source"], tokens)


def _prefills(catalogue: Catalogue) -> Iterator[Figure]:
    for row in _rows("prefill.csv"):
        build = _build(catalogue, row["model"], row["quant"], _engine(row["engine_class"]))
        yield Figure(
            "prefill", build, float(row["prefill_tokens_per_s"]), row["engine_class"], _PREFILL_TOKENS
        )


def _build(catalogue: Catalogue, name: str, quant: str, engine: Engine) -> Build:
    try:
        model = catalogue.chat_model(name)
    except UnknownModel as error:
        raise ValueError(f"the measurements name {name}, which the catalogue has not") from error
    known = {one.quant for one in model.checkpoints}
    if quant == "fp8" and "fp8" not in known and "fp8-block" in known:
        quant = "fp8-block"  # what the files call fp8 is scaled by blocks in these models
    return Build(model.id, model.family, model.shape, quant, engine)


def _engine(name: str) -> Engine:
    return next(engine for engine in _ENGINES if name.startswith(engine))


def _was_cached(build: Build, tokens_per_second: float) -> bool:
    active = build.shape.non_expert_params + build.shape.experts_read(1)
    return 2 * active * tokens_per_second > DGX_SPARK.dense_flops


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    text = (resources.files(measurements) / name).read_text("utf-8")
    yield from csv.DictReader(text.splitlines())
