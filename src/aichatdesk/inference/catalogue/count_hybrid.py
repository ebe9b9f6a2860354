"""Count models whose layers each do one thing, told by a pattern of letters."""

from aichatdesk.inference.catalogue.count_layers import MOST_LAYERS, Counted, attention_params, mamba_params
from aichatdesk.inference.catalogue.families import Family
from aichatdesk.inference.catalogue.fields import Fields
from aichatdesk.inference.catalogue.keep_layout import Kept

_WRITTEN_OUT = {"mamba": "M", "attention": "*", "mlp": "-", "moe": "E"}


def count_nemotron_hybrid(fields: Fields) -> Counted:
    """A Nemotron-H: `M` is a Mamba-2 layer, `*` attention, `-` a feed-forward block, `E` one with experts."""
    hidden = fields.whole("hidden_size")
    pattern = fields.text("hybrid_override_pattern") or "".join(
        _WRITTEN_OUT.get(name, "?") for name in fields.texts("layers_block_type")
    )
    if not pattern or set(pattern) - set("M*-E") or len(pattern) > MOST_LAYERS:
        fields.complain("`hybrid_override_pattern` must name every layer by one of M, *, - and E.")
        pattern = "*"
    told = fields.whole_or_none("num_hidden_layers", most=MOST_LAYERS)
    if told is not None and told != len(pattern):
        fields.complain(
            f"`num_hidden_layers` is {told}, and `hybrid_override_pattern` names {len(pattern)} layers."
        )
    counted = Counted(always_read=float(hidden * (len(pattern) + 1)))
    for kind, number in ((kind, pattern.count(kind)) for kind in dict.fromkeys(pattern)):
        _add(fields, counted, kind, number, hidden)
    attention = attention_params(fields, Family(), hidden)[1] if "*" in pattern else Kept()
    counted.kept = [attention if kind == "*" else Kept() for kind in pattern]
    return counted


def _add(fields: Fields, counted: Counted, kind: str, number: int, hidden: int) -> None:
    match kind:
        case "M":
            heads = fields.whole("mamba_num_heads")
            counted.always_read += number * mamba_params(
                hidden,
                inner=heads * fields.whole("mamba_head_dim"),
                heads=heads,
                groups=fields.whole("n_groups"),
                state=fields.whole("ssm_state_size"),
                kernel=fields.whole("conv_kernel"),
            )
        case "*":
            counted.always_read += number * attention_params(fields, Family(), hidden)[0]
        case "-":
            counted.always_read += number * 2 * hidden * fields.whole("intermediate_size")
        case "E":
            count, per_token = fields.whole("n_routed_experts"), fields.whole("num_experts_per_tok")
            if per_token > count:
                fields.complain(
                    f"`num_experts_per_tok` is {per_token}, more than the {count} experts there are."
                )
            counted.expert_count, counted.experts_per_token = count, per_token
            # Experts may work on a narrower copy of what the layer is given.
            width = fields.whole_or_none("moe_latent_size") or hidden
            counted.experts += number * count * 2 * width * fields.whole("moe_intermediate_size")
            shared = (fields.whole_or_none("n_shared_experts", least=0) or 0) * (
                fields.whole_or_none("moe_shared_expert_intermediate_size") or 0
            )
            counted.always_read += number * (2 * hidden * shared + hidden * count)
            if width != hidden:
                counted.always_read += number * 2 * hidden * width
