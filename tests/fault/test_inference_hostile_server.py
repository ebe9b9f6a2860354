"""A model server that is absent, slow, overloaded, half dead or hostile."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from starlette.responses import JSONResponse, Response

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import (
    ContextTooLong,
    ModelOverloaded,
    ModelRejected,
    ModelUnavailable,
    UnusableAddress,
    UnusableKey,
    UnusableVector,
    WrongWidth,
)
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import EmbeddingProfile, ProviderProfile
from aichatdesk.inference.retry import RetryPolicy
from aichatdesk.platform.http.client import make_http_client
from peers.fake_model_server import FakeModelServer, Script
from peers.passing_time import hold_time, let_pass
from peers.running_desk import RunningDesk

# Longer than a busy machine takes to answer; only where waiting is what is tried, it is short.
PATIENT = ProviderProfile("test", embedding_batch_size=2, tokenize_path="/tokenize")
QUICK = replace(
    PATIENT, first_token_timeout=timedelta(seconds=0.5), between_tokens_timeout=timedelta(seconds=0.4)
)
SOON_AGAIN = RetryPolicy(first_wait=timedelta(milliseconds=1), budget=timedelta(seconds=20))
DONE = b"data: [DONE]\n\n"


@pytest.fixture
async def endpoint(models: FakeModelServer) -> AsyncIterator[Endpoint]:
    async with make_http_client() as client:
        yield Endpoint(client, models.base_url, PATIENT, api_key="key", policy=SOON_AGAIN)


@pytest.fixture
def chat(endpoint: Endpoint) -> OpenAIChat:
    return OpenAIChat(endpoint, "fake")


@pytest.fixture
async def hasty(models: FakeModelServer) -> AsyncIterator[OpenAIChat]:
    async with make_http_client() as client:
        yield OpenAIChat(Endpoint(client, models.base_url, QUICK, policy=SOON_AGAIN), "fake")


def embeddings(endpoint: Endpoint, width: int | None = 64) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(endpoint, EmbeddingProfile("hashing", width))


async def said(chat: OpenAIChat, question: str = "Hello?") -> tuple[str, Finished | None]:
    text, finished = "", None
    async with asyncio.timeout(120):
        async for piece in chat.stream([ChatTurn("user", question)], answer_tokens=20):
            if isinstance(piece, Token):
                text += piece.text
            else:
                finished = piece
    return text, finished


def event(content: Any, **more: Any) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": content}, **more}]}).encode() + b"\n\n"


def answers(models: FakeModelServer, *blocks: bytes, every: float | None = None) -> None:
    models.answer = lambda _: Script(raw=blocks, every=every)


# Absent


async def test_a_server_that_is_switched_off_in_the_midst_is_given_up():
    async with FakeModelServer() as models, make_http_client() as client:
        endpoint = Endpoint(client, models.base_url, PATIENT)
        assert (await said(OpenAIChat(endpoint, "fake")))[0] == "Hello."
        await models.stop()
        with pytest.raises(ModelUnavailable):
            await said(OpenAIChat(endpoint, "fake"))


async def test_once_the_breaker_is_open_nobody_waits():
    breaker = Breaker(monotonic=lambda: 0.0)
    async with make_http_client() as client:
        endpoint = Endpoint(client, "http://127.0.0.1:9/v1", PATIENT, policy=SOON_AGAIN, breaker=breaker)
        dead = OpenAIChat(endpoint, "x")
        for _ in range(2):
            with pytest.raises(ModelUnavailable):
                await said(dead)
        hold_time()
        for _ in range(50):
            with pytest.raises(ModelUnavailable):
                await said(dead)


async def test_a_redirect_is_refused_and_not_followed(chat: OpenAIChat, models: FakeModelServer):
    models.answer = lambda _: Script(status=307, headers={"Location": models.base_url + "/elsewhere"})
    with pytest.raises(ModelRejected):
        await said(chat)
    assert len(models.requests) == 1


# Overloaded


async def test_a_wait_that_fits_the_budget_is_waited_and_then_answered(
    chat: OpenAIChat, models: FakeModelServer
):
    models.then(Script(status=429, headers={"Retry-After": "1"}))
    started = asyncio.get_running_loop().time()
    assert (await said(chat))[0] == "Hello."
    assert asyncio.get_running_loop().time() - started >= 0.95


@pytest.mark.parametrize("wait", ["", "soon", "-1", "2.5", "²", "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_a_wait_that_cannot_be_read_is_a_short_one(
    chat: OpenAIChat, models: FakeModelServer, wait: str
):
    models.answer = lambda _: Script(status=429, headers={"Retry-After": wait})
    with pytest.raises(ModelOverloaded):
        await said(chat)
    assert len(models.requests) == 3


# Slow, stalled, cut


async def test_a_server_that_sends_headers_and_then_nothing_is_given_up(
    hasty: OpenAIChat, models: FakeModelServer
):
    answers(models, b": ping\n\n", every=0.1)
    with pytest.raises(ModelUnavailable, match="first token"):
        await said(hasty)


@pytest.mark.parametrize(
    "blocks",
    [
        (b"",),
        (b"<html>Bad gateway</html>",),
        (b'{"choices": [{"message": {"content": "not a stream"}}]}',),
        (event("Half")[:-9],),
        (b"data: {not json}\n\n", DONE),
        (b'data: {"error": {"message": "CUDA out of memory"}}\n\n',),
    ],
)
async def test_what_is_no_stream_of_tokens_is_an_absent_model(
    chat: OpenAIChat, models: FakeModelServer, blocks: tuple[bytes, ...]
):
    answers(models, *blocks)
    with pytest.raises(ModelUnavailable):
        await said(chat)


async def test_a_stream_cut_inside_a_character_shows_only_whole_ones(
    chat: OpenAIChat, models: FakeModelServer
):
    whole = 'data: {"choices": [{"delta": {"content": "Grüße"}}]}\n\n'.encode()
    answers(models, whole, whole[: whole.index("ß".encode()) + 1])
    stream = chat.stream([ChatTurn("user", "?")], answer_tokens=9)
    assert await anext(stream) == Token("Grüße")
    with pytest.raises(ModelUnavailable):
        await anext(stream)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ((DONE,), ("", Finished("stop"))),
        ((event(None), event("", finish_reason="stop"), DONE), ("", Finished("stop"))),
        ((event("   "), DONE), ("   ", Finished("stop"))),
        ((event("a", finish_reason="length"), b'data: {"usage": null}\n\n', DONE), ("a", Finished("length"))),
        ((b'data: {"choices": null}\n\n', event("a"), DONE), ("a", Finished("stop"))),
        ((b'data: {"choices": [{"delta": null}]}\n\n', event("a"), DONE), ("a", Finished("stop"))),
        ((event("a"), DONE, event("after the end")), ("a", Finished("stop"))),
        ((b"\xef\xbb\xbf: byte order mark\n\n", event("a"), DONE), ("a", Finished("stop"))),
    ],
)
async def test_odd_but_harmless_streams_are_read(
    chat: OpenAIChat, models: FakeModelServer, blocks: tuple[bytes, ...], expected: tuple[str, Finished]
):
    answers(models, *blocks)
    assert await said(chat) == expected


async def test_a_thinking_field_of_its_own_is_never_shown(chat: OpenAIChat, models: FakeModelServer):
    thought = b'data: {"choices": [{"delta": {"reasoning_content": "secret", "content": null}}]}\n\n'
    answers(models, thought, thought, event("Answer"), DONE)
    assert (await said(chat))[0] == "Answer"


async def test_thoughts_of_their_own_field_are_signs_of_life(hasty: OpenAIChat, models: FakeModelServer):
    thought = b'data: {"choices": [{"delta": {"reasoning_content": "hm"}}]}\n\n'
    answers(models, thought, every=0.1)
    hold_time()
    asking = asyncio.create_task(said(hasty))
    while not models.open_streams:
        await asyncio.sleep(0)
    for _ in range(20):  # longer than the limits before and between tokens
        await let_pass(timedelta(seconds=0.1))
    assert not asking.done()
    assert len(models.requests) == models.open_streams == 1
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_a_model_that_thinks_at_once_shows_its_answer_only(endpoint: Endpoint, models: FakeModelServer):
    chat = OpenAIChat(endpoint, "deepseek-r1:8b")
    models.then(
        Script(raw=[event("my secret"), event(" thoughts</th"), event("ink>Answer"), DONE]),
        Script(raw=[event("Answer without thoughts"), DONE]),
        Script(raw=[event("my secret"), event(" thou", finish_reason="length"), DONE]),
        Script(raw=[event(None).replace(b"content", b"reasoning_content"), event("Answer"), DONE]),
    )
    assert (await said(chat))[0] == "Answer"
    assert (await said(chat))[0] == "Answer without thoughts"
    assert (await said(chat))[0] == ""
    assert (await said(chat))[0] == "Answer"


async def test_an_endless_answer_ends_at_the_limit_for_the_whole(models: FakeModelServer):
    profile = replace(PATIENT, total_timeout=timedelta(seconds=1))
    answers(models, event("on and "), every=0.05)
    async with make_http_client() as client:
        with pytest.raises(ModelUnavailable, match="whole answer within 1 s"):
            await said(OpenAIChat(Endpoint(client, models.base_url, profile), "fake"))


async def test_a_server_that_stalls_after_the_models_last_word_does_not_hold_the_answer_up(
    chat: OpenAIChat, models: FakeModelServer
):
    answers(models, event("a", finish_reason="stop"), b": ping\n\n", every=0.1)
    assert await said(chat) == ("a", Finished("stop"))


async def test_a_prompt_found_too_long_in_the_stream_is_told_apart(chat: OpenAIChat, models: FakeModelServer):
    answers(models, b'data: {"error": {"message": "exceeds the context window", "code": 400}}\n\n')
    with pytest.raises(ContextTooLong):
        await said(chat)
    assert len(models.requests) == 1


async def test_what_a_server_says_went_wrong_can_be_stored(chat: OpenAIChat, models: FakeModelServer):
    answers(models, b'data: {"error": "half \\ud83d"}\n\n')
    with pytest.raises(ModelUnavailable) as caught:
        await said(chat)
    caught.value.message.encode()


async def test_an_event_without_end_is_given_up(chat: OpenAIChat, models: FakeModelServer):
    answers(models, b"data: " + b"x" * 1_100_000)
    with pytest.raises(ModelUnavailable):
        await said(chat)


async def test_a_stop_during_the_wait_for_the_first_token_closes_the_request(
    chat: OpenAIChat, models: FakeModelServer
):
    models.say("late", first_delay=30)
    asking = asyncio.create_task(said(chat))
    while not models.open_streams:
        await asyncio.sleep(0.01)
    asking.cancel()
    async with asyncio.timeout(20):
        await models.disconnected.wait()
    await asyncio.gather(asking, return_exceptions=True)


# Too long


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 2048 tokens. However, you requested 4000 tokens.",
        "request (6031 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "the prompt exceeds the context window",
    ],
)
async def test_a_prompt_that_is_too_long_is_told_apart_and_never_sent_again(
    chat: OpenAIChat, models: FakeModelServer, message: str
):
    models.answer = lambda _: Script(status=400, body={"error": {"message": message}})
    with pytest.raises(ContextTooLong):
        await said(chat)
    assert len(models.requests) == 1


# Vectors


@pytest.mark.parametrize(
    ("vector", "error"),
    [
        ("[NaN, 1]", UnusableVector),
        ("[Infinity, 1]", UnusableVector),
        ("[1e400, 1]", UnusableVector),
        ("[0, 0]", UnusableVector),
        ("[1e308, 1e308]", UnusableVector),
        ('["1", "2"]', UnusableVector),
        ("[true, false]", UnusableVector),
        ("[null, 1]", UnusableVector),
        ("[1, 2, 3]", WrongWidth),
        ("[]", WrongWidth),
        ('"AACAPwAAAEA="', ModelUnavailable),
        ("null", ModelUnavailable),
        ("{}", ModelUnavailable),
    ],
)
async def test_a_vector_that_cannot_be_right_is_refused_by_name(
    endpoint: Endpoint, models: FakeModelServer, vector: str, error: type[DeskError]
):
    models.embedding_body = f'{{"data": [{{"index": 0, "embedding": {vector}}}]}}'.encode()
    with pytest.raises(error):
        await embeddings(endpoint, 2).embed_documents(["one"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"data": []}',
        b'{"data": null}',
        b'{"data": [{"embedding": [1, 0]}]}',
        b'{"data": [{"index": 1, "embedding": [1, 0]}]}',
        b'{"data": [{"index": 0, "embedding": [1, 0]}, {"index": 0, "embedding": [1, 0]}]}',
        b'{"data": [{"index": "0", "embedding": [1, 0]}, {"index": 1, "embedding": [1, 0]}]}',
    ],
)
async def test_an_answer_without_one_vector_for_each_text_is_an_absent_model(
    endpoint: Endpoint, models: FakeModelServer, body: bytes
):
    models.embedding_body = body
    with pytest.raises(ModelUnavailable):
        await embeddings(endpoint, 2).embed_documents(["one"])


async def test_one_bad_batch_spoils_the_whole_call(endpoint: Endpoint, models: FakeModelServer):
    models.change_vectors = lambda rows: rows if len(rows) == 2 else [row[:8] for row in rows]
    with pytest.raises(WrongWidth):
        await embeddings(endpoint).embed_documents(["one", "two", "three"])


async def test_no_text_asks_nobody_and_gives_no_row(endpoint: Endpoint, models: FakeModelServer):
    assert (await embeddings(endpoint).embed_documents([])).shape == (0, 64)
    assert models.embedding_requests == []


async def test_same_texts_get_same_vectors_wherever_they_stand(endpoint: Endpoint):
    vectors = await embeddings(endpoint).embed_documents(["a b", "c d", "a b", "e f", "a b"])
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(vectors[0], vectors[4])


# Counting


@pytest.mark.parametrize(
    ("reply", "count"),
    [
        (JSONResponse({"tokens": [1, 2, 3]}), 3),
        (Response("gone", 404), 5),
        (Response("down", 503), 5),
        (Response("not json"), 5),
    ],
)
async def test_a_server_that_cannot_count_is_estimated(
    chat: OpenAIChat, models: FakeModelServer, reply: Response, count: int
):
    models.tokenize_reply = reply
    assert await chat.count_tokens("sixteen letters!") == count


@pytest.mark.parametrize(
    "block",
    [
        b"data: null\n\n",
        b"data: []\n\n",
        b'data: {"choices": ["x"]}\n\n',
        event([{"type": "text", "text": "x"}]),
        event(7),
        b'data: {"choices": [], "usage": [1]}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
    ids=["null", "list", "choice", "content list", "content number", "usage", "deep"],
)
async def test_an_event_of_another_shape_is_an_absent_model(
    chat: OpenAIChat, models: FakeModelServer, block: bytes
):
    answers(models, block, DONE)
    with pytest.raises(DeskError):
        await said(chat)


async def test_an_error_field_that_is_null_is_no_error(chat: OpenAIChat, models: FakeModelServer):
    answers(models, event("a").replace(b'{"choices"', b'{"error": null, "choices"'), DONE)
    assert (await said(chat))[0] == "a"


async def test_an_answer_that_named_its_reason_to_stop_is_whole_without_done(
    chat: OpenAIChat, models: FakeModelServer
):
    answers(models, event("a"), event(None, finish_reason="stop"))
    assert await said(chat) == ("a", Finished("stop"))


async def test_every_token_can_be_written_as_utf8(chat: OpenAIChat, models: FakeModelServer):
    answers(models, event("a\ud83d"), DONE)
    (await said(chat))[0].encode()


@pytest.mark.parametrize("filler", [b": ping\n\n", event(""), event(None)])
async def test_a_stall_hidden_behind_pings_is_given_up_in_time(
    hasty: OpenAIChat, models: FakeModelServer, filler: bytes
):
    answers(models, event("One "), filler, every=0.1)
    with pytest.raises(ModelUnavailable):
        await said(hasty)


@pytest.mark.parametrize("digits", [20, 5000])
async def test_an_absurd_wait_is_an_overloaded_model(chat: OpenAIChat, models: FakeModelServer, digits: int):
    models.answer = lambda _: Script(status=429, headers={"Retry-After": "9" * digits})
    with pytest.raises(ModelOverloaded):
        await said(chat)


async def test_an_endpoint_that_asked_for_an_hour_is_left_alone(chat: OpenAIChat, models: FakeModelServer):
    models.answer = lambda _: Script(status=429, headers={"Retry-After": "3600"})
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            await said(chat)
    assert len(models.requests) == 1


def test_how_long_to_wait_is_a_fact_of_the_error():
    assert ModelOverloaded("x", timedelta(seconds=7)).facts["retry_after"] == 7


@pytest.mark.parametrize("key", ["sk-secret\n", "sk-secret two", "sk-sécret", "\tsk-secret"])
async def test_a_key_that_cannot_be_sent_is_refused_at_once_and_not_told(key: str):
    async with make_http_client() as client:
        with pytest.raises(UnusableKey) as caught:
            Endpoint(client, "http://127.0.0.1:9/v1", QUICK, api_key=key)
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999/v1", "http://[::1/v1", "http://☃.com/v1"])
async def test_an_address_that_is_none_is_refused_at_once(address: str):
    async with make_http_client() as client:
        with pytest.raises(UnusableAddress):
            Endpoint(client, address, QUICK)


async def test_secrets_are_not_told_whatever_the_server_says(models: FakeModelServer):
    models.answer = lambda _: Script(
        status=401, body={"error": {"message": "unknown: sk-secret, passphrase"}}
    )
    address = models.base_url.replace("//", "//desk:passphrase@")
    async with make_http_client() as client:
        endpoint = Endpoint(client, address, QUICK, api_key="sk-secret", policy=SOON_AGAIN)
        with pytest.raises(ModelRejected) as caught:
            await said(OpenAIChat(endpoint, "fake"))
    assert "sk-secret" not in caught.value.message
    assert "passphrase" not in caught.value.message


async def test_a_question_with_half_a_character_is_asked_or_refused_by_name(chat: OpenAIChat):
    with contextlib.suppress(DeskError):
        await said(chat, "What \ud800?")


@pytest.mark.parametrize(
    "vector", ['["a", "b"]', "[{}, {}]", "[1" + "0" * 400 + ", 1]", "[[1], [2]]", "[[1], [2, 3]]"]
)
async def test_numbers_that_are_none_are_refused_by_name(
    endpoint: Endpoint, models: FakeModelServer, vector: str
):
    models.embedding_body = f'{{"data": [{{"index": 0, "embedding": {vector}}}]}}'.encode()
    with pytest.raises(DeskError):
        await embeddings(endpoint, 2).embed_documents(["one"])


async def test_batches_of_different_width_are_refused_by_name(endpoint: Endpoint, models: FakeModelServer):
    models.change_vectors = lambda rows: rows if len(rows) == 2 else [row[:8] for row in rows]
    with pytest.raises(WrongWidth):
        await embeddings(endpoint, None).embed_documents(["one", "two", "three"])


@pytest.mark.parametrize(
    "reply",
    [
        JSONResponse({}),
        JSONResponse([]),
        JSONResponse({"tokens": None}),
        JSONResponse({"error": "maximum context length"}, 400),
    ],
    ids=["empty", "list", "null", "too long"],
)
async def test_a_count_that_cannot_be_read_is_estimated(
    chat: OpenAIChat, models: FakeModelServer, reply: Response
):
    models.tokenize_reply = reply
    assert await chat.count_tokens("sixteen letters!") == 5


# The visitor's view: whatever the models do, a person takes over.

RETURNS = "# Returns\n\nYou can return a desk machine within 30 days of delivery. Postage is paid by you.\n"
QUESTION = "Within how many days can I return a desk machine after delivery?"
NAN = b'{"data": [{"index": 0, "embedding": [' + b", ".join([b"NaN"] * 64) + b"]}]}"


async def test_a_visitor_of_a_dead_model_is_handed_over(desk: RunningDesk, models: FakeModelServer):
    await desk.teach("returns.md", RETURNS)
    chat = await desk.start_chat()
    models.answer = lambda _: Script(status=500)
    reply = await desk.send(chat, QUESTION)
    assert reply.status_code == 200
    assert reply.json()["handedOver"]


@pytest.mark.parametrize("fault", ["nan", "width", "null event", "half character"])
async def test_a_visitor_is_handed_over_whatever_the_models_send(
    desk: RunningDesk, models: FakeModelServer, fault: str
):
    await desk.teach("returns.md", RETURNS)
    chat = await desk.start_chat()
    match fault:
        case "nan":
            models.embedding_body = NAN
        case "width":
            models.change_vectors = lambda rows: [row[:16] for row in rows]
        case "null event":
            answers(models, b"data: null\n\n")
        case "half character":
            answers(models, event("You can return a desk machine within 30 days of delivery \ud83d. "), DONE)
    reply = await desk.send(chat, QUESTION)
    assert reply.status_code == 200
    kinds = {event["type"] for event in await desk.events(chat)}
    assert kinds & {"finished", "handed_over", "failed"}
