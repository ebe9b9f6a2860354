"""The plan as JSON, for programs: `docs/reference/plan-json.md` says what each field means."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aichatdesk.inference.catalogue.catalogue import Catalogue, CatalogueModel
from aichatdesk.inference.catalogue.shape import ModelShape
from aichatdesk.migration.plan.assess import Assessment
from aichatdesk.migration.plan.make_plan import Plan
from aichatdesk.migration.plan.targets import Load
from aichatdesk.migration.plan.verdict import verdict_of
from aichatdesk.migration.spark.visitors import Waits

# Raised when a field changes its meaning or goes; new fields do not raise it.
SCHEMA = 1


def plan_json(plan: Plan) -> dict[str, Any]:
    """Numbers are plain: seconds, tokens, GB of 10^9 bytes, shares from 0 to 1."""
    verdict = verdict_of(plan)
    return {
        "schema": SCHEMA,
        "question": _camel(asdict(plan.question)),
        "verdict": {
            "holds": verdict.level,
            "headline": verdict.headline,
            "sentences": list(verdict.sentences),
            "better": verdict.better,
        },
        "chosen": _assessment(plan.chosen, whole=True),
        "otherBuilds": [_assessment(one) for one in plan.other_builds],
        "alternatives": [_assessment(one) for one in plan.alternatives],
        "embedding": {
            "id": plan.embedder.id,
            "title": plan.embedder.title,
            "width": plan.embedder.width,
            "questionSeconds": _number(plan.embedding.question_seconds),
            "tokensPerSecond": _number(plan.embedding.tokens_per_second),
            "chunks": plan.embedding.chunks,
            "chunksSeconds": _number(plan.embedding.chunks_seconds),
        },
        "remarks": list(plan.remarks),
        "files": dict(plan.files),
    }


def models_json(catalogue: Catalogue) -> dict[str, Any]:
    """Every model that is known by name, with what it is called at its servers and what is particular about it."""
    return {
        "chat": [_chat_model(model) for model in catalogue.chat],
        "embedders": [
            {
                "id": one.id,
                "title": one.title,
                "width": one.width,
                "contextTokens": one.context_tokens,
                "pooling": one.pooling,
                "queryPrefix": one.query_prefix,
                "documentPrefix": one.document_prefix,
                "servedAs": {"vllm": one.vllm, "ollama": one.ollama},
                "licence": one.licence,
                "source": one.source,
            }
            for one in catalogue.embedders
        ],
    }


def _chat_model(model: CatalogueModel) -> dict[str, Any]:
    return {
        "id": model.id,
        "title": model.title,
        **_shape(model.shape),
        "thinks": model.thinks,
        "strictAlternation": model.strict_alternation,
        "quants": [one.quant for one in model.checkpoints],
        "checkpoints": [
            {"quant": one.quant, "servedAs": {"vllm": one.vllm, "ollama": one.ollama}}
            for one in model.checkpoints
        ],
        "licence": model.licence,
        "source": model.source,
    }


def _assessment(one: Assessment, *, whole: bool = False) -> dict[str, Any]:
    choice, memory = one.choice, one.memory
    found = {
        "model": choice.model.id,
        "title": choice.model.title,
        "quant": choice.checkpoint.quant,
        "engine": choice.engine,
        "servedAs": choice.name_at_server,
        "licence": choice.model.licence,
        "source": choice.model.source,
        "fits": memory.fits,
        "keepsAll": one.keeps_all,
        "memory": {
            "totalGb": _number(memory.total_gb),
            "plannableGb": memory.plannable_gb,
            "visibleGb": memory.visible_gb,
            "parts": [{"name": part.name, "gb": _number(part.gb)} for part in memory.parts],
            "chatShare": memory.chat_share,
            "embeddingShare": memory.embedding_share,
        },
        "decodeTokensPerSecond": _number(one.decode_tokens_per_second),
        "prefillTokensPerSecond": _number(one.prefill_tokens_per_second),
        "targets": [_camel(asdict(target)) for target in one.targets],
        "loads": [_load(load) for load in one.loads.values()],
    }
    if not whole:
        return found
    return found | {
        "shape": _shape(choice.model.shape),
        "readFromFiles": choice.is_own,
        "assumed": list(choice.assumed),
        "measured": one.known,
        "errors": {_name(kind): _camel(asdict(error)) for kind, error in one.errors.items()},
    }


def _load(load: Load) -> dict[str, Any]:
    return {"visitors": load.visitors, "underWay": _waits(load.under_way), "atOnce": _waits(load.at_once)}


def _waits(waits: Waits) -> dict[str, Any]:
    spreads = {
        "queue": waits.queue,
        "firstToken": waits.first_token,
        "firstSentence": waits.first_sentence,
        "answer": waits.answer,
    }
    return {
        **{
            name: {"p50": _number(spread.p50), "p95": _number(spread.p95)} for name, spread in spreads.items()
        },
        "answersPerMinute": _number(waits.answers_per_minute),
    }


def _shape(shape: ModelShape) -> dict[str, Any]:
    return {
        "totalParams": round(shape.total_params),
        "activeParams": round(shape.active_params),
        "layers": shape.layers,
        "attentionHeads": shape.attention_heads,
        "kvHeads": shape.kv_heads,
        "headDim": shape.head_dim,
        "experts": shape.experts,
        "expertsPerToken": shape.experts_per_token,
        "contextTokens": shape.context_tokens,
    }


def _camel(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_name(key): value for key, value in values.items()}


def _name(key: str) -> str:
    first, *others = key.replace(" ", "_").split("_")
    return first + "".join(word.capitalize() for word in others)


def _number(value: float) -> float:
    """Four digits are more than any prediction deserves."""
    return float(f"{value:.4g}")
