"""Promises that have a number, kept by `aichatdesk serve` in a process of its own, with full sync, over HTTP.

Acknowledgement at a steady rate; how fast a client that was away has what it missed; how fast a dead model leads to a
person, and its return is noticed; how long a restart takes, with an answer under way.
"""

import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2

from aichatdesk.entry.selftest.delivery import DeliveryCheck, Plan
from aichatdesk.entry.selftest.observers import SocketObserver, StreamObserver
from peers.fake_model_server import FakeModelServer, Script
from peers.running_desk import events_of, visitor
from peers.served_desk import ServedDesk

RATE = 50
SECONDS = 30
MISSED = 500
QUESTION = "Within how many days can I return a desk machine?"
FACT = "You can return a desk machine within 30 days of delivery."


async def begin(client: httpx2.AsyncClient) -> dict[str, str]:
    """A new chat's keys."""
    return (await client.post("/api/chat", json={"userName": "A", "userEmail": "a@b.c"})).json()


async def acknowledged(desk: ServedDesk) -> dict[str, Any]:
    """R1: milliseconds from sending to the acknowledgement."""
    plan = Plan(chats=5, messages=RATE * SECONDS, rate=RATE, resend_chance=0.0, drop_chance=0.0)
    report = await DeliveryCheck(desk.url, plan).run()
    return {"p50_ms": report.p50_ms, "p99_ms": report.p99_ms, "faults": list(report.faults)}


async def caught_up(desk: ServedDesk, client: httpx2.AsyncClient) -> dict[str, float]:
    """R2: seconds until one who was away while 500 messages came has them all."""
    chat = await begin(client)
    path = f"/api/v1/chats/{chat['sessionId']}"
    first = (await client.get(path, headers=visitor(chat))).json()
    for number in range(MISSED):
        await client.post("/api/messages", json={"chatId": chat["chatId"], "content": f"m{number}"})
    fresh = (await client.get(path, headers=visitor(chat))).json()
    took = {}
    for kind in (StreamObserver, SocketObserver):
        observer = kind(desk.url, chat, first, 0.0, 1.0)
        started = time.perf_counter()
        listening = asyncio.create_task(observer.listen())
        await observer.reach(fresh["seq"], 30)
        took[f"{observer.over}_s"] = time.perf_counter() - started
        assert observer.view == fresh, observer.faults
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    return took


async def ask(client: httpx2.AsyncClient, chat: dict[str, str]) -> tuple[str, float]:
    """The last event of a question's stream, and the seconds until it came."""
    path, headers = (
        f"/api/v1/chats/{chat['sessionId']}/messages",
        visitor(chat) | {"Accept": "text/event-stream"},
    )
    started, last = time.perf_counter(), ""
    async with client.stream("POST", path, json={"content": QUESTION}, headers=headers) as reply:
        async for event in events_of(reply):
            last = event["type"]
    return last, time.perf_counter() - started


async def model_fails(client: httpx2.AsyncClient, models: FakeModelServer) -> dict[str, Any]:
    """R3: seconds from a question to the hand-over with the breaker open, failures until then, seconds to recovery."""
    models.answer = lambda _: Script(status=500)
    opened_after = 0
    while (await client.get("/readyz")).json()["models"]["chat"] == "ok":
        last, _ = await ask(client, await begin(client))
        assert last == "handed_over", last
        opened_after += 1
    calls = len(models.requests)
    last, took = await ask(client, await begin(client))
    assert (last, len(models.requests)) == ("handed_over", calls), "the open breaker let a call through"
    models.say(FACT)
    started = time.perf_counter()
    while (await ask(client, await begin(client)))[0] != "finished":  # noqa: ASYNC110 - the desk tells no event
        await asyncio.sleep(0.5)
    return {
        "questions_until_open": opened_after,
        "hand_over_s_when_open": took,
        "recovered_s": time.perf_counter() - started,
    }


async def restarted(desk: ServedDesk, client: httpx2.AsyncClient, models: FakeModelServer) -> dict[str, Any]:
    """R4: seconds to drain with an answer under way, and until its client, which reconnects, has the rest."""
    models.say(FACT + " word" * 2000, delay=0.02)
    chat = await begin(client)
    first = (await client.get(f"/api/v1/chats/{chat['sessionId']}", headers=visitor(chat))).json()
    observer = StreamObserver(desk.url, chat, first, 0.0, 1.0)
    listening = asyncio.create_task(observer.listen())
    asking = asyncio.create_task(ask(client, chat))
    await observer.reach(3, 10)  # message, sources, first sentence
    started = time.perf_counter()
    await desk.stop()
    drained = time.perf_counter() - started
    await desk.start(client)
    ready = time.perf_counter() - started - drained
    await observer.reach(4, 10)
    back = time.perf_counter() - started - drained
    await asyncio.gather(asking, return_exceptions=True)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    answers = [one for one in observer.view["messages"] if one["sender"] == "ai"]
    return {
        "drained_s": drained,
        "start_to_ready_s": ready,
        "client_back_s": back,
        "answers": len(answers),
        "state": answers[0]["state"],
        "faults": observer.faults,
    }


@contextlib.asynccontextmanager
async def served(
    folder: Path, models: FakeModelServer
) -> AsyncIterator[tuple[ServedDesk, httpx2.AsyncClient]]:
    """A desk that knows one fact."""
    desk = ServedDesk(folder / "data", models.base_url)
    async with httpx2.AsyncClient(base_url=desk.url, timeout=30) as client:
        await desk.start(client)
        await desk.teach(client, FACT)
        try:
            yield desk, client
        finally:
            await desk.kill()


async def measure() -> dict[str, Any]:
    """All in one run."""
    with tempfile.TemporaryDirectory() as name:
        async with FakeModelServer() as models, served(Path(name), models) as (desk, client):
            return {
                "acknowledged_at_50_a_second": await acknowledged(desk),
                "caught_up_after_500_missed": await caught_up(desk, client),
                "model_fails": await model_fails(client, models),
                "restart": await restarted(desk, client, models),
            }


def main() -> None:
    """Print the figures and keep them."""
    result = asyncio.run(measure())
    print(json.dumps(result, indent=1))
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / "reliability.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
