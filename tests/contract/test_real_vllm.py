"""The desk's clients at the real vLLM server, on the CPU, with small real models."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import numpy as np
import pytest

from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ContextTooLong, ModelRejected
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.migration.verify.findings import Finding
from aichatdesk.migration.verify.run import verify_endpoints
from aichatdesk.migration.verify.target import Options, Target
from aichatdesk.platform.http.client import make_http_client
from peers.real_vllm import AT_ONCE, CHAT, EMBEDDING, KEY, RealVllm, serve_vllm
from peers.running_desk import running_desk

pytestmark = [
    pytest.mark.long,
    pytest.mark.vllm,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("real vllm"),
]
VLLM = replace(provider_profile("vllm"), between_tokens_timeout=timedelta(seconds=60))
RETURNS = "An item can be sent back within 45 days of delivery."
SHIPPING = "Shipping is free for orders above 90 EUR."


@pytest.fixture(scope="module")
def vllm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealVllm]:
    with serve_vllm(tmp_path_factory.mktemp("vllm")) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with make_http_client() as opened:
        yield opened


@pytest.fixture
def chat(client: httpx2.AsyncClient, vllm: RealVllm) -> OpenAIChat:
    return OpenAIChat(Endpoint(client, vllm.chat_url, VLLM, api_key=KEY), CHAT)


@pytest.fixture
def embeddings(client: httpx2.AsyncClient, vllm: RealVllm) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(
        Endpoint(client, vllm.embedding_url, VLLM, api_key=KEY), embedding_profile(EMBEDDING)
    )


async def said(
    chat: OpenAIChat, question: str, *, answer_tokens: int = 24, **how: object
) -> tuple[str, Finished]:
    text = ""
    turns = [ChatTurn("system", "You are a helpful assistant."), ChatTurn("user", question)]
    async for piece in chat.stream(turns, answer_tokens=answer_tokens, **how):  # type: ignore[arg-type]
        if isinstance(piece, Token):
            text += piece.text
        else:
            return text, piece
    raise AssertionError("the stream ended without a Finished")


async def at_work(client: httpx2.AsyncClient, vllm: RealVllm) -> float:
    """How many answers the server is writing, as it counts them itself."""
    reply = await client.get(vllm.chat_url.removesuffix("/v1") + "/metrics")
    found = re.search(r"^vllm:num_requests_running\{.*\} (\S+)$", reply.text, re.MULTILINE)
    assert found
    return float(found[1])


# Chat


async def test_an_answer_streams_and_its_tokens_are_counted(chat: OpenAIChat):
    text, finished = await said(chat, "What is the capital of France?")
    assert "Paris" in text
    assert finished.reason == "stop"
    assert finished.prompt_tokens
    assert finished.completion_tokens


async def test_the_limit_of_the_answer_is_kept_and_told(chat: OpenAIChat):
    _, finished = await said(chat, "Tell a very long story.", answer_tokens=12)
    assert (finished.reason, finished.completion_tokens) == ("length", 12)


async def test_a_schema_binds_the_answer(chat: OpenAIChat):
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["good", "bad"]}},
        "required": ["mood"],
        "additionalProperties": False,
    }
    text, _ = await said(chat, "The tent is torn and I am angry.", answer_tokens=60, json_schema=schema)
    assert "".join(text.split()) in {'{"mood":"good"}', '{"mood":"bad"}'}


async def test_a_stop_word_ends_the_answer_and_is_not_shown(chat: OpenAIChat):
    text, finished = await said(chat, "What is the capital of France?", stop=["Paris"])
    assert "Paris" not in text
    assert finished.reason == "stop"


async def test_tokens_are_counted_by_the_models_own_tokenizer(chat: OpenAIChat):
    text = "internationalisation " * 20
    assert await chat.count_tokens("hello") == 1
    assert await chat.count_tokens("") == 0
    assert await chat.count_tokens(text) != round(len(text) / 3.2)


@pytest.mark.parametrize(("question", "answer_tokens"), [("word " * 9000, 24), ("Hello.", 9000)])
async def test_what_does_not_fit_into_the_context_is_told_apart(
    chat: OpenAIChat, question: str, answer_tokens: int
):
    with pytest.raises(ContextTooLong):
        await said(chat, question, answer_tokens=answer_tokens)


async def test_a_stopped_answer_stops_at_the_server_too(
    chat: OpenAIChat, client: httpx2.AsyncClient, vllm: RealVllm
):
    question = [ChatTurn("user", "Write a very long story about a river, with many chapters.")]
    streams = [chat.stream(question, answer_tokens=1900, temperature=1.0) for _ in range(AT_ONCE)]
    await asyncio.gather(*(anext(stream) for stream in streams))
    assert await at_work(client, vllm) > 0
    for stream in streams:
        await stream.aclose()
    async with asyncio.timeout(5):
        while await at_work(client, vllm):
            await asyncio.sleep(0.1)


async def test_answers_are_written_side_by_side(chat: OpenAIChat):
    answers = await asyncio.gather(*(said(chat, f"What is {n} and {n}?") for n in range(AT_ONCE)))
    assert all(text for text, _ in answers)


async def test_a_model_or_a_key_that_it_does_not_know_is_refused(client: httpx2.AsyncClient, vllm: RealVllm):
    for key, model, status in ((KEY, "meta-llama/another", 404), ("wrong", CHAT, 401), ("", CHAT, 401)):
        stranger = OpenAIChat(Endpoint(client, vllm.chat_url, VLLM, api_key=key), model)
        with pytest.raises(ModelRejected) as refused:
            await said(stranger, "Hello.")
        assert refused.value.status == status


# Embeddings


async def test_the_fitting_passage_is_nearest_and_vectors_do_not_depend_on_the_batch(
    embeddings: OpenAIEmbeddings,
):
    documents = await embeddings.embed_documents([RETURNS, SHIPPING, "x", ""])
    alone = np.concatenate([await embeddings.embed_documents([text]) for text in (RETURNS, SHIPPING)])
    query = await embeddings.embed_query("How long do I have to send something back?")
    assert documents.shape == (4, 384)
    assert np.allclose(np.linalg.norm(documents, axis=1), 1, atol=1e-5)
    assert (documents[:2] * alone).sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert int(np.argmax(documents @ query)) == 0


async def test_a_text_beyond_the_models_context_counts_with_its_beginning(embeddings: OpenAIEmbeddings):
    cut, cut_elsewhere = await embeddings.embed_documents(["word " * 900, "word " * 900 + RETURNS * 40])
    assert cut @ cut_elsewhere > 0.9999


# Taken for each other


async def test_each_server_refuses_what_belongs_to_the_other(client: httpx2.AsyncClient, vllm: RealVllm):
    at_chat = OpenAIEmbeddings(
        Endpoint(client, vllm.chat_url, VLLM, api_key=KEY), embedding_profile(EMBEDDING)
    )
    at_embedding = OpenAIChat(Endpoint(client, vllm.embedding_url, VLLM, api_key=KEY), CHAT)
    with pytest.raises(ModelRejected) as refused:
        await at_chat.embed_query("x")
    assert refused.value.status == 404
    with pytest.raises(ModelRejected) as refused:
        await said(at_embedding, "Hello.")
    assert refused.value.status == 404


# The whole desk


async def test_a_desk_answers_from_its_documents_also_where_a_passage_is_too_long_for_the_model(
    tmp_path: Path, vllm: RealVllm
):
    # Numbers like these are far more tokens to the model than the desk reckons by their length.
    numbers = " ".join(hashlib.sha256(bytes([place])).hexdigest()[:12] for place in range(200))
    settings = {
        "LLM_PROVIDER": "vllm",
        "LLM_MODEL": CHAT,
        "LLM_API_KEY": KEY,
        "EMBEDDING_PROVIDER": "vllm",
        "EMBEDDING_MODEL": EMBEDDING,
        "EMBEDDING_API_KEY": KEY,
        "EMBEDDING_BASE_URL": vllm.embedding_url,
    }
    async with running_desk(tmp_path / "data", vllm.chat_url, **settings) as desk:
        taught = await desk.teach("returns.md", f"# Returns\n\n{RETURNS}\n\n# Serial numbers\n\n{numbers}\n")
        assert taught["state"] == "embedded"
        chat = await desk.start_chat()
        async with desk.stream(chat, "Within how many days can an item be sent back?") as events:
            seen = [event async for event in events]
    assert seen[-1]["type"] == "finished"
    assert any(
        "45 days" in event["text"] and event["citations"] for event in seen if event["type"] == "sentence"
    )


# Verified


async def verified(chat_url: str, embedding_url: str, **chat: str) -> tuple[dict[str, Finding], bool]:
    report = await verify_endpoints(
        Target(chat_url, **({"model": CHAT, "api_key": KEY, "provider": "vllm"} | chat)),
        Target(embedding_url, EMBEDDING, KEY, "vllm"),
        Options(),
    )
    return {result.id: result.finding for result in report.results}, report.complete


def of_verdict(findings: dict[str, Finding], *verdicts: str) -> dict[str, str]:
    return {name: finding.seen for name, finding in findings.items() if finding.verdict in verdicts}


async def test_verify_finds_nothing_to_change_at_a_server_that_is_set_up_well(vllm: RealVllm):
    findings, complete = await verified(vllm.chat_url, vllm.embedding_url)
    assert complete
    assert of_verdict(findings, "warn", "fail") == {}
    assert set(of_verdict(findings, "skipped")) <= {
        "chat.tls", "embedding.tls", "embedding.dimensions", "embedding.prefix"
    }  # fmt: skip


async def test_verify_knows_the_way_around_the_key(vllm: RealVllm):
    """Seen from elsewhere: here through a relay, at an address that is not this machine's usual one."""
    port = httpx2.URL(vllm.embedding_url).port

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pass_on(reader, to_server), pass_on(from_server, writer))

    async with await asyncio.start_server(relay, "127.0.0.2", 0) as server:
        elsewhere = f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/v1"
        report = await verify_endpoints(None, Target(elsewhere, EMBEDDING, KEY, "vllm"), Options())
    remedies = {
        result.id: result.finding.remedy for result in report.results if result.finding.verdict != "ok"
    }
    assert "/v1 only" in remedies["embedding.key"]


