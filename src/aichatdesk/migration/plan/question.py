"""What a plan is asked for."""

from dataclasses import dataclass

from aichatdesk.core.errors import Invalid

_LONGEST_CONTEXT = 10_000_000
_MOST_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """The wishes of whoever plans; what is empty is chosen for them.

    Attributes:
        model: A name of the catalogue, or the path of a `config.json`, of its folder or of a GGUF file.
        context_tokens: Prompt and answer of one conversation together, at most.
        concurrency: Answers that are written at once; more visitors than that wait.
        prompt_tokens: Of a usual question with its passages and the rules before them.
        answer_tokens: Of a usual answer.
        chunks: Pieces of the knowledge base, for the time that embedding them takes.

    Raises:
        Invalid: A number is out of range, or prompt and answer do not fit into the context.
    """

    model: str = ""
    quant: str = ""
    engine: str = ""
    embedder: str = "nomic-embed-text-v1.5"
    context_tokens: int = 8192
    concurrency: int = 10
    prompt_tokens: int = 2000
    answer_tokens: int = 150
    chunks: int = 10_000
    spark_address: str = "spark.lan"
    desk_address: str = "192.0.2.10"

    def __post_init__(self) -> None:
        for name, value, most in (
            ("context", self.context_tokens, _LONGEST_CONTEXT),
            ("concurrency", self.concurrency, _MOST_AT_ONCE),
            ("prompt tokens", self.prompt_tokens, _LONGEST_CONTEXT),
            ("answer tokens", self.answer_tokens, _LONGEST_CONTEXT),
            ("chunks", self.chunks, 1_000_000_000),
        ):
            if not 1 <= value <= most:
                raise Invalid(f"The {name} must be between 1 and {most:,}, not {value:,}.")
        if self.prompt_tokens + self.answer_tokens > self.context_tokens:
            raise Invalid(
                f"A prompt of {self.prompt_tokens:,} and an answer of {self.answer_tokens:,} tokens do not fit into "
                f"a context of {self.context_tokens:,}; give a longer --context or shorter texts."
            )
        if self.engine not in {"", "vllm", "ollama"}:
            raise Invalid(f"{self.engine!r} is no engine that a plan is made for; choose vllm or ollama.")
