"""Which models a desk speaks to: `LLM_*` and `EMBEDDING_*`, or the older server's names for the cloud."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr

from aichatdesk.entry.setting_kinds import Group, Key, ModelAddress
from aichatdesk.inference.profiles import provider_profile

_OPENAI = "openai"
_ANTHROPIC = "anthropic"
# Whose servers these are needs no word; OpenAI has some for regions, such as eu.api.openai.com.
_HOSTS = {"api.openai.com": _OPENAI, "api.anthropic.com": _ANTHROPIC}


class ChatSettings(Group):
    """Which chat model answers, and when its answers are handed to a person."""

    base_url: ModelAddress = Field("", validation_alias="LLM_BASE_URL")
    model: str = Field("", validation_alias="LLM_MODEL")
    api_key: Key = Field(SecretStr(""), validation_alias="LLM_API_KEY")
    provider: str = Field("", validation_alias="LLM_PROVIDER")
    ca_file: str = Field("", validation_alias="LLM_CA_FILE")
    max_tokens: int = Field(
        1024, ge=16, le=32_768, validation_alias=AliasChoices("LLM_MAX_TOKENS", "CLAUDE_MAX_TOKENS")
    )
    concurrency: int | None = Field(None, ge=1, le=256, validation_alias="LLM_CONCURRENCY")
    context_tokens: int | None = Field(None, ge=1024, le=10_000_000, validation_alias="LLM_CONTEXT_TOKENS")
    confidence_threshold: float = Field(
        0.7,
        ge=0,
        le=1,
        validation_alias=AliasChoices("LLM_CONFIDENCE_THRESHOLD", "CLAUDE_CONFIDENCE_THRESHOLD"),
    )


class EmbeddingSettings(Group):
    """Which embedding model turns text into vectors."""

    base_url: ModelAddress = Field("", validation_alias="EMBEDDING_BASE_URL")
    model: str = Field("", validation_alias="EMBEDDING_MODEL")
    api_key: Key = Field(SecretStr(""), validation_alias="EMBEDDING_API_KEY")
    provider: str = Field("", validation_alias="EMBEDDING_PROVIDER")
    dimensions: int | None = Field(None, gt=0, le=65_536, validation_alias="EMBEDDING_DIMENSIONS")


class ClaudeSettings(Group):
    """Anthropic's chat models by the older server's names; off while there is no key."""

    api_key: Key = Field(SecretStr(""), validation_alias="CLAUDE_API_KEY")
    model: str = Field("claude-sonnet-4-5-20250929", validation_alias="CLAUDE_MODEL")
    base_url: ModelAddress = Field(
        "https://api.anthropic.com", validation_alias=AliasChoices("CLAUDE_BASE_URL", "ANTHROPIC_BASE_URL")
    )


class OpenAISettings(Group):
    """OpenAI's embedding models by the older server's names; off while there is no key."""

    api_key: Key = Field(SecretStr(""), validation_alias="OPENAI_API_KEY")
    embedding_model: str = Field("text-embedding-3-small", validation_alias="OPENAI_EMBEDDING_MODEL")
    base_url: ModelAddress = Field("https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL")


@dataclass(frozen=True, slots=True)
class ChosenModels:
    """The models that are live, and those of the cloud that are kept beside them and that a desk never calls.

    Attributes:
        by_old_names: Which of "chat" and "embedding" are live because of an older name alone.
    """

    chat: ChatSettings
    embedding: EmbeddingSettings
    kept_chat: ChatSettings | None
    kept_embedding: EmbeddingSettings | None
    by_old_names: frozenset[str]


def choose_models(
    chat: ChatSettings, embedding: EmbeddingSettings, claude: ClaudeSettings, openai: OpenAISettings
) -> ChosenModels:
    """Fill in what the clouds' names say; a server that `LLM_*` or `EMBEDDING_*` name is live before any of theirs."""
    if not chat.provider:
        chat = chat.model_copy(update={"provider": vendor_at(chat.base_url)})
    if not embedding.provider:
        embedding = embedding.model_copy(update={"provider": vendor_at(embedding.base_url)})
    chat, embedding = _chat_at_its_cloud(chat, claude, openai), _embedding_at_its_cloud(embedding, openai)
    of_claude, of_openai = _chat_of_claude(chat, claude), _embedding_of_openai(embedding, openai)
    live_chat, kept_chat = (chat, of_claude) if chat.base_url else (of_claude or chat, None)
    live_embedding, kept_embedding = (
        (embedding, of_openai) if embedding.base_url else (of_openai or embedding, None)
    )
    old = [("chat", of_claude, live_chat), ("embedding", of_openai, live_embedding)]
    return ChosenModels(
        live_chat,
        live_embedding,
        None if kept_chat and _same(kept_chat, live_chat) else kept_chat,
        None if kept_embedding and _same(kept_embedding, live_embedding) else kept_embedding,
        frozenset(name for name, cloud, live in old if cloud is not None and live is cloud),
    )


def vendor_at(base_url: str) -> str:
    """Which cloud's own server that is; empty where it is nobody's that we know."""
    host = urlsplit(base_url).hostname or ""
    return next((name for known, name in _HOSTS.items() if f".{host}".endswith(f".{known}")), "")


def provider_of(settings: ChatSettings | EmbeddingSettings) -> str:
    """The name of the provider's profile."""
    return provider_profile(settings.provider).name


def _chat_at_its_cloud(chat: ChatSettings, claude: ClaudeSettings, openai: OpenAISettings) -> ChatSettings:
    """`LLM_PROVIDER` names a cloud, and no address is given: it is the cloud's own."""
    provider = provider_of(chat)
    if chat.base_url or provider not in {_ANTHROPIC, _OPENAI}:
        return chat
    cloud = claude if provider == _ANTHROPIC else openai
    model = chat.model or (claude.model if provider == _ANTHROPIC else "")
    key = chat.api_key if chat.api_key.get_secret_value() else cloud.api_key
    return chat.model_copy(update={"base_url": cloud.base_url, "model": model, "api_key": key})


def _embedding_at_its_cloud(embedding: EmbeddingSettings, openai: OpenAISettings) -> EmbeddingSettings:
    if embedding.base_url or provider_of(embedding) != _OPENAI:
        return embedding
    key = embedding.api_key if embedding.api_key.get_secret_value() else openai.api_key
    model = embedding.model or openai.embedding_model
    return embedding.model_copy(update={"base_url": openai.base_url, "model": model, "api_key": key})


def _chat_of_claude(chat: ChatSettings, claude: ClaudeSettings) -> ChatSettings | None:
    if not claude.api_key.get_secret_value():
        return None
    changes = {"base_url": claude.base_url, "model": claude.model, "api_key": claude.api_key}
    # What a server of one's own can do says nothing of the cloud that is kept beside it.
    own = {"concurrency": None, "context_tokens": None} if chat.base_url else {}
    return chat.model_copy(update={**changes, **own, "provider": _ANTHROPIC})


def _embedding_of_openai(embedding: EmbeddingSettings, openai: OpenAISettings) -> EmbeddingSettings | None:
    """`EMBEDDING_DIMENSIONS` belongs to whichever is live."""
    if not openai.api_key.get_secret_value():
        return None
    changes = {"base_url": openai.base_url, "model": openai.embedding_model, "api_key": openai.api_key}
    dimensions = None if embedding.base_url else embedding.dimensions
    return embedding.model_copy(update={**changes, "provider": _OPENAI, "dimensions": dimensions})


def _same(one: ChatSettings | EmbeddingSettings, other: ChatSettings | EmbeddingSettings) -> bool:
    return (one.base_url, one.model) == (other.base_url, other.model)
