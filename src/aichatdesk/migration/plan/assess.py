"""What one choice would be like: its memory, its waits, and which promises it keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder
from aichatdesk.migration.plan.choices import Choice
from aichatdesk.migration.plan.embedding import embedding_speed
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.plan.targets import (
    TARGET_VISITORS,
    Load,
    Target,
    embedding_target,
    first_response_targets,
    memory_target,
)
from aichatdesk.migration.spark.accuracy import Error, Known
from aichatdesk.migration.spark.constants import Constants
from aichatdesk.migration.spark.engines import CHUNK_TOKENS
from aichatdesk.migration.spark.machine import DGX_SPARK
from aichatdesk.migration.spark.memory import MemoryUse, memory_use
from aichatdesk.migration.spark.roofline import Build, Rates, Roofline
from aichatdesk.migration.spark.visitors import Question, Server, all_the_time, at_once

VISITORS = (1, 2, 4, 5, 8, 10, 16, 24, 32)
_WORSE: tuple[Known, ...] = ("itself", "relatives", "others")
_POINTS = {"yes": 2, "partly": 1, "no": 0}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One choice, assessed.

    Attributes:
        known_writing: What was measured that says how fast it writes: itself, its relatives, or other families alone.
        known_reading: The same of how fast it reads prompts.
        errors: How far off predictions of such a choice were, by kind of figure.
        loads: By number of visitors; empty where it does not fit.
    """

    choice: Choice
    memory: MemoryUse
    known_writing: Known
    known_reading: Known
    errors: Mapping[str, Error]
    decode_tokens_per_second: float
    prefill_tokens_per_second: float
    loads: Mapping[int, Load]
    targets: tuple[Target, ...]

    @property
    def known(self) -> Known:
        """What was measured of both."""
        return max(self.known_writing, self.known_reading, key=_WORSE.index)

    @property
    def points(self) -> int:
        """How many promises it keeps, those that it keeps partly counting half."""
        return sum(_POINTS[target.holds] for target in self.targets)

    @property
    def keeps_all(self) -> bool:
        """Whether every promise holds, were it only while visitors do not all come at one moment."""
        return all(target.holds != "no" for target in self.targets)


def assess(
    choice: Choice,
    question: PlanQuestion,
    embedder: CatalogueEmbedder,
    constants: Constants,
    visitors: Sequence[int] = VISITORS,
) -> Assessment:
    """Assess one choice for these numbers of visitors, and for those that the promises name."""
    build = choice.build
    memory = memory_for(choice, question, embedder, question.concurrency)
    roofline = Roofline(DGX_SPARK, build, constants.rates(build))
    asked = Question(question.prompt_tokens, question.answer_tokens, choice.model.thinking_tokens)
    server = Server(question.concurrency, CHUNK_TOKENS[choice.engine])
    counts = sorted({*visitors, *TARGET_VISITORS}) if memory.fits else []
    loads = {count: _load(build, constants.rates(build), server, asked, count) for count in counts}
    errors = constants.errors(build)
    return Assessment(
        choice,
        memory,
        constants.known_of(build, "writing"),
        constants.known_of(build, "reading"),
        errors,
        roofline.decode_tokens_per_second(question.prompt_tokens),
        roofline.prefill_tokens_per_second,
        loads,
        (
            memory_target(memory),
            *first_response_targets(loads, errors),
            embedding_target(embedding_speed(embedder, question.chunks).question_seconds),
        ),
    )


@lru_cache(maxsize=1024)
def _load(build: Build, rates: Rates, server: Server, asked: Question, visitors: int) -> Load:
    """Kept, since a plan meets one choice as what was asked for and among the alternatives."""
    roofline = Roofline(DGX_SPARK, build, rates)
    return Load(
        visitors,
        all_the_time(roofline, server, asked, visitors),
        at_once(roofline, server, asked, visitors),
    )


def memory_for(choice: Choice, question: PlanQuestion, embedder: CatalogueEmbedder, slots: int) -> MemoryUse:
    """What a choice takes with so many answers at once."""
    return memory_use(
        DGX_SPARK,
        choice.build,
        embedder,
        context_tokens=question.context_tokens,
        usual_tokens=question.prompt_tokens + choice.model.thinking_tokens + question.answer_tokens,
        slots=slots,
        weights_gb=choice.checkpoint.weights_gb,
    )
