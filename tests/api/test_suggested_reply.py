"""A reply written for an agent: from the passages that fit, for nobody else, and never longer than somebody reads."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.assistant.tidy_reply import tidy_reply
from peers.fake_model_server import FakeModelServer, Script
from peers.loopback_server import until
from peers.running_desk import RunningDesk, events_of, running_desk, visitor

RETURNS = "# Returns\n\nYou can return an item within 30 days of delivery."
ASKED = "Within how many days of delivery can you return an item?"
Who = dict[str, str]


async def taken(desk: RunningDesk, agent: Who, *said: str) -> dict[str, str]:
    """A chat that the agent has."""
    chat = await desk.start_chat()
    await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
    for text in said:
        reply = await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": text})
        assert reply.status_code == 201, reply.text
    return chat


def path(chat: dict[str, str]) -> str:
    return f"/api/v1/chats/{chat['sessionId']}/suggested-reply"


async def streamed(
    desk: RunningDesk, chat: dict[str, str], agent: Who, events: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """All events; those that have come already stand in `events`."""
    headers, events = agent | {"Accept": "text/event-stream"}, [] if events is None else events
    async with desk.client.stream("POST", path(chat), headers=headers) as reply:
        assert reply.status_code == 200
        async for event in events_of(reply):
            events.append(event)
    return events


def places(events: list[dict[str, Any]]) -> list[int]:
    return [one["place"] for one in events if one["type"] == "queued"]


def prompt(models: FakeModelServer) -> str:
    return json.dumps(models.requests[-1]["messages"])


async def test_a_reply_comes_piece_by_piece_after_the_passages_it_was_written_from(
    desk: RunningDesk, models: FakeModelServer
):
    agent = await desk.sign_in()
    await desk.teach("returns.md", RETURNS)
    chat = await taken(desk, agent, "Hi!", ASKED)
    note = {"chatId": chat["chatId"], "content": "SECRET", "sender": "agent", "isInternal": True}
    assert (await desk.client.post("/api/messages", json=note, headers=agent)).status_code == 201
    models.say('Agent: "You can return it within 30 days."')
    sources, *drafts, finished = await streamed(desk, chat, agent)
    assert sources["type"] == "sources"
    assert [(one["n"], one["document"], one["text"]) for one in sources["sources"]] == [
        (1, "returns.md", RETURNS.partition("\n\n")[2])
    ]
    assert {"documentId", "filename", "section", "start", "end", "score", "similarity"} < set(
        sources["sources"][0]
    )
    assert {one["type"] for one in drafts} == {"draft"}
    assert "".join(one["text"] for one in drafts) == 'Agent: "You can return it within 30 days."'
    assert finished == {"type": "finished", "text": "You can return it within 30 days."}
    assert "within 30 days of delivery" in prompt(models)
    assert ASKED in prompt(models)
    assert "SECRET" not in prompt(models)
    whole = (await desk.client.post(path(chat), headers=agent)).json()
    assert whole == {"suggestedReply": finished["text"], "sources": sources["sources"]}
    events = (await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=visitor(chat))).text
    assert "30 days" not in events


@pytest.mark.parametrize("said", [["Do you sell umbrellas?"], [ASKED, "Thanks a lot!"]])
async def test_what_no_passage_fits_is_written_without_any(
    desk: RunningDesk, models: FakeModelServer, said: list[str]
):
    agent = await desk.sign_in()
    await desk.teach("returns.md", RETURNS)
    chat = await taken(desk, agent, *said)
    models.say("I will look that up for you.")
    reply = (await desk.client.post(path(chat), headers=agent)).json()
    assert reply == {"suggestedReply": "I will look that up for you.", "sources": []}
    assert "30 days of delivery." not in prompt(models)


async def test_only_whoever_has_the_chat_gets_one(desk: RunningDesk):
    agent = await desk.sign_in()
    chat = await desk.start_chat()
    for accept in ("application/json", "text/event-stream"):
        for who, status in (({}, 401), (visitor(chat), 401), (agent, 403)):
            reply = await desk.client.post(path(chat), headers=who | {"Accept": accept})
            assert reply.status_code == status
    mine = await taken(desk, agent)
    assert (await desk.client.post(path(mine), headers=agent)).status_code == 400


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_when_the_agent_goes_the_model_is_stopped(
    desk: RunningDesk, models: FakeModelServer, accept: str
):
    agent = await desk.sign_in()
    chat = await taken(desk, agent, "Where is my parcel?")
    models.say("It is on its way to you", stall_after=2)
    request = asyncio.create_task(desk.client.post(path(chat), headers=agent | {"Accept": accept}))
    async with asyncio.timeout(60):
        while not models.open_streams:
            await asyncio.sleep(0.02)
        request.cancel()
        await models.disconnected.wait()
        while models.open_streams:
            await asyncio.sleep(0.02)


async def test_a_visitor_who_asks_later_is_answered_before_a_reply_is_written(
    tmp_path: Path, models: FakeModelServer
):
    async with running_desk(tmp_path / "data", models.base_url, LLM_PROVIDER="llamacpp") as desk:
        agent = await desk.sign_in()
        await desk.teach("returns.md", RETURNS)
        mine = await taken(desk, agent, ASKED)
        held = [await taken(desk, agent, ASKED) for _ in range(2)]
        models.then(Script("slow", first_delay=3600), Script("slow", first_delay=3600))
        models.say("You can return an item within 30 days of delivery.")
        busy = [asyncio.create_task(streamed(desk, one, agent)) for one in held]
        await until(lambda: len(models.requests) == 2)
        events: list[dict[str, Any]] = []
        waiting = asyncio.create_task(streamed(desk, mine, agent, events))
        await until(lambda: places(events) == [1])
        asked = asyncio.create_task(desk.send(await desk.start_chat(), ASKED))
        await until(lambda: places(events) == [1, 2])
        for one in busy:
            one.cancel()
        await asyncio.gather(waiting, asked)
    orders = [request["messages"][0]["content"] for request in models.requests]
    assert "You help a support agent" not in orders[2]
    assert "You help a support agent" in orders[3]


async def test_a_model_that_fails_is_told_as_a_failure_and_not_as_a_reply(
    desk: RunningDesk, models: FakeModelServer
):
    agent = await desk.sign_in()
    chat = await taken(desk, agent, "Where is my parcel?")
    for script, code in (
        (Script(status=500), "model_unavailable"),
        (Script("It is on its way", cut_after=2), "model_unavailable"),
        (Script(""), "no_answer"),
        (Script("It comes on May 17."), "no_answer"),
    ):
        models.answer = lambda _, script=script: script
        assert (await streamed(desk, chat, agent))[-1] == {"type": "failed", "code": code}
    models.answer = lambda _: Script(status=500)
    reply = await desk.client.post(path(chat), headers=agent)
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("told", "reply"),
    [
        (
            "Sorry to hear that. You have 45 days for it. You can return it within 30 days.",
            "Sorry to hear that. You can return it within 30 days.",
        ),
        (
            "You have 45 days.",
            "This is what our documents say: “You can return an item within 30 days of delivery.”",
        ),
    ],
)
async def test_a_number_that_nobody_has_told_is_never_suggested(
    desk: RunningDesk, models: FakeModelServer, told: str, reply: str
):
    agent = await desk.sign_in()
    await desk.teach("returns.md", RETURNS)
    chat = await taken(desk, agent, ASKED)
    models.say(told)
    assert (await streamed(desk, chat, agent))[-1]["text"] == reply


async def test_a_model_that_goes_in_circles_is_stopped(desk: RunningDesk, models: FakeModelServer):
    agent = await desk.sign_in()
    chat = await taken(desk, agent, "Where is my parcel?")
    models.say("It is on its way to you. " * 50)
    *drafts, finished = await streamed(desk, chat, agent)
    assert finished["text"] == "It is on its way to you."
    assert len(drafts) < 30


async def test_a_model_that_does_not_write_the_visitors_language_is_not_asked(
    tmp_path: Path, models: FakeModelServer
):
    async with running_desk(tmp_path / "data", models.base_url, LLM_PROVIDER="local") as desk:
        agent = await desk.sign_in()
        await desk.teach("rueckgabe.md", "Sie können ein Gerät innerhalb von 30 Tagen zurückgeben.")
        chat = await taken(desk, agent, "Innerhalb von wie vielen Tagen kann ich ein Gerät zurückgeben?")
        sources, draft, finished = await streamed(desk, chat, agent)
        assert "“Sie können ein Gerät innerhalb von 30 Tagen" in finished["text"]
        assert (draft["text"], len(sources["sources"])) == (finished["text"], 1)
        chat = await taken(desk, agent, "Verkauft ihr eigentlich auch Regenschirme und Gummistiefel?")
        assert (await streamed(desk, chat, agent))[-1]["type"] == "failed"
    assert models.requests == []


async def test_without_the_embedding_model_a_reply_is_still_written(
    desk: RunningDesk, models: FakeModelServer
):
    agent = await desk.sign_in()
    await desk.teach("returns.md", RETURNS)
    models.embeddings_down = True
    chat = await taken(desk, agent, "Zork blip quux wibble?")
    models.say("I will ask a colleague.")
    assert (await streamed(desk, chat, agent))[-1]["text"] == "I will ask a colleague."


@pytest.mark.parametrize(
    ("told", "cut_short", "reply"),
    [
        (" Agent: Assistant: Hello. ", False, "Hello."),
        ("“Hello there.”", False, "Hello there."),
        ('"Mini" costs 4.90 EUR, "Rack" more', False, '"Mini" costs 4.90 EUR, "Rack" more'),
        ("It costs 4.90 EUR. It comes on Fri", True, "It costs 4.90 EUR."),
        ("はい、できます。明日", True, "はい、できます。"),
        ("No sentence ends in this one", True, "No sentence ends in this one"),
        ("The agent's next reply to the visitor is:\n\nThe", True, ""),
        ('""', False, ""),
        (
            "It costs 4.90 EUR each. It comes soon. It costs 4.90 EUR each.",
            False,
            "It costs 4.90 EUR each. It comes soon.",
        ),
    ],
)
def test_what_models_put_around_a_reply_is_taken_off_and_nothing_else(told: str, cut_short: bool, reply: str):
    assert tidy_reply(told, cut_short=cut_short) == reply
