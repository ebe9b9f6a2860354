"""Connections that break, hang or never read: nothing is lost or doubled, and nobody else notices."""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import httpx2
import pytest
import websockets
from fastapi import FastAPI

from aichatdesk.conversation import repository
from aichatdesk.conversation.close_absent import watch_absence
from aichatdesk.conversation.domain import EventAppended
from aichatdesk.conversation.event_endpoints import event_routes
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.post_message import post_visitor_message
from aichatdesk.conversation.socket import socket_routes
from aichatdesk.conversation.start_chat import NewChat, StartedChat, start_chat
from aichatdesk.core.access import Actor
from aichatdesk.core.errors import Unauthenticated
from aichatdesk.core.ids import ChatId, SessionId
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.entry.serve import address_of, listen, run_until_stopped
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase
from peers.loopback_server import until
from peers.passing_time import let_pass
from peers.running_desk import RunningDesk, events_of, visitor

GRACE = timedelta(minutes=3)


@contextlib.asynccontextmanager
async def losing_replies(target: str, *, lose: int) -> AsyncIterator[str]:
    """A proxy that passes requests on and cuts the connection instead of giving back the first replies."""
    address = urlsplit(target)
    lost = 0

    async def serve(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        nonlocal lost
        server, forth = await asyncio.open_connection(address.hostname, address.port)
        forth.write(await client.read(65536))
        reply = await server.read(65536)
        if lost < lose:
            lost += 1
        else:
            back.write(reply)
        for writer in (forth, back):
            writer.close()

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with proxy:
        port = proxy.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def test_a_send_whose_replies_are_lost_is_stored_once_and_then_acknowledged(desk: RunningDesk):
    chat = await desk.start_chat()
    async with losing_replies(desk.base_url, lose=3) as address:
        limits = httpx2.Limits(max_keepalive_connections=0)
        async with httpx2.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
            body = {"chatId": chat["chatId"], "content": "Order 7", "clientMessageId": "order-7"}
            for _ in range(3):
                with pytest.raises(httpx2.HTTPError):
                    await client.post("/api/messages", json=body)
            told = (await client.post("/api/messages", json=body)).json()["message"]
    [event] = await desk.events(chat)
    assert (event["message"]["id"], event["seq"]) == (told["id"], told["seq"])


def never_reading(desk: RunningDesk, chat: dict[str, str]) -> socket.socket:
    """A visitor's event stream with a small window, opened and not read."""
    address = urlsplit(desk.base_url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((address.hostname, address.port))
    line.sendall(
        f"GET /api/v1/chats/{chat['sessionId']}/events HTTP/1.1\r\nHost: desk\r\n"
        f"Accept: text/event-stream\r\nX-Visitor-Token: {chat['visitorToken']}\r\n\r\n".encode()
    )
    return line


async def read_to_the_end(line: socket.socket) -> str:
    line.setblocking(False)
    loop, got = asyncio.get_running_loop(), bytearray()
    async with asyncio.timeout(60):
        while b"resync_required" not in got:
            got += await loop.sock_recv(line, 1 << 16)
    return got.decode()


def numbers_in(stream: str) -> list[int]:
    return [int(line[4:]) for line in stream.splitlines() if line.startswith("id: ")]


async def test_a_client_that_never_reads_is_told_to_resume_and_others_miss_nothing(desk: RunningDesk):
    chat, total = await desk.start_chat(), 2400
    headers = visitor(chat) | {"Accept": "text/event-stream"}
    path = f"/api/v1/chats/{chat['sessionId']}/events"

    def say(tx: Transaction, numbers: Iterable[int]) -> None:
        for number in numbers:
            post_visitor_message(tx, ChatId(chat["chatId"]), f"{number} " + "x" * 3900)

    seen: list[int] = []

    async def read() -> None:
        async with desk.client.stream("GET", path, headers=headers) as reply:
            async for event in events_of(reply):
                seen.append(event["seq"])
                if event["seq"] == total:
                    break

    with contextlib.closing(never_reading(desk, chat)) as stuck:
        reading = asyncio.create_task(read())
        await until(lambda: desk.desk.live.connections(SessionId(chat["sessionId"])) == 2)
        for start in range(0, total, 40):
            await desk.desk.database.write(partial(say, numbers=range(start, start + 40)))
            await until(lambda said=start: len(seen) >= said)  # this one keeps up
        await asyncio.wait_for(reading, 60)
        assert seen == list(range(1, total + 1))
        heard = numbers_in(await read_to_the_end(stuck))
    assert 1000 <= len(heard) < total
    while len(heard) < total:
        heard += [event["seq"] for event in await desk.events(chat, after=heard[-1])]
    assert heard == list(range(1, total + 1))


class Nobody:
    """Knows no agent at all."""

    async def authenticate(self, token: str) -> Actor:
        raise Unauthenticated("Invalid token")


@dataclass
class Rooms:
    """The conversation room alone on a real port."""

    address: str
    live: LiveChats
    database: SqliteDatabase
    chat: StartedChat

    async def status(self) -> str:
        return (await self.database.read(partial(repository.chat_by_id, chat_id=self.chat.id))).status.value

    async def status_after(self, span: timedelta) -> str:
        """What it is once the time is over and what was then begun is written."""
        await let_pass(span)
        await self.database.write(lambda _: None)
        return await self.status()

    async def count_becomes(self, number: int) -> None:
        async with asyncio.timeout(60):
            while self.live.connections(self.chat.session_id) != number:
                await asyncio.sleep(0.01)


@pytest.fixture
async def rooms(database: SqliteDatabase, facts: FactBoard) -> AsyncIterator[Rooms]:
    live, app, guard = LiveChats(), FastAPI(), Guard(Nobody())
    facts.subscribe(EventAppended, lambda tx, one: tx.after_commit(lambda: live.publish(one.event)))
    app.include_router(event_routes(database, guard, live))
    app.include_router(socket_routes(database, guard, live, DeskAgentCards(), allowed_origins=()))
    await watch_absence(database, live, grace=GRACE)
    chat = await database.write(partial(start_chat, new=NewChat("Ann", "ann@example.org")))
    ready = asyncio.Event()
    with listen("127.0.0.1", 0) as listener:
        server = asyncio.create_task(run_until_stopped(app, listener, ready=lambda _: ready.set()))
        await ready.wait()
        yield Rooms(address_of(listener), live, database, chat)
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
    live.close()


def reset(line: socket.socket) -> None:
    """End a connection the way a phone in a tunnel does not: at once, with a reset."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


async def open_stream(rooms: Rooms) -> socket.socket:
    address = urlsplit(rooms.address)
    line = socket.create_connection((address.hostname or "", address.port or 0))
    line.sendall(
        f"GET /api/v1/chats/{rooms.chat.session_id}/events HTTP/1.1\r\nHost: desk\r\n"
        f"Accept: text/event-stream\r\nX-Visitor-Token: {rooms.chat.visitor_token}\r\n\r\n".encode()
    )
    return line


async def test_streams_that_are_cut_are_not_counted_as_somebody_who_is_there(rooms: Rooms):
    lines = [await open_stream(rooms) for _ in range(5)]
    await rooms.count_becomes(5)
    for place, line in enumerate(lines):
        reset(line) if place % 2 else line.close()
    await rooms.count_becomes(0)
    assert await rooms.status() == "active"
    assert await rooms.status_after(2 * GRACE) == "closed"


async def test_sockets_that_are_cut_or_join_twice_are_counted_right(rooms: Rooms):
    join = {"type": "chat.join", "sessionId": rooms.chat.session_id}
    resume = join | {"after": 0, "visitorToken": rooms.chat.visitor_token}
    address = rooms.address.replace("http", "ws") + "/ws"
    async with websockets.connect(address) as first, websockets.connect(address) as second:
        for frame in (join, resume, join, resume):
            await first.send(json.dumps(frame))
        await second.send(json.dumps(join))
        await rooms.count_becomes(2)
        for socket in (first, second):  # they have been heard to their end
            await socket.send('{"type": "no such type"}')
            while json.loads(await socket.recv())["type"] != "error":
                pass
        assert rooms.live.connections(rooms.chat.session_id) == 2
        second.transport.abort()
        await rooms.count_becomes(1)
    await rooms.count_becomes(0)


async def test_a_visitor_who_is_back_within_the_grace_keeps_the_chat(rooms: Rooms):
    for _ in range(4):
        reset(await open_stream_and_wait(rooms))
        await rooms.count_becomes(0)
        await let_pass(GRACE / 2)
    line = await open_stream_and_wait(rooms)
    assert await rooms.status_after(2 * GRACE) == "active"
    line.close()


async def open_stream_and_wait(rooms: Rooms) -> socket.socket:
    line = await open_stream(rooms)
    await rooms.count_becomes(1)
    return line
