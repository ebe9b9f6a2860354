"""Read a model from its Hugging Face `config.json` and the small files beside it."""

import re
from dataclasses import replace
from pathlib import Path

from aichatdesk.inference.catalogue.chat_template import template_beside, template_traits
from aichatdesk.inference.catalogue.count_hybrid import count_nemotron_hybrid
from aichatdesk.inference.catalogue.count_layers import Counted, count_decoder
from aichatdesk.inference.catalogue.families import FAMILIES, TEXT_TYPES, Family
from aichatdesk.inference.catalogue.fields import Fields
from aichatdesk.inference.catalogue.found_model import FoundModel, ModelUnreadable
from aichatdesk.inference.catalogue.keep_layout import keep_layout
from aichatdesk.inference.catalogue.quantisation import Weights, quantisation, weights_beside
from aichatdesk.inference.catalogue.read_bounded import read_json, shown
from aichatdesk.inference.catalogue.read_encoder import (
    ENCODERS,
    embedder_traits,
    encoder_shape,
    is_sentence_folder,
)
from aichatdesk.inference.catalogue.shape import ModelShape

_LARGEST = 2**22
# Signs of an architecture that the plain reading would get wrong.
_NOT_PLAIN = re.compile(
    r"expert|moe|mamba|ssm|linear_|lora_rank|conv|layer_types|per_layer|altup|rwkv|block|hybrid|ffn|shared"
)
_TOLERANCE = 0.05
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def read_config(path: Path) -> FoundModel:
    """The model of a `config.json`, or of the folder that holds one.

    Raises:
        ModelUnreadable: With every missing or wrong field, or the architecture that is not known.
        NotFound, Forbidden, TooLarge: From opening the files.
    """
    file = path / "config.json" if path.is_dir() else path
    outer = Fields(read_json(file, limit=_LARGEST))
    fields, architecture = _text_part(outer)
    what = f"{shown(file)} (architecture {shown(architecture, 60) or 'not named'})"
    outer.refuse_bad(what)
    _refuse_other_uses(outer, what)
    weights = weights_beside(file.parent, quantisation(fields, outer))
    shape = _shape(fields, outer, architecture, weights, what)
    _note_what_is_left_out(fields, outer)
    _compare(fields, shape, weights)
    found = FoundModel(
        name=_name(outer, file.parent),
        architecture=shown(architecture, 60),
        kind="chat",
        shape=shape,
        quant=weights.quant,
        weight_bytes=weights.bytes,
        source=shown(file),
    )
    classes = outer.texts("architectures")
    bare = bool(classes) and all(name.endswith("Model") for name in classes)
    if architecture in ENCODERS or bare or is_sentence_folder(file.parent):
        return _as_embedder(found, fields, file.parent)
    traits, open_questions = template_traits(template_beside(file.parent))
    return replace(found, template=traits, assumed=(*fields.assumed, *open_questions))


def _text_part(outer: Fields) -> tuple[Fields, str]:
    """The fields of the language model, and its architecture; a model for images has them inside."""
    named = outer.text("model_type")
    for name in ("text_config", "llm_config", "language_config"):
        inside = outer.inner(name)
        if inside is not None:
            told = inside.get("model_type")
            architecture = told if isinstance(told, str) else TEXT_TYPES.get(named, named)
            return Fields(inside, defaults=_defaults(architecture)), architecture
    return Fields(outer.values, defaults=_defaults(named)), named


def _defaults(architecture: str) -> dict[str, int]:
    family = FAMILIES.get(architecture)
    return dict(family.defaults) if family else {}


def _refuse_other_uses(outer: Fields, what: str) -> None:
    classes = outer.texts("architectures")
    if any("Classification" in name or "QuestionAnswering" in name for name in classes):
        raise ModelUnreadable(
            what, ["It is a classifier or reranker, neither a chat nor an embedding model."]
        )
    if outer.flag("is_encoder_decoder", False):
        raise ModelUnreadable(
            what, ["It is an encoder with a decoder; such models are not served as chat models."]
        )


def _shape(fields: Fields, outer: Fields, architecture: str, weights: Weights, what: str) -> ModelShape:
    if architecture in ENCODERS:
        shape = encoder_shape(fields, architecture)
    elif architecture == "nemotron_h":
        shape = _decoder(fields, outer, count_nemotron_hybrid(fields), tied=False)
    elif family := FAMILIES.get(architecture):
        shape = _decoder(fields, outer, count_decoder(fields, family), tied=family.tied)
    else:
        shape = _plain_decoder(fields, outer, weights, what)
    fields.refuse_bad(what)
    outer.refuse_bad(what)
    return shape


