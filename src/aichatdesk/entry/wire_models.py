"""The two models that a desk speaks to, and what is built upon them."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from aichatdesk.assistant.copilot import Copilot
from aichatdesk.assistant.prompt import Budget
from aichatdesk.assistant.take_turn import Assistant
from aichatdesk.assistant.write_reply import ReplyWriter
from aichatdesk.core.errors import Misconfigured
from aichatdesk.desk.category_prompts import DeskCategoryPrompts
from aichatdesk.entry.settings import Settings
from aichatdesk.inference.admission import Admission
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.openai_endpoint import Endpoint
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.storage.database import Database

_LONGEST_ANSWER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Models:
    """The two models that a desk speaks to."""

    chat: OpenAIChat
    embedding: OpenAIEmbeddings
    endpoints: dict[str, Endpoint]
    admission: Admission


def require_models(settings: Settings) -> None:
    """Raise `Misconfigured` unless both models are named."""
    addresses = {"LLM_BASE_URL": settings.chat.base_url, "EMBEDDING_BASE_URL": settings.embedding.base_url}
    missing = [name for name, value in addresses.items() if not value]
    if missing:
        raise Misconfigured(
            "\n".join(
                f"{name} is missing: say where the model is served, or run `aichatdesk demo`."
                for name in missing
            )
        )


@contextlib.asynccontextmanager
async def open_models(settings: Settings) -> AsyncIterator[Models]:
    """The models that the settings name, over one client.

    Raises:
        Misconfigured: One is not named, or a file that is named does not exist.
    """
    chat, embedding = settings.chat, settings.embedding
    for name, value in (("LLM_BASE_URL", chat.base_url), ("EMBEDDING_BASE_URL", embedding.base_url)):
        if not value:
            raise Misconfigured(
                f"{name} is missing: say where the model is served, or run `aichatdesk demo`."
            )
    ca_file = Path(chat.ca_file) if chat.ca_file else None
    if ca_file and not ca_file.is_file():
        raise Misconfigured(f"LLM_CA_FILE: {ca_file} does not exist.")
    async with make_http_client(ca_file=ca_file) as client:
        chat_endpoint = Endpoint(
            client, chat.base_url, provider_profile(chat.provider), api_key=chat.api_key.get_secret_value()
        )
        embedding_endpoint = Endpoint(
            client,
            embedding.base_url,
            provider_profile(embedding.provider),
            api_key=embedding.api_key.get_secret_value(),
        )
        profile = embedding_profile(embedding.model, dimensions=embedding.dimensions)
        serves = chat_endpoint.profile
        yield Models(
            OpenAIChat(chat_endpoint, chat.model),
            OpenAIEmbeddings(embedding_endpoint, profile),
            {"chat": chat_endpoint, "embedding": embedding_endpoint},
            Admission(concurrency=serves.concurrency, longest_queue=serves.longest_queue),
        )


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
