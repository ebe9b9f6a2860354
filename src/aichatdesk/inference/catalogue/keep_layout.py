"""How much of a conversation each layer keeps, brought into the form of a ModelShape."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """What one layer keeps for each token: `heads` times `head_dim` numbers, as keys and again as values.

    `head_dim` may be a half where keys and values differ, or where both share one vector. A layer without
    heads keeps nothing that grows with the conversation.
    """

    heads: int = 0
    head_dim: float = 0.0
    windowed: bool = False

    @property
    def size(self) -> float:
        """Half of the numbers kept for each token."""
        return self.heads * self.head_dim


@dataclass(frozen=True, slots=True)
class KeepLayout:
    """The fields of ModelShape that say what is kept."""

    kv_heads: int
    head_dim: int
    kv_layer_share: float
    window_tokens: int


def keep_layout(layers: Sequence[Kept], window: int) -> KeepLayout:
    """Exact from `window` tokens on; where layers with a window keep more per token, their window is scaled."""
    whole = [layer for layer in layers if layer.size and not layer.windowed]
    windowed = [layer for layer in layers if layer.size and layer.windowed]
    if not whole and not windowed:
        return KeepLayout(1, 1, 0.0, 0)
    largest = max(whole or windowed, key=lambda layer: layer.size)
    head_dim = -(-largest.head_dim // 1)
    unit = largest.heads * head_dim
    share = sum(layer.size for layer in whole) / (unit * len(layers))
    others = len(layers) * (1 - share)
    scaled = window * sum(layer.size for layer in windowed) / (unit * others) if windowed and others else 0
    return KeepLayout(largest.heads, int(head_dim), share, round(scaled))
