"""What the model does for people at the desk, and that nobody else hears it."""

import asyncio
import json

import pytest

from peers.fake_model_server import FakeModelServer, Script
from peers.running_desk import RunningDesk

ROUTES = ["summarize", "categorize", "suggest-reply", "analyze-sentiment"]


async def chat_with(desk: RunningDesk, *said: str) -> dict[str, str]:
    chat = await desk.start_chat()
    for text in said:
        reply = await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": text})
        assert reply.status_code == 201, reply.text
    return chat


async def ask(
    desk: RunningDesk, route: str, chat: dict[str, str], who: dict[str, str], status: int = 200
) -> dict:
    reply = await desk.client.post(f"/api/ai/{route}", json={"chatId": chat["chatId"]}, headers=who)
    assert reply.status_code == status, reply.text
    return reply.json()


def prompt(models: FakeModelServer) -> str:
    return json.dumps(models.requests[-1]["messages"])


@pytest.mark.parametrize("route", ROUTES)
async def test_a_stranger_a_bad_id_and_an_empty_chat_are_refused(desk: RunningDesk, route: str):
    chat = await chat_with(desk)
    await ask(desk, route, chat, {}, 401)
    agent = await desk.sign_in()
    assert (await ask(desk, route, chat, agent, 400))["error"] == "No messages found for this chat"
    for odd in ({"$ne": None}, ["x"], "x", 7):
        await ask(desk, route, {"chatId": odd}, agent, 400)
    await ask(desk, route, {"chatId": "0123456789abcdef01234567"}, agent, 404)


async def test_no_internal_note_reaches_the_model(desk: RunningDesk, models: FakeModelServer):
    chat, agent = await chat_with(desk, "My invoice is wrong"), await desk.sign_in()
    note = {"chatId": chat["chatId"], "content": "SECRET", "sender": "agent", "isInternal": True}
    assert (await desk.client.post("/api/messages", json=note, headers=agent)).status_code == 201
    models.answer = lambda _: Script("The visitor wants an invoice corrected.")
    summary = (await ask(desk, "summarize", chat, agent))["summary"]
    assert summary == "The visitor wants an invoice corrected."
    assert "SECRET" not in prompt(models)
    assert "My invoice is wrong" in prompt(models)
    [shown] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert shown["summary"] == summary


async def test_a_reply_is_suggested_only_to_the_agent_who_has_the_chat(
    desk: RunningDesk, models: FakeModelServer
):
    chat, agent = await chat_with(desk, "Where is my parcel?"), await desk.sign_in()
    assert (await ask(desk, "suggest-reply", chat, agent, 403))["error"] == "Chat not assigned to you"
    await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
    models.answer = lambda _: Script("It is on its way.")
    assert (await ask(desk, "suggest-reply", chat, agent))["suggestedReply"] == "It is on its way."


async def test_a_mood_outside_the_known_ones_is_never_kept(desk: RunningDesk, models: FakeModelServer):
    chat, agent = await chat_with(desk, "My invoice is wrong again."), await desk.sign_in()
    told = '{"sentiment": "negative", "priority": "high", "reasoning": "Angry."}'
    models.answer = lambda _: Script(f"Sure: {told} I hope it helps")
    assert await ask(desk, "analyze-sentiment", chat, agent) == json.loads(told)
    for odd in (
        "urgent",
        '{"sentiment": "angry", "priority": "high"}',
        '{"sentiment": "negative"}',
        '{"sentiment": "negative", "priority": "high", "reasoning": "on and on and',
        "{]}",
        "[]",
    ):
        models.answer = lambda _, odd=odd: Script(odd)
        await ask(desk, "analyze-sentiment", chat, agent, 503)
    [shown] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert (shown["sentiment"], shown["priority"]) == ("negative", "high")
    assert shown["metadata"]["sentimentReasoning"] == "Angry."
    log = await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=agent)
    [told_to_staff] = [event for event in log.json()["events"] if event["type"] == "labelled"]
    assert (told_to_staff["sentiment"], told_to_staff["priority"]) == ("negative", "high")
    assert "labelled" not in {event["type"] for event in await desk.events(chat)}
    ended = await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json={})
    assert ended.status_code == 200


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (["Please refund my last invoice"], "billing"),
        (["It shows an error", "now it is stuck and broken"], "bug_report"),
        (["Could you add a feature to integrate our calendar?"], "feature_request"),
        (["Good morning, are you there?"], "general"),
        (["I am in prepayment, no debugging of additions"], "general"),
    ],
)
async def test_the_kind_of_question_is_told_by_whole_words(desk: RunningDesk, said: list[str], kind: str):
    chat = await chat_with(desk, *said)
    assert await ask(desk, "categorize", chat, await desk.sign_in()) == {"category": kind}


async def test_a_model_that_is_down_is_said_to_be(desk: RunningDesk, models: FakeModelServer):
    chat, agent = await chat_with(desk, "Hello?"), await desk.sign_in()
    models.answer = lambda _: Script(status=500)
    replies = await asyncio.gather(*(ask(desk, route, chat, agent, 503) for route in ("summarize",)))
    assert "error" in replies[0]
