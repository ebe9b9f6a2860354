"""The packaged models as child processes, through our own clients and the official SDK."""

import asyncio
import contextlib
import os
import signal
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import numpy as np
import openai
import pytest
import pytest_asyncio

from aichatdesk.core.errors import Busy, NotFound, Unavailable
from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ContextTooLong, ModelRejected
from aichatdesk.inference.local.supervisor import LocalModels
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.migration.verify.run import verify_endpoints
from aichatdesk.migration.verify.target import Options, Target
from aichatdesk.platform.http.client import make_http_client
from peers.fake_model_server import FakeModelServer

pytestmark = [
    pytest.mark.models,
    pytest.mark.xdist_group("local models"),
    pytest.mark.asyncio(loop_scope="module"),
]
RETURNS = "An item can be sent back within 45 days of delivery."
SHIPPING = "Shipping is free for orders above 90 EUR."
WARRANTY = "La garantía de las tiendas de campaña dura 6 años."
LOCAL = provider_profile("local")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def local() -> AsyncIterator[LocalModels]:
    ready: asyncio.Future[LocalModels] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def serve() -> None:  # a task group must be left in the task that entered it
        async with LocalModels.start() as running:
            ready.set_result(running)
            await done.wait()

    serving = asyncio.create_task(serve())
    await asyncio.wait([serving, ready], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
    yield ready.result()
    done.set()
    await serving


@pytest_asyncio.fixture(loop_scope="module")
async def chat(local: LocalModels) -> AsyncIterator[OpenAIChat]:
    async with make_http_client() as client:
        yield OpenAIChat(Endpoint(client, local.chat.base_url, LOCAL), local.chat.model)


@pytest_asyncio.fixture(loop_scope="module")
async def embeddings(local: LocalModels) -> AsyncIterator[OpenAIEmbeddings]:
    async with make_http_client() as client:
        endpoint = Endpoint(client, local.embedding.base_url, LOCAL)
        yield OpenAIEmbeddings(endpoint, embedding_profile(local.embedding.model))


def sdk(base_url: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)


async def said(chat: OpenAIChat, question: str, **how: object) -> tuple[str, Finished]:
    text = ""
    async for piece in chat.stream([ChatTurn("user", question)], answer_tokens=24, **how):  # type: ignore[arg-type]
        if isinstance(piece, Token):
            text += piece.text
        else:
            return text, piece
    raise AssertionError("the stream ended without a Finished")


def answering(process: int) -> bool:
    """Whether the process is alive and no zombie."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def servers_of(parent: int) -> dict[str, int]:
    """The model servers among a process's children, by module."""
    found = {}
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_text()
        for module in ("chat_server", "embedding_server"):
            if f"inference.local.{module}" in command:
                found[module] = int(child)
    return found


# Chat


async def test_a_real_model_streams_and_counts_what_it_read_and_wrote(chat: OpenAIChat):
    text, finished = await said(chat, "Say hello.")
    assert text.strip()
    assert finished.prompt_tokens
    assert finished.completion_tokens


async def test_at_temperature_zero_two_answers_are_the_same(chat: OpenAIChat):
    assert (await said(chat, "Name a colour."))[0] == (await said(chat, "Name a colour."))[0]


async def test_the_limit_of_the_answer_is_kept_and_told(chat: OpenAIChat):
    _, finished = await said(chat, "Tell a very long story.")
    assert finished.reason == "length"
    assert finished.completion_tokens == 24


async def test_a_schema_binds_the_answer(chat: OpenAIChat):
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["good", "bad"]}},
        "required": ["mood"],
        "additionalProperties": False,
    }
    text, _ = await said(chat, "The tent is torn and I am angry.", json_schema=schema)
    assert "".join(text.split()) in {'{"mood":"good"}', '{"mood":"bad"}'}


async def test_a_stop_word_ends_the_answer_and_is_not_shown(chat: OpenAIChat):
    text, finished = await said(chat, "Count: one, two, three, four", stop=["o"])
    assert "o" not in text
    assert finished.reason == "stop"


async def test_a_prompt_beyond_the_context_is_told_apart(chat: OpenAIChat):
    with pytest.raises(ContextTooLong):
        await said(chat, "word " * 6000)


