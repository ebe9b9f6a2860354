"""SIGTERM while people listen and the assistant writes: what was begun ends, listeners go on where they were."""

import asyncio
import signal
import sqlite3
from pathlib import Path

import httpx2
import pytest

from aichatdesk.entry.selftest.observers import SocketObserver, StreamObserver
from peers.fake_model_server import FakeModelServer
from peers.running_desk import visitor
from peers.served_desk import ServedDesk

FACT = "You can return a machine within 30 days of delivery."


async def test_a_stop_cuts_no_short_answer_off_and_listeners_hear_everything_once(tmp_path: Path):
    async with FakeModelServer() as models:
        models.say(FACT, delay=0.08)
        desk = ServedDesk(tmp_path / "data", models.base_url)
        async with httpx2.AsyncClient(base_url=desk.url, timeout=60) as client:
            await desk.start(client)
            await desk.teach(client, FACT)
            chat = (await client.post("/api/chat", json={"userName": "A", "userEmail": "a@b.c"})).json()
            path = f"/api/v1/chats/{chat['sessionId']}"
            first = (await client.get(path, headers=visitor(chat))).json()
            observers = [kind(desk.url, chat, first, 0.0, 1.0) for kind in (StreamObserver, SocketObserver)]
            listening = [asyncio.create_task(observer.listen()) for observer in observers]
            body = {"content": "Within how many days can I return a machine?"}
            asking = asyncio.create_task(client.post(f"{path}/messages", json=body, headers=visitor(chat)))
            await asyncio.gather(*(observer.reach(2, 60) for observer in observers))  # the answer has begun
            await desk.stop()
            await asyncio.gather(asking, return_exceptions=True)
            await desk.start(client)
            fresh = (await client.get(path, headers=visitor(chat))).json()
            await asyncio.gather(*(observer.reach(fresh["seq"], 60) for observer in observers))
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            await desk.kill()
    [_, answer] = fresh["messages"]
    assert (answer["state"], answer["content"]) == ("complete", FACT)
    for observer in observers:
        assert observer.faults == []
        assert observer.view == fresh
        assert [event["seq"] for event in observer.heard] == list(range(1, fresh["seq"] + 1))


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_a_stop_closes_what_is_open_and_tells_how_it_ended(
    tmp_path: Path, how: signal.Signals, code: int
):
    """A long answer is closed by the desk that wrote it, not found open by the next one."""
    async with FakeModelServer() as models:
        models.say(f"{FACT} {'word ' * 3000}", delay=0.05)
        desk = ServedDesk(tmp_path / "data", models.base_url)
        async with httpx2.AsyncClient(base_url=desk.url, timeout=60) as client:
            await desk.start(client)
            await desk.teach(client, FACT)
            chat = (await client.post("/api/chat", json={"userName": "A", "userEmail": "a@b.c"})).json()
            path, headers = f"/api/v1/chats/{chat['sessionId']}/messages", visitor(chat)
            body = {"content": "Within how many days can I return a machine?"}
            async with client.stream(
                "POST", path, json=body, headers=headers | {"Accept": "text/event-stream"}
            ) as reply:
                async for line in reply.aiter_lines():
                    if '"sentence"' in line:
                        desk.process.send_signal(how)
            assert await desk.process.wait() == code
    with sqlite3.connect(tmp_path / "data" / "desk.db") as stored:
        [state] = stored.execute("SELECT state FROM messages WHERE sender = 'ai'").fetchone()
    assert state == "incomplete"
    assert not (tmp_path / "data" / "control.sock").exists()
