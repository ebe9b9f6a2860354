"""What is sent again is stored once, and answered once."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.conversation.answer import begin_answer
from aichatdesk.conversation.post_message import post_visitor_message
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.laid_out import lay_out
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk, visitor

Resend = Callable[[RunningDesk, dict[str, str]], Awaitable[Any]]


async def by_agent(
    desk: RunningDesk, chat: dict[str, str], agent: dict[str, str], text: str, **more: Any
) -> dict[str, Any]:
    body = {"chatId": chat["chatId"], "content": text, "sender": "agent", **more}
    reply = await desk.client.post("/api/messages", json=body, headers=agent)
    assert reply.status_code == 201, reply.text
    return reply.json()["message"]


@pytest.mark.parametrize("internal", [False, True])
async def test_an_agents_resent_message_is_stored_once(desk: RunningDesk, internal: bool):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    send = partial(by_agent, desk, chat, agent, "Hello", clientMessageId="one", isInternal=internal)
    sent = await asyncio.gather(*(send() for _ in range(5)))
    assert sorted(one["deduplicated"] for one in sent) == [False, True, True, True, True]
    assert {(one["id"], one["seq"], one["clientMessageId"], one["isInternal"]) for one in sent} == {
        (sent[0]["id"], 1, "one", internal)
    }
    listed = (await desk.client.get(f"/api/chat/{chat['sessionId']}/messages", headers=agent)).json()
    assert len(listed) == 1


async def test_names_of_messages_are_each_senders_and_each_chats_own(desk: RunningDesk):
    chats, agent = [await desk.start_chat(), await desk.start_chat()], await desk.sign_in()
    for chat in chats:
        note = await by_agent(desk, chat, agent, "secret", clientMessageId="one", isInternal=True)
        body = {"chatId": chat["chatId"], "content": "open", "clientMessageId": "one"}
        said = [(await desk.client.post("/api/messages", json=body)).json()["message"] for _ in range(2)]
        assert [one["content"] for one in said] == ["open", "open"]
        assert [one["deduplicated"] for one in (note, *said)] == [False, False, True]


async def leave_unanswered(data: Path, *, begun: bool = False) -> dict[str, str]:
    """What a process leaves that was killed after it had stored a question, or had begun to answer it."""
    file = await lay_out(data / "desk.db")
    async with SqliteDatabase.open(file, record_fact=FactBoard().record) as database:
        chat = await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))
        ask = partial(post_visitor_message, content="Hello!", client_message_id="one")
        posted = await database.write(partial(ask, chat_id=chat.id))
        if begun:
            begin = partial(begin_answer, question_id=posted.message.id, sources=[])
            await database.write(partial(begin, chat_id=chat.id))
    return {"chatId": chat.id, "sessionId": chat.session_id, "visitorToken": chat.visitor_token}


async def over_the_stream(desk: RunningDesk, chat: dict[str, str]) -> bool:
    async with desk.stream(chat, "Hello!", clientMessageId="one") as events:
        return (await anext(events))["deduplicated"]


async def in_one_reply(desk: RunningDesk, chat: dict[str, str]) -> bool:
    return (await desk.send(chat, "Hello!", clientMessageId="one")).json()["message"]["deduplicated"]


async def over_the_old_route(desk: RunningDesk, chat: dict[str, str]) -> bool:
    body = {"chatId": chat["chatId"], "content": "Hello!", "clientMessageId": "one"}
    return (await desk.client.post("/api/messages", json=body)).json()["message"]["deduplicated"]


async def answers(desk: RunningDesk, chat: dict[str, str]) -> int:
    """How many answers were given, once the chat is quiet."""

    async def finished() -> bool:
        return any(event["type"] == "finished" for event in await desk.events(chat))

    await until(finished)
    await asyncio.sleep(0.3)
    return sum(event["type"] == "finished" for event in await desk.events(chat))


@pytest.mark.parametrize("resend", [over_the_stream, in_one_reply])
async def test_a_question_that_a_killed_process_left_is_answered_once_when_it_is_sent_again(
    tmp_path: Path, models: FakeModelServer, resend: Resend
):
    chat = await leave_unanswered(tmp_path / "data")
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        assert await asyncio.gather(*(resend(desk, chat) for _ in range(4))) == [True] * 4
        assert await answers(desk, chat) == 1
        assert await resend(desk, chat)
        assert await answers(desk, chat) == 1


async def test_the_old_route_stores_and_never_answers(tmp_path: Path, models: FakeModelServer):
    chat = await leave_unanswered(tmp_path / "data")
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        assert await over_the_old_route(desk, chat)
        await asyncio.sleep(0.3)
        assert [event["type"] for event in await desk.events(chat)] == ["message"]


async def test_a_resend_gets_the_whole_answer_over_the_stream_and_in_one_reply(
    tmp_path: Path, models: FakeModelServer
):
    chats = [await leave_unanswered(tmp_path / "data") for _ in range(2)]
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        async with desk.stream(chats[0], "Hello!", clientMessageId="one") as events:
            assert [event["type"] async for event in events][-1] == "finished"
        assert (await desk.send(chats[1], "Hello!", clientMessageId="one")).json()["answer"]["content"]


async def test_an_answer_that_a_killed_process_had_begun_is_not_given_again(
    tmp_path: Path, models: FakeModelServer
):
    chat = await leave_unanswered(tmp_path / "data", begun=True)
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        for resend in (over_the_stream, in_one_reply, over_the_old_route):
            assert await resend(desk, chat)
        await asyncio.sleep(0.3)
        assert [event["type"] for event in await desk.events(chat)] == ["message", "sources", "failed"]


async def test_a_question_that_was_answered_over_the_old_route_or_by_a_person_is_not_answered_again(
    tmp_path: Path, models: FakeModelServer
):
    asked, spoken = [await leave_unanswered(tmp_path / "data") for _ in range(2)]
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        query = {"chatId": asked["chatId"], "message": "Hello!"}
        assert (await desk.client.post("/api/ai/query", json=query)).status_code == 200
        await by_agent(desk, spoken, await desk.sign_in(), "Hi Ann")
        for chat in (asked, spoken):
            await in_one_reply(desk, chat)
        await asyncio.sleep(0.3)
        assert [event["type"] for event in await desk.events(spoken)] == ["message", "message"]
        assert await answers(desk, asked) == 1


async def test_a_question_whose_chat_is_with_people_is_left_to_them(tmp_path: Path, models: FakeModelServer):
    chat = await leave_unanswered(tmp_path / "data")
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")
        assert (await desk.send(chat, "Hello!", clientMessageId="one")).json()["handedOver"]
        await asyncio.sleep(0.3)
        assert [event["type"] for event in await desk.events(chat)] == ["message", "handed_over"]


async def test_sending_again_while_the_first_answer_is_written_gives_one_answer(
    desk: RunningDesk, models: FakeModelServer
):
    chat = await desk.start_chat()
    sent = await asyncio.gather(*(desk.send(chat, "Hello!", clientMessageId="one") for _ in range(6)))
    assert sorted(one.json()["message"]["deduplicated"] for one in sent) == [False] + [True] * 5
    assert await answers(desk, chat) == 1
    log = await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=visitor(chat))
    assert [event["type"] for event in log.json()["events"]].count("message") == 1
