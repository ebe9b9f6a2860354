"""The queue as a visitor sees it, who types, who looks, and which earlier chats somebody may know of."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.conversation.domain import Reason
from aichatdesk.conversation.hand_over import request_hand_over, take_over
from aichatdesk.conversation.read_chat import get_chat
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.conversation.waiting import median_wait, typical_minutes
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.ids import AgentId
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.fake_model_server import FakeModelServer
from peers.loopback_server import until
from peers.old_socket import old_socket
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.signed_visitors import SECRET, signed

KIM = Actor(AgentId("a" * 24), "Kim", "kim@example.org", Role.AGENT)


class Stream:
    """One event stream of a chat, read in the background."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def hears(self, type_: str) -> dict[str, Any]:
        found = await until(lambda: [one for one in self.heard if one["type"] == type_])
        return found[0]


@contextlib.asynccontextmanager
async def stream(desk: RunningDesk, chat: dict[str, str], headers: dict[str, str]) -> AsyncIterator[Stream]:
    listening, connected = Stream(), asyncio.Event()

    async def listen() -> None:
        path = f"/api/v1/chats/{chat['sessionId']}/events"
        wanted = {**headers, "Accept": "text/event-stream"}
        async with desk.client.stream("GET", path, headers=wanted, timeout=120) as reply:
            async for line in reply.aiter_lines():
                connected.set()
                if line.startswith("data:"):
                    listening.heard.append(json.loads(line[5:]))

    task = asyncio.create_task(listen())
    try:
        await asyncio.wait_for(connected.wait(), 60)
        yield listening
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def waiting(desk: RunningDesk, chat: dict[str, str]) -> dict[str, Any]:
    reply = await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/waiting", headers=visitor(chat))
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_place_in_the_queue_is_by_the_time_of_waiting_and_is_never_a_made_up_wait(desk: RunningDesk):
    chats = [await desk.start_chat() for _ in range(3)]
    nobody = {"waiting": False, "place": None, "staffed": False, "typicalMinutes": None}
    assert await waiting(desk, chats[0]) == nobody
    for chat in (chats[2], chats[0], chats[1]):
        await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")
        await asyncio.sleep(0.002)  # the next millisecond
    assert [(await waiting(desk, chat))["place"] for chat in chats] == [2, 3, 1]
    agent = await desk.sign_in()
    await desk.client.post(f"/api/chat/{chats[2]['sessionId']}/takeover", headers=agent)
    assert [(await waiting(desk, chat))["place"] for chat in chats] == [1, 2, None]


@pytest.mark.parametrize(
    ("waits", "median"),
    [
        ([(1, True), (2, True), (3, True), (4, True), (5, True)], 3),
        ([(10, True), (20, True), (90, False), (90, False), (90, False)], None),
        ([(1, False), (1, False), (1, False), (8, True), (9, True)], 8),
        ([(5, False)] * 9, None),
        ([], None),
    ],
)
def test_who_gave_up_counts_as_waiting_for_so_long_and_not_as_answered(
    waits: list[tuple[int, bool]], median: int | None
):
    assert median_wait(waits) == median


async def test_a_typical_wait_needs_five_chats_that_waited(database: SqliteDatabase):
    async def one_more() -> float | None:
        started = await database.write(lambda tx: start_chat(tx, NewChat("Ann", "ann@example.org")))
        await database.write(lambda tx: request_hand_over(tx, started.id, Reason.VISITOR_ASKED))
        await database.write(lambda tx: take_over(tx, get_chat(tx, started.id), KIM, DeskAgentCards()))
        return await database.read(typical_minutes)

    assert [await one_more() for _ in range(4)] == [None] * 4
    assert await one_more() == 0.0