async def test_verify_names_the_server_that_was_taken_for_the_other(vllm: RealVllm):
    findings, _ = await verified(vllm.embedding_url, vllm.chat_url)
    assert set(of_verdict(findings, "fail")) == {"chat.route", "embedding.route"}
    assert "embedding server" in findings["chat.route"].remedy
    assert "404" in findings["embedding.route"].seen
    assert "port 8001" in findings["embedding.route"].remedy


@pytest.mark.parametrize(
    ("chat", "check"),
    [
        ({"model": "llama3.1:70b"}, "chat.model"),
        ({"api_key": "wrong"}, "chat.key"),
        ({"api_key": ""}, "chat.key"),
    ],
)
async def test_verify_names_a_wrong_model_and_a_wrong_key(vllm: RealVllm, chat: dict[str, str], check: str):
    findings, _ = await verified(vllm.chat_url, vllm.embedding_url, **chat)
    assert set(of_verdict(findings, "fail")) == {check}


async def test_verify_tells_a_desk_that_does_not_know_what_it_speaks_to(vllm: RealVllm):
    target = Target(vllm.embedding_url, EMBEDDING, KEY, "openai-compatible")
    report = await verify_endpoints(None, target, Options())
    remedies = {
        result.id: result.finding.remedy for result in report.results if result.finding.verdict == "warn"
    }
    assert set(remedies) == {"embedding.provider", "embedding.overlong"}
    assert all("EMBEDDING_PROVIDER=vllm" in remedy for remedy in remedies.values())
