"""The two models that a desk speaks to, and what is built upon them."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from httpx2 import AsyncClient

from aichatdesk.assistant.copilot import Copilot
from aichatdesk.assistant.prompt import Budget
from aichatdesk.assistant.take_turn import Assistant
from aichatdesk.assistant.write_reply import ReplyWriter
from aichatdesk.core.errors import Misconfigured
from aichatdesk.desk.category_prompts import DeskCategoryPrompts
from aichatdesk.entry.check_models import missing_models
from aichatdesk.entry.model_settings import ChatSettings, EmbeddingSettings
from aichatdesk.entry.settings import Settings
from aichatdesk.inference.admission import Admission
from aichatdesk.inference.anthropic_chat import AnthropicChat
from aichatdesk.inference.chat import ChatModel
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.storage.database import Database

_LONGEST_ANSWER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Models:
    """The two models that a desk speaks to."""

    chat: ChatModel
    embedding: EmbeddingModel
    endpoints: dict[str, Endpoint]
    admission: Admission


@dataclass(frozen=True, slots=True)
class KeptModels:
    """The models of the cloud that are kept beside the live ones; a desk never calls them."""

    chat: ChatModel | None
    embedding: EmbeddingModel | None


def require_models(settings: Settings) -> None:
    """Raise `Misconfigured` unless both models are named."""
    if missing := missing_models(settings.chosen, settings.given):
        raise Misconfigured("\n".join(missing))


@contextlib.asynccontextmanager
async def open_models(settings: Settings) -> AsyncIterator[Models]:
    """The live models.

    Raises:
        Misconfigured: One is not named, or a file that is named does not exist.
    """
    require_models(settings)
    async with _Endpoints.open(settings) as endpoints:
        chat = endpoints.at(settings.chat)
        embedding = endpoints.at(settings.embedding)
        yield Models(
            _chat_model(chat, settings.chat),
            _embedding_model(embedding, settings.embedding),
            {"chat": chat, "embedding": embedding},
            Admission(concurrency=chat.profile.concurrency, longest_queue=chat.profile.longest_queue),
        )


@contextlib.asynccontextmanager
async def open_kept_models(settings: Settings) -> AsyncIterator[KeptModels]:
    """The kept models, for a comparison; raises as `open_models`."""
    chat, embedding = settings.chosen.kept_chat, settings.chosen.kept_embedding
    async with _Endpoints.open(settings) as endpoints:
        yield KeptModels(
            _chat_model(endpoints.at(chat), chat) if chat else None,
            _embedding_model(endpoints.at(embedding), embedding) if embedding else None,
        )


class _Endpoints:
    """Makes endpoints over two clients: one for the servers in the building, one for the clouds."""

    def __init__(self, settings: Settings, here: AsyncClient, cloud: AsyncClient) -> None:
        # LLM_CA_FILE is trusted alone, which the clouds' certificates would not pass.
        self._clouds = {settings.claude.base_url, settings.openai.base_url}
        self._here, self._cloud = here, cloud

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator["_Endpoints"]:
        """Open both clients; raises `Misconfigured` where a file of authorities does not exist."""
        ca_file = _existing("LLM_CA_FILE", settings.chat.ca_file)
        extra = _existing("AICHATDESK_CA_FILE", settings.server.ca_file)
        async with make_http_client(ca_file=ca_file) as here, make_http_client(extra_ca_file=extra) as cloud:
            yield cls(settings, here, cloud)

    def at(self, named: ChatSettings | EmbeddingSettings) -> Endpoint:
        """The server that these settings name."""
        limits = (
            {"concurrency": named.concurrency, "context_tokens": named.context_tokens}
            if isinstance(named, ChatSettings)
            else {}
        )
        return Endpoint(
            self._cloud if named.base_url in self._clouds else self._here,
            named.base_url,
            provider_profile(named.provider, **limits),
            api_key=named.api_key.get_secret_value(),
        )


def _existing(name: str, file: str) -> Path | None:
    if file and not Path(file).is_file():
        raise Misconfigured(f"{name}: {file} does not exist.")
    return Path(file) if file else None


def _chat_model(endpoint: Endpoint, named: ChatSettings) -> ChatModel:
    if endpoint.profile.protocol == "anthropic":
        return AnthropicChat(endpoint, named.model)
    return OpenAIChat(endpoint, named.model)


def _embedding_model(endpoint: Endpoint, named: EmbeddingSettings) -> EmbeddingModel:
    return OpenAIEmbeddings(endpoint, embedding_profile(named.model, dimensions=named.dimensions))


def make_copilot(database: Database, models: Models) -> Copilot:
    """What helps people at the desk."""
    context = models.endpoints["chat"].profile.context_tokens
    return Copilot(database, models.chat, models.admission, context_tokens=context)


def make_reply_writer(settings: Settings, retriever: Retriever, models: Models) -> ReplyWriter:
    """What writes replies for agents."""
    return ReplyWriter(
        retriever,
        models.chat,
        models.admission,
        budget=_budget(settings, models),
        embedding_model=settings.embedding.model,
        languages=models.endpoints["chat"].profile.languages,
    )


def make_assistant(settings: Settings, database: Database, retriever: Retriever, models: Models) -> Assistant:
    """What answers visitors."""
    return Assistant(
        database,
        retriever,
        models.chat,
        models.admission,
        DeskCategoryPrompts(),
        budget=_budget(settings, models),
        threshold=settings.chat.confidence_threshold,
        embedding_model=settings.embedding.model,
        languages=models.endpoints["chat"].profile.languages,
    )


def _budget(settings: Settings, models: Models) -> Budget:
    profile = models.endpoints["chat"].profile
    answer = min(settings.chat.max_tokens, round(profile.context_tokens * _LONGEST_ANSWER_SHARE))
    return Budget(profile.context_tokens, min(answer, profile.longest_answer), profile.passage_token_budget)