async def test_typing_is_seen_by_the_other_side_with_the_agents_name_and_is_kept_nowhere(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    path = f"/api/v1/chats/{chat['sessionId']}/typing"
    async with stream(desk, chat, visitor(chat)) as widget, stream(desk, chat, agent) as person:
        reply = await desk.client.post(path, json={"typing": True}, headers=visitor(chat))
        assert (reply.status_code, reply.content) == (204, b"")
        told = {"type": "typing.start", "sessionId": chat["sessionId"], "name": None}
        assert await person.hears("typing.start") == told
        assert (await desk.client.post(path, json={"typing": False}, headers=agent)).status_code == 204
        told = {"type": "typing.stop", "sessionId": chat["sessionId"], "name": "Admin"}
        assert await widget.hears("typing.stop") == told
        await desk.client.post(path, json={"typing": True}, headers=visitor(chat))
        await until(lambda: len(person.heard) > 1)
        assert [one["name"] for one in person.heard] == [None, None]  # not of the agent's own
        assert [one["type"] for one in widget.heard] == ["typing.stop"]
    assert await desk.events(chat) == []
    for body in ({}, {"typing": "yes"}, {"typing": 1}):
        assert (await desk.client.post(path, json=body, headers=visitor(chat))).status_code == 400


async def test_dashboards_hear_who_looks_until_the_last_of_an_agents_connections_is_gone(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    token = agent["Authorization"].removeprefix("Bearer ")

    async def looking() -> dict[str, Any]:
        return (await desk.client.get("/api/v1/desk/looking", headers=agent)).json()["looking"]

    async with old_socket(desk.base_url, origin=desk.base_url) as dashboard:
        await dashboard.send(type="dashboard.connect", token=token)
        await dashboard.send(type="no such type")
        await dashboard.until(lambda frame: frame["type"] == "error")
        async with stream(desk, chat, agent), stream(desk, chat, agent):
            frame = await dashboard.until(lambda frame: frame["type"] == "dashboard.chat.looking")
            assert (frame["sessionId"], [one["name"] for one in frame["agents"]]) == (
                chat["sessionId"],
                ["Admin"],
            )
            assert await looking() == {chat["sessionId"]: frame["agents"]}
        async with old_socket(desk.base_url, origin=desk.base_url) as other:
            join = {"type": "chat.join", "clientType": "dashboard", "token": token, "after": 0}
            await other.send(**join, sessionId=chat["sessionId"])
            assert await until(looking)
        await until(lambda: dashboard.heard[-1].get("agents") == [])
        assert await looking() == {}
        told = [one for one in dashboard.heard if one["type"] == "dashboard.chat.looking"]
        assert all(bool(one["agents"]) != bool(two["agents"]) for one, two in pairwise(told))


async def test_a_visitor_learns_of_earlier_chats_only_where_the_page_has_vouched_for_both(
    tmp_path: Path, models: FakeModelServer
):
    async with running_desk(tmp_path / "data", models.base_url, WIDGET_IDENTITY_SECRET=SECRET) as desk:
        agent = await desk.sign_in()
        first, second, typed = [await desk.start_chat() for _ in range(3)]  # all with the same typed address
        said = {"chatId": first["chatId"], "content": "Where is my parcel?"}
        await desk.client.post("/api/messages", json=said)
        note = {"chatId": first["chatId"], "content": "NOTE", "isInternal": True}
        await desk.client.post("/api/messages", json=note, headers=agent)
        for chat in (first, second):
            await desk.client.post(
                f"/api/v1/chats/{chat['sessionId']}/identify",
                json={"token": signed(sub="customer-7")},
                headers=visitor(chat),
            )

        def get(chat: dict[str, str], rest: str, headers: dict[str, str]) -> Any:
            return desk.client.get(f"/api/v1/chats/{chat['sessionId']}/earlier{rest}", headers=headers)

        listed = (await get(second, "", visitor(second))).json()
        assert listed["visitorMayRead"] is True
        assert [(one["sessionId"], one["firstQuestion"], one["summary"]) for one in listed["chats"]] == [
            (first["sessionId"], "Where is my parcel?", None)
        ]
        shown = await get(second, f"/{first['sessionId']}", visitor(second))
        assert (shown.status_code, "NOTE" in shown.text) == (200, False)
        assert (await get(typed, "", visitor(typed))).json()["chats"] == []
        for chat, other in ((typed, first), (second, typed)):
            assert (await get(chat, f"/{other['sessionId']}", visitor(chat))).status_code == 404
        staff = (await get(typed, "", agent)).json()["chats"]
        assert [one["sessionId"] for one in staff] == [second["sessionId"], first["sessionId"]]
        assert "NOTE" in (await get(typed, f"/{first['sessionId']}", agent)).text


@pytest.mark.parametrize(
    ("trusted", "told", "country"),
    [
        ("127.0.0.1", "de", "DE"),
        ("127.0.0.1", "XX", None),
        ("127.0.0.1", "<b>", None),
        ("10.0.0.9", "DE", None),
    ],
)
async def test_a_country_is_believed_from_a_trusted_proxy_alone(
    tmp_path: Path, models: FakeModelServer, trusted: str, told: str, country: str | None
):
    settings = {"AICHATDESK_TRUSTED_PROXIES": trusted, "COUNTRY_HEADER": "CF-IPCountry"}
    async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
        body = {"userName": "Ann", "userEmail": "ann@example.org"}
        for path in ("/api/chat", "/api/v1/chats"):
            chat = (await desk.client.post(path, json=body, headers={"CF-IPCountry": told})).json()
            known = await desk.desk.database.read(lambda tx, chat=chat: get_chat(tx, chat["chatId"]))
            assert known.metadata.get("country") == country
