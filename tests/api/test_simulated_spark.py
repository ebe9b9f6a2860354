"""The simulated Spark over HTTP: it answers as vLLM does, in the machine's time, and says that it is none."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ContextTooLong
from aichatdesk.inference.openai_chat import OpenAIChat
from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import embedding_profile, provider_profile
from aichatdesk.migration.simulate.machine import MachineSize
from aichatdesk.migration.simulate.texts import ModelText
from aichatdesk.migration.simulate.word_pieces import cut_into_tokens
from aichatdesk.migration.spark.batching import Batcher
from aichatdesk.platform.http.client import make_http_client
from peers.fake_model_server import FakeModelServer
from peers.linear_timing import LinearTiming
from peers.loopback_server import until
from peers.pure_simulation import Arrival, simulate
from peers.running_desk import running_desk
from peers.running_simulation import EMBEDDER, MODEL, RunningSimulation, running_simulation

PASSAGES = (
    "=== a1 ===\nReturns\nYou can return a tent within 30 days of delivery.\n\nShipping\nShipping is free above 50 EUR. "
    "We send to the whole of Europe.\n=== a1 ===\n\nQuestion: "
)


@pytest.fixture
async def spark():
    async with running_simulation() as simulation:
        yield simulation


# What it says of itself


async def test_every_reply_says_that_it_is_a_simulation(spark: RunningSimulation):
    for method, path, body in (
        ("GET", "/health", None),
        ("GET", "/v1/models", None),
        ("GET", "/metrics", None),
        ("GET", "/simulation", None),
        ("GET", "/nothing", None),
        ("GET", "/v1/chat/completions", None),
        ("POST", "/v1/chat/completions", b"{"),
        ("POST", "/v1/embeddings", b""),
        ("POST", "/tokenize", json.dumps({"prompt": "hello"}).encode()),
    ):
        reply = await spark.client.request(method, path, content=body)
        assert reply.headers["x-simulated"] == f"spark; model={MODEL}; speed=50", path
        assert reply.status_code < 500


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01 this is no HTTP\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ],
    ids=["no HTTP", "no length", "a socket"],
)
async def test_what_the_server_refuses_by_itself_says_so_too(spark: RunningSimulation, sent: bytes):
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(spark.base_url).port)
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert f"x-simulated: spark; model={MODEL}; speed=50\r\n".encode() in head


async def test_a_model_of_any_name_can_be_told_in_a_header():
    async with running_simulation(shown_as="größe/東京\r\nX-Other: 1") as spark:
        reply = await spark.ask()
    assert reply.status_code == 200
    told = "gr%C3%B6%C3%9Fe/%E6%9D%B1%E4%BA%AC%0D%0AX-Other%3A%201"
    assert reply.headers["x-simulated"] == f"spark; model={told}; speed=50"
    assert "x-other" not in reply.headers


async def test_answers_and_lists_say_so_too(spark: RunningSimulation):
    reply = await spark.ask()
    assert reply.json()["system_fingerprint"] == "simulation"
    assert all(event["system_fingerprint"] == "simulation" for event in await spark.events())
    models = (await spark.client.get("/v1/models")).json()["data"]
    assert [(model["id"], model["owned_by"], model["max_model_len"]) for model in models] == [
        (MODEL, "simulation", 2048),
        (EMBEDDER, "simulation", 512),
    ]


# As a client of a real server would use it


async def test_a_stream_and_a_whole_answer_say_the_same_and_count_the_same(spark: RunningSimulation):
    question = PASSAGES + "Within how many days can I return a tent?"
    whole = (await spark.ask(question)).json()
    events = await spark.events(question, stream_options={"include_usage": True})
    streamed = "".join(
        event["choices"][0]["delta"].get("content", "") for event in events if event["choices"]
    )
    assert whole["choices"][0]["message"]["content"] == streamed
    assert streamed.startswith("You can return a tent within 30 days of delivery.")
    assert events[-1]["usage"] == whole["usage"]
    assert whole["usage"]["completion_tokens"] == len(cut_into_tokens(streamed))
    reasons = [event["choices"][0]["finish_reason"] for event in events if event["choices"]]
    assert reasons == [None] * (len(reasons) - 1) + ["stop"]


async def test_the_desks_own_clients_are_content_with_it(spark: RunningSimulation):
    async with make_http_client() as client:
        endpoint = Endpoint(client, f"{spark.base_url}/v1", provider_profile("vllm"))
        chat = OpenAIChat(endpoint, MODEL)
        said = [piece async for piece in chat.stream([ChatTurn("user", "Hello there")], answer_tokens=50)]
        assert "".join(piece.text for piece in said if isinstance(piece, Token)) == "You asked: Hello there"
        assert said[-1] == Finished("stop", 10, 7)
        assert await chat.count_tokens("four letter word") == 5
        with pytest.raises(ContextTooLong):
            [piece async for piece in chat.stream([ChatTurn("user", "word " * 3000)], answer_tokens=50)]
        rows = await OpenAIEmbeddings(endpoint, embedding_profile(EMBEDDER, dimensions=32)).embed_documents(
            ["red tent", "the red tent", "invoice"]
        )
    assert rows[0] @ rows[1] > 0.7 > rows[0] @ rows[2]


async def test_thoughts_are_kept_apart_from_the_text():
    async with running_simulation(thoughts=5) as spark:
        reply = (await spark.ask("Hello")).json()
        events = await spark.events("Hello")
    message = reply["choices"][0]["message"]
    assert message["content"] == "You asked: Hello"
    assert message["reasoning_content"]
    assert reply["usage"]["completion_tokens"] == 5 + len(cut_into_tokens("You asked: Hello"))
    kinds = [next(iter(event["choices"][0]["delta"]), "") for event in events[1:-1]]
    assert kinds == ["reasoning_content"] * 5 + ["content"] * (len(kinds) - 5)


async def test_a_length_that_is_asked_for_is_kept(spark: RunningSimulation):
    for more, expected, reason in (
        ({"max_tokens": 2}, 2, "length"),
        ({"max_completion_tokens": 3, "max_tokens": 9}, 3, "length"),
        ({"max_tokens": 40, "ignore_eos": True}, 40, "length"),
        ({"min_tokens": 30}, 30, "stop"),
    ):
        reply = (await spark.ask("Hello", **more)).json()
        assert reply["usage"]["completion_tokens"] == expected
        assert reply["choices"][0]["finish_reason"] == reason


async def test_a_stop_word_ends_an_answer_and_is_not_shown(spark: RunningSimulation):
    reply = await spark.ask(PASSAGES + "Is shipping free?", stop=["free"])
    assert reply.json()["choices"][0]["message"]["content"].strip() == "Shipping is"


async def test_a_schema_is_kept(spark: RunningSimulation):
    schema = {
        "type": "object",
        "properties": {
            "mood": {"enum": ["good", "bad"]},
            "why": {"type": "string"},
            "n": {"type": "integer", "minimum": 3},
        },
        "required": ["mood", "why", "n"],
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "mood", "schema": schema}}
    content = (await spark.ask("Hello", response_format=wanted)).json()["choices"][0]["message"]["content"]
    assert json.loads(content) == {"mood": "good", "why": "You asked: Hello", "n": 3}
    loose = await spark.ask("Hello", response_format={"type": "json_object"})
    assert json.loads(loose.json()["choices"][0]["message"]["content"]) == {}


async def test_vectors_come_as_numbers_or_base64_and_in_the_order_of_the_texts(spark: RunningSimulation):
    texts = ["red tent", "blue boat", "red boat"]
    plain, packed = [
        (await spark.client.post("/v1/embeddings", json={"model": EMBEDDER, "input": texts} | more)).json()[
            "data"
        ]
        for more in ({}, {"encoding_format": "base64"})
    ]
    rows = np.array([one["embedding"] for one in plain])
    assert rows.shape == (3, 32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    decoded = [np.frombuffer(base64.b64decode(one["embedding"]), "<f4") for one in packed]
    assert np.allclose(rows, decoded)
    assert rows[0] @ rows[2] > rows[0] @ rows[1]


async def test_on_two_ports_each_server_has_a_404_for_what_the_other_does():
    async with running_simulation(with_embedding=False) as chat:
        reply = await chat.client.post("/v1/embeddings", json={"model": EMBEDDER, "input": "x"})
        assert (reply.status_code, reply.json()) == (404, {"detail": "Not Found"})
        assert [model["id"] for model in (await chat.client.get("/v1/models")).json()["data"]] == [MODEL]
    async with running_simulation(with_chat=False) as embedding:
        assert (await embedding.ask()).status_code == 404


# What is refused


SENSELESS: list[tuple[dict[str, Any], str]] = [
    ({"messages": []}, "messages"),
    ({"messages": "hello"}, "messages"),
    ({"messages": [{"content": "x"}]}, "role"),
    ({"messages": [{"role": "user", "content": 7}]}, "content"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "content"),
    ({"max_tokens": -5}, "at least 1, got -5"),
    ({"max_tokens": 0}, "at least 1, got 0"),
    ({"max_tokens": 10**30}, "maximum context length"),
    ({"max_tokens": "many"}, "max_tokens"),
    ({"max_tokens": True}, "max_tokens"),
    ({"n": 2}, "n must be 1"),
    ({"temperature": -1}, "temperature"),
    ({"temperature": "hot"}, "temperature"),
    ({"stream": "yes"}, "stream"),
    ({"stream_options": 7}, "stream_options"),
    ({"stop": [7]}, "stop"),
    ({"min_tokens": 5, "max_tokens": 2}, "min_tokens"),
    ({"response_format": {"type": "xml"}}, "response_format"),
    ({"response_format": {"type": "json_schema"}}, "schema"),
    (
        {"messages": [{"role": "user", "content": "word " * 2000}]},
        "maximum context length is 2048 tokens",
    ),
    ({"max_tokens": 2045}, "maximum context length is 2048 tokens"),
]


async def test_a_request_that_makes_no_sense_is_refused_with_a_reason(spark: RunningSimulation):
    for body, said in SENSELESS:
        reply = await spark.post(
            "/v1/chat/completions", **{"messages": [{"role": "user", "content": "x"}]} | body
        )
        assert reply.status_code == 400, body
        error = reply.json()["error"]
        assert said in error["message"], body
        assert (error["type"], error["code"]) == ("BadRequestError", 400)


async def test_a_body_that_cannot_be_read_is_the_callers_fault(spark: RunningSimulation):
    bodies = (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"model": "\\ud800"}', b'{"a": NaN}')
    for path in ("/v1/chat/completions", "/v1/embeddings", "/tokenize"):
        for body in bodies:
            reply = await spark.client.post(path, content=body)
            assert reply.status_code == 400, (path, body[:20])
            assert reply.json()["error"]["message"]


async def test_a_huge_body_is_refused(spark: RunningSimulation):
    async def endless() -> AsyncGenerator[bytes, None]:
        for _ in range(150):
            yield b" " * 65_536

    reply = await spark.client.post("/v1/chat/completions", content=endless())
    assert reply.status_code == 413


async def test_a_client_that_leaves_while_it_sends_is_no_defect(
    spark: RunningSimulation, caplog: pytest.LogCaptureFixture
):
    url = httpx2.URL(spark.base_url)
    for path in ("/v1/chat/completions", "/v1/embeddings", "/tokenize"):
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{".encode())
        await writer.drain()
        await spark.client.get("/health")
        writer.close()
        await writer.wait_closed()
    await spark.client.get("/health")
    assert "Exception" not in caplog.text


async def test_unknown_parameters_are_ignored_and_unknown_models_are_not(spark: RunningSimulation):
    assert (
        await spark.ask(top_k=5, chat_template_kwargs={"enable_thinking": False}, foo=[1])
    ).status_code == 200
    assert (
        await spark.post("/v1/chat/completions", model="small", messages=[{"role": "user", "content": "x"}])
    ).status_code == 200
    reply = await spark.post(
        "/v1/chat/completions", model="other", messages=[{"role": "user", "content": "x"}]
    )
    assert reply.status_code == 404
    assert MODEL in reply.json()["error"]["message"]


async def test_what_cannot_be_embedded_is_refused(spark: RunningSimulation):
    for more, status in (
        *(({"input": one}, 400) for one in ([], 7, [[1, 2]], ["a", 7], None, [1, 2, 3], "word " * 2000)),
        ({"dimensions": 16}, 400),
        ({"dimensions": 32}, 200),
        ({"dimensions": [32]}, 400),
        ({"dimensions": {}}, 400),
        ({"encoding_format": "int8"}, 400),
        ({"encoding_format": ["float"]}, 400),
        ({"model": "x"}, 404),
    ):
        reply = await spark.client.post("/v1/embeddings", json={"model": EMBEDDER, "input": "x"} | more)
        assert reply.status_code == status, more


async def test_a_server_that_cuts_prompts_cuts_them_without_a_word():
    async with running_simulation(cuts_prompts=True, context_tokens=100) as spark:
        reply = await spark.ask("word " * 300, max_tokens=50)
    assert reply.status_code == 200
    assert reply.json()["usage"]["prompt_tokens"] == 99


# Queue, slots, time


async def test_who_leaves_frees_a_slot_whether_streaming_or_not():
    async with running_simulation(LinearTiming(step=0.3), size=MachineSize(2, 512), speed=1.0) as spark:
        for stream in (True, False, True):
            asked = asyncio.create_task(spark.ask(max_tokens=1000, ignore_eos=True, stream=stream))
            await until(lambda: _gauge(spark, "running", 1))
            asked.cancel()
            await until(lambda: _gauge(spark, "running", 0))
        told = await spark.told()
    assert (told["answers"]["cancelled"], told["answers"]["finished"]) == (3, 0)


async def test_more_than_the_slots_wait_and_are_told_by_the_gauges():
    timing, size = LinearTiming(step=1.0), MachineSize(2, 512)
    async with running_simulation(timing, size=size, speed=4.0) as spark:
        asked = [asyncio.create_task(spark.ask(max_tokens=1000, ignore_eos=True)) for _ in range(5)]
        assert await until(lambda: _gauge(spark, "waiting", 3))
        for one in asked:
            one.cancel()
    async with running_simulation(timing, size=size, speed=4.0) as spark:
        replies = await asyncio.gather(*(spark.ask(max_tokens=3, ignore_eos=True) for _ in range(5)))
        told = await spark.told()
    assert all(reply.status_code == 200 for reply in replies)
    assert told["answers"] == {"finished": 5, "cancelled": 0, "prompt_tokens": 50, "answer_tokens": 15}
    assert told["times"]["queueing"]["p50"] > 1
    assert told["times"]["queueing"]["p95"] > 4


async def test_clients_feel_what_the_pure_simulation_says():
    timing = LinearTiming(step=0.15, per_answer=0.01, per_prompt_token=0.001)
    asked: list[tuple[float, float, float]] = []

    async def visitor(spark: RunningSimulation, after: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(after)
        began = loop.time()
        body = {"model": MODEL, "messages": [{"role": "user", "content": "word " * 100}], "stream": True}
        body |= {"max_tokens": 4, "ignore_eos": True}
        first = 0.0
        async with spark.client.stream("POST", "/v1/chat/completions", json=body) as reply:
            async for line in reply.aiter_lines():
                if not first and '"content": "Y' in line:
                    first = loop.time() - began
        asked.append((began, first, loop.time() - began))

    async with running_simulation(timing, size=MachineSize(2, 512), speed=1.0) as spark:
        await asyncio.gather(*(visitor(spark, 0.1 * place) for place in range(4)))
        prompt = (await spark.ask("word " * 100, max_tokens=1)).json()["usage"]["prompt_tokens"]
    # They begin when the machine comes to it.
    asked.sort()
    starts = [began - asked[0][0] for began, _, _ in asked]
    pure = simulate(
        Batcher(LinearTiming(0.15, 0.01, 0.001), slots=2, chunk_tokens=512),
        [Arrival(start, prompt, 4) for start in starts],
    )
    # Never faster than simulated; and on a busy machine not slower by more than its own hiccups.
    for (_, first, whole), course, start in zip(asked, pure, starts, strict=True):
        assert course.first - start <= first + 0.05 < course.first - start + 60
        assert course.last - start <= whole + 0.05 < course.last - start + 60


async def test_steps_that_are_too_short_to_follow_are_told():
    async with running_simulation(LinearTiming(step=0.001), speed=100_000.0) as spark:
        await spark.ask(max_tokens=1000, ignore_eos=True)
        told = await spark.told()
    assert told["behind"]["worst"] > 1
    assert len(spark.warnings) == 1
    assert "--speed" in spark.warnings[0]


async def test_a_thousand_connections_at_once_are_all_answered():
    body = json.dumps(
        {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2, "stream": True}
    )
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"

    async def ask(host: str, port: int) -> bytes:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write((head + body).encode())
        reply = await reader.read()
        writer.close()
        return reply

    async with running_simulation(LinearTiming(step=0.5), size=MachineSize(64, 8192), speed=100.0) as spark:
        url = httpx2.URL(spark.base_url)
        replies = await asyncio.gather(*(ask(url.host, url.port or 0) for _ in range(1000)))
        told = await spark.told()
    assert all(reply.startswith(b"HTTP/1.1 200") and b"data: [DONE]" in reply for reply in replies)
    assert told["answers"]["finished"] == 1000
    assert (told["running"], told["waiting"]) == (0, 0)


async def test_clients_that_vanish_in_hundreds_leave_nothing_behind():
    async with running_simulation(LinearTiming(step=1.0), size=MachineSize(8, 8192), speed=1.0) as spark:
        long = {"max_tokens": 1000, "ignore_eos": True}
        asked = [asyncio.create_task(spark.ask("Hi", stream=bool(one % 2), **long)) for one in range(200)]
        await until(lambda: _gauge(spark, "waiting", 192))
        for task in asked:
            task.cancel()
        await until(lambda: _gauge(spark, "waiting", 0))
        await until(lambda: _gauge(spark, "running", 0))


# A desk before it


async def test_a_desk_takes_the_echo_for_an_answer_from_its_documents(tmp_path: Path):
    async with running_simulation(width=64, context_tokens=8192) as spark:
        url = f"{spark.base_url}/v1"
        settings = {
            "LLM_MODEL": MODEL,
            "EMBEDDING_BASE_URL": url,
            "EMBEDDING_MODEL": EMBEDDER,
            "LLM_PROVIDER": "vllm",
        }
        async with running_desk(tmp_path, url, **settings) as desk:
            await desk.teach("returns.md", "# Returns\n\nYou can return a tent within 30 days of delivery.")
            async with desk.stream(
                await desk.start_chat(), "Within how many days can I return a tent?"
            ) as events:
                said = [event["text"] async for event in events if event["type"] == "sentence"]
            told = await spark.told()
    assert said == ["You can return a tent within 30 days of delivery."]
    assert told["answers"]["finished"] == 1


# Words of a model


async def test_a_models_words_are_passed_on_and_one_that_is_slower_than_simulated_is_told(
    models: FakeModelServer,
):
    models.say("It is green and it is not small.", delay=0.02)
    async with _with_words_of(models) as spark:
        reply = (await spark.ask("What colour?")).json()
        told = await spark.told()
    assert reply["choices"][0]["message"]["content"] == "It is green and it is not small."
    assert reply["usage"]["completion_tokens"] in {8, 9}
    assert told["late"]["answers"] == 1
    assert told["late"]["worst"] > 0.5


async def test_a_model_that_fails_is_replaced_by_the_echo_and_that_is_told(models: FakeModelServer):
    async with _with_words_of(models) as spark:
        await models.stop()
        reply = (await spark.ask("What colour?")).json()
        told = await spark.told()
    assert reply["choices"][0]["message"]["content"] == "You asked: What colour?"
    assert told["late"]["text_failures"] == 1
    assert [said for said in spark.warnings if "echo" in said]


async def test_a_visitor_who_leaves_stops_the_model_that_writes_the_words(models: FakeModelServer):
    models.say("on and on " * 1000, delay=0.02)
    async with _with_words_of(models) as spark:
        asked = asyncio.create_task(spark.ask("Go on"))
        await until(lambda: models.open_streams)
        asked.cancel()
        await until(lambda: not models.open_streams)


async def _gauge(spark: RunningSimulation, name: str, expected: int) -> bool:
    text = (await spark.client.get("/metrics")).text
    return f'vllm:num_requests_{name}{{model_name="{MODEL}"}} {expected}\n' in text


def _with_words_of(models: FakeModelServer):
    client = httpx2.AsyncClient(verify=False)
    endpoint = Endpoint(client, models.base_url, provider_profile(""))
    return running_simulation(
        text=ModelText(OpenAIChat(endpoint, "fake"), "fake", at_once=2, context_tokens=2048)
    )
