"""What went wrong with the older server and must not with ours, where no other file has a place for it."""

import asyncio
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from aichatdesk.platform.http.errors import install_error_handlers
from peers.fake_model_server import FakeModelServer
from peers.made_things import UNKNOWN_ID, Things
from peers.running_desk import RunningDesk, running_desk

RETURNS = "# Returns\n\nYou can return a desk machine within 30 days of delivery.\n"
QUESTION = "Within how many days can I return a desk machine after delivery?"
UNANSWERABLE = "Who won the football match yesterday evening?"
OPERATORS: tuple[Any, ...] = (
    {"$ne": None},
    {"$gt": ""},
    {"$regex": "^"},
    {"$where": "1"},
    {"$in": [UNKNOWN_ID]},
    [{"$ne": None}],
    '{"$ne": null}',
)


@pytest.fixture
async def taught(desk: RunningDesk, models: FakeModelServer) -> RunningDesk:
    models.say("You can return a desk machine within 30 days of delivery.")
    await desk.teach("returns.md", RETURNS)
    return desk


async def query(desk: RunningDesk, chat: dict[str, str], message: str) -> dict[str, Any]:
    body = {"chatId": chat["chatId"], "message": message}
    reply = await desk.client.post("/api/ai/query", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def say(desk: RunningDesk, chat: dict[str, str], content: str, **more: Any) -> None:
    headers = more.pop("headers", None)
    body = {"chatId": chat["chatId"], "content": content, **more}
    assert (await desk.client.post("/api/messages", json=body, headers=headers)).status_code == 201


def asked(models: FakeModelServer) -> str:
    return json.dumps([request["messages"] for request in models.requests], ensure_ascii=False)


# Who sees what


@pytest.mark.parametrize("operator", OPERATORS, ids=repr)
async def test_no_operator_of_a_database_stands_for_an_id(desk: RunningDesk, operator: Any):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    await say(desk, chat, "My secret is blue")
    for path, field in (
        ("/api/ai/summarize", "chatId"),
        ("/api/ai/categorize", "chatId"),
        ("/api/ai/suggest-reply", "chatId"),
        ("/api/ai/analyze-sentiment", "chatId"),
        ("/api/ai/analyze-sentiment", "sessionId"),
        ("/api/ai/query", "chatId"),
        ("/api/messages", "chatId"),
        ("/api/agents/login", "email"),
    ):
        body = {field: operator, "message": "x", "content": "x", "password": "secret-words"}
        reply = await desk.client.post(path, json=body, headers=agent)
        assert reply.status_code in {400, 404}, (path, reply.text)
        assert "blue" not in reply.text


async def test_nothing_that_is_open_to_all_names_a_chat_a_prompt_or_a_person(desk: RunningDesk):
    things = await Things.of(desk)
    chat = things.chats[await things.chat(owner=things.admin)]
    await things.call("POST", "/api/categories", json={"name": "Orders", "prompt": "PROMPT-77", "icon": "📦"})
    await things.call("PUT", "/api/settings", json={"calendarEmail": "x@y.example", "inner": "SETTING-77"})
    open_to_all = 0
    for path, methods in desk.desk.app.openapi()["paths"].items():
        if "get" not in methods:
            continue
        place = re.sub(r"\{[^}]+\}", "inner", path)
        reply = await desk.client.get(place, headers={"X-Forwarded-For": "203.0.113.7"})
        open_to_all += reply.is_success
        for secret in (*chat.values(), "PROMPT-77", "SETTING-77", "ann@example.org", "kim@example.org"):
            if secret != "ai":
                assert secret not in reply.text, path
    assert open_to_all >= 3


async def test_the_first_account_of_a_fresh_desk_is_an_admin_and_can_make_managers(desk: RunningDesk):
    admin = await desk.sign_in()
    me = (await desk.client.get("/api/agents/me", headers=admin)).json()["agent"]
    assert (me["role"], me["systemRole"]) == ("admin", "admin")
    manager = {"email": "m@example.org", "name": "Mia", "password": "long-enough", "systemRole": "manager"}
    made = await desk.client.post("/api/agents", json=manager, headers=admin)
    assert (made.status_code, made.json()["agent"]["systemRole"]) == (201, "manager")
    assert (await desk.client.get("/api/agents", headers=await desk.sign_in(**manager))).status_code == 200


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "Mia</b>", "a\x00b", "\u202eaiM"])
async def test_no_name_of_ours_can_carry_markup_into_the_pages_of_others(desk: RunningDesk, name: str):
    """The old widget writes the names of agents and categories into its page as they are."""
    admin = await desk.sign_in()
    account = {"email": "mia@example.org", "name": "Mia", "password": "long-enough"}
    made = (await desk.client.post("/api/agents", json=account, headers=admin)).json()["agent"]
    for method, path, body in (
        ("PUT", "/api/agents/me", {"name": name}),
        ("PUT", f"/api/agents/{made['id']}", {"name": name}),
        ("POST", "/api/agents", account | {"name": name, "email": "x@example.org"}),
        ("POST", "/api/categories", {"name": name, "prompt": "Be exact.", "icon": "📦"}),
        ("POST", "/api/agents/roles", {"name": name, "icon": "📦"}),
    ):
        reply = await desk.client.request(method, path, json=body, headers=admin)
        assert reply.status_code == 400, (path, reply.text)


