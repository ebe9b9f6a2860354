"""What differs between servers and between model families, as data.

Sources: the servers' public API documentation, the model cards, and trials with the packaged models
(`docs/decisions/0003-embedding-model.md`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """How one kind of server wants to be spoken to.

    `embedding_options` are sent with each request for vectors.
    """

    name: str
    protocol: Literal["openai", "anthropic"] = "openai"
    key_header: str = "Authorization"
    key_prefix: str = "Bearer "
    headers: tuple[tuple[str, str], ...] = ()
    # Added to an address that names a server only.
    version_path: str = ""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    usage_in_stream: bool = True
    first_token_timeout: timedelta = timedelta(seconds=60)
    between_tokens_timeout: timedelta = timedelta(seconds=15)
    total_timeout: timedelta = timedelta(seconds=180)
    embedding_batch_size: int = 64
    embedding_options: Mapping[str, object] = field(default_factory=dict)
    supports_json_schema: bool = True
    tokenize_path: str = ""
    context_tokens: int = 8192
    passage_token_budget: int = 3000
    longest_answer: int = 32_768
    concurrency: int = 8
    longest_queue: int = 64
    # The languages that its chat model writes well enough to be asked; None where it is not known to be limited.
    languages: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingProfile:
    """How one family of embedding models wants its texts, and what it gives back.

    `query_field` and `document_field` are sent as `input_type` where a server tells the two sides apart by
    a field; most families use prefixes instead. `ask_width` is sent as `dimensions`. `duplicate_from` is the cosine, both texts embedded as documents,
    from which two question-and-answer pairs are taken to say the same, `same_question_from` the cosine between a
    question and the middle of others from which it is taken to ask the same.
    """

    model: str
    width: int | None = None
    query_prefix: str = ""
    document_prefix: str = ""
    query_field: str = ""
    document_field: str = ""
    normalise: bool = True
    # It gives fewer numbers where it is asked to; others refuse the question.
    shortens: bool = False
    ask_width: int | None = None
    token_limit: int = 512
    # Of an unmeasured model: a pair that is kept apart does less harm than one that is put where it does not belong.
    duplicate_from: float = 0.95
    same_question_from: float = 0.85


_PROVIDERS: dict[str, ProviderProfile] = {
    profile.name: profile
    for profile in (
        ProviderProfile("openai-compatible"),
        # Other servers cut a text that is too long for the embedding model; vLLM refuses it unless it is told to.
        ProviderProfile("vllm", tokenize_path="/tokenize", embedding_options={"truncate_prompt_tokens": -1}),
        ProviderProfile("ollama", embedding_batch_size=16, concurrency=4, context_tokens=4096),
        ProviderProfile("llamacpp", tokenize_path="/tokenize", concurrency=2),
        # The clouds' models read far more, but every token is paid for and counts against a limit for each minute.
        # OpenAI takes 2,048 texts and 300,000 tokens in one request; our chunks have some 200 tokens.
        ProviderProfile(
            "openai",
            version_path="/v1",
            max_tokens_field="max_completion_tokens",
            embedding_batch_size=256,
            context_tokens=16_000,
        ),
        # `supports_json_schema` is of OpenAI's protocol; how a model here is kept to one is in `cloud_models.py`.
        ProviderProfile(
            "anthropic",
            protocol="anthropic",
            key_header="x-api-key",
            key_prefix="",
            headers=(("anthropic-version", "2023-06-01"),),
            supports_json_schema=False,
            context_tokens=32_000,
        ),
        # The packaged 135M model reads 40 to 170 tokens a second on two cores and loses its way among several
        # passages (5 of 24 questions answered from one, 2 from many), so it gets one. It writes English only.
        ProviderProfile(
            "local",
            tokenize_path="/tokenize",
            embedding_batch_size=8,
            concurrency=2,
            passage_token_budget=200,
            longest_answer=160,
            languages=frozenset({"en"}),
            context_tokens=4096,
            between_tokens_timeout=timedelta(seconds=30),
        ),
    )
}

# From which cosine two pairs say the same, measured by `benchmarks/duplicates.py` on 12 pairs that do and 17 that are
# only near (another country, another deadline, the same question in another language), in five languages:
#              that do        that do not    limit         found of 12   wrong of 17
#   minilm     0.72 to 0.93   0.07 to 0.82   0.85          8             0
#   e5         0.95 to 0.98   0.78 to 0.95   0.955         11            0
#   minilm+e5  0.85 to 0.96   0.43 to 0.88   0.90          8             0
_SAME_BY_MINILM = 0.85
_SAME_BY_E5 = 0.955
_SAME_BY_BOTH = 0.90
# From which cosine two questions ask the same, measured by `benchmarks/gaps.py` on 156 questions of 88 meanings in three
# languages, embedded as documents (as questions, the pair of models told them apart less well) and grouped in 20 orders.
# Found: of the pairs that ask the same, those in one group; wrong: of the pairs in one group, those that do not. The
# limits were chosen on the same questions.
#              same (5 % to most)   another (99 %, most)   limit   found   wrong
#   minilm     0.48 to 0.93         0.45, 0.70             0.63    0.71    0.02
#   e5         0.89 to 0.97         0.89, 0.94             0.93    0.47    0.03
#   minilm+e5  0.69 to 0.94         0.66, 0.81             0.78    0.70    0.03
_ASKED_BY_MINILM = 0.63
_ASKED_BY_E5 = 0.93
_ASKED_BY_BOTH = 0.78
# The limit of the older server, which knew these models alone.
_SAME_BY_OPENAI = 0.85

# The packaged models, by the whole name under which they are served.
_PACKAGED = {
    "minilm+e5": EmbeddingProfile(
        "",
        768,
        query_field="query",
        document_field="passage",
        duplicate_from=_SAME_BY_BOTH,
        same_question_from=_ASKED_BY_BOTH,
    ),
    "e5": EmbeddingProfile(
        "",
        384,
        query_field="query",
        document_field="passage",
        duplicate_from=_SAME_BY_E5,
        same_question_from=_ASKED_BY_E5,
    ),
}

_E5 = EmbeddingProfile(
    "", None, "query: ", "passage: ", duplicate_from=_SAME_BY_E5, same_question_from=_ASKED_BY_E5
)

_QWEN3_QUERY = "Instruct: Given a question, retrieve passages that answer it\nQuery:"

# The first family whose name occurs in the model's name, in this order.
_FAMILIES: tuple[tuple[str, EmbeddingProfile], ...] = (
    ("multilingual-e5", _E5),
    ("e5-", _E5),
    ("nomic-embed", EmbeddingProfile("", 768, "search_query: ", "search_document: ", token_limit=2048)),
    # Ollama's tags for these are without the language: bge-large:335m.
    ("bge-large", EmbeddingProfile("", 1024, "Represent this sentence for searching relevant passages: ")),
    (
        "bge-base-en",
        EmbeddingProfile("", 768, "Represent this sentence for searching relevant passages: "),
    ),
    (
        "bge-small-en",
        EmbeddingProfile("", 384, "Represent this sentence for searching relevant passages: "),
    ),
    ("bge-m3", EmbeddingProfile("", 1024, token_limit=8192)),
    ("qwen3-embedding", EmbeddingProfile("", None, _QWEN3_QUERY, token_limit=32_768)),
    (
        "minilm",
        EmbeddingProfile(
            "", 384, token_limit=256, duplicate_from=_SAME_BY_MINILM, same_question_from=_ASKED_BY_MINILM
        ),
    ),
    (
        "text-embedding-3-small",
        EmbeddingProfile("", 1536, shortens=True, token_limit=8191, duplicate_from=_SAME_BY_OPENAI),
    ),
    (
        "text-embedding-3-large",
        EmbeddingProfile("", 3072, shortens=True, token_limit=8191, duplicate_from=_SAME_BY_OPENAI),
    ),
    ("text-embedding-ada-002", EmbeddingProfile("", 1536, token_limit=8191)),
)

# Chat models whose template writes `<think>` into the prompt, so that their answer begins within it.
_THINKS_AT_ONCE = ("deepseek-r1", "qwq", "-thinking")

# What people call a provider beside its name.
_ALSO = {"claude": "anthropic", "llama.cpp": "llamacpp"}


def provider_profile(
    name: str, *, concurrency: int | None = None, context_tokens: int | None = None
) -> ProviderProfile:
    """The profile of a kind of server; an unknown or empty name is a plain OpenAI-compatible one.

    Answers at once and tokens of the context are usual ones; what is known of a server itself takes their place.
    """
    lowered = name.lower()
    profile = _PROVIDERS.get(_ALSO.get(lowered, lowered), _PROVIDERS["openai-compatible"])
    return replace(
        profile,
        concurrency=concurrency or profile.concurrency,
        context_tokens=context_tokens or profile.context_tokens,
    )


def provider_names() -> list[str]:
    """Every kind of server that has a profile."""
    return [*_PROVIDERS, *_ALSO]


def embedding_profile(model: str, *, dimensions: int | None = None) -> EmbeddingProfile:
    """The profile of a model by its family; `dimensions`, where given, is the width that is required."""
    lowered = model.lower()
    family = _PACKAGED.get(lowered) or next(
        (profile for part, profile in _FAMILIES if part in lowered), EmbeddingProfile("")
    )
    ask_width = dimensions if family.shortens and dimensions != family.width else None
    return replace(family, model=model, width=dimensions or family.width, ask_width=ask_width)


def thinks_at_once(chat_model: str) -> bool:
    """Whether a chat model's answers begin with thoughts that no tag opens."""
    return any(part in chat_model.lower() for part in _THINKS_AT_ONCE)
