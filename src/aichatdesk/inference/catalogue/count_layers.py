"""Count the parameters of a decoder from its configuration, layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aichatdesk.inference.catalogue.families import LAYER_TYPES, Experts, Family, Mixing
from aichatdesk.inference.catalogue.fields import Fields
from aichatdesk.inference.catalogue.keep_layout import Kept

MOST_LAYERS = 2048


@dataclass(slots=True)
class Counted:
    """What the layers hold; `kept` has one entry for each layer."""

    always_read: float = 0.0
    experts: float = 0.0
    expert_count: int = 0
    experts_per_token: int = 0
    kept: list[Kept] = field(default_factory=list)
    window: int = 0


def count_decoder(fields: Fields, family: Family) -> Counted:
    """All layers of a decoder of a known family, without embedding table and output head."""
    layers = fields.whole("num_hidden_layers", "n_layers", most=MOST_LAYERS)
    hidden = fields.whole("hidden_size")
    mixing, window = _mixing(fields, family, layers)
    counted = Counted(window=window)
    costs = {kind: _mixer(fields, family, hidden, kind) for kind in dict.fromkeys(mixing)}
    for kind in mixing:
        params, kept = costs[kind]
        counted.always_read += params + family.norms * hidden
        counted.kept.append(kept)
    _drop_shared_layers(fields, counted)
    if fields.whole_or_none("hidden_size_per_layer_input", least=0):
        fields.complain("`hidden_size_per_layer_input` is of an architecture that is not known here.")
    experts = family.experts
    if experts and (not experts.beside_dense or fields.has(experts.count[0])):
        _add_experts(fields, experts, counted, hidden=hidden, layers=layers, matrices=family.matrices)
    else:
        counted.always_read += layers * family.matrices * hidden * fields.whole("intermediate_size")
    counted.always_read += hidden
    return counted


def attention_params(
    fields: Fields, family: Family, hidden: int, *, whole: bool = True
) -> tuple[float, Kept]:
    """One layer of attention: its matrices, and what it keeps."""
    if family.latent:
        return _latent_attention(fields, hidden)
    heads = fields.whole("num_attention_heads")
    of_whole = whole and (fields.has("global_head_dim") or fields.has("num_global_key_value_heads"))
    head_dim = head_size(fields, hidden, heads)
    if of_whole:
        head_dim = fields.whole_or_none("global_head_dim") or head_dim
    if family.kv_heads_default and not fields.has("num_key_value_heads"):
        fields.assume("`num_key_value_heads` is not given; as many as `num_attention_heads` were taken.")
        kv_heads = heads
    else:
        kv_heads = fields.whole("num_key_value_heads")
    if of_whole:
        kv_heads = fields.whole_or_none("num_global_key_value_heads") or kv_heads
    query, kept = heads * head_dim, kv_heads * head_dim
    written = kept if of_whole and fields.flag("attention_k_eq_v", False) else 2 * kept
    params = hidden * query * (3 if family.gated_query else 2) + hidden * written
    if family.query_bias or fields.flag("attention_bias", False):
        params += query + 2 * kept
    return params, Kept(kv_heads, head_dim)


def head_size(fields: Fields, hidden: int, heads: int) -> int:
    """The size of one head; where it is not given, the hidden size shared among the heads."""
    told = fields.whole_or_none("head_dim")
    if told is not None:
        return told
    if not fields.has("head_dim"):
        if hidden % heads:
            fields.complain(f"`head_dim` is missing, and {hidden} numbers do not divide among {heads} heads.")
        else:
            fields.assume(
                f"`head_dim` is not given; `hidden_size` / `num_attention_heads` = {hidden // heads} was taken."
            )
    return max(1, hidden // heads)


def _latent_attention(fields: Fields, hidden: int) -> tuple[float, Kept]:
    heads = fields.whole("num_attention_heads")
    rank, rope = fields.whole("kv_lora_rank"), fields.whole("qk_rope_head_dim")
    nope, value = fields.whole("qk_nope_head_dim"), fields.whole("v_head_dim")
    query_rank = fields.whole_or_none("q_lora_rank")
    query = heads * (nope + rope)
    params = hidden * query_rank + query_rank * query if query_rank else hidden * query
    params += hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden
    # One vector serves as keys and as values, so half of it stands for each.
    return params, Kept(1, (rank + rope) / 2)


def _delta_layer(fields: Fields, hidden: int) -> float:
    """A gated delta-rule layer: a state of fixed size instead of keys and values."""
    value_heads = fields.whole("linear_num_value_heads")
    keys = fields.whole("linear_num_key_heads") * fields.whole("linear_key_head_dim")
    values = value_heads * fields.whole("linear_value_head_dim")
    convolution = (2 * keys + values) * fields.whole("linear_conv_kernel_dim")
    return hidden * (2 * keys + 2 * values + 2 * value_heads) + convolution + values * hidden


def mamba_params(hidden: int, *, inner: int, heads: int, groups: int, state: int, kernel: int) -> float:
    """A Mamba-2 layer: a state of fixed size instead of keys and values."""
    convolved = inner + 2 * groups * state
    return hidden * (inner + convolved + heads) + convolved * kernel + inner * hidden


def _mamba_layer(fields: Fields, hidden: int) -> float:
    return mamba_params(
        hidden,
        inner=fields.whole("mamba_expand") * hidden,
        heads=fields.whole("mamba_n_heads"),
        groups=fields.whole("mamba_n_groups"),
        state=fields.whole("mamba_d_state"),
        kernel=fields.whole("mamba_d_conv"),
    )


def _mixer(fields: Fields, family: Family, hidden: int, kind: Mixing) -> tuple[float, Kept]:
    match kind:
        case "delta":
            return _delta_layer(fields, hidden), Kept()
        case "mamba":
            return _mamba_layer(fields, hidden), Kept()
        case "none":
            return 0.0, Kept()
        case "window":
            params, kept = attention_params(fields, family, hidden, whole=False)
            return params, Kept(kept.heads, kept.head_dim, windowed=True)
        case "full":
            return attention_params(fields, family, hidden)


def _mixing(fields: Fields, family: Family, layers: int) -> tuple[Sequence[Mixing], int]:
    """What each layer does, and the length of the window (0 where there is none)."""
    window = 0
    if family.other == "window":
        switched_on = not family.window_switch or fields.flag(family.window_switch, False)
        window = (fields.whole_or_none(family.window_field) or 0) if switched_on else 0
        if not window:
            return ["full"] * layers, 0
    told = fields.texts("layer_types")
    if told:
        return _told_mixing(fields, told, layers), window
    if family.window_switch:
        first = fields.whole_or_none("max_window_layers", least=0) or 0
        return ["full" if place < first else "window" for place in range(layers)], window
    every = fields.whole_or_none(family.every_field) if family.every_field else None
    if every is None:
        every = family.whole_every
        if every:
            fields.assume(
                f"The layers are not listed; one in {every} was taken to attend to the whole context, as in this family."
            )
        elif family.other != "window":
            fields.complain("`layer_types` is missing.")
    return ["full" if every and (place + 1) % every == 0 else family.other for place in range(layers)], window


def _told_mixing(fields: Fields, told: Sequence[str], layers: int) -> Sequence[Mixing]:
    if len(told) < layers:
        fields.complain(f"`layer_types` names {len(told)} of {layers} layers.")
    unknown = sorted({name for name in told if name not in LAYER_TYPES})
    if unknown:
        fields.complain(f"`layer_types` has kinds that are not known: {', '.join(unknown[:5])}.")
    return [LAYER_TYPES.get(name, "none") for name in told[:layers]]


def _drop_shared_layers(fields: Fields, counted: Counted) -> None:
    """Some models let their last layers read the keys and values of earlier ones."""
    shared = fields.whole_or_none("num_kv_shared_layers", least=0) or 0
    if shared:
        keep = max(0, len(counted.kept) - shared)
        counted.kept[keep:] = [Kept()] * (len(counted.kept) - keep)


def _add_experts(
    fields: Fields, experts: Experts, counted: Counted, *, hidden: int, layers: int, matrices: int
) -> None:  # fmt: skip
    count, per_token = fields.whole(*experts.count), fields.whole(*experts.per_token)
    if per_token > count:
        fields.complain(f"`{experts.per_token[0]}` is {per_token}, more than the {count} experts there are.")
    sparse = _layers_with_experts(fields, experts, layers)
    width = fields.whole(*experts.width)
    counted.expert_count, counted.experts_per_token = count, per_token
    counted.experts = sparse * count * matrices * hidden * width
    counted.always_read += sparse * hidden * count
    if experts.shared_width:
        shared = fields.whole_or_none(*experts.shared_width, least=0) or 0
    else:
        shared = (
            (fields.whole_or_none(experts.shared_count, least=0) or 0) * width if experts.shared_count else 0
        )
    counted.always_read += sparse * matrices * hidden * shared
    dense = layers if experts.beside_dense else layers - sparse
    if dense:
        counted.always_read += dense * matrices * hidden * fields.whole(*experts.dense_width)


def _layers_with_experts(fields: Fields, experts: Experts, layers: int) -> int:
    every = (fields.whole_or_none(experts.every) or 1) if experts.every else 1
    if experts.dense_first:
        first = fields.whole_or_none(experts.dense_first, least=0) or 0
        return sum(1 for place in range(first, layers) if place % every == 0)
    dense = set(fields.wholes(experts.dense_layers)) if experts.dense_layers else set()
    return sum(1 for place in range(layers) if place not in dense and (place + 1) % every == 0)