# Limits and origins


async def test_the_limit_of_requests_holds_on_the_loopback_and_whatever_address_is_claimed(
    tmp_path: Path, models: FakeModelServer
):
    async with running_desk(tmp_path / "data", models.base_url, RATE_LIMIT_MAX_REQUESTS=20) as desk:
        replies = [
            await desk.client.get("/api/categories", headers={"X-Forwarded-For": f"203.0.113.{number}"})
            for number in range(22)
        ]
        assert [reply.status_code for reply in replies] == [200] * 20 + [429] * 2
        first, last = replies[0].headers, replies[-1]
        assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("20", "19")
        assert first["RateLimit-Policy"] == "20;w=900"
        assert last.json()["retryAfter"] == 15
        assert 0 < int(last.headers["Retry-After"]) <= 900
        assert (await desk.client.get("/health")).status_code == 200


async def test_a_page_of_another_origin_is_refused_with_403(tmp_path: Path, models: FakeModelServer):
    shop = "https://a.example"
    async with running_desk(tmp_path / "data", models.base_url, AICHATDESK_CORS_ORIGIN=shop) as desk:
        for origin in ("https://b.example", "https://a.example.evil.example", "null", "http://["):
            refused = await desk.client.get("/api/categories", headers={"Origin": origin})
            assert refused.status_code == 403
            assert "access-control-allow-origin" not in refused.headers
        named = await desk.client.get("/api/categories", headers={"Origin": shop})
        assert named.headers["access-control-allow-credentials"] == "true"
        own = await desk.client.get("/api/categories", headers={"Origin": desk.base_url})
        assert own.status_code == 200


async def test_a_star_lets_any_page_in_but_none_with_the_cookie(tmp_path: Path, models: FakeModelServer):
    async with running_desk(tmp_path / "data", models.base_url, AICHATDESK_CORS_ORIGIN="*") as desk:
        reply = await desk.client.get("/api/categories", headers={"Origin": "https://b.example"})
        assert reply.headers["access-control-allow-origin"] == "https://b.example"
        assert "access-control-allow-credentials" not in reply.headers


async def test_a_defect_of_ours_tells_a_client_nothing_but_a_number_to_ask_about():
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/api/broken")
    async def broken() -> None:
        raise ZeroDivisionError("the password is secret-words")

    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/api/broken", "raw_path": b"", "query_string": b""}
    with pytest.raises(ZeroDivisionError):
        await app(
            scope | {"headers": [], "server": ("x", 1), "client": ("x", 1), "scheme": "http"}, receive, send
        )
    assert sent[0]["status"] == 500
    told = json.loads(sent[1]["body"])
    assert told == {"error": "Internal server error", "requestId": told["requestId"]}


# The assistant


async def test_no_internal_note_reaches_the_model_that_answers_visitors(
    taught: RunningDesk, models: FakeModelServer
):
    chat, agent = await taught.start_chat(), await taught.sign_in()
    await say(taught, chat, "Hello, I have a desk machine")
    await say(taught, chat, "NOTE-77: do not refund", isInternal=True, headers=agent)
    await query(taught, chat, QUESTION)
    assert "I have a desk machine" in asked(models)
    assert "NOTE-77" not in asked(models)


