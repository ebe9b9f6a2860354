"""The peer that stands for OpenAI is one that OpenAI's own client understands."""

from collections.abc import AsyncIterator

import openai
import pytest
from openai import AsyncOpenAI

from peers.cloud_peer import KEY
from peers.openai_peer import MODEL, SMALL, THINKS, OpenAIPeer


@pytest.fixture
async def peer() -> AsyncIterator[OpenAIPeer]:
    async with OpenAIPeer() as server:
        yield server


@pytest.fixture
async def sdk(peer: OpenAIPeer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=peer.base_url + "/v1", api_key=KEY, max_retries=0) as client:
        yield client


async def test_its_chats_are_understood(peer: OpenAIPeer, sdk: AsyncOpenAI):
    peer.say("Grüße aus 東京")
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Hello?"}]}
    whole = await sdk.chat.completions.create(**asked)
    assert whole.choices[0].message.content == "Grüße aus 東京"
    assert whole.usage is not None
    assert (whole.choices[0].finish_reason, whole.usage.completion_tokens) == ("stop", 3)
    stream = await sdk.chat.completions.create(
        **asked, stream=True, stream_options={"include_usage": True}, max_tokens=2
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "Grüße aus"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]][-1] == "length"
    assert chunks[-1].usage is not None
    assert (chunks[-1].choices, chunks[-1].usage.completion_tokens) == ([], 2)


async def test_its_vectors_are_understood_in_both_forms(sdk: AsyncOpenAI):
    plain = await sdk.embeddings.create(model=SMALL, input=["one", "two"], encoding_format="float")
    packed = await sdk.embeddings.create(model=SMALL, input=["one", "two"])
    assert [len(one.embedding) for one in packed.data] == [1536, 1536]
    assert packed.data[1].embedding == pytest.approx(plain.data[1].embedding, abs=1e-6)
    short = await sdk.embeddings.create(model=SMALL, input="one", dimensions=256)
    assert len(short.data[0].embedding) == 256


async def test_its_refusals_are_understood(peer: OpenAIPeer, sdk: AsyncOpenAI):
    asked = {"messages": [{"role": "user", "content": "Hello?"}]}
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
        await sdk.with_options(api_key="sk-wrong").chat.completions.create(model=MODEL, **asked)
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        await sdk.chat.completions.create(model="gpt-none", **asked)
    with pytest.raises(openai.BadRequestError, match="max_tokens"):
        await sdk.chat.completions.create(model=THINKS, max_tokens=5, **asked)
    with pytest.raises(openai.BadRequestError, match="dimensions"):
        await sdk.embeddings.create(model=SMALL, input="one", dimensions=4000)
    peer.requests_left = 0
    with pytest.raises(openai.RateLimitError) as limited:
        await sdk.chat.completions.create(model=MODEL, **asked)
    assert limited.value.response.headers["retry-after"] == "60"


async def test_a_stream_that_breaks_is_an_error_to_it_too(peer: OpenAIPeer, sdk: AsyncOpenAI):
    peer.say("One two", break_after=1)
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Hello?"}]}
    stream = await sdk.chat.completions.create(**asked, stream=True)
    with pytest.raises(openai.APIError, match="had an error"):
        _ = [chunk async for chunk in stream]


async def test_its_models_are_listed(sdk: AsyncOpenAI):
    assert {MODEL, SMALL} <= {model.id async for model in sdk.models.list()}
