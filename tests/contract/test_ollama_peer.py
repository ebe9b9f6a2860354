"""The desk's clients at Ollama, as its documentation describes it: the peer here is not the real server."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import numpy as np
import pytest

from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ModelRejected
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.migration.verify.findings import Finding
from aichatdesk.migration.verify.run import verify_endpoints
from aichatdesk.migration.verify.target import Options, Target
from aichatdesk.platform.http.client import make_http_client
from peers.ollama_peer import CHAT, EMBEDDING, OllamaPeer

OLLAMA = provider_profile("ollama")


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with make_http_client() as opened:
        yield opened


def endpoint(client: httpx2.AsyncClient, ollama: OllamaPeer) -> Endpoint:
    return Endpoint(client, ollama.base_url + "/v1", OLLAMA)


async def said(chat: OpenAIChat, *turns: ChatTurn, **how: object) -> tuple[str, Finished]:
    text = ""
    async for piece in chat.stream(turns, answer_tokens=40, **how):  # type: ignore[arg-type]
        if isinstance(piece, Token):
            text += piece.text
        else:
            return text, piece
    raise AssertionError("the stream ended without a Finished")


@pytest.mark.parametrize("name", [CHAT, "llama3.1"])
async def test_an_answer_streams_and_is_counted_with_and_without_the_models_tag(
    client: httpx2.AsyncClient, name: str
):
    async with OllamaPeer() as ollama:
        ollama.answer = lambda prompt: f"You said: {prompt}"
        answered = await said(OpenAIChat(endpoint(client, ollama), name), ChatTurn("user", "Good day"))
    assert answered == ("You said: Good day", Finished("stop", 6, 4))


@pytest.mark.parametrize("thinks_in", ["text", "field"])
async def test_thoughts_are_shown_to_nobody_wherever_they_are_written(
    client: httpx2.AsyncClient, thinks_in: str
):
    async with OllamaPeer(thoughts="The visitor is cross.", thinks_in=thinks_in) as ollama:
        text, _ = await said(OpenAIChat(endpoint(client, ollama), CHAT), ChatTurn("user", "Good day"))
    assert text.strip() == "Hello."


async def test_a_schema_binds_the_answer(client: httpx2.AsyncClient):
    schema = {"type": "object", "properties": {"mood": {"enum": ["good", "bad"]}}, "required": ["mood"]}
    async with OllamaPeer() as ollama:
        chat = OpenAIChat(endpoint(client, ollama), CHAT)
        text, _ = await said(chat, ChatTurn("user", "Good day"), json_schema=schema)
    assert text == '{"mood": "good"}'


async def test_vectors_come_as_numbers_though_the_form_that_is_asked_for_is_not_looked_at(
    client: httpx2.AsyncClient,
):
    async with OllamaPeer() as ollama:
        model = OpenAIEmbeddings(endpoint(client, ollama), embedding_profile("nomic-embed-text"))
        apples, sky = await model.embed_documents(["red apples", "blue sky"])
        query = await model.embed_query("apples")
        raw = await client.post(
            ollama.base_url + "/v1/embeddings",
            json={"model": EMBEDDING, "input": "x", "encoding_format": "base64", "dimensions": 64},
        )
    assert apples.shape == (768,)
    assert np.isclose(np.linalg.norm(query), 1)
    assert apples @ query > sky @ query
    assert len(raw.json()["data"][0]["embedding"]) == 768


@pytest.mark.parametrize("name", ["llama3.1:70b", "mistral", EMBEDDING])
async def test_a_model_that_cannot_answer_is_refused_by_its_name(client: httpx2.AsyncClient, name: str):
    async with OllamaPeer() as ollama:
        with pytest.raises(ModelRejected, match=name):
            await said(OpenAIChat(endpoint(client, ollama), name), ChatTurn("user", "Good day"))


async def test_the_start_of_a_long_prompt_is_lost_without_a_word(client: httpx2.AsyncClient):
    async with OllamaPeer(context=64) as ollama:
        chat = OpenAIChat(endpoint(client, ollama), CHAT)
        rules, first, last = ChatTurn("system", "RULES"), ChatTurn("user", "first " * 40), "last " * 40
        between = ChatTurn("assistant", "Yes.")
        _, short = await said(chat, rules, first, between, ChatTurn("user", last))
        _, long = await said(chat, rules, ChatTurn("user", last * 2))
        messages_dropped, text_cut = ollama.read
    assert messages_dropped.split() == ["RULES", "Yes.", *last.split()]
    assert set(text_cut.split()) == {"last"}
    assert (short.prompt_tokens, long.prompt_tokens) == (55, 64)


async def test_a_stopped_answer_frees_the_only_place_and_the_model_stays_loaded(client: httpx2.AsyncClient):
    async with OllamaPeer(token_seconds=0.01, load_seconds=0.05) as ollama:
        ollama.answer = lambda _: "word " * 5000
        chat = OpenAIChat(endpoint(client, ollama), CHAT)
        stream = chat.stream([ChatTurn("user", "Go on")], answer_tokens=5000)
        await anext(stream)
        ollama.answer = lambda _: "Hello."
        waiting = asyncio.create_task(said(chat, ChatTurn("user", "Good day")))
        while not ollama.waiting:
            await asyncio.sleep(0.005)
        assert ollama.answering == 1
        await stream.aclose()
        async with asyncio.timeout(60):
            assert (await waiting)[0] == "Hello."
        assert ollama.loads == [CHAT]


# Verified


async def verified(
    ollama: OllamaPeer, *, provider: str = "ollama", chat: str = "llama3.1", embedding: str = EMBEDDING
) -> dict[str, Finding]:
    ollama.answer = lambda _: "Once upon a time a keeper " + "lit the lamp, " * 80
    ollama.token_seconds = 0.001
    url = ollama.base_url + "/v1"
    sides = (Target(url, name, provider=provider) for name in (chat, embedding))
    report = await verify_endpoints(*sides, Options())
    return {result.id: result.finding for result in report.results}


def of_verdict(findings: dict[str, Finding], verdict: str) -> set[str]:
    return {name for name, finding in findings.items() if finding.verdict == verdict}


async def test_verify_finds_nothing_to_change_at_an_ollama_that_is_set_up_well():
    async with OllamaPeer(parallel=4) as ollama:
        findings = await verified(ollama)
    assert not of_verdict(findings, "fail")
    # It cannot refuse what is too long, and says nothing of the form that was asked for.
    assert of_verdict(findings, "warn") <= {"chat.overlong", "embedding.base64"}
    assert "not touched" in findings["chat.overlong"].remedy
    assert "not touched" in findings["embedding.base64"].remedy


async def test_verify_names_the_habits_of_an_ollama_as_it_comes():
    async with OllamaPeer(context=2048, parallel=1) as ollama:
        findings = await verified(ollama)
    assert of_verdict(findings, "fail") == {"chat.window", "chat.context"}
    assert "2048 tokens counted" in findings["chat.context"].seen
    assert "num_ctx 4096" in findings["chat.context"].remedy
    assert findings["chat.slots"].verdict == "warn"
    assert "OLLAMA_NUM_PARALLEL=4" in findings["chat.slots"].remedy


async def test_verify_tells_a_desk_that_does_not_know_what_it_speaks_to():
    async with OllamaPeer(parallel=8) as ollama:
        findings = await verified(ollama, provider="openai-compatible")
    assert "LLM_PROVIDER=ollama" in findings["chat.provider"].remedy
    assert "num_ctx 8192" in findings["chat.context"].remedy
    assert findings["chat.context"].verdict == "fail"


@pytest.mark.parametrize(("thinks_in", "verdict"), [("text", "fail"), ("field", "ok")])
async def test_verify_finds_thoughts_in_the_text_alone(thinks_in: str, verdict: str):
    async with OllamaPeer(parallel=4, thoughts="The visitor is cross.", thinks_in=thinks_in) as ollama:
        findings = await verified(ollama)
    assert findings["chat.thoughts"].verdict == verdict
    assert of_verdict(findings, "fail") <= {"chat.thoughts"}


async def test_verify_names_models_that_were_taken_for_each_other():
    async with OllamaPeer() as ollama:
        findings = await verified(ollama, chat=EMBEDDING, embedding=CHAT)
    assert of_verdict(findings, "fail") == {"chat.model", "embedding.model"}
    assert "LLM_MODEL to a chat model" in findings["chat.model"].remedy
    assert "EMBEDDING_MODEL to an embedding model" in findings["embedding.model"].remedy
