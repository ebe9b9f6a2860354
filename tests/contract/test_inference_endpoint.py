"""The OpenAI-compatible clients against a scripted peer on a real port; see also `test_chat_models.py`."""

from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest

from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import (
    ContextTooLong,
    ModelOverloaded,
    ModelRejected,
    ModelUnavailable,
    UnusableVector,
    WrongWidth,
)
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import EmbeddingProfile, ProviderProfile, provider_profile
from aichatdesk.inference.retry import RetryPolicy
from aichatdesk.platform.http.client import make_http_client
from peers.fake_model_server import FakeModelServer, Script

PATIENT = ProviderProfile("test", embedding_batch_size=2)
SOON_AGAIN = RetryPolicy(first_wait=timedelta(milliseconds=1), budget=timedelta(seconds=20))
QUESTION = [ChatTurn("user", "Hello?")]


@pytest.fixture
async def endpoint(models: FakeModelServer) -> AsyncIterator[Endpoint]:
    async with make_http_client() as client:
        yield Endpoint(client, models.base_url, PATIENT, api_key="key", policy=SOON_AGAIN)


@pytest.fixture
def chat(endpoint: Endpoint) -> OpenAIChat:
    return OpenAIChat(endpoint, "fake")


def embeddings(endpoint: Endpoint, width: int | None = 64) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(endpoint, EmbeddingProfile("hashing", width, "query: ", "passage: "))


async def said(chat: OpenAIChat) -> tuple[str, Finished | None]:
    text, finished = "", None
    async for piece in chat.stream(QUESTION, answer_tokens=20):
        if isinstance(piece, Token):
            text += piece.text
        else:
            finished = piece
    return text, finished


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (Script(status=404, body={"error": {"message": "model not found"}}), ModelRejected),
        (Script(status=401), ModelRejected),
        (Script(status=400, body={"error": {"message": "maximum context length is 2048"}}), ContextTooLong),
        (Script(status=429, headers={"Retry-After": "3600"}), ModelOverloaded),
    ],
)
async def test_a_refusal_is_named_and_not_repeated(
    chat: OpenAIChat, models: FakeModelServer, script: Script, error: type[Exception]
):
    models.answer = lambda _: script
    with pytest.raises(error):
        await said(chat)
    assert len(models.requests) == 1


async def test_a_dead_endpoint_opens_the_breaker_and_is_not_asked_any_more():
    breaker = Breaker()
    async with make_http_client() as client:
        dead = OpenAIChat(
            Endpoint(client, "http://127.0.0.1:9/v1", PATIENT, breaker=breaker, policy=SOON_AGAIN), "x"
        )
        for _ in range(2):
            with pytest.raises(ModelUnavailable):
                await said(dead)
    assert breaker.is_open


async def test_embeddings_come_in_batches_in_order_with_their_prefix_as_unit_floats(
    endpoint: Endpoint, models: FakeModelServer
):
    model = embeddings(endpoint)
    vectors = await model.embed_documents(["red apple", "blue sky", "green tree"])
    query = await model.embed_query("sky blue")
    assert vectors.shape == (3, 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert int(np.argmax(vectors @ query)) == 1
    sent = models.embedding_requests
    assert [len(request["input"]) for request in sent] == [2, 1, 1]
    assert all(request["encoding_format"] == "float" for request in sent)
    assert sent[0]["input"][0] == "passage: red apple"
    assert sent[2]["input"] == ["query: sky blue"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda rows: [row[:16] for row in rows], WrongWidth),
        (lambda rows: [[0.0] * 64 for _ in rows], UnusableVector),
        (lambda rows: [[float("nan")] * 64 for _ in rows], Exception),
        (lambda rows: rows[:-1], ModelUnavailable),
        (lambda rows: ["AAAA" for _ in rows], ModelUnavailable),
    ],
)
async def test_vectors_that_cannot_be_right_are_refused_by_name(
    endpoint: Endpoint, models: FakeModelServer, change, error: type[Exception]
):
    models.change_vectors = change
    with pytest.raises(error):
        await embeddings(endpoint).embed_documents(["one", "two"])


@pytest.mark.parametrize(("provider", "sent"), [("vllm", -1), ("openai", None), ("", None)])
async def test_only_a_server_that_refuses_long_texts_is_told_to_cut_them(
    models: FakeModelServer, provider: str, sent: int | None
):
    async with make_http_client() as client:
        await embeddings(Endpoint(client, models.base_url, provider_profile(provider))).embed_query("x")
    assert models.embedding_requests[0].get("truncate_prompt_tokens") == sent
