"""Embedding models: encoders like BERT, and what a sentence-transformers folder adds to any model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from aichatdesk.inference.catalogue.fields import Fields
from aichatdesk.inference.catalogue.found_model import EmbedderTraits, ModelUnreadable
from aichatdesk.inference.catalogue.read_bounded import read_json_if_there, read_json_value, shown
from aichatdesk.inference.catalogue.shape import ModelShape

_LARGEST = 2**20
_LONGEST_PREFIX = 1000
_QUERY_NAMES = (
    "query",
    "search_query",
    "s2p_query",
    "Retrieval-query",
    "web_search_query",
    "retrieval.query",
)
_DOCUMENT_NAMES = (
    "document", "search_document", "passage", "corpus", "Retrieval-document", "retrieval.passage",
)  # fmt: skip
_POOLINGS: Mapping[str, Literal["mean", "cls", "last"]] = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "last",
}
ENCODERS = frozenset({"bert", "roberta", "xlm-roberta", "mpnet", "nomic_bert", "modernbert"})


def encoder_shape(fields: Fields, architecture: str) -> ModelShape:
    """Of an encoder; it keeps nothing between two texts."""
    hidden = fields.whole("hidden_size", "n_embd")
    layers = fields.whole("num_hidden_layers", "n_layer", most=2048)
    heads = fields.whole("num_attention_heads", "n_head")
    inner = fields.whole_or_none("intermediate_size", "n_inner")
    if inner is None:
        if architecture != "nomic_bert":
            fields.complain("`intermediate_size` is missing.")
        inner = 4 * hidden
    vocabulary = fields.whole("vocab_size")
    positions = fields.whole_or_none("max_position_embeddings", "n_positions")
    rotary = architecture in {"nomic_bert", "modernbert"}
    if positions is None:
        fields.complain("`max_position_embeddings` is missing.")
        positions = 1
    tables = (
        vocabulary + (0 if rotary else positions) + (fields.whole_or_none("type_vocab_size", least=0) or 0)
    )
    always, experts, count, per_token = _encoder_layers(
        fields, architecture, hidden=hidden, layers=layers, inner=inner
    )
    if hidden % heads:
        fields.complain(f"`hidden_size` {hidden} does not divide among {heads} heads.")
    return ModelShape(
        layers=layers,
        kv_heads=heads,
        head_dim=max(1, hidden // heads),
        non_expert_params=always,
        output_head_params=0.0,
        embedding_params=float(tables * hidden),
        expert_params=experts,
        experts=count,
        experts_per_token=per_token,
        kv_layer_share=0.0,
        attention_heads=heads,
        # Both XLM-RoBERTa and RoBERTa give two places of their table to padding.
        context_tokens=positions - 2
        if architecture in {"roberta", "xlm-roberta"} and positions > 2
        else positions,
    )


def _encoder_layers(
    fields: Fields, architecture: str, *, hidden: int, layers: int, inner: int
) -> tuple[float, float, int, int]:
    gated = architecture == "modernbert" or (
        architecture == "nomic_bert" and fields.text("activation_function") in {"swiglu", "geglu"}
    )
    feed_forward = (3 if gated else 2) * hidden * inner
    biased = architecture not in {"nomic_bert", "modernbert"}
    each = 4 * hidden * hidden + 4 * hidden + (5 * hidden + inner if biased else 0)
    pooler = 0 if architecture in {"nomic_bert", "modernbert"} else hidden * hidden + hidden
    every = fields.whole_or_none("moe_every_n_layers", least=0) or 0
    if not every:
        return float(layers * (each + feed_forward) + pooler), 0.0, 0, 0
    count, per_token = fields.whole("num_experts"), fields.whole("moe_top_k")
    sparse = layers // every
    always = layers * each + (layers - sparse) * feed_forward + sparse * hidden * count
    return float(always), float(sparse * count * feed_forward), count, min(per_token, count)


def is_sentence_folder(folder: Path) -> bool:
    """Whether the files beside a configuration make the model one for embeddings."""
    return any((folder / name).is_file() for name in ("modules.json", "1_Pooling/config.json"))


def embedder_traits(folder: Path, width: int) -> tuple[EmbedderTraits, int | None, list[str]]:
    """How vectors are made, the longest text in tokens where it is told, and what is not known."""
    unknown = []
    pooling = _pooling(folder)
    if pooling is None:
        unknown.append("The pooling is not told (no `1_Pooling/config.json`); take it from the model's card.")
    modules = _modules(folder)
    width = _last_width(folder, modules) or width
    normalise = None if not modules else any("Normalize" in kind for kind, _ in modules)
    settings = read_json_if_there(folder / "config_sentence_transformers.json", limit=_LARGEST) or {}
    prompts = settings.get("prompts")
    prompts = prompts if isinstance(prompts, dict) else {}
    query, document = _prompt(prompts, _QUERY_NAMES), _prompt(prompts, _DOCUMENT_NAMES)
    if query is None and document is None:
        unknown.append(
            "No prefixes are told; the model's card may ask for some (`search_query: ` and the like)."
        )
    limits = read_json_if_there(folder / "sentence_bert_config.json", limit=_LARGEST) or {}
    longest = Fields(limits).whole_or_none("max_seq_length")
    return EmbedderTraits(width, pooling, normalise, query, document), longest, unknown


def _pooling(folder: Path) -> Literal["mean", "cls", "last"] | None:
    values = read_json_if_there(folder / "1_Pooling" / "config.json", limit=_LARGEST) or {}
    chosen = [pooling for name, pooling in _POOLINGS.items() if values.get(name) is True]
    mode = values.get("pooling_mode")
    if not chosen and mode in {"mean", "cls", "lasttoken"}:
        chosen = ["last" if mode == "lasttoken" else mode]
    if len(chosen) > 1:
        raise ModelUnreadable(
            shown(folder / "1_Pooling"), ["It names more than one pooling; that is not served here."]
        )
    return chosen[0] if chosen else None


def _modules(folder: Path) -> list[tuple[str, str]]:
    """The kind and the folder of each step of a sentence-transformers model."""
    if not (folder / "modules.json").exists():
        return []
    listed = read_json_value(folder / "modules.json", limit=_LARGEST)
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ModelUnreadable(shown(folder / "modules.json"), ["It is not a list of steps."])
    return [(str(item.get("type")), str(item.get("path"))) for item in listed]


def _last_width(folder: Path, modules: list[tuple[str, str]]) -> int | None:
    """A dense layer after the pooling changes the width."""
    width = None
    for kind, place in modules:
        if kind.endswith("Dense") and place.replace("_", "").isalnum():
            values: Mapping[str, Any] = (
                read_json_if_there(folder / place / "config.json", limit=_LARGEST) or {}
            )
            width = Fields(values).whole_or_none("out_features") or width
    return width


def _prompt(prompts: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        if isinstance(prompts.get(name), str):
            return str(prompts[name])[:_LONGEST_PREFIX]
    return None