async def test_no_answer_is_another_chats_another_questions_or_a_deleted_documents(
    taught: RunningDesk, models: FakeModelServer
):
    one, other, agent = await taught.start_chat(), await taught.start_chat(), await taught.sign_in()
    await say(taught, one, "My order is ORDER-77")
    assert "30 days" in (await query(taught, one, QUESTION))["response"]
    models.requests.clear()
    again = await query(taught, other, QUESTION)
    assert again["cached"] is False
    assert len(models.requests) == 1
    assert "ORDER-77" not in asked(models)
    models.requests.clear()
    await query(taught, other, QUESTION.replace("return", "export"))
    assert "30 days" not in str((await query(taught, other, "How do I delete my account?"))["response"])
    [document] = (await taught.client.get("/api/knowledge", headers=agent)).json()
    await taught.client.delete(f"/api/knowledge/{document['id']}", headers=agent)
    after = await query(taught, await taught.start_chat(), QUESTION)
    assert "30 days" not in after["response"]


@pytest.mark.parametrize("category", [False, True])
async def test_a_refusal_is_neither_sure_of_itself_nor_left_without_a_person(
    taught: RunningDesk, category: bool
):
    things = await Things.of(taught)
    chat = await taught.start_chat()
    if category:
        path = f"/api/chat/{chat['sessionId']}/category"
        await taught.client.patch(path, json={"categoryId": await things.category()})
    told = await query(taught, chat, UNANSWERABLE)
    assert told["confidence"] < 0.5
    assert told["needsHuman"]
    shown = (await taught.client.get(f"/api/chat/{chat['sessionId']}")).json()["chat"]
    assert shown["mode"] == "human"


async def test_with_the_embedding_model_down_a_question_is_no_defect_and_somebody_answers(
    taught: RunningDesk, models: FakeModelServer
):
    models.embeddings_down = True
    told = await query(taught, await taught.start_chat(), QUESTION)
    assert told["response"]
    assert "30 days" in told["response"] or told["needsHuman"]


async def test_a_question_is_embedded_once_and_every_call_names_the_model_that_is_set(
    taught: RunningDesk, models: FakeModelServer
):
    models.embedding_requests.clear()
    chat, agent = await taught.start_chat(), await taught.sign_in()
    await say(taught, chat, QUESTION)
    await query(taught, chat, QUESTION)
    assert len(models.embedding_requests) == 1
    await taught.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
    body = {"chatId": chat["chatId"]}
    for path in ("summarize", "suggest-reply", "analyze-sentiment"):
        await taught.client.post(f"/api/ai/{path}", json=body, headers=agent)
    assert {request["model"] for request in models.requests} == {"fake"}
    assert len(models.requests) == 4
    assert "@" not in json.dumps(models.requests[0]["messages"][0]), "nobody's address is in the rules"


async def test_the_newest_of_many_messages_reaches_the_model(taught: RunningDesk, models: FakeModelServer):
    chat = await taught.start_chat()
    for number in range(30):
        await say(taught, chat, f"Message number {number}.")
    await query(taught, chat, QUESTION)
    assert "Message number 29." in asked(models)
    roles = [turn["role"] for turn in models.requests[0]["messages"] if turn["role"] != "system"]
    assert roles[0] == "user"
    assert all(one != other for one, other in pairwise(roles))


async def test_in_a_closed_chat_the_model_is_not_asked_and_a_message_opens_it_again(
    taught: RunningDesk, models: FakeModelServer
):
    chat = await taught.start_chat()
    await taught.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json={})
    body = {"chatId": chat["chatId"], "message": QUESTION}
    refused = await taught.client.post("/api/ai/query", json=body)
    assert (refused.status_code, models.requests) == (409, [])
    assert refused.json()["error"]
    await say(taught, chat, QUESTION)
    assert "30 days" in (await query(taught, chat, QUESTION))["response"]


# Chats


@pytest.fixture
async def two_agents(desk: RunningDesk) -> tuple[dict[str, str], dict[str, str]]:
    things = await Things.of(desk)
    return things.admin, await things.token_of(await things.account())


async def test_no_change_of_a_chat_at_the_same_time_undoes_another(
    desk: RunningDesk, two_agents: tuple[dict[str, str], dict[str, str]]
):
    admin, agent = two_agents
    chat = await desk.start_chat()
    base = f"/api/chat/{chat['sessionId']}"
    await asyncio.gather(
        desk.client.patch(f"{base}/category", json={"categoryId": "orders"}),
        desk.client.put(f"{base}/notes", json={"notes": "calls back"}, headers=agent),
        say(desk, chat, "What the hell, this is shit"),
        desk.client.post(f"{base}/takeover", headers=admin),
    )
    [row] = (await desk.client.get("/api/dashboard/chats", headers=admin)).json()
    assert (row["metadata"]["categoryId"], row["agentNotes"]) == ("orders", "calls back")
    assert (row["metadata"]["profanity"], row["mode"]) == (True, "human")
