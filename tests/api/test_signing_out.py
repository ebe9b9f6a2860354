"""What an agent listens to ends with the sign-out, the account or the token."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import websockets

from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository
from peers.running_desk import RunningDesk, events_of, visitor

SOON = 60


@contextlib.asynccontextmanager
async def dashboard(desk: RunningDesk, agent: dict[str, str]) -> AsyncIterator[websockets.ClientConnection]:
    token = agent["Authorization"].removeprefix("Bearer ")
    async with websockets.connect(desk.base_url.replace("http", "ws") + "/ws") as socket:
        await socket.send(json.dumps({"type": "dashboard.connect", "token": token}))
        await socket.send('{"type": "no such type"}')
        await socket.recv()
        yield socket


async def closed_with(socket: websockets.ClientConnection) -> int:
    async def read_on() -> None:
        while True:
            await socket.recv()

    with pytest.raises(websockets.ConnectionClosed) as closed:
        await asyncio.wait_for(read_on(), SOON)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


@contextlib.asynccontextmanager
async def stream(
    desk: RunningDesk, chat: dict[str, str], headers: dict[str, str]
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    path = f"/api/v1/chats/{chat['sessionId']}/events"
    accept = {"Accept": "text/event-stream"}
    async with desk.client.stream("GET", path, headers=headers | accept) as reply:
        assert reply.status_code == 200
        yield events_of(reply)


async def id_of(desk: RunningDesk, agent: dict[str, str]) -> AgentId:
    return AgentId((await desk.client.get("/api/agents/me", headers=agent)).json()["agent"]["id"])


async def end_by_sign_out(desk: RunningDesk, agent: dict[str, str]) -> None:
    assert (await desk.client.post("/api/agents/logout", headers=agent)).status_code == 200


async def end_by_deactivation(desk: RunningDesk, agent: dict[str, str]) -> None:
    agent_id = await id_of(desk, agent)
    await desk.desk.database.write(partial(repository.change_agent, agent_id=agent_id, active=False))


@pytest.mark.parametrize("end", [end_by_sign_out, end_by_deactivation])
async def test_an_agents_sockets_and_streams_end_at_once_and_the_visitors_go_on(desk: RunningDesk, end: Any):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    async with (
        dashboard(desk, agent) as first,
        dashboard(desk, agent) as second,
        stream(desk, chat, agent) as staff,
        stream(desk, chat, visitor(chat)) as public,
    ):
        await end(desk, agent)
        assert [await closed_with(socket) for socket in (first, second)] == [4401, 4401]
        async with asyncio.timeout(SOON):
            assert [event async for event in staff] == []
        await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": "still here"})
        async with asyncio.timeout(SOON):
            assert (await anext(public))["message"]["content"] == "still here"


async def test_another_agent_and_another_sign_in_leave_a_socket_open(desk: RunningDesk):
    chat, kim = await desk.start_chat(), await desk.sign_in()
    account = {"email": "lee@example.org", "name": "Lee", "password": "other-words"}
    assert (await desk.client.post("/api/agents", json=account, headers=kim)).status_code == 201
    login = await desk.client.post("/api/agents/login", json=account)
    desk.client.cookies.clear()
    lee = {"Authorization": f"Bearer {login.json()['token']}"}
    async with dashboard(desk, kim) as socket:
        await desk.sign_in()
        await end_by_sign_out(desk, lee)
        await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": "hello"})
        async with asyncio.timeout(SOON):
            assert json.loads(await socket.recv())["message"]["content"] == "hello"
