"""OpenAI's embedding models: how many texts at once, how many numbers, and what is refused."""

from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest

from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ContextTooLong, ModelOverloaded, ModelRejected, ModelUnavailable
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.inference.retry import RetryPolicy
from aichatdesk.platform.http.client import make_http_client
from peers.cloud_peer import KEY
from peers.loopback_server import Answer
from peers.openai_peer import LARGE, OLD, SMALL, OpenAIPeer

SOON_AGAIN = RetryPolicy(first_wait=timedelta(milliseconds=1), budget=timedelta(seconds=20))


@pytest.fixture
async def peer() -> AsyncIterator[OpenAIPeer]:
    async with OpenAIPeer() as server:
        yield server


@pytest.fixture
async def endpoint(peer: OpenAIPeer) -> AsyncIterator[Endpoint]:
    async with make_http_client() as client:
        yield Endpoint(client, peer.base_url, provider_profile("openai"), api_key=KEY, policy=SOON_AGAIN)


def embeddings(endpoint: Endpoint, model: str = SMALL, dimensions: int | None = None) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(endpoint, embedding_profile(model, dimensions=dimensions))


@pytest.mark.parametrize(
    ("model", "dimensions", "asked", "width"),
    [
        (SMALL, None, None, 1536),
        (SMALL, 1536, None, 1536),
        (SMALL, 512, 512, 512),
        (LARGE, 1024, 1024, 1024),
        (OLD, None, None, 1536),
    ],
)
async def test_fewer_numbers_are_asked_for_only_where_fewer_are_wanted(
    endpoint: Endpoint, peer: OpenAIPeer, model: str, dimensions: int | None, asked: int | None, width: int
):
    vectors = await embeddings(endpoint, model, dimensions).embed_documents(["red apple", "blue sky"])
    assert vectors.shape == (2, width)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    sent = peer.embedding_requests[0]
    assert (sent.get("dimensions"), sent["encoding_format"], "input_type" in sent) == (asked, "float", False)


async def test_many_texts_go_in_several_requests_and_keep_their_order(endpoint: Endpoint, peer: OpenAIPeer):
    vectors = await embeddings(endpoint, dimensions=256).embed_documents([f"word{n}" for n in range(300)])
    assert [len(request["input"]) for request in peer.embedding_requests] == [256, 44]
    query = await embeddings(endpoint, dimensions=256).embed_query("word299")
    assert np.allclose(vectors[299], query)


async def test_a_wrong_key_an_unknown_model_and_a_text_that_is_too_long_are_told_apart(
    endpoint: Endpoint, peer: OpenAIPeer
):
    async with make_http_client() as client:
        stranger = Endpoint(client, peer.base_url, provider_profile("openai"), api_key="sk-secret-0815")
        with pytest.raises(ModelRejected, match="401") as caught:
            await embeddings(stranger).embed_query("one")
        assert "sk-secret-0815" not in caught.value.message
    with pytest.raises(ModelRejected, match="404"):
        await embeddings(endpoint, "text-embedding-9").embed_query("one")
    with pytest.raises(ContextTooLong):
        await embeddings(endpoint).embed_query("word " * 9000)


async def test_a_limit_for_each_minute_leaves_the_server_alone_and_a_fault_is_tried_again(
    endpoint: Endpoint, peer: OpenAIPeer
):
    peer.answers = [Answer(503)]
    await embeddings(endpoint).embed_query("one")
    peer.requests_left = 0
    for _ in range(3):
        with pytest.raises(ModelOverloaded):
            await embeddings(endpoint).embed_query("one")
    assert len(peer.embedding_requests) == 3


@pytest.mark.parametrize(
    "body", [b"<html>Sign in</html>", b"{}", b'{"error": {"message": "no"}}', b"[" * 100_000]
)
async def test_what_holds_no_vectors_is_an_absent_model(endpoint: Endpoint, peer: OpenAIPeer, body: bytes):
    peer.answers = [Answer(200, body=body)]
    with pytest.raises(ModelUnavailable):
        await embeddings(endpoint).embed_query("one")
