"""The plan: what was asked for, assessed; what would do better; and how to serve it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aichatdesk.core.errors import Invalid
from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder, load_catalogue
from aichatdesk.migration.plan.assess import Assessment, assess
from aichatdesk.migration.plan.choices import Choice, all_choices, choices_for
from aichatdesk.migration.plan.deployment import deployment_files
from aichatdesk.migration.plan.embedding import EmbeddingSpeed, embedding_speed
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.plan.remarks import remarks_on, serves
from aichatdesk.migration.plan.serve import deployment_of
from aichatdesk.migration.plan.targets import TARGET_VISITORS
from aichatdesk.migration.spark.constants import load_constants

_ALTERNATIVES = 12
# The least that a desk takes as `LLM_CONTEXT_TOKENS`.
_LEAST_CONTEXT = 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to a `PlanQuestion`.

    Attributes:
        chosen: What was asked for, in its best build; the best of all where no model was named.
        other_builds: Other builds of the same model, the best first.
        alternatives: Other models, each in its best build, the best first.
        files: What sets up the Spark and the desk, by file name; empty where the choice does not fit.
        remarks: What else whoever decides should know, in sentences.
    """

    question: PlanQuestion
    embedder: CatalogueEmbedder
    embedding: EmbeddingSpeed
    chosen: Assessment
    other_builds: tuple[Assessment, ...]
    alternatives: tuple[Assessment, ...]
    files: Mapping[str, str]
    remarks: tuple[str, ...]


def make_plan(question: PlanQuestion) -> Plan:
    """Plan for a DGX Spark.

    Raises:
        NotFound, Invalid: As `choices_for`; or there is no such embedding model, or no desk works with so short a context.
    """
    if question.context_tokens < _LEAST_CONTEXT:
        raise Invalid(
            f"A desk needs a --context of {_LEAST_CONTEXT:,} tokens at least, not {question.context_tokens:,}."
        )
    catalogue, constants = load_catalogue(), load_constants()
    embedder = catalogue.embedder(question.embedder)

    def assessed(asked: PlanQuestion, choices: Sequence[Choice]) -> list[Assessment]:
        found = [assess(choice, asked, embedder, constants, visitors=()) for choice in choices]
        return sorted(found, key=_rank, reverse=True)

    asked_for = assessed(question, choices_for(question, catalogue))
    chosen = assess(asked_for[0].choice, question, embedder, constants)
    same = chosen.choice.model.id
    best: dict[str, Assessment] = {}
    # What is promised for ten visitors is not kept by a server that answers four at once.
    at_once = max(question.concurrency, *TARGET_VISITORS)
    with_more = replace(question, concurrency=at_once)
    for one in assessed(with_more, all_choices(with_more, catalogue)):
        best.setdefault(one.choice.model.id, one)
    others = [one for model, one in best.items() if model != same and one.memory.fits]
    of_same = replace(question, quant="", engine="", model=same)
    builds = () if chosen.choice.is_own else assessed(question, choices_for(of_same, catalogue))
    return Plan(
        question,
        embedder,
        embedding_speed(embedder, question.chunks),
        chosen,
        tuple(one for one in builds if one.choice.build != chosen.choice.build),
        tuple(others[:_ALTERNATIVES]),
        _files(chosen, question, embedder),
        remarks_on(chosen, question, embedder),
    )


def _files(chosen: Assessment, question: PlanQuestion, embedder: CatalogueEmbedder) -> dict[str, str]:
    if not chosen.memory.fits or chosen.choice.is_own or not serves(chosen, embedder):
        return {}
    return deployment_files(deployment_of(chosen.choice, chosen.memory, question, embedder))


def _rank(one: Assessment) -> tuple[bool, int, bool, float, float]:
    """Promises kept first, then what is measured before what is not.

    Then size, the one thing that a plan knows of quality; of one model, the build that is soonest done. Of those that
    do not fit, the one that misses least.
    """
    if not one.memory.fits:
        return False, 0, False, 0.0, -one.memory.total_gb
    slowest = max(load.under_way.answer.p95 for load in one.loads.values())
    return True, one.points, one.known != "others", one.choice.model.shape.total_params, -slowest
