"""What every chat model keeps, whichever protocol its server speaks."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from aichatdesk.inference.anthropic_chat import AnthropicChat
from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.chat import ChatModel, ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ContextTooLong, ModelOverloaded, ModelRejected, ModelUnavailable
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.profiles import provider_profile
from aichatdesk.inference.retry import RetryPolicy
from aichatdesk.platform.http.client import make_http_client
from peers import anthropic_peer, openai_peer
from peers.anthropic_peer import AnthropicPeer
from peers.cloud_peer import KEY, CloudPeer
from peers.fake_model_server import FakeModelServer, Script
from peers.loopback_server import Answer
from peers.openai_peer import OpenAIPeer

SOON_AGAIN = RetryPolicy(first_wait=timedelta(milliseconds=1), budget=timedelta(seconds=20))
QUESTION = [ChatTurn("user", "Hello?")]
SCHEMA = {
    "type": "object",
    "properties": {"sentiment": {"type": "string", "enum": ["positive", "negative"]}},
    "required": ["sentiment"],
    "additionalProperties": False,
}


@dataclass
class Side:
    """One implementation, its model, and the peer it is tried on."""

    provider: str
    model: str
    peer: Any
    client: httpx2.AsyncClient

    def chat(
        self, *, model: str = "", key: str = KEY, breaker: Breaker | None = None, patience: float = 60
    ) -> ChatModel:
        profile = replace(
            provider_profile(self.provider),
            first_token_timeout=timedelta(seconds=patience),
            between_tokens_timeout=timedelta(seconds=patience),
            total_timeout=timedelta(seconds=patience * 2),
        )
        # The clouds' addresses are given as they are known: a server, and no path.
        endpoint = Endpoint(
            self.client, self.peer.base_url, profile, api_key=key, policy=SOON_AGAIN, breaker=breaker
        )
        kind = AnthropicChat if self.provider == "anthropic" else OpenAIChat
        return kind(endpoint, model or self.model)

    @property
    def is_cloud(self) -> bool:
        return isinstance(self.peer, CloudPeer)

    @property
    def is_anthropic(self) -> bool:
        return isinstance(self.peer, AnthropicPeer)

    def say(self, text: str, **how: Any) -> None:
        """Say it; `ends` is "length" or "withheld", the rest as of the peers of the clouds."""
        ends = how.pop("ends", "")
        if self.is_cloud:
            words = {
                "length": ("max_tokens", "length"),
                "withheld": ("refusal", "content_filter"),
                "": ("", ""),
            }
            self.peer.say(text, reason=words[ends][0 if self.is_anthropic else 1], **how)
            return
        reason = {"length": "length", "withheld": "content_filter", "": "stop"}[ends]
        for ours, theirs in (("break_after", "cut_after"), ("hang_after", "stall_after")):
            if ours in how:
                how[theirs] = how.pop(ours)
        self.peer.say(text, finish_reason=reason, **how)

    def answer_next(self, status: int, body: bytes = b"{}", headers: dict[str, str] | None = None) -> None:
        if self.is_cloud:
            self.peer.answers.append(Answer(status, headers or {}, body))
        elif status == 200:
            self.peer.then(Script(raw=[body]))
        else:
            self.peer.then(Script(status=status, headers=headers or {}))


SIDES = [("openai-compatible", "fake"), ("openai", openai_peer.MODEL), ("anthropic", anthropic_peer.MODEL)]
OF_CLOUDS = [
    *(("openai", model) for model in (openai_peer.MODEL, openai_peer.THINKS, openai_peer.OLDER)),
    *(("anthropic", model) for model in (anthropic_peer.MODEL, anthropic_peer.NEWER, anthropic_peer.OLDER)),
]


@contextlib.asynccontextmanager
async def opened(provider: str, model: str) -> AsyncIterator[Side]:
    peers = {"openai": OpenAIPeer, "anthropic": AnthropicPeer}
    async with peers.get(provider, FakeModelServer)() as peer, make_http_client() as client:
        yield Side(provider, model, peer, client)


@pytest.fixture(params=SIDES, ids=[name for name, _ in SIDES])
async def side(request: pytest.FixtureRequest) -> AsyncIterator[Side]:
    async with opened(*request.param) as one:
        yield one


@pytest.fixture(params=SIDES[1:], ids=[name for name, _ in SIDES[1:]])
async def cloud(request: pytest.FixtureRequest) -> AsyncIterator[Side]:
    async with opened(*request.param) as one:
        yield one


@pytest.fixture(params=OF_CLOUDS, ids=[model for _, model in OF_CLOUDS])
async def each_model(request: pytest.FixtureRequest) -> AsyncIterator[Side]:
    async with opened(*request.param) as one:
        yield one


async def said(
    chat: ChatModel, turns: Sequence[ChatTurn] = QUESTION, **how: Any
) -> tuple[str, Finished | None]:
    text, finished = "", None
    async with asyncio.timeout(120):
        async for piece in chat.stream(turns, **{"answer_tokens": 200, **how}):
            if isinstance(piece, Token):
                text += piece.text
            else:
                finished = piece
    return text, finished


# The answer


@pytest.mark.parametrize("chunk_bytes", [1, 7, None])
async def test_a_stream_is_read_the_same_however_its_bytes_are_cut(side: Side, chunk_bytes: int | None):
    side.say("Grüße aus 東京 🙂", chunk_bytes=chunk_bytes)
    text, finished = await said(side.chat())
    assert text == "Grüße aus 東京 🙂"
    assert finished is not None
    assert (finished.reason, bool(finished.prompt_tokens), bool(finished.completion_tokens)) == (
        "stop",
        True,
        True,
    )


async def test_running_out_of_room_is_told_apart_from_being_done(side: Side):
    side.say("And so on", ends="length")
    finished = (await said(side.chat()))[1]
    assert finished is not None
    assert finished.reason == "length"


async def test_an_answer_that_is_withheld_is_a_refusal_and_not_a_short_answer(side: Side):
    side.say("I cannot", ends="withheld")
    with pytest.raises(ModelRejected):
        await said(side.chat())


async def test_thoughts_are_not_shown(side: Side):
    if isinstance(side.peer, AnthropicPeer):
        side.say("Answer", thoughts="secret thoughts")
    else:
        side.say("<think>secret thoughts</think>Answer")
    assert (await said(side.chat()))[0] == "Answer"


async def test_turns_of_any_order_are_taken(each_model: Side):
    turns = [
        ChatTurn("system", "Be kind."),
        ChatTurn("assistant", "Hello, how can I help?"),
        ChatTurn("user", "one"),
        ChatTurn("user", "two"),
        ChatTurn("assistant", "  "),
        ChatTurn("user", "half a \ud83d character"),
    ]
    assert (await said(each_model.chat(), turns))[0] == "Hello."


async def test_an_answer_in_json_is_asked_for_in_a_way_the_model_takes(each_model: Side):
    each_model.say('{"sentiment": "positive"}')
    text, _ = await said(each_model.chat(), json_schema=SCHEMA)
    assert json.loads(text) == {"sentiment": "positive"}
    assert "negative" in json.dumps(each_model.peer.requests[-1])


@pytest.mark.parametrize(
    ("model", "is_kept"),
    [(anthropic_peer.MODEL, True), (anthropic_peer.OLDER, True), (anthropic_peer.NEWER, False)],
)
async def test_a_model_of_anthropic_must_call_a_tool_with_the_schema_where_it_takes_that_order(
    model: str, is_kept: bool
):
    async with opened("anthropic", model) as side:
        side.say('{"sentiment": "positive"}', chunk_bytes=3)
        assert (await said(side.chat(), json_schema=SCHEMA))[0] == '{"sentiment": "positive"}'
        asked = side.peer.requests[-1]
        assert ("sentiment" in asked.get("system", "")) == (not is_kept)
        if is_kept:
            assert [tool["input_schema"] for tool in asked["tools"]] == [SCHEMA]
            assert asked["tool_choice"]["name"] == asked["tools"][0]["name"]
        side.say('{"sentiment": "positive", "why": "many words"}')
        finished = (await said(side.chat(), json_schema=SCHEMA, answer_tokens=2))[1]
        assert finished is not None
        assert finished.reason == "length"
        # No tool can have a schema that is no object.
        side.say('"positive"')
        assert (await said(side.chat(), json_schema={"enum": ["positive"]}))[0] == '"positive"'


@pytest.mark.parametrize("chunk_bytes", [1, None])
async def test_an_answer_ends_at_a_stop_whoever_cuts_it(each_model: Side, chunk_bytes: int | None):
    each_model.say("Dear Ann,\nit is blue.\nVisitor: thanks", chunk_bytes=chunk_bytes)
    text, finished = await said(each_model.chat(), stop=["\nVisitor:", "\nAgent:", " \n"], temperature=0.3)
    assert (text, finished and finished.reason) == ("Dear Ann,\nit is blue.", "stop")


async def test_an_answer_is_never_asked_to_be_longer_than_the_model_can(each_model: Side):
    assert (await said(each_model.chat(), answer_tokens=32_768))[0] == "Hello."


# Refusals


async def test_a_wrong_key_is_named_not_repeated_and_not_told(cloud: Side):
    breaker = Breaker()
    chat = cloud.chat(key="sk-secret-0815", breaker=breaker)
    with pytest.raises(ModelRejected, match="401") as caught:
        await said(chat)
    assert "sk-secret-0815" not in caught.value.message
    assert len(cloud.peer.requests) == 1
    for _ in range(5):
        with pytest.raises((ModelRejected, ModelUnavailable)):
            await said(chat)
    assert breaker.is_open, "a key that is not taken shows in /readyz"


async def test_no_key_is_a_refusal_too(cloud: Side):
    with pytest.raises(ModelRejected, match="401"):
        await said(cloud.chat(key=""))


async def test_a_model_that_does_not_exist_is_named(cloud: Side):
    with pytest.raises(ModelRejected, match=r"404.*no-such-model"):
        await said(cloud.chat(model="no-such-model"))
    assert len(cloud.peer.requests) == 1


@pytest.mark.parametrize("room", [100, 40])
async def test_a_prompt_that_is_too_long_is_told_apart_and_never_sent_again(cloud: Side, room: int):
    cloud.peer.context_tokens = room
    with pytest.raises(ContextTooLong):
        await said(cloud.chat(), [ChatTurn("user", "word " * 60)], answer_tokens=60)
    assert len(cloud.peer.requests) == 1


async def test_a_request_that_is_too_large_is_too_long(side: Side):
    side.answer_next(413, b"<html>413 Request Entity Too Large</html>")
    with pytest.raises(ContextTooLong):
        await said(side.chat())


async def test_a_limit_for_each_minute_is_kept_by_asking_nobody_before(cloud: Side):
    cloud.peer.requests_left = 1
    chat = cloud.chat()
    await said(chat)
    for _ in range(3):
        with pytest.raises(ModelOverloaded) as caught:
            await said(chat)
        assert 0 < int(str(caught.value.facts["retry_after"])) <= 60
    assert len(cloud.peer.requests) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, b'{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'),
        (400, b'{"error": {"message": "Your credit balance is too low to access the Anthropic API."}}'),
    ],
)
async def test_an_account_without_credit_is_an_absent_model_and_not_asked_again(
    cloud: Side, status: int, body: bytes
):
    cloud.answer_next(status, body)
    with pytest.raises(ModelUnavailable, match="credit"):
        await said(cloud.chat())
    assert len(cloud.peer.requests) == 1


# Faults


@pytest.mark.parametrize("status", [500, 502, 503, 529])
async def test_a_fault_before_the_first_token_is_tried_again(side: Side, status: int):
    side.answer_next(status)
    assert (await said(side.chat()))[0] == "Hello."
    assert len(side.peer.requests) == 2


async def test_a_stream_that_breaks_before_its_first_token_is_tried_again(side: Side):
    side.say("One two", break_after=0)
    with pytest.raises(ModelUnavailable):
        await said(side.chat())
    assert len(side.peer.requests) == 3


async def test_what_was_said_before_the_fault_stays_and_nothing_is_said_twice(side: Side):
    side.say("One two three", break_after=2)
    stream = side.chat().stream(QUESTION, answer_tokens=20)
    assert [await anext(stream), await anext(stream)] == [Token("One"), Token(" two")]
    with pytest.raises(ModelUnavailable):
        await anext(stream)
    assert len(side.peer.requests) == 1


@pytest.mark.parametrize("words", [0, 1])
async def test_a_model_that_falls_silent_is_given_up(side: Side, words: int):
    side.say("One two", hang_after=words)
    with pytest.raises(ModelUnavailable, match="within"):
        await said(side.chat(patience=0.2))


async def test_an_answer_that_never_ends_is_given_up(side: Side):
    side.say("on " * 1000, delay=0.02)
    with pytest.raises(ModelUnavailable, match="within"):
        await said(side.chat(patience=0.2), answer_tokens=4000)


async def test_closing_the_stream_closes_the_request_at_once(side: Side):
    side.say("word " * 100, delay=0.05)
    stream = side.chat().stream(QUESTION, answer_tokens=100)
    await anext(stream)
    await stream.aclose()
    async with asyncio.timeout(60):
        await side.peer.disconnected.wait()


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Sign in to the hotel's network</title>",
        b'{"type": "message", "content": [{"type": "text", "text": "not a stream"}]}',
        b'event: error\ndata: {"type": "error", "error": {"type": "api_error", "message": "Internal"}}\n\n',
        b'event: error\ndata: {"type": "error", "error": null}\n\n',
        b'data: {"error": {"message": "The server had an error"}}\n\n',
        b"data: {half\n\n",
        b"data: [[[1]]]\n\n",
        b'data: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": ["x"]}}\n\n',
        b'data: {"type": "content_block_delta", "delta": 7}\n\n',
        b'data: {"type": "message_start", "message": {"usage": "many"}}\n\n',
        b'data: {"type": 7}\n\n',
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: " + b"x" * 1_100_000,
        "data: ü".encode()[:-1],
        b"\xff\xfe\x00\n\n",
        b"",
    ],
    ids=range(16),
)
async def test_what_is_no_answer_is_an_absent_model(side: Side, body: bytes):
    for _ in range(3):
        side.answer_next(200, body, {"content-type": "text/event-stream"})
    with pytest.raises(ModelUnavailable) as caught:
        await said(side.chat())
    caught.value.message.encode()


async def test_a_redirect_is_refused_and_the_key_goes_nowhere_else(cloud: Side):
    async with FakeModelServer() as elsewhere:
        cloud.answer_next(307, headers={"location": elsewhere.base_url + "/chat/completions"})
        with pytest.raises(ModelRejected, match="307"):
            await said(cloud.chat())
        assert elsewhere.requests == []


async def test_a_fault_that_repeats_the_key_does_not_tell_it(cloud: Side):
    told = json.dumps({"type": "error", "error": {"type": "x", "message": f"key {KEY} is bad"}}).encode()
    cloud.answer_next(403, told)
    with pytest.raises(ModelRejected) as refused:
        await said(cloud.chat())
    cloud.answer_next(200, b"data: " + told + b"\n\n")
    cloud.answer_next(200, b"data: " + told + b"\n\n")
    cloud.answer_next(200, b"data: " + told + b"\n\n")
    with pytest.raises(ModelUnavailable) as broke:
        await said(cloud.chat())
    assert KEY not in refused.value.message + broke.value.message


# The address


@pytest.mark.parametrize("after", ["", "/", "/v1", "/v1/"])
async def test_an_address_is_understood_with_and_without_its_version(cloud: Side, after: str):
    cloud.peer.base_url += after
    assert (await said(cloud.chat()))[0] == "Hello."


async def test_a_password_in_the_address_does_not_take_the_keys_place(cloud: Side):
    cloud.peer.base_url = cloud.peer.base_url.replace("//", "//desk:word@")
    assert (await said(cloud.chat()))[0] == "Hello."


async def test_events_that_are_not_known_are_passed_over():
    async with AnthropicPeer() as peer, make_http_client() as client:
        side = Side("anthropic", anthropic_peer.MODEL, peer, client)
        events = [
            {"type": "message_start", "message": {"usage": None}},
            {"type": "a_kind_of_tomorrow", "delta": {"type": "text_delta", "text": "no"}},
            {"type": "content_block_start", "content_block": {"type": "redacted_thinking", "data": "no"}},
            {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "no"}},
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "yes"}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": None},
            {"type": "message_stop"},
        ]
        answer = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
        side.answer_next(200, answer)
        assert await said(side.chat()) == ("yes", Finished("stop"))
        # Where a call of a tool is the answer, what the model says beside it is not.
        side.answer_next(200, answer)
        assert await said(side.chat(), json_schema=SCHEMA) == ("no", Finished("stop"))


@pytest.mark.parametrize(
    ("provider", "model", "effort"),
    [
        ("vllm", "gpt-oss-120b", "low"),
        ("ollama", "gpt-oss:20b", "low"),
        ("ollama", "qwen3:8b", "none"),
        ("ollama", "llama3.1:8b", None),
    ],
)
async def test_no_model_at_home_thinks_longer_than_it_must(provider: str, model: str, effort: str | None):
    async with FakeModelServer() as server, make_http_client() as client:
        chat = OpenAIChat(Endpoint(client, server.base_url, provider_profile(provider)), model)
        async for _ in chat.stream(QUESTION, answer_tokens=20):
            pass
        assert server.requests[0].get("reasoning_effort") == effort
