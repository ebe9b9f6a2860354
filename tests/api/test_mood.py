"""The mood of a chat is judged by itself, in the background and never in a visitor's way."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aichatdesk.assistant.watch_mood import WATCH_MOOD
from aichatdesk.conversation.post_message import post_visitor_message
from aichatdesk.core.ids import ChatId
from aichatdesk.platform.jobs.tables import jobs
from aichatdesk.platform.storage.database import Transaction
from peers.fake_model_server import FakeModelServer, Script
from peers.running_desk import RunningDesk, running_desk

ANGRY = "This is outrageous, where is my lamp?"
WAITING = select(jobs.c.payload).where(jobs.c.kind == WATCH_MOOD)
MOOD = '{"sentiment": "negative", "priority": "high", "reasoning": "Angry."}'


def judging(mood: Script, other: Script | None = None) -> Callable[[list[dict[str, str]]], Script]:
    return lambda messages: mood if is_mood(messages) else other or Script("Hello.")


def is_mood(messages: list[dict[str, str]]) -> bool:
    return "sentiment" in messages[0]["content"]


def moods_asked(models: FakeModelServer) -> int:
    return sum(is_mood(request["messages"]) for request in models.requests)


async def post(desk: RunningDesk, chat: dict[str, str], content: str) -> None:
    reply = await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": content})
    assert reply.status_code == 201, reply.text


async def until(what: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.02)


async def waiting(desk: RunningDesk) -> list[dict[str, Any]]:
    rows = await desk.desk.database.read(lambda tx: tx.connection.execute(WAITING).scalars().all())
    return [json.loads(row) for row in rows]


async def staff_sees(desk: RunningDesk, agent: dict[str, str]) -> dict[str, Any]:
    [shown] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    return shown


async def labels(desk: RunningDesk, chat: dict[str, str], agent: dict[str, str]) -> list[dict[str, Any]]:
    log = await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=agent)
    return [event for event in log.json()["events"] if "sentiment" in event]


async def test_an_angry_message_is_judged_at_once_and_told_to_the_desk_alone(
    desk: RunningDesk, models: FakeModelServer
):
    models.answer = judging(Script(MOOD))
    chat, agent = await desk.start_chat(), await desk.sign_in()
    await post(desk, chat, ANGRY)
    async with asyncio.timeout(60):
        while not (told := await labels(desk, chat, agent)):
            await asyncio.sleep(0.02)
    assert [(one["sentiment"], one["priority"]) for one in told] == [("negative", "high")]
    shown = await staff_sees(desk, agent)
    assert (shown["sentiment"], shown["priority"]) == ("negative", "high")
    assert not any("sentiment" in event for event in await desk.events(chat))


async def test_every_third_message_is_looked_at_and_of_one_chat_one_look_waits(
    desk: RunningDesk, models: FakeModelServer
):
    models.answer = judging(Script(MOOD))
    chat = await desk.start_chat()
    for text in ("Do you ship to Norway?", "And to Spain?"):
        await post(desk, chat, text)
    assert await waiting(desk) == []

    def ask_on(tx: Transaction) -> list[str]:
        """All at once, so that no look begins between them."""
        for text in ("And to Italy?", "To France?", "To Malta?", "To Cyprus?"):
            post_visitor_message(tx, ChatId(chat["chatId"]), text)
        return list(tx.connection.execute(WAITING).scalars())

    assert [json.loads(one) for one in await desk.desk.database.write(ask_on)] == [{"chatId": chat["chatId"]}]
    await until(lambda: moods_asked(models))
    assert moods_asked(models) == 1


@pytest.mark.parametrize(
    "told", ["urgent", '{"sentiment": "angry", "priority": "urgent", "reasoning": ""}', "[]"]
)
async def test_an_unknown_mood_is_not_kept_and_the_chat_goes_on(
    desk: RunningDesk, models: FakeModelServer, told: str
):
    models.answer = judging(Script(told))
    chat, agent = await desk.start_chat(), await desk.sign_in()
    await post(desk, chat, ANGRY)
    await until(lambda: moods_asked(models))
    async with asyncio.timeout(60):
        while await waiting(desk) != [{"chatId": chat["chatId"], "tries": 1, "waysGiven": 0}]:
            await asyncio.sleep(0.02)
    shown = await staff_sees(desk, agent)
    assert ("sentiment" in shown, shown["priority"]) == (False, "medium")
    ended = await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json={})
    assert ended.status_code == 200


async def test_a_dead_model_leaves_no_jobs_behind(tmp_path: Path, models: FakeModelServer):
    models.answer = lambda _: Script(status=500)
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        for _ in range(4):
            await post(desk, await desk.start_chat(), ANGRY)

        async def tried_once() -> bool:
            left = await waiting(desk)
            return len(left) == 4 and all(one.get("tries") == 1 for one in left)

        async with asyncio.timeout(100):
            while not await tried_once():
                await asyncio.sleep(0.05)
        due = jobs.update().where(jobs.c.kind == WATCH_MOOD).values(run_at=0)
        await desk.desk.database.write(lambda tx: tx.connection.execute(due))
        async with asyncio.timeout(100):
            while await waiting(desk):
                await asyncio.sleep(0.05)


async def test_a_look_gives_way_to_a_visitors_question_and_comes_back(
    tmp_path: Path, models: FakeModelServer
):
    answer = "Delivery takes three days."
    models.answer = judging(Script(MOOD, first_delay=3600), Script(answer))
    async with running_desk(tmp_path / "data", models.base_url, LLM_PROVIDER="llamacpp") as desk:
        await desk.teach("delivery.md", answer)
        angry, other = await desk.start_chat(), await desk.start_chat()
        await post(desk, angry, ANGRY)
        await until(lambda: models.open_streams)
        reply = await desk.send(other, "How long does delivery take?")
        assert reply.json()["answer"]["state"] == "complete"
        async with asyncio.timeout(60):
            while await waiting(desk) != [{"chatId": angry["chatId"], "tries": 0, "waysGiven": 1}]:
                await asyncio.sleep(0.02)
        assert models.open_streams == 0


async def test_a_deleted_chat_is_not_looked_at(desk: RunningDesk, models: FakeModelServer):
    models.answer = judging(Script(MOOD))
    chat, agent = await desk.start_chat(), await desk.sign_in()
    for text in ("One?", "Two?", "Three?"):
        await post(desk, chat, text)
    assert (await desk.client.delete(f"/api/chat/{chat['sessionId']}", headers=agent)).status_code == 200
    async with asyncio.timeout(60):
        while await waiting(desk):
            await asyncio.sleep(0.02)
    assert moods_asked(models) == 0


async def test_a_frame_over_the_socket_calls_no_model(desk: RunningDesk, models: FakeModelServer):
    from websockets.asyncio.client import connect

    chat = await desk.start_chat()
    async with connect(desk.base_url.replace("http", "ws") + "/ws") as socket:
        await socket.send(json.dumps({"type": "chat.join", "sessionId": chat["sessionId"]}))
        for _ in range(6):
            frame = {"type": "chat.message", "chatId": chat["chatId"], "sender": "user", "content": ANGRY}
            await socket.send(json.dumps(frame))
        await socket.send(json.dumps({"type": "nonsense"}))
        # Frames are heard in order, so the answer to the last tells that the others were.
        assert json.loads(await socket.recv())["type"] == "error"
    assert await waiting(desk) == []
    assert models.requests == []
