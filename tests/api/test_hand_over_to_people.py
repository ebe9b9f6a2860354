"""A chat that needs a person finds one: who is named, who hears of it, who wins, and what is left when it is erased."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets

from aichatdesk.conversation.fold import advance
from aichatdesk.entry.control import owner_client
from peers.fake_model_server import FakeModelServer
from peers.running_desk import ADMIN, RunningDesk, running_desk, visitor

PASSWORD = "long-enough-words"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


async def signed_in(desk: RunningDesk, name: str, **more: Any) -> tuple[str, dict[str, str]]:
    """A new agent's id and token."""
    admin = await desk.sign_in()
    account = {"email": f"{name}@example.org", "name": name, "password": PASSWORD, **more}
    made = await desk.client.post("/api/agents", json=account, headers=admin)
    assert made.status_code == 201, made.text
    await desk.client.post("/api/agents/logout", headers=admin)
    reply = await desk.client.post("/api/agents/login", json=account)
    desk.client.cookies.clear()
    return made.json()["agent"]["id"], {"Authorization": f"Bearer {reply.json()['token']}"}


async def escalated(desk: RunningDesk) -> tuple[dict[str, str], dict[str, Any]]:
    chat = await desk.start_chat()
    return chat, (await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")).json()


@contextlib.asynccontextmanager
async def dashboard(desk: RunningDesk, agent: dict[str, str]) -> AsyncIterator[websockets.ClientConnection]:
    address = desk.base_url.replace("http", "ws") + "/ws"
    async with websockets.connect(address) as socket:
        token = agent["Authorization"].removeprefix("Bearer ")
        await socket.send(json.dumps({"type": "dashboard.connect", "token": token}))
        await socket.send(json.dumps({"type": "no such type"}))
        assert json.loads(await socket.recv())["type"] == "error"
        yield socket


async def frames_until(socket: websockets.ClientConnection, kind: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not frames or frames[-1]["type"] != kind:
            frames.append(json.loads(await socket.recv()))
    return frames


async def test_escalation_names_an_agent_who_is_there_and_tells_the_desk(desk: RunningDesk):
    agent_id, agent = await signed_in(desk, "ann")
    async with dashboard(desk, agent) as socket:
        chat, reply = await escalated(desk)
        await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end")
        frames = await frames_until(socket, "dashboard.chat.closed")
    assert reply == {"message": "Chat assigned to agent", "agent": {"id": agent_id, "name": "ann"}}
    told = [(one["type"], one.get("event")) for one in frames]
    assert told == [
        ("dashboard.chat.created", None),
        ("dashboard.chat.updated", "handed_over"),
        ("dashboard.chat.updated", "assigned"),
        ("chat.closed", None),
        ("dashboard.chat.closed", None),
    ]
    assert frames[2]["chat"]["assignedAgent"]["_id"] == agent_id
    again = (await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")).json()
    assert again["agent"]["id"] == agent_id


async def test_nobody_there_and_the_chat_waits_for_whoever_comes(desk: RunningDesk):
    chat, reply = await escalated(desk)
    assert reply["status"] == "waiting"
    _, agent = await signed_in(desk, "ann")
    taken = await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
    assert taken.json()["success"] is True


async def test_an_agent_who_signs_out_leaves_no_chat_waiting(desk: RunningDesk):
    first_id, first = await signed_in(desk, "ann")
    chat, reply = await escalated(desk)
    second_id, _ = await signed_in(desk, "bea")
    assert reply["agent"]["id"] == first_id
    await desk.client.post("/api/agents/logout", headers=first)
    shown = (await desk.client.get(f"/api/chat/{chat['sessionId']}")).json()["chat"]
    assert shown["assignedAgent"] == {"id": second_id, "name": "bea", "status": "online"}


async def test_of_many_who_take_a_chat_at_once_one_wins_and_the_others_learn_who(desk: RunningDesk):
    people = [await signed_in(desk, f"agent{number}") for number in range(6)]
    chat, _ = await escalated(desk)
    path = f"/api/chat/{chat['sessionId']}/takeover"
    replies = await asyncio.gather(
        *(desk.client.post(path, headers=agent) for _ in range(8) for _, agent in people)
    )
    winners = {reply.json()["agent"]["id"] for reply in replies if reply.status_code == 200}
    losers = [reply for reply in replies if reply.status_code != 200]
    assert len(winners) == 1
    assert len(losers) == 8 * 5
    assert {(one.status_code, one.json()["agent"]["id"]) for one in losers} == {(409, *winners)}


@pytest.mark.parametrize("answered", [True, False])
async def test_a_question_asked_of_people_is_not_left_unanswered_when_the_chat_goes_back(
    desk: RunningDesk, answered: bool
):
    await desk.teach("returns.md", "# Returns\n\nYou can return a machine within 30 days of delivery.")
    _, agent = await signed_in(desk, "ann")
    chat, _ = await escalated(desk)
    base = f"/api/chat/{chat['sessionId']}"
    await desk.client.post(f"{base}/takeover", headers=agent)
    await desk.send(chat, "Within how many days of delivery can I return a machine?")
    if answered:
        body = {"chatId": chat["chatId"], "content": "Within 30 days.", "sender": "agent"}
        await desk.client.post("/api/messages", json=body, headers=agent)
    await desk.client.post(f"{base}/return-to-ai", headers=agent)
    shown = (await desk.client.get(base)).json()["chat"]
    assert (shown["status"], shown["mode"], shown["assignedAgent"]) == ("active", "ai", None)
    await desk.send(chat, "Thank you!")  # is answered behind whatever runs
    told = [(event["type"], event.get("questionId")) for event in await desk.events(chat)]
    begun = [place for place, one in enumerate(told) if one[0] == "sources"]
    assert len(begun) == (1 if answered else 2)


async def test_a_swearing_visitor_is_flagged_once_and_is_not_told(desk: RunningDesk):
    agent = await desk.sign_in()
    async with dashboard(desk, agent) as socket:
        chat = await desk.start_chat()
        for text in ("hell's bells, Scunthorpe!", "what the f*ck", "FUUUCK you"):
            await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": text})
        await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end")
        frames = await frames_until(socket, "dashboard.chat.closed")
    [flagged] = [one for one in frames if one["type"] == "chat.flagged"]
    assert (flagged["reason"], flagged["chatId"]) == ("profanity", chat["chatId"])
    assert "timestamp" in flagged
    assert "flagged" not in {event["type"] for event in await desk.events(chat)}
    [row] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert row["metadata"]["profanity"] is True


async def test_a_snapshot_hides_from_the_visitor_what_is_the_desks_and_the_log_goes_on_from_it(
    desk: RunningDesk,
):
    _, agent = await signed_in(desk, "ann")
    chat, _ = await escalated(desk)
    path = f"/api/v1/chats/{chat['sessionId']}"
    own = (await desk.client.get(path, headers=visitor(chat))).json()
    staff = (await desk.client.get(path, headers=agent)).json()
    assert set(own["chat"]) == {"status", "mode", "agentName", "rating"}
    await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
    for more in ({"isInternal": True}, {"sender": "agent"}):
        body = {"chatId": chat["chatId"], "content": f"said {more}", **more}
        assert (await desk.client.post("/api/messages", json=body, headers=agent)).status_code == 201
    for headers, before in ((visitor(chat), own), (agent, staff)):
        after = before
        page = await desk.client.get(f"{path}/events", params={"after": before["seq"]}, headers=headers)
        for event in page.json()["events"]:
            after = advance(after, event)
        assert after == (await desk.client.get(path, headers=headers)).json()
    assert "isInternal" not in json.dumps((await desk.client.get(path, headers=visitor(chat))).json()["chat"])
    assert (await desk.client.get(path)).status_code == 403
    assert (await desk.client.get("/api/v1/chats/none", headers=agent)).status_code == 404


async def test_deleting_a_chat_leaves_none_of_its_files_and_takes_no_others(desk: RunningDesk):
    admin = await desk.sign_in()
    chats = [await desk.start_chat() for _ in range(2)]
    urls = []
    for name in ("own.png", "shared.png"):
        reply = await desk.client.post("/api/upload", files={"files": (name, PNG, "image/png")})
        urls.append(reply.json()["files"][0]["url"])
    for chat, attached in zip(chats, (urls, urls[1:]), strict=True):
        body = {"chatId": chat["chatId"], "content": "see", "attachments": [{"url": url} for url in attached]}
        assert (await desk.client.post("/api/messages", json=body)).status_code == 201
    await desk.client.delete(f"/api/chat/{chats[0]['sessionId']}", headers=admin)
    found = [(await desk.client.get(url)).status_code for url in urls]
    assert found == [404, 200]


async def test_a_real_token_that_has_run_out_never_turns_an_agents_words_into_the_visitors(desk: RunningDesk):
    _, agent = await signed_in(desk, "ann")
    chat = await desk.start_chat()
    await desk.client.post("/api/agents/logout", headers=agent)
    body = {"chatId": chat["chatId"], "content": "our reply", "sender": "agent"}
    assert (await desk.client.post("/api/messages", json=body, headers=agent)).status_code == 401
    assert await desk.events(chat) == []


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ("", "9.9.9.9", "127.0.0.1"),
        ("127.0.0.1", "9.9.9.9", "9.9.9.9"),
        ("127.0.0.1", "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
async def test_a_forwarded_address_counts_only_from_a_proxy_of_ours(
    tmp_path: Path, models: FakeModelServer, trusted: str, forwarded: str, expected: str
):
    settings = {"AICHATDESK_TRUSTED_PROXIES": trusted} if trusted else {}
    async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
        person = {"userName": "Ann", "userEmail": "a@b.c"}
        await desk.client.post("/api/chat", json=person, headers={"X-Forwarded-For": forwarded})
        [row] = (await desk.client.get("/api/dashboard/chats", headers=await desk.sign_in())).json()
        assert row["metadata"]["ipAddress"] == expected


async def test_nobody_begins_chats_or_asks_without_end(tmp_path: Path, models: FakeModelServer):
    async with running_desk(tmp_path / "data", models.base_url, RATE_LIMIT_MAX_REQUESTS=250) as desk:
        person = {"userName": "Ann", "userEmail": "a@b.c"}
        started = [await desk.client.post("/api/chat", json=person) for _ in range(51)]
        assert {reply.status_code for reply in started[:50]} == {201}
        last = started[50]
        assert last.status_code == 429
        assert int(last.headers["Retry-After"]) > 0
        one, other = started[0].json(), started[1].json()
        for path, most in (("/api/messages", 25), ("/api/ai/query", 12)):
            body = {"chatId": one["chatId"], "content": "hello", "message": "hello"}
            codes = [(await desk.client.post(path, json=body)).status_code for _ in range(most + 1)]
            assert (codes[-1], 429 in codes[:-1]) == (429, False)
            body["chatId"] = other["chatId"]
            assert (await desk.client.post(path, json=body)).status_code in {200, 201}


async def test_one_address_cannot_open_sockets_without_end(tmp_path: Path, models: FakeModelServer):
    async with running_desk(tmp_path / "data", models.base_url, RATE_LIMIT_MAX_REQUESTS=200) as desk:
        address = desk.base_url.replace("http", "ws") + "/ws"
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(20):
                await stack.enter_async_context(websockets.connect(address))
            async with websockets.connect(address) as refused:
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    await refused.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4429
        async with websockets.connect(address) as later:
            await later.send("{}")
            assert json.loads(await later.recv())["type"] == "error"


async def test_no_limit_of_an_address_holds_up_the_machines_owner(tmp_path: Path, models: FakeModelServer):
    async with running_desk(tmp_path / "data", models.base_url, RATE_LIMIT_MAX_REQUESTS=50) as desk:
        person = {"userName": "Ann", "userEmail": "a@b.c"}
        async with owner_client(desk.desk.app) as owner:
            codes = [(await owner.post("/api/chat", json=person)).status_code for _ in range(60)]
            codes += [(await owner.post("/api/agents/login", json=ADMIN)).status_code for _ in range(31)]
        assert set(codes) == {200, 201}