def _decoder(fields: Fields, outer: Fields, counted: Counted, *, tied: bool) -> ModelShape:
    table = float(fields.whole("vocab_size") * fields.whole("hidden_size"))
    is_tied = fields.flag("tie_word_embeddings", outer.flag("tie_word_embeddings", tied))
    if not fields.has("tie_word_embeddings") and not outer.has("tie_word_embeddings"):
        kind = "the embedding table itself" if tied else "a table of its own"
        fields.assume(f"`tie_word_embeddings` is not given; the output head is {kind}, as in this family.")
    context = fields.whole_or_none("max_position_embeddings", "seq_length", "max_sequence_length")
    if context is None:
        fields.assume("`max_position_embeddings` is not given; the longest context is not known.")
    kept = keep_layout(counted.kept, counted.window)
    return ModelShape(
        layers=len(counted.kept),
        kv_heads=kept.kv_heads,
        head_dim=kept.head_dim,
        non_expert_params=counted.always_read,
        output_head_params=table,
        embedding_params=0.0 if is_tied else table,
        expert_params=counted.experts,
        experts=counted.expert_count,
        experts_per_token=counted.experts_per_token,
        kv_layer_share=kept.kv_layer_share,
        window_tokens=kept.window_tokens,
        attention_heads=fields.whole_or_none("num_attention_heads") or 0,
        context_tokens=context,
    )


def _plain_decoder(fields: Fields, outer: Fields, weights: Weights, what: str) -> ModelShape:
    """An architecture that is not known, read as a plain dense decoder where its size proves it."""
    fields.complain(
        "This architecture is not known, so it must be a plain dense one and its size must prove it."
    )
    reasons = len(fields.problems)
    signs = [shown(name, 60) for name in fields.names() if _NOT_PLAIN.search(name) and fields.is_set(name)]
    if signs:
        fields.complain(
            f"These fields are of another architecture: {', '.join(f'`{name}`' for name in signs[:8])}."
        )
    shape = _decoder(fields, outer, count_decoder(fields, Family()), tied=False)
    if not fields.has("tie_word_embeddings") and not outer.has("tie_word_embeddings"):
        fields.complain("`tie_word_embeddings` is missing.")
    counted = weights.counted()
    if counted is None:
        fields.complain(
            "The number of parameters cannot be checked: put `model.safetensors.index.json` of unquantised "
            "weights beside it, and let the file name its `dtype`."
        )
    elif abs(shape.total_params - counted) > _TOLERANCE * counted:
        fields.complain(
            f"These fields give {_billions(shape.total_params)} parameters, and the weights have {_billions(counted)}."
        )
    if len(fields.problems) > reasons:
        raise ModelUnreadable(what, fields.problems)
    fields.problems.clear()
    fields.assume(
        "The architecture is not known; it was read as a plain dense decoder, whose size agrees with the weights within 5 %."
    )
    return shape


def _note_what_is_left_out(fields: Fields, outer: Fields) -> None:
    for sentence in outer.assumed:
        fields.assume(sentence)
    for name in ("vision_config", "audio_config"):
        if outer.has(name):
            fields.assume(f"The parts for images or sound (`{name}`) are not counted.")
    for name in ("num_nextn_predict_layers", "mtp_num_hidden_layers"):
        if fields.whole_or_none(name, least=0):
            fields.assume(f"The layers that guess more tokens ahead (`{name}`) are not counted.")


def _compare(fields: Fields, shape: ModelShape, weights: Weights) -> None:
    counted = weights.counted()
    if counted is not None and abs(shape.total_params - counted) > _TOLERANCE * counted:
        fields.assume(
            f"The fields give {_billions(shape.total_params)} parameters, and the weights have {_billions(counted)}; "
            "the size of the weights was kept as it is published."
        )


def _as_embedder(found: FoundModel, fields: Fields, folder: Path) -> FoundModel:
    hidden = fields.whole("hidden_size", "n_embd")
    traits, longest, open_questions = embedder_traits(folder, hidden)
    shape = found.shape
    if shape.output_head_params:
        # Vectors are made without an output head, so its table is only looked up in.
        shape = replace(shape, output_head_params=0.0, embedding_params=shape.output_head_params)
    if longest is not None:
        shape = replace(shape, context_tokens=min(longest, shape.context_tokens or longest))
    assumed = (*fields.assumed, *open_questions)
    return replace(found, kind="embedding", shape=shape, embedder=traits, assumed=assumed)


def _name(outer: Fields, folder: Path) -> str:
    told = outer.text("_name_or_path")
    if _REPOSITORY.fullmatch(told):
        return told
    for part in reversed(folder.resolve().parts):
        if part.startswith("models--"):
            return shown(part.removeprefix("models--").replace("--", "/"))
    return shown(folder.resolve().name) or "model"


def _billions(params: float) -> str:
    return f"{params / 1e9:.2f} billion" if params >= 1e9 else f"{params / 1e6:.0f} million"
