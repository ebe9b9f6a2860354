"""The plan: what was asked for, assessed; what would do better; and how to serve it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder, load_catalogue
from aichatdesk.migration.plan.assess import Assessment, assess, memory_for
from aichatdesk.migration.plan.choices import choices_for
from aichatdesk.migration.plan.deployment import deployment_files
from aichatdesk.migration.plan.embedding import EmbeddingSpeed, embedding_speed
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.plan.serve import deployment_of
from aichatdesk.migration.plan.targets import TARGET_VISITORS
from aichatdesk.migration.spark.constants import load_constants

_ALTERNATIVES = 12


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
        NotFound, Invalid: As `choices_for`; or there is no such embedding model.
    """
    catalogue, constants = load_catalogue(), load_constants()
    embedder = catalogue.embedder(question.embedder)

    def assessed(asked: PlanQuestion) -> list[Assessment]:
        found = [
            assess(choice, asked, embedder, constants, visitors=())
            for choice in choices_for(asked, catalogue)
        ]
        return sorted(found, key=_rank, reverse=True)

    asked_for = assessed(question)
    chosen = assess(asked_for[0].choice, question, embedder, constants)
    same = chosen.choice.model.id
    best: dict[str, Assessment] = {}
    # What is promised for ten visitors is not kept by a server that answers four at once.
    at_once = max(question.concurrency, *TARGET_VISITORS)
    for one in assessed(replace(question, model="", quant="", engine="", concurrency=at_once)):
        best.setdefault(one.choice.model.id, one)
    others = [one for model, one in best.items() if model != same and one.memory.fits]
    builds = assessed(replace(question, quant="", engine="", model=question.model or same))
    return Plan(
        question,
        embedder,
        embedding_speed(embedder, question.chunks),
        chosen,
        tuple(one for one in builds if one.choice.build != chosen.choice.build),
        tuple(others[:_ALTERNATIVES]),
        _files(chosen, question, embedder),
        _remarks(chosen, question, embedder),
    )


def _files(chosen: Assessment, question: PlanQuestion, embedder: CatalogueEmbedder) -> dict[str, str]:
    if not chosen.memory.fits or chosen.choice.is_own or not _serves(chosen, embedder):
        return {}
    return deployment_files(deployment_of(chosen, question, embedder))


def _serves(chosen: Assessment, embedder: CatalogueEmbedder) -> bool:
    """Whether the chosen engine has the embedding model."""
    return bool(embedder.vllm if chosen.choice.engine == "vllm" else embedder.ollama)


def _rank(one: Assessment) -> tuple[bool, int, bool, float, float]:
    """Promises kept first, then what is measured before what is not.

    Then size, the one thing that a plan knows of quality; of one model, the build that is soonest done. Of those that
    do not fit, the one that misses least.
    """
    if not one.memory.fits:
        return False, 0, False, 0.0, -one.memory.total_gb
    slowest = max(load.under_way.answer.p95 for load in one.loads.values())
    return True, one.points, one.known != "others", one.choice.model.shape.total_params, -slowest


def _remarks(chosen: Assessment, question: PlanQuestion, embedder: CatalogueEmbedder) -> tuple[str, ...]:
    model, checkpoint = chosen.choice.model, chosen.choice.checkpoint
    remarks = list(chosen.choice.assumed)
    if not chosen.memory.fits:
        slots = (
            count
            for count in range(question.concurrency - 1, 0, -1)
            if memory_for(chosen.choice, question, embedder, count).fits
        )
        if fewer := next(slots, 0):
            remarks.append(f"With --concurrency {fewer} it would fit; more visitors than that would wait.")
        else:
            remarks.append("It does not fit with any number of answers at once; a smaller quantisation may.")
    if not model.shape.is_moe and model.shape.total_params > 25e9:
        remarks.append(
            f"{model.title} is dense: every token reads all of its weights, so one answer alone is written at "
            f"{chosen.decode_tokens_per_second:.1f} tokens a second. A model of experts reads a few of them only."
        )
    if model.thinks == "always":
        remarks.append(
            f"It thinks before it answers; {model.thinking_tokens} tokens are taken for that, which is an assumption. "
            "Visitors wait for them and do not see them."
        )
    if model.thinks == "optional":
        remarks.append("It can think before it answers; the plan takes it that this is switched off.")
    if model.strict_alternation:
        remarks.append(
            "Its template refuses two turns of one role in a row; the desk joins them before it asks."
        )
    if checkpoint.weights_gb is None and checkpoint.quant.startswith("q"):
        remarks.append(
            "The size of its file follows from the parameters; the file itself may be a few percent off."
        )
    if not _serves(chosen, embedder):
        remarks.append(f"Ollama has no {embedder.title}; choose another --embedder, or --engine vllm.")
    if chosen.choice.is_own:
        remarks.append(
            "The files for the Spark are made for published models only; take those of a model of the catalogue and put "
            "the place of your own in its stead."
        )
    if chosen.known == "others":
        remarks.append("Nobody has published a measurement of this family; try it before you rely on it.")
    return tuple(remarks)
