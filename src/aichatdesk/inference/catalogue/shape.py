"""What of a model's architecture decides how fast it is and how much memory it needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of one model; parameters are counted, not bytes.

    Attributes:
        kv_heads: Heads that keep keys and values, in each layer that keeps any.
        non_expert_params: Read for every token: all but the experts, the embedding table and the output head.
        output_head_params: Read for every token too.
        embedding_params: A table that is only looked up in; 0 where it is the output head itself.
        expert_params: All experts of all layers together; 0 for a dense model.
        kv_layer_share: Share of the layers that keep keys and values of the whole context.
        window_tokens: How many tokens the other layers keep at most; 0 where they keep none.
        context_tokens: The longest context that the model was made for, where it is told.
    """

    layers: int
    kv_heads: int
    head_dim: int
    non_expert_params: float
    output_head_params: float
    embedding_params: float
    expert_params: float = 0.0
    experts: int = 0
    experts_per_token: int = 0
    kv_layer_share: float = 1.0
    window_tokens: int = 0
    attention_heads: int = 0
    context_tokens: int | None = None

    @property
    def is_moe(self) -> bool:
        """Whether each token is read by a few of many experts only."""
        return self.experts > 0

    @property
    def keeps_states(self) -> bool:
        """Whether some layers keep a state of fixed size instead of keys and values."""
        return self.kv_layer_share < 1.0 and not self.window_tokens

    @property
    def total_params(self) -> float:
        """All parameters that must be kept in memory."""
        return self.non_expert_params + self.output_head_params + self.embedding_params + self.expert_params

    @property
    def active_params(self) -> float:
        """Parameters that one token is multiplied with; an embedding table is looked up, not multiplied."""
        return self.non_expert_params + self.output_head_params + self.experts_read(1)

    def experts_read(self, tokens: int) -> float:
        """Parameters of the experts that `tokens` tokens together need, each choosing as if by chance."""
        if not self.is_moe:
            return 0.0
        missed = (1 - self.experts_per_token / self.experts) ** tokens
        return self.expert_params * (1 - missed)

    def kv_numbers(self, context_tokens: float) -> float:
        """How many numbers one conversation of this length keeps as keys and values."""
        whole = self.layers * self.kv_layer_share * context_tokens
        others = self.layers * (1 - self.kv_layer_share) * min(context_tokens, self.window_tokens)
        return 2 * self.kv_heads * self.head_dim * (whole + others)
