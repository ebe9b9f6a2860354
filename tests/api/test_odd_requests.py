"""Texts, numbers and nesting that no honest client sends: 400 with a sentence, and nothing is stored."""

import json
from typing import Any

import pytest
import websockets

from peers.running_desk import RunningDesk, visitor

JSON = {"Content-Type": "application/json"}
HALF = "\ud800"
START: dict[str, Any] = {"userName": "Ann", "userEmail": "ann@example.org"}
ROUTES = [
    ("POST", "/api/chat"),
    ("POST", "/api/chat/{session}/escalate"),
    ("PATCH", "/api/chat/{session}/category"),
    ("PUT", "/api/chat/{session}/notes"),
    ("POST", "/api/chat/{session}/takeover"),
    ("POST", "/api/messages"),
    ("POST", "/api/messages/chat/{session}/end"),
    ("POST", "/api/ai/query"),
    ("POST", "/api/v1/chats/{session}/messages"),
    ("POST", "/api/agents/login"),
    ("POST", "/api/agents"),
    ("POST", "/api/categories"),
    ("PUT", "/api/knowledge/000000000000000000000000"),
]
BODIES = {
    "arrays 50,000 deep": "[" * 50_000,
    "objects 5,000 deep": '{"environment":' * 5_000 + "1" + "}" * 5_000,
    "arrays 500 deep": '{"content": ' + "[" * 500 + "]" * 500 + "}",
    "half a surrogate pair": '{"content": "\\ud800", "notes": "\\ud800", "rating": 5}',
    "half a surrogate pair as a key": '{"\\udfff": 1}',
    "half a surrogate pair in bytes": b'{"content": "\xed\xa0\x80"}',
    "no number": '{"rating": NaN, "content": "x"}',
    "no end": '{"rating": -Infinity, "content": "x"}',
    "too large": '{"rating": 1e999, "content": "x"}',
    "5,000 digits": '{"rating": ' + "9" * 5000 + "}",
}


def told(reply: Any) -> str:
    """The sentence of an error in either shape."""
    shown = reply.json()
    return shown["detail"] if "detail" in shown else shown["error"]


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_cannot_be_stored_is_400_on_every_route(desk: RunningDesk, name: str):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    for method, path in ROUTES:
        reply = await desk.client.request(
            method,
            path.format(session=chat["sessionId"]),
            content=BODIES[name],
            headers=JSON | agent | visitor(chat),
        )
        assert reply.status_code == 400, (method, path, reply.text)
        assert isinstance(told(reply), str)
    assert await desk.events(chat) == []


@pytest.mark.parametrize(
    "more",
    [
        {"userName": HALF},
        {"userEmail": HALF},
        {"currentPage": HALF},
        {"categoryId": HALF},
        {"categoryId": "x" * 101},
        {"environment": {"a": [HALF]}},
        {"environment": {HALF: 1}},
        {"environment": {"a": float("nan")}},
        {"environment": {"a": float("inf")}},
    ],
)
async def test_a_start_with_what_cannot_be_shown_later_is_refused(desk: RunningDesk, more: dict[str, Any]):
    reply = await desk.client.post("/api/chat", content=json.dumps(START | more), headers=JSON)
    assert reply.status_code == 400
    assert isinstance(told(reply), str)
    assert (await desk.client.get("/api/dashboard/chats", headers=await desk.sign_in())).json() == []


@pytest.mark.parametrize(
    "attachments",
    [
        [{"filename": HALF}],
        json.dumps([{"filename": HALF}]),
        [json.dumps({"filename": HALF})],
        "[" * 40_000,
        [{"url": "javascript:alert(1)"}],
        [{"size": 10**400}],
    ],
)
async def test_a_hostile_attachment_is_refused_with_its_message(desk: RunningDesk, attachments: Any):
    chat = await desk.start_chat()
    body = {"chatId": chat["chatId"], "content": "Hello", "attachments": attachments}
    reply = await desk.client.post("/api/messages", content=json.dumps(body), headers=JSON)
    assert reply.status_code == 400, reply.text
    assert isinstance(told(reply), str)
    assert await desk.events(chat) == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize(
    "rating", ["9" * 400, "-" + "9" * 400, "9" * 5000, "NaN", "Infinity", "-Infinity", "1e999", "1e300"]
)
async def test_a_rating_that_is_no_sensible_number_is_400_and_the_chat_stays_open(
    desk: RunningDesk, kind: str, rating: str
):
    chat = await desk.start_chat()
    path = f"/api/messages/chat/{chat['sessionId']}/end"
    reply = await desk.client.post(path, content=f'{{"rating": {rating}}}', headers={"Content-Type": kind})
    assert reply.status_code == 400, reply.text
    assert isinstance(told(reply), str)
    assert await desk.events(chat) == []


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
async def test_a_place_in_the_log_of_many_digits_is_400(desk: RunningDesk, number: str):
    chat = await desk.start_chat()
    path = f"/api/v1/chats/{chat['sessionId']}/events"
    by_query = await desk.client.get(path, params={"after": number}, headers=visitor(chat))
    by_header = await desk.client.get(path, headers=visitor(chat) | {"Last-Event-ID": number})
    assert [by_query.status_code, by_header.status_code] == [400, 400]
    assert all(isinstance(told(reply), str) for reply in (by_query, by_header))


async def test_a_category_too_long_is_refused_and_no_body_is_an_empty_one(desk: RunningDesk):
    agent = await desk.sign_in()
    chat = (await desk.client.post("/api/chat", json=START | {"categoryId": "c"})).json()
    base = f"/api/chat/{chat['sessionId']}"
    long = await desk.client.patch(f"{base}/category", json={"categoryId": "x" * 101})
    assert long.status_code == 400
    assert (await desk.client.patch(f"{base}/category")).json() == {"success": True}
    assert (await desk.client.put(f"{base}/notes", headers=agent)).json() == {"success": True}
    [row] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert (row["metadata"]["categoryId"], row["agentNotes"]) == (None, "")


async def test_an_odd_sort_order_of_a_category_is_refused(desk: RunningDesk):
    body = {"name": "Billing", "prompt": "Be kind.", "sortOrder": 10**30}
    reply = await desk.client.post("/api/categories", json=body, headers=await desk.sign_in())
    assert reply.status_code == 400


async def test_odd_frames_get_an_error_and_the_socket_lives_on(desk: RunningDesk):
    frames = ["[" * 60_000, '{"type": "chat.join", "sessionId": "\\ud800", "after": NaN}', "9" * 5000]
    async with websockets.connect(desk.base_url.replace("http", "ws") + "/ws") as socket:
        for raw in frames:
            await socket.send(raw)
            assert json.loads(await socket.recv())["type"] == "error"
