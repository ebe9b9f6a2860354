"""The socket as old clients, dashboards and strangers use it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets

from peers.running_desk import RunningDesk


class Talker:
    """One client of `/ws`."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(60):
            return json.loads(await self.socket.recv())

    async def hears_nothing(self) -> bool:
        try:
            async with asyncio.timeout(0.3):
                await self.socket.recv()
        except TimeoutError:
            return True
        return False

    async def settle(self) -> None:
        """Wait until the server has obeyed all that was sent before."""
        await self.send(type="no such type")
        assert (await self.hear())["type"] == "error"


@contextlib.asynccontextmanager
async def talk(desk: RunningDesk, **options: Any) -> AsyncIterator[Talker]:
    address = desk.base_url.replace("http", "ws") + "/ws"
    async with websockets.connect(address, **options) as socket:
        yield Talker(socket)


async def say(desk: RunningDesk, chat: dict[str, str], text: str, **more: Any) -> None:
    headers = more.pop("headers", None)
    body = {"chatId": chat["chatId"], "content": text, **more}
    assert (await desk.client.post("/api/messages", json=body, headers=headers)).status_code == 201


def token_of(agent: dict[str, str]) -> str:
    return agent["Authorization"].removeprefix("Bearer ")


async def test_a_dashboard_that_opens_a_chat_goes_on_hearing_all_chats_and_its_leaving_closes_nothing(
    desk: RunningDesk,
):
    chat, other, agent = await desk.start_chat(), await desk.start_chat(), await desk.sign_in()
    async with talk(desk) as dashboard:
        await dashboard.send(type="dashboard.connect", token=token_of(agent))
        await dashboard.send(type="chat.join", sessionId=chat["sessionId"], clientType="dashboard")
        await dashboard.settle()
        await say(desk, other, "from elsewhere")
        heard = await dashboard.hear()
        assert (heard["type"], heard["sessionId"]) == ("chat.message", other["sessionId"])
        assert {"message", "timestamp"} <= set(heard)
    await asyncio.sleep(0.1)
    shown = (await desk.client.get(f"/api/chat/{chat['sessionId']}")).json()["chat"]
    assert shown["status"] == "active"