async def test_tokens_are_counted_by_the_models_own_tokenizer(chat: OpenAIChat):
    long, short = await chat.count_tokens("internationalisation " * 20), await chat.count_tokens("hello")
    assert short == 1
    assert long > 40
    assert await chat.count_tokens("") == 0


async def test_stopped_answers_leave_the_slots_free(chat: OpenAIChat):
    for _ in range(3):
        stream = chat.stream([ChatTurn("user", "Tell a very long story.")], answer_tokens=2000)
        await anext(stream)
        await stream.aclose()
    async with asyncio.timeout(120):
        assert (await said(chat, "Say hello."))[1].completion_tokens


async def test_the_official_client_hears_the_same_words(chat: OpenAIChat, local: LocalModels):
    ours, _ = await said(chat, "Name a colour.")
    async with sdk(local.chat.base_url) as client:
        reply = await client.chat.completions.create(
            model=local.chat.model,
            messages=[{"role": "user", "content": "Name a colour."}],
            max_tokens=24,
            temperature=0,
        )
    assert reply.choices[0].message.content == ours


# Embeddings


async def test_the_fitting_passage_is_nearest_also_for_a_question_in_another_language(
    embeddings: OpenAIEmbeddings,
):
    documents = await embeddings.embed_documents([RETURNS, SHIPPING, WARRANTY])
    for question, best in {
        "How long do I have to send something back?": 0,
        "Is delivery free of charge?": 1,
        "¿Cuántos días tengo para devolver un artículo?": 0,
        "¿Cuántos años dura la garantía?": 2,
    }.items():
        assert int(np.argmax(documents @ await embeddings.embed_query(question))) == best, question


async def test_vectors_are_unit_stable_and_do_not_depend_on_the_batch(embeddings: OpenAIEmbeddings):
    texts = [RETURNS, SHIPPING * 20, "x", "", "🙂", WARRANTY]
    together = await embeddings.embed_documents(texts)
    alone = np.concatenate([await embeddings.embed_documents([text]) for text in texts])
    assert together.shape == (6, 768)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert ((together * alone).sum(axis=1) > 0.9999).all()
    assert np.array_equal(together, await embeddings.embed_documents(texts))


async def test_the_official_client_reads_our_vectors_as_floats_and_as_base64(
    embeddings: OpenAIEmbeddings, local: LocalModels
):
    ours = await embeddings.embed_documents([RETURNS, WARRANTY])
    async with sdk(local.embedding.base_url) as client:
        for encoding in ({}, {"encoding_format": "float"}):
            reply = await client.embeddings.create(
                model=local.embedding.model, input=[RETURNS, WARRANTY], **encoding
            )
            theirs = np.array([item.embedding for item in reply.data], np.float32)
            assert np.allclose(theirs, ours, atol=1e-6)
            assert reply.usage.total_tokens > 0
        assert [model.id async for model in client.models.list()] == [local.embedding.model]
        with pytest.raises(openai.NotFoundError):
            await client.embeddings.create(model="another", input="x")


async def test_another_models_name_is_refused(local: LocalModels):
    async with make_http_client() as client:
        endpoint = Endpoint(client, local.embedding.base_url, LOCAL)
        with pytest.raises(ModelRejected):
            await OpenAIEmbeddings(endpoint, embedding_profile("bge-m3")).embed_query("x")


@pytest.mark.parametrize("given", ["[]", "7", "[[1, 2]]", '["a", 7]', "null"])
async def test_input_that_is_no_text_is_refused(local: LocalModels, given: str):
    async with httpx2.AsyncClient(timeout=60) as client:
        reply = await client.post(
            f"{local.embedding.base_url}/embeddings",
            content=f'{{"model": "{local.embedding.model}", "input": {given}}}',
        )
    assert reply.status_code == 400
    assert reply.json()["error"]["message"]


# Both, as `aichatdesk verify` sees them


