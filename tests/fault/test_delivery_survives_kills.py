"""The server is killed again and again while visitors write: nothing acknowledged may be lost, doubled or moved."""

import asyncio
import random
from pathlib import Path

import httpx2
import pytest

from aichatdesk.entry.selftest.delivery import DeliveryCheck, Plan, Report
from peers.fake_model_server import FakeModelServer
from peers.served_desk import ServedDesk

WRITERS = 8


async def run(data: Path, *, kills: int, messages: int, seed: int) -> Report:
    """The self-test's own check of a server that is killed again and again, at moments of chance."""
    chance = random.Random(seed)
    server = ServedDesk(data)
    killed = 0
    plan = Plan(chats=WRITERS, seed=seed, resend_chance=0.05, drop_chance=0.02, catch_up=120)
    check = DeliveryCheck(server.url, plan)
    async with httpx2.AsyncClient(base_url=server.url, timeout=60) as client:
        await server.start(client)
        running = asyncio.create_task(
            check.run(until=lambda: killed >= kills and check.acknowledged >= messages)
        )
        while killed < kills and not running.done():
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            await server.kill()
            killed += 1
            await server.start(client)
        try:
            return await running
        finally:
            await server.kill()


async def test_no_acknowledged_message_is_lost_doubled_or_moved_by_ten_kills(tmp_path: Path):
    report = await run(tmp_path / "data", kills=10, messages=500, seed=1)
    assert report.faults == []
    assert report.acknowledged >= 500
    assert report.interrupted > 0


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_no_acknowledged_message_is_lost_doubled_or_moved_by_two_hundred_kills(tmp_path: Path):
    report = await run(tmp_path / "data", kills=200, messages=10_000, seed=2)
    assert report.faults == []
    assert report.acknowledged >= 10_000


async def test_an_answer_that_a_kill_cut_off_is_marked_and_never_given_twice(tmp_path: Path):
    async with FakeModelServer() as models:
        models.say("You can return a machine within 30 days. " + "word " * 2000, delay=0.05)
        server = ServedDesk(tmp_path / "data", models.base_url)
        async with httpx2.AsyncClient(base_url=server.url, timeout=60) as client:
            await server.start(client)
            await server.teach(client, "You can return a machine within 30 days. You pay the postage.")
            chat = (await client.post("/api/chat", json={"userName": "A", "userEmail": "a@b.c"})).json()
            headers = {"X-Visitor-Token": chat["visitorToken"], "Accept": "text/event-stream"}
            body = {"content": "Within how many days can I return a machine?"}
            path = f"/api/v1/chats/{chat['sessionId']}/messages"

            async def kill_at_the_first_sentence() -> None:
                async with client.stream("POST", path, json=body, headers=headers) as reply:
                    async for line in reply.aiter_lines():
                        if '"sentence"' in line:
                            await server.kill()

            with pytest.raises(httpx2.HTTPError):
                await kill_at_the_first_sentence()
            await server.start(client)
            [_, answer] = (await client.get(f"/api/chat/{chat['sessionId']}/messages")).json()
            log = await client.get(
                f"/api/v1/chats/{chat['sessionId']}/events", headers={"X-Visitor-Token": chat["visitorToken"]}
            )
            await server.kill()
    assert answer["state"] == "incomplete"
    assert answer["content"].startswith("You can return a machine within 30 days.")
    kinds = [event["type"] for event in log.json()["events"]]
    assert kinds == ["message", "sources", "sentence", "failed"]