async def test_a_dashboard_is_let_in_by_the_cookie_of_its_handshake(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    cookie = {"Cookie": f"aichatdesk_session={token_of(agent)}"}
    async with talk(desk, additional_headers=cookie, origin=desk.base_url) as dashboard:
        await dashboard.send(type="dashboard.connect")
        await dashboard.settle()
        await say(desk, chat, "hello")
        assert (await dashboard.hear())["message"]["content"] == "hello"


async def test_no_forged_token_opens_a_dashboard_or_the_staffs_side_of_a_chat(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    join = {"type": "chat.join", "sessionId": chat["sessionId"], "clientType": "dashboard"}
    resume = join | {"after": 0, "visitorToken": chat["visitorToken"]}
    forged: list[Any] = [None, "", "x", "a.b.c", 7, {"$ne": None}]
    async with talk(desk) as stranger:
        for token in forged:
            for frame in ({"type": "dashboard.connect"}, join, resume):
                await stranger.send(**frame, token=token)
                assert (await stranger.hear())["type"] == "error", (frame, token)
        await say(desk, chat, "secret", isInternal=True, headers=agent)
        await say(desk, chat, "open")
        assert await stranger.hears_nothing()


async def test_strangers_cannot_speak_as_staff_and_the_visitor_hears_nothing_of_it(desk: RunningDesk):
    chat = await desk.start_chat()
    async with talk(desk) as visitor, talk(desk) as stranger:
        await visitor.send(type="chat.join", sessionId=chat["sessionId"], clientType="widget")
        await visitor.settle()
        for type_ in ("agent.takeover", "agent.return", "agent.note"):
            await stranger.send(type=type_, sessionId=chat["sessionId"], agentName="Boss")
            assert (await stranger.hear())["type"] == "error"
        assert await visitor.hears_nothing()


async def test_an_old_widget_gets_every_old_frame_and_no_note_answer_or_new_frame(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    base = f"/api/chat/{chat['sessionId']}"
    async with talk(desk) as widget:
        await widget.send(type="chat.join", sessionId=chat["sessionId"], clientType="widget")
        await widget.settle()
        asked = {"chatId": chat["chatId"], "message": "Hello"}
        assert (await desk.client.post("/api/ai/query", json=asked)).status_code == 200
        await say(desk, chat, "secret", isInternal=True, headers=agent)
        await desk.client.post(f"{base}/escalate")
        await desk.client.post(f"{base}/takeover", headers=agent)
        await say(desk, chat, "mine")
        await desk.client.post(f"{base}/return-to-ai", headers=agent)
        await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end")
        heard = [await widget.hear() for _ in range(4)]
        assert await widget.hears_nothing()
    assert [frame["type"] for frame in heard] == [
        "agent.takeover",
        "chat.message",
        "agent.return",
        "dashboard.chat.closed",
    ]
    assert {frame["sessionId"] for frame in heard} == {chat["sessionId"]}
    assert heard[0]["agentName"] == "Admin"
    assert set(heard[1]["message"]) == {
        "id",
        "chatId",
        "sender",
        "senderName",
        "content",
        "attachments",
        "sentAt",
    }
    assert heard[3]["chatId"] == chat["chatId"]


async def test_reconnecting_again_and_again_while_others_write_shows_every_event_once(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()

    async def write() -> None:
        for number in range(60):
            await say(desk, chat, f"m{number}")
            if number % 5 == 0:
                await say(desk, chat, "secret", isInternal=True, headers=agent)

    writing = asyncio.create_task(write())
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while len(seen) < 60:
            async with talk(desk) as widget:
                await widget.send(
                    type="chat.join",
                    sessionId=chat["sessionId"],
                    after=len(seen),
                    visitorToken=chat["visitorToken"],
                )
                for _ in range(min(7, 60 - len(seen))):
                    seen.append((await widget.hear())["event"])
    await writing
    assert [event["seq"] for event in seen] == list(range(1, 61))
    assert [event["message"]["content"] for event in seen] == [f"m{number}" for number in range(60)]
    assert [event["message"]["id"] for event in seen] == [
        event["message"]["id"] for event in await desk.events(chat)
    ]


async def test_joining_a_second_chat_leaves_the_first(desk: RunningDesk):
    first, second = await desk.start_chat(), await desk.start_chat()
    async with talk(desk) as widget:
        for chat in (first, second):
            await widget.send(
                type="chat.join", sessionId=chat["sessionId"], after=0, visitorToken=chat["visitorToken"]
            )
        await widget.settle()
        await say(desk, first, "unheard")
        await say(desk, second, "heard")
        assert (await widget.hear())["sessionId"] == second["sessionId"]
        assert await widget.hears_nothing()


async def test_a_socket_cannot_resume_from_a_number_that_was_never_given_out(desk: RunningDesk):
    chat = await desk.start_chat()
    await say(desk, chat, "one")
    join = {"type": "chat.join", "sessionId": chat["sessionId"], "visitorToken": chat["visitorToken"]}
    never: list[Any] = [-1, 5, 10**40, True, "1", 1.5, [0], {"$gt": 0}]
    async with talk(desk) as widget:
        for after in never:
            await widget.send(**join, after=after)
            assert (await widget.hear())["type"] == "error", after


MEANINGLESS = [
    "",
    "null",
    "7",
    "[]",
    '"x"',
    "{",
    '{"type": null}',
    '{"type": ["chat.join"]}',
    '{"type": "chat.join"}',
    '{"type": "chat.join", "sessionId": {"$ne": null}}',
    '{"type": "chat.join", "sessionId": "\\ud800"}',
    '{"type": "typing.start"}',
]


async def test_a_frame_that_means_nothing_gets_an_error_and_the_socket_lives_on(desk: RunningDesk):
    async with talk(desk) as stranger:
        for raw in MEANINGLESS * 2:
            await stranger.socket.send(raw)
            heard = await stranger.hear()
            assert heard["type"] == "error", raw
            assert isinstance(heard["error"], str)


async def test_typing_goes_to_the_other_side_only(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    async with talk(desk) as widget, talk(desk) as person:
        await widget.send(type="chat.join", sessionId=chat["sessionId"], clientType="widget")
        await person.send(
            type="chat.join", sessionId=chat["sessionId"], clientType="dashboard", token=token_of(agent)
        )
        await widget.settle()
        await person.settle()
        await widget.send(type="typing.start")
        typing = {"sessionId": chat["sessionId"], "name": None}
        assert await person.hear() == {"type": "typing.start", **typing}
        await person.send(type="typing.stop")
        assert await widget.hear() == {"type": "typing.stop", **typing, "name": "Admin"}
        assert await widget.hears_nothing()
        assert await person.hears_nothing()


async def test_pages_of_other_origins_are_refused_even_with_an_agents_cookie(desk: RunningDesk):
    agent = await desk.sign_in()
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"):
        headers = {"Cookie": f"aichatdesk_session={token_of(agent)}", "Origin": origin}
        async with talk(desk, additional_headers=headers) as page:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await page.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def test_a_frame_over_64_kib_closes_its_own_socket_only(desk: RunningDesk):
    chat = await desk.start_chat()
    async with talk(desk) as greedy, talk(desk) as widget:
        await widget.send(type="chat.join", sessionId=chat["sessionId"], clientType="widget")
        await widget.settle()
        await greedy.send(type="chat.message", padding="x" * 70_000)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await greedy.hear()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in {1009, 4008}
        await say(desk, chat, "still here")
        assert (await widget.hear())["message"]["content"] == "still here"


async def test_dashboards_hear_once_that_a_chat_was_created(desk: RunningDesk):
    agent = await desk.sign_in()
    async with talk(desk) as dashboard:
        for _ in range(2):
            await dashboard.send(type="dashboard.connect", token=token_of(agent))
        await dashboard.settle()
        chat = await desk.start_chat()
        heard = await dashboard.hear()
        assert (heard["type"], heard["sessionId"], heard["chatId"]) == (
            "dashboard.chat.created",
            chat["sessionId"],
            chat["chatId"],
        )
        assert await dashboard.hears_nothing()
    assert await desk.events(chat) == []


async def test_a_refused_join_leaves_typing_where_it_was(desk: RunningDesk):
    mine, other, agent = await desk.start_chat(), await desk.start_chat(), await desk.sign_in()
    async with talk(desk) as widget, talk(desk) as person:
        await widget.send(type="chat.join", sessionId=mine["sessionId"], clientType="widget")
        for chat in (mine, other):
            await person.send(
                type="chat.join", sessionId=chat["sessionId"], clientType="dashboard", token=token_of(agent)
            )
        await person.settle()
        for refused in ({"after": 0}, {"after": "x"}, {"after": 99, "visitorToken": other["visitorToken"]}):
            await widget.send(type="chat.join", sessionId=other["sessionId"], **refused)
            assert (await widget.hear())["type"] == "error"
        await widget.send(type="typing.start")
        assert await person.hears_nothing()