@pytest.mark.parametrize(
    "leave_out",
    [
        frozenset({"chat.context", "chat.thoughts", "embedding.overlong"}),
        pytest.param(frozenset(), marks=pytest.mark.long),
    ],
)
async def test_verify_raises_no_false_alarm(local: LocalModels, leave_out: frozenset[str]):
    chat = Target(local.chat.base_url, local.chat.model)
    embedding = Target(local.embedding.base_url, local.embedding.model)
    for _ in range(3):  # what only a busy machine shows is gone at the next look
        report = await verify_endpoints(chat, embedding, Options(leave_out=leave_out, patience=3))
        if not any(result.finding.verdict in {"warn", "fail"} for result in report.results):
            break
    verdicts = {result.id: (result.finding.verdict, result.finding.seen) for result in report.results}
    assert {id_: seen for id_, (verdict, seen) in verdicts.items() if verdict in {"warn", "fail"}} == {}
    assert sum(verdict == "ok" for verdict, _ in verdicts.values()) >= 40
    assert report.complete


# The processes


async def test_servers_listen_on_the_loopback_only(local: LocalModels):
    for served in (local.chat, local.embedding):
        assert served.base_url.startswith("http://127.0.0.1:")


async def test_a_server_that_is_killed_comes_back_at_its_address(chat: OpenAIChat):
    before = servers_of(os.getpid())["chat_server"]
    os.kill(before, signal.SIGKILL)
    async with asyncio.timeout(200):
        while servers_of(os.getpid()).get("chat_server") in {None, before}:
            await asyncio.sleep(0.1)
        while True:
            with contextlib.suppress(Unavailable):
                assert (await said(chat, "Say hello."))[1].completion_tokens
                break
            await asyncio.sleep(0.5)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_servers_end_with_their_parent_however_it_ends(how: signal.Signals):
    script = """
        import asyncio
        from aichatdesk.inference.local.supervisor import LocalModels

        async def run():
            async with LocalModels.start():
                print("ready", flush=True)
                await asyncio.Event().wait()

        asyncio.run(run())
    """
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", textwrap.dedent(script)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    async with asyncio.timeout(200):
        while b"ready" not in await parent.stdout.readline():
            pass
    servers = servers_of(parent.pid)
    assert set(servers) == {"chat_server", "embedding_server"}
    parent.send_signal(how)
    await parent.wait()
    async with asyncio.timeout(60):
        while any(answering(process) for process in servers.values()):
            await asyncio.sleep(0.05)


async def test_an_error_inside_the_context_comes_out_as_itself():
    with pytest.raises(NotFound):
        async with LocalModels.start():
            raise NotFound("mine")


async def test_a_port_that_is_taken_is_an_error():
    async with FakeModelServer() as stranger:
        port = httpx2.URL(stranger.base_url).port
        with pytest.raises(Busy, match=str(port)):
            async with LocalModels.start(embedding_port=port or 0):
                pass


async def test_a_model_that_ends_as_it_starts_is_an_error_at_once():
    async with asyncio.timeout(200):
        with pytest.raises(Unavailable, match="embedding_server ended with code 2"):
            async with LocalModels.start(embedding_model="unheard-of"):
                pass


@pytest.mark.parametrize("path", ["/v1/embeddings", "/tokenize"])
@pytest.mark.parametrize(
    "body", ["", "[]", "{", "null", "[" * 100_000, '{"model": "minilm+e5", "input": ["\\ud800"]}']
)
async def test_a_body_that_cannot_be_read_is_the_callers_fault(local: LocalModels, path: str, body: str):
    async with httpx2.AsyncClient(timeout=60) as client:
        reply = await client.post(local.embedding.base_url.removesuffix("/v1") + path, content=body)
    assert reply.status_code == 400
    assert reply.json()["error"]["message"]


async def test_a_text_counts_with_its_beginning(embeddings: OpenAIEmbeddings):
    long, longer = await embeddings.embed_documents(["word " * 600, "word " * 600 + WARRANTY * 500])
    assert long @ longer > 0.9999


async def test_an_overlong_text_does_not_hold_up_the_others(local: LocalModels):
    async with httpx2.AsyncClient(timeout=200) as client:

        async def seconds(words: int) -> float:
            """The quickest of some tries; the machine may be busy."""
            took = []
            for _ in range(3):
                began = time.perf_counter()
                body = {"model": local.embedding.model, "input": "word " * words}
                await client.post(f"{local.embedding.base_url}/embeddings", json=body)
                took.append(time.perf_counter() - began)
            return min(took)

        # Both are longer than the window; what is beyond it must not be read.
        assert await seconds(8000) < 5 * await seconds(800)
