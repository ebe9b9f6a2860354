"""The server is killed while the calendar is being asked: no meeting is lost, none is doubled, no slot is held for nobody."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from peers.graph import Fault, GraphPeer
from peers.served_desk import ServedDesk


def served(data: Path, graph: GraphPeer) -> ServedDesk:
    """`aichatdesk serve` with a calendar."""
    desk = ServedDesk(data)
    desk.environment |= {name: str(value) for name, value in graph.settings().items()}
    return desk


def let_time_pass(data: Path) -> None:
    """What was to be done in a while is due when the server starts again."""
    with sqlite3.connect(data / "desk.db") as stored:
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


async def noted(desk: ServedDesk, client: httpx2.AsyncClient, chat: dict[str, str]) -> Any:
    chats = (await client.get("/api/dashboard/chats", headers=await desk.sign_in(client))).json()
    return next(one["metadata"].get("booking") for one in chats if one["sessionId"] == chat["sessionId"])


async def test_a_kill_between_graph_and_our_note_neither_loses_nor_doubles_a_meeting(tmp_path: Path):
    async with (
        GraphPeer(tmp_path) as graph,
        httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_keepalive_connections=0)) as client,
    ):
        server = served(tmp_path / "data", graph)
        client.base_url = server.url
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
            async with asyncio.timeout(60):
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
        let_time_pass(tmp_path / "data")
        await server.start(client)
        async with asyncio.timeout(60):
            while not await noted(server, client, chats[1]):
                await asyncio.sleep(0.1)
        date = slot(9)["start"][:10]
        async with asyncio.timeout(60):
            while True:
                days = (await client.get("/api/calendar/slots", params={"date": date})).json()["days"]
                free = {one["start"] for one in days[0]["slots"]}
                if slot(11)["start"] in free:
                    break
                await asyncio.sleep(0.1)
        assert not {slot(9)["start"], slot(10)["start"]} & free
        known = [await noted(server, client, chat) for chat in chats]
        assert [one and one["eventId"] for one in known] == [graph.meetings[0].id, graph.meetings[1].id, None]
        assert len(graph.meetings) == 2
        await server.kill()
