"""Read a model from the header of its GGUF file, or of all files of a split one."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from aichatdesk.inference.catalogue.chat_template import template_traits
from aichatdesk.inference.catalogue.fields import Fields
from aichatdesk.inference.catalogue.found_model import (
    EmbedderTraits,
    FoundModel,
    ModelUnreadable,
    TemplateTraits,
)
from aichatdesk.inference.catalogue.gguf_header import Tensor
from aichatdesk.inference.catalogue.gguf_parts import read_all_parts
from aichatdesk.inference.catalogue.keep_layout import Kept, keep_layout
from aichatdesk.inference.catalogue.read_bounded import shown
from aichatdesk.inference.catalogue.shape import ModelShape

_BLOCK = re.compile(r"blk\.(\d{1,5})\.(.+)")
_EXPERT = re.compile(r"ffn_(gate|up|down|gate_up)_exps\.|ffn_(gate|up|down)\.\d+\.")
_TABLES = frozenset({
    "token_embd.weight", "per_layer_token_embd.weight", "position_embd.weight", "token_types.weight",
})  # fmt: skip
_KEYS_OF_ATTENTION = frozenset({"attn_k.weight", "attn_kv_a_mqa.weight", "attn_qkv.weight"})
# Of these the header may be silent about which layers have a window: one in so many has none. Source: llama.cpp.
_WHOLE_EVERY = {"gemma2": 2, "gemma3": 6, "gpt-oss": 2, "cohere2": 4, "olmo2": 4, "exaone4": 4, "llama4": 4}
_ENCODERS = frozenset(
    {"bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert", "gemma-embedding"}
)
_POOLINGS: Mapping[int, Literal["mean", "cls", "last"]] = {1: "mean", 2: "cls", 3: "last"}
_RERANKS = 4
# general.file_type, as llama.cpp numbers the mixtures of types.
_FILE_TYPES = {
    0: "f32", 1: "f16", 2: "q4_0", 3: "q4_1", 7: "q8_0", 8: "q5_0", 9: "q5_1", 10: "q2_k", 11: "q3_k_s",
    12: "q3_k_m", 13: "q3_k_l", 14: "q4_k_s", 15: "q4_k_m", 16: "q5_k_s", 17: "q5_k_m", 18: "q6_k", 19: "iq2_xxs",
    20: "iq2_xs", 21: "q2_k_s", 22: "iq3_xs", 23: "iq3_xxs", 24: "iq1_s", 25: "iq4_nl", 26: "iq3_s", 27: "iq3_m",
    28: "iq2_s", 29: "iq2_m", 30: "iq4_xs", 31: "iq1_m", 32: "bf16", 36: "tq1_0", 37: "tq2_0", 38: "mxfp4", 39: "nvfp4",
}  # fmt: skip


def read_gguf(path: Path) -> FoundModel:
    """The model of a GGUF file; of a split one, any part may be named and all must be there.

    Raises:
        ModelUnreadable: With every missing or wrong key, or what is wrong with the file.
        NotFound, Forbidden: From opening the files.
    """
    header, tensors, missing_bytes = read_all_parts(path)
    told = Fields(header.values)
    architecture = told.text("general.architecture")
    what = f"{shown(path)} (GGUF, architecture {shown(architecture, 60) or 'not named'})"
    _refuse_other_kinds(told, architecture, tensors, what)
    fields = Fields(_own_keys(header.values, architecture))
    shape = _shape(fields, architecture, tensors)
    pooling = fields.whole_or_none("pooling_type", least=0)
    told.refuse_bad(what)
    fields.refuse_bad(what)
    if pooling == _RERANKS:
        raise ModelUnreadable(what, ["It is a reranker, neither a chat nor an embedding model."])
    if missing_bytes:
        fields.assume(
            "The file ends before its weights do: a header alone, or a download that was cut off; the sizes are those that it claims."
        )
    embedder, traits = None, TemplateTraits()
    if architecture in _ENCODERS or pooling in _POOLINGS:
        embedder = _embedder(fields, pooling)
    else:
        traits, open_questions = template_traits(told.text("tokenizer.chat_template"))
        for sentence in open_questions:
            fields.assume(sentence)
    return FoundModel(
        name=shown(told.text("general.name") or path.stem),
        architecture=shown(architecture, 60),
        kind="embedding" if embedder else "chat",
        shape=shape,
        quant=_quant(told, tensors),
        weight_bytes=sum(tensor.bytes for tensor in tensors),
        template=traits,
        embedder=embedder,
        licence=shown(told.text("general.license"), 60),
        source=shown(path),
        assumed=tuple(fields.assumed),
    )


def _refuse_other_kinds(told: Fields, architecture: str, tensors: Sequence[Tensor], what: str) -> None:
    kind = told.text("general.type")
    if kind not in {"", "model"} or architecture == "clip":
        raise ModelUnreadable(
            what, [f"It holds no model of its own but a part ({shown(kind, 40) or 'a projector'})."]
        )
    if not architecture:
        raise ModelUnreadable(what, ["`general.architecture` is missing."])
    if not tensors:
        raise ModelUnreadable(what, ["It has no tensors; it may be a vocabulary only."])


def _own_keys(values: Mapping[str, object], architecture: str) -> dict[str, object]:
    prefix = architecture + "."
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def _shape(fields: Fields, architecture: str, tensors: Sequence[Tensor]) -> ModelShape:
    blocks = fields.whole("block_count", most=4096)
    ahead = fields.whole_or_none("nextn_predict_layers", least=0, most=blocks) or 0
    layers = max(1, blocks - ahead)
    if ahead:
        fields.assume("The layers that guess more tokens ahead are in the size, and not in the speed.")
    by_layer = _by_layer(tensors, layers)
    named = {tensor.name: tensor for tensor in tensors}
    table = named.get("token_embd.weight")
    if table is None:
        fields.complain("The tensor `token_embd.weight` is missing.")
    tables = float(sum(tensor.params for tensor in tensors if tensor.name in _TABLES))
    head = named.get("output.weight")
    is_encoder = architecture in _ENCODERS
    tied = head is None and not is_encoder and table is not None
    head_params = float(head.params if head else table.params if tied and table else 0)
    counted = [
        tensor for tensor in tensors if not _beyond(tensor, layers) and not tensor.name.startswith("rope_")
    ]
    experts = float(sum(tensor.params for tensor in counted if _is_expert(tensor)))
    always = sum(tensor.params for tensor in counted if not _is_expert(tensor) and tensor.name not in _TABLES)
    expert_count, per_token = _expert_numbers(fields, experts)
    kept = keep_layout(*_kept(fields, architecture, by_layer, layers))
    heads = _per_layer(fields, "attention.head_count", layers)
    return ModelShape(
        layers=layers,
        kv_heads=kept.kv_heads,
        head_dim=kept.head_dim,
        non_expert_params=float(always - (head.params if head else 0)),
        output_head_params=head_params,
        embedding_params=tables - (head_params if tied else 0.0),
        expert_params=experts,
        experts=expert_count,
        experts_per_token=per_token,
        kv_layer_share=0.0 if is_encoder else kept.kv_layer_share,
        window_tokens=0 if is_encoder else kept.window_tokens,
        attention_heads=max(heads),
        context_tokens=fields.whole_or_none("context_length"),
    )


def _by_layer(tensors: Sequence[Tensor], layers: int) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in range(layers)]
    for tensor in tensors:
        block = _BLOCK.fullmatch(tensor.name)
        if block and int(block[1]) < layers:
            found[int(block[1])].add(block[2])
    return found


def _beyond(tensor: Tensor, layers: int) -> bool:
    block = _BLOCK.fullmatch(tensor.name)
    return block is not None and int(block[1]) >= layers


def _is_expert(tensor: Tensor) -> bool:
    block = _BLOCK.fullmatch(tensor.name)
    return block is not None and bool(_EXPERT.match(block[2]))


def _expert_numbers(fields: Fields, experts: float) -> tuple[int, int]:
    if not experts:
        return 0, 0
    count, per_token = fields.whole("expert_count"), fields.whole("expert_used_count")
    if per_token > count:
        fields.complain(f"`expert_used_count` is {per_token}, more than the {count} experts there are.")
    return count, per_token


def _kept(
    fields: Fields, architecture: str, by_layer: Sequence[set[str]], layers: int
) -> tuple[list[Kept], int]:
    """What each layer keeps, told by its own tensors, and the length of the window."""
    window = fields.whole_or_none("attention.sliding_window", "attention.chunk_size", least=0) or 0
    windowed = _windowed(fields, architecture, layers) if window else [False] * layers
    whole_size, window_size = _head_sizes(fields, layers)
    heads = _per_layer(fields, "attention.head_count_kv", layers, otherwise="attention.head_count")
    rank = fields.whole_or_none("attention.kv_lora_rank")
    shared = fields.whole_or_none("attention.shared_kv_layers", least=0, most=layers) or 0
    kept = []
    for place, names in enumerate(by_layer):
        attends = bool(names & _KEYS_OF_ATTENTION) and ("attn_k.weight" in names or not _has_state(names))
        if not attends or place >= layers - shared:
            kept.append(Kept())
        elif rank:
            kept.append(Kept(1, (rank + fields.whole("rope.dimension_count")) / 2))
        else:
            kept.append(Kept(heads[place], window_size if windowed[place] else whole_size, windowed[place]))
    if rank:
        fields.assume(
            "Keys and values are kept as one compressed vector; servers that write them out need far more."
        )
    if not any(layer.size for layer in kept) and not any(_has_state(names) for names in by_layer):
        fields.complain("No layer has the tensors of attention (`blk.N.attn_k.weight` and the like).")
    return kept, window


def _has_state(names: set[str]) -> bool:
    return any(name.startswith(("ssm_", "shortconv")) for name in names)


def _head_sizes(fields: Fields, layers: int) -> tuple[float, float]:
    """Numbers that a head keeps for each of keys and values: in layers of the whole context, and with a window."""
    heads = max(_per_layer(fields, "attention.head_count", layers))
    hidden = fields.whole("embedding_length")
    otherwise = max(1, hidden // max(1, heads))
    keys, values = (
        fields.whole_or_none(f"attention.{name}_length") or otherwise for name in ("key", "value")
    )
    in_window = [fields.whole_or_none(f"attention.{name}_length_swa") for name in ("key", "value")]
    return (keys + values) / 2, ((in_window[0] or keys) + (in_window[1] or values)) / 2


def _windowed(fields: Fields, architecture: str, layers: int) -> list[bool]:
    """Which layers have a window."""
    name = "attention.sliding_window_pattern"
    pattern = fields.values.get(name)
    if isinstance(pattern, list):
        if len(pattern) < layers:
            fields.complain(f"`{name}` names {len(pattern)} of {layers} layers.")
        told = [bool(item) for item in pattern[:layers]]
        return told + [False] * (layers - len(told))
    every = fields.whole_or_none(name) or _WHOLE_EVERY.get(architecture)
    if every is None:
        fields.assume(
            "Which layers have the sliding window is not told; all were taken to keep the whole context."
        )
        return [False] * layers
    fields.assume(
        f"The layers are not listed; one in {every} was taken to attend to the whole context, as in this family."
    )
    return [(place + 1) % every != 0 for place in range(layers)]


def _per_layer(fields: Fields, name: str, layers: int, *, otherwise: str = "") -> list[int]:
    """A number for each layer: told once for all, or as a list."""
    if isinstance(fields.values.get(name), list):
        listed = list(fields.wholes(name))
        if len(listed) < layers:
            fields.complain(f"`{name}` names {len(listed)} of {layers} layers.")
        return (listed + [0] * layers)[:layers]
    if otherwise and not fields.has(name):
        fields.assume(f"`{name}` is not given; as many as `{otherwise}` were taken.")
        return _per_layer(fields, otherwise, layers)
    return [fields.whole(name, most=100_000)] * layers


def _embedder(fields: Fields, pooling: int | None) -> EmbedderTraits:
    fields.assume(
        "A GGUF file names no prefixes; the model's card may ask for some (`search_query: ` and the like)."
    )
    if pooling not in _POOLINGS:
        fields.assume("The pooling is not told; take it from the model's card.")
    return EmbedderTraits(
        width=fields.whole("embedding_length"),
        pooling=_POOLINGS.get(pooling) if pooling is not None else None,
    )


def _quant(told: Fields, tensors: Sequence[Tensor]) -> str:
    """The name of the mixture of types; where it is not told, the type that most weights have."""
    number = told.whole_or_none("general.file_type", least=0)
    if number in _FILE_TYPES:
        return _FILE_TYPES[number]
    sizes: Counter[str] = Counter()
    for tensor in tensors:
        sizes[tensor.kind] += tensor.params
    return sizes.most_common(1)[0][0]
