"""How the models of each `model_type` are built where their config.json leaves it open, as data.

Source: the public model definitions of Hugging Face transformers, and the models' own configuration files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

Mixing = Literal["full", "window", "delta", "mamba", "none"]


@dataclass(frozen=True, slots=True)
class Experts:
    """Under which names a mixture of experts tells its sizes.

    `width` and the others name fields in the order in which they are tried. `every` and `dense_first` name the
    fields that say which layers have experts; `dense_width` is the width of the others.
    """

    count: tuple[str, ...]
    per_token: tuple[str, ...]
    width: tuple[str, ...]
    shared_width: tuple[str, ...] = ()
    shared_count: str = ""
    every: str = ""
    dense_first: str = ""
    dense_layers: str = ""
    dense_width: tuple[str, ...] = ("intermediate_size",)
    beside_dense: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """One way to build a decoder.

    Attributes:
        tied: Whether embedding table and output head are one where `tie_word_embeddings` is missing.
        matrices: Of one feed-forward block: 3 with a gate, 2 without.
        latent: Keys and values are kept as one compressed vector (multi-head latent attention).
        gated_query: The query projection is twice as wide, for a gate on what attention gives back.
        other: What the layers do that do not attend to the whole context.
        whole_every: Each so-manieth layer attends to all, where no list of layers says so; 0: none does.
        window_field: Where the window's length is told.
        window_switch: A flag that must be set for the window to count.
        defaults: What the model's code takes for fields that its config.json leaves out.
    """

    tied: bool = False
    matrices: int = 3
    latent: bool = False
    gated_query: bool = False
    query_bias: bool = False
    norms: int = 2
    other: Mixing = "window"
    whole_every: int = 0
    every_field: str = "sliding_window_pattern"
    window_field: str = "sliding_window"
    window_switch: str = ""
    kv_heads_default: bool = False
    experts: Experts | None = None
    defaults: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


_LLAMA = Family(kv_heads_default=True)
_QWEN2 = Family(query_bias=True, window_switch="use_sliding_window")
_QWEN3 = Family(window_switch="use_sliding_window", defaults={"head_dim": 128})
_GEMMA = Family(tied=True, defaults={"head_dim": 256})
_GEMMA2 = replace(_GEMMA, norms=4, whole_every=2)
_GEMMA3 = replace(
    _GEMMA2,
    whole_every=6,
    defaults={
        "head_dim": 256, "num_attention_heads": 8, "num_key_value_heads": 4, "vocab_size": 262_208,
        "sliding_window": 4096, "max_position_embeddings": 131_072,
    },
)  # fmt: skip
_PLAIN_EXPERTS = Experts(
    ("num_local_experts", "num_experts"), ("num_experts_per_tok",), ("intermediate_size",)
)
_QWEN_EXPERTS = Experts(
    ("num_experts",), ("num_experts_per_tok",), ("moe_intermediate_size",),
    shared_width=("shared_expert_intermediate_size",), every="decoder_sparse_step", dense_layers="mlp_only_layers",
)  # fmt: skip
_DEEPSEEK_EXPERTS = Experts(
    ("n_routed_experts",), ("num_experts_per_tok",), ("moe_intermediate_size",),
    shared_count="n_shared_experts", every="moe_layer_freq", dense_first="first_k_dense_replace",
)  # fmt: skip
_DEEPSEEK = Family(latent=True, experts=_DEEPSEEK_EXPERTS)
_QWEN3_NEXT = Family(
    gated_query=True, other="delta", whole_every=4, every_field="full_attention_interval", defaults={"head_dim": 256}
)  # fmt: skip
_GRANITE_EXPERTS = Experts(
    ("num_local_experts",), ("num_experts_per_tok",), ("intermediate_size",), shared_width=("shared_intermediate_size",)
)  # fmt: skip

FAMILIES: Mapping[str, Family] = {
    "llama": _LLAMA,
    "mistral": Family(),
    "ministral3": Family(defaults={"head_dim": 128}),
    "qwen2": _QWEN2,
    "qwen2_5_vl_text": _QWEN2,
    "qwen3": _QWEN3,
    "qwen3_vl_text": _QWEN3,
    "gemma": _GEMMA,
    "gemma2": _GEMMA2,
    "gemma3_text": _GEMMA3,
    "gemma3": _GEMMA3,
    "gemma4_text": replace(
        _GEMMA3,
        defaults={"head_dim": 256, "global_head_dim": 512, "vocab_size": 262_144},
        experts=Experts(
            ("num_experts",), ("top_k_experts",), ("moe_intermediate_size", "expert_intermediate_size"), beside_dense=True
        ),
    ),
    "phi3": Family(),
    "phi": Family(matrices=2, kv_heads_default=True, query_bias=True),
    "granite": _LLAMA,
    "cohere": Family(tied=True, norms=1, kv_heads_default=True),
    "cohere2": Family(tied=True, norms=1, whole_every=4),
    "olmo2": _LLAMA,
    "olmo3": replace(_LLAMA, whole_every=4),
    "smollm3": Family(tied=True, window_switch="use_sliding_window"),
    "seed_oss": Family(query_bias=True),
    "glm4": Family(norms=4, query_bias=True),
    "starcoder2": Family(tied=True, matrices=2, query_bias=True),
    "nemotron": Family(matrices=2),
    "mixtral": Family(experts=_PLAIN_EXPERTS),
    "phimoe": Family(experts=_PLAIN_EXPERTS, query_bias=True),
    "olmoe": replace(_LLAMA, experts=_PLAIN_EXPERTS),
    "minimax_m2": Family(experts=_PLAIN_EXPERTS),
    "gpt_oss": Family(
        query_bias=True, whole_every=2, every_field="", experts=_PLAIN_EXPERTS, defaults={"head_dim": 64}
    ),
    "qwen2_moe": replace(_QWEN2, experts=_QWEN_EXPERTS),
    "qwen3_moe": replace(_QWEN3, experts=_QWEN_EXPERTS),
    "qwen3_vl_moe_text": replace(_QWEN3, experts=_QWEN_EXPERTS),
    "qwen3_next": replace(_QWEN3_NEXT, experts=_QWEN_EXPERTS),
    "qwen3_5_text": _QWEN3_NEXT,
    "qwen3_5_moe_text": replace(_QWEN3_NEXT, experts=replace(_QWEN_EXPERTS, every="", dense_layers="")),
    "deepseek_v2": _DEEPSEEK,
    "deepseek_v3": _DEEPSEEK,
    "kimi_k2": _DEEPSEEK,
    "glm4_moe_lite": _DEEPSEEK,
    "glm4_moe": Family(experts=_DEEPSEEK_EXPERTS),
    "granitemoe": replace(_LLAMA, experts=_PLAIN_EXPERTS),
    "granitemoehybrid": replace(_LLAMA, other="mamba", experts=_GRANITE_EXPERTS),
    "llama4_text": replace(
        _LLAMA,
        whole_every=4,
        every_field="",
        window_field="attention_chunk_size",
        experts=Experts(
            ("num_local_experts",), ("num_experts_per_tok",), ("intermediate_size",),
            shared_width=("intermediate_size",), every="interleave_moe_layer_step", dense_width=("intermediate_size_mlp",),
        ),
    ),
}  # fmt: skip

# Names of the outer file whose text part carries no name of its own.
TEXT_TYPES = {
    "mistral3": "mistral",
    "llama4": "llama4_text",
    "gemma4": "gemma4_text",
    "qwen3_5": "qwen3_5_text",
    "qwen3_5_moe": "qwen3_5_moe_text",
    "qwen3_vl": "qwen3_vl_text",
    "qwen3_vl_moe": "qwen3_vl_moe_text",
    "qwen2_5_vl": "qwen2",
}

# What the names in `layer_types` mean; others are refused.
LAYER_TYPES: Mapping[str, Mixing] = {
    "full_attention": "full",
    "attention": "full",
    "sliding_attention": "window",
    "chunked_attention": "window",
    "linear_attention": "delta",
    "mamba": "mamba",
}
