"""The server is killed while the calendar is being asked: no meeting is lost, none is doubled, no slot is held for nobody."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from peers.graph import Fault, GraphPeer

ADMIN = {"email": "kim@example.org", "password": "secret-words"}


class Server:
    """`aichatdesk serve` with a calendar, and with models that are not there."""

    def __init__(self, data: Path, graph: GraphPeer) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data = data
        self.environment = {name: str(value) for name, value in graph.settings().items()} | {
            "PATH": os.environ["PATH"],
            "AICHATDESK_DATA_DIR": str(data),
            "AICHATDESK_PORT": str(self.port),
            "AICHATDESK_LOG_LEVEL": "error",
            "LLM_BASE_URL": "http://127.0.0.1:9/v1",
            "LLM_MODEL": "none",
            "EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1",
            "EMBEDDING_MODEL": "none",
            "ADMIN_EMAIL": ADMIN["email"],
            "ADMIN_PASSWORD": ADMIN["password"],
        }

    async def start(self, client: httpx2.AsyncClient) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "aichatdesk.entry.cli.main",
            "serve",
            env=self.environment,
            cwd=self.data.parent,
        )
        async with asyncio.timeout(30):
            while True:
                with suppress(httpx2.HTTPError):
                    if (await client.get("/health")).status_code == 200:
                        return
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    def let_time_pass(self) -> None:
        """What was to be done in a while is due when the server starts again."""
        with sqlite3.connect(self.data / "desk.db") as stored:
            stored.execute("UPDATE jobs SET run_at = 0")


def slot(hour: int) -> dict[str, str]:
    today = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    start = today + timedelta(days=14 - today.weekday())
    return {
        name: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for name, moment in (("start", start), ("end", start + timedelta(minutes=30)))
    }


async def booking(client: httpx2.AsyncClient, chat: dict[str, str], hour: int) -> httpx2.Response | None:
    body = {"customerName": "Ann", "customerEmail": "ann@example.org", "meetingType": "call"}
    try:
        return await client.post(
            "/api/calendar/book", json=body | slot(hour) | {"sessionId": chat["sessionId"]}
        )
    except httpx2.HTTPError:
        return None


async def noted(client: httpx2.AsyncClient, chat: dict[str, str]) -> Any:
    token = (await client.post("/api/agents/login", json=ADMIN)).json()["token"]
    chats = (await client.get("/api/dashboard/chats", headers={"Authorization": f"Bearer {token}"})).json()
    return next(one["metadata"].get("booking") for one in chats if one["sessionId"] == chat["sessionId"])


@pytest.mark.timeout(120)
async def test_a_kill_between_graph_and_our_note_neither_loses_nor_doubles_a_meeting(tmp_path: Path):
    async with (
        GraphPeer(tmp_path) as graph,
        httpx2.AsyncClient(timeout=30, limits=httpx2.Limits(max_keepalive_connections=0)) as client,
    ):
        server = Server(tmp_path / "data", graph)
        client.base_url = f"http://127.0.0.1:{server.port}"
        await server.start(client)
        chats = [
            (await client.post("/api/chat", json={"userName": "A", "userEmail": "a@b.c"})).json()
            for _ in range(3)
        ]
        hang = [Fault(delay=60), Fault(delay=60), Fault(delay=60, done=False)]
        graph.then(*hang, on="calendar/events")
        asked = []
        for number, chat in enumerate(chats):
            asked.append(asyncio.create_task(booking(client, chat, 9 + number)))
            async with asyncio.timeout(30):
                while len(graph.asked("calendar/events")) <= number:
                    await asyncio.sleep(0.02)
        await server.kill()
        assert await asyncio.gather(*asked) == [None] * 3
        assert len(graph.meetings) == 2
        await server.start(client)
        again = await booking(client, chats[0], 9)  # this visitor tries again, the other two have gone
        assert again is not None
        assert again.json()["eventId"] == graph.meetings[0].id
        await server.kill()
        server.let_time_pass()
        await server.start(client)
        async with asyncio.timeout(30):
            while not await noted(client, chats[1]):
                await asyncio.sleep(0.1)
        date = slot(9)["start"][:10]
        async with asyncio.timeout(30):
            while True:
                days = (await client.get("/api/calendar/slots", params={"date": date})).json()["days"]
                free = {one["start"] for one in days[0]["slots"]}
                if slot(11)["start"] in free:
                    break
                await asyncio.sleep(0.1)
        assert not {slot(9)["start"], slot(10)["start"]} & free
        known = [await noted(client, chat) for chat in chats]
        assert [one and one["eventId"] for one in known] == [graph.meetings[0].id, graph.meetings[1].id, None]
        assert len(graph.meetings) == 2
        await server.kill()
