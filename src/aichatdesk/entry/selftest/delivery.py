"""Write to a desk, drop connections, send again, and see whether anything is lost, doubled or moved."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from aichatdesk.core.errors import TooMany, Unavailable
from aichatdesk.entry.selftest.observers import Observer, SocketObserver, StreamObserver
from aichatdesk.entry.selftest.verdict import faults_of
from aichatdesk.platform.http.client import make_http_client

_LONGEST_WAIT = 60.0
_PAUSE = 0.02
_FROM = {"userName": "Delivery self-test", "userEmail": "selftest@invalid.example"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is written, and how rough the going is.

    Chances are from 0 to 1, `rate` is in messages a second in all, `catch_up` the seconds that listeners get in the end.
    """

    chats: int = 4
    messages: int = 200
    resend_chance: float = 0.1
    drop_chance: float = 0.05
    seed: int = 1
    rate: float | None = None
    catch_up: float = 30.0


@dataclass(slots=True)
class Correspondence:
    """One chat, what was acknowledged in it, and who listens."""

    keys: Mapping[str, str]
    number: int
    acknowledged: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    resent: int = 0
    faults: list[str] = field(default_factory=list)
    observers: list[Observer] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The chat's place under the newer routes."""
        return f"/api/v1/chats/{self.keys['sessionId']}"

    @property
    def secret(self) -> dict[str, str]:
        """The header that opens the chat."""
        return {"X-Visitor-Token": self.keys["visitorToken"]}


@dataclass(frozen=True, slots=True)
class Report:
    """What was done and what was found; no faults means that every promise was kept."""

    acknowledged: int
    resent: int
    dropped: int
    interrupted: int
    p50_ms: float
    p99_ms: float
    faults: Sequence[str]

    def shown(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "acknowledged": self.acknowledged,
            "resent": self.resent,
            "connectionsDropped": self.dropped,
            "requestsInterrupted": self.interrupted,
            "acknowledgedAfterMs": {"p50": round(self.p50_ms, 2), "p99": round(self.p99_ms, 2)},
            "faults": list(self.faults),
        }


class DeliveryCheck:
    """One run against one desk; `stop` ends the writing early and checks what there is."""

    def __init__(self, url: str, plan: Plan, *, progress: Callable[[int], None] = lambda _: None) -> None:
        self._url = url.rstrip("/")
        self._plan = plan
        self._progress = progress
        self._chance = random.Random(plan.seed)  # noqa: S311 - chance, not secrets
        self._waits: list[float] = []
        self._interrupted = 0
        self.correspondences: list[Correspondence] = []

    @property
    def acknowledged(self) -> int:
        """How many messages the desk has acknowledged so far."""
        return sum(len(one.acknowledged) for one in self.correspondences)

    async def run(self, *, until: Callable[[], bool] | None = None) -> Report:
        """Write the plan's messages, or until told, then compare everything; the chats are ended.

        Raises:
            Unavailable: The desk does not answer at all.
            TooMany: The desk's limit on requests is too low for this plan.
        """
        async with make_http_client(base_url=self._url) as client:
            self.correspondences = [await self._begin(client, number) for number in range(self._plan.chats)]
            listening = [
                asyncio.create_task(observer.listen())
                for one in self.correspondences
                for observer in one.observers
            ]
            try:
                await asyncio.gather(*(self._write(client, one, until) for one in self.correspondences))
                compared = await asyncio.gather(*(self._compare(client, one) for one in self.correspondences))
                faults = [fault for found in compared for fault in found]
            finally:
                for task in listening:
                    task.cancel()
                await asyncio.gather(*listening, return_exceptions=True)
            for one in self.correspondences:
                await self._call(client, "POST", f"/api/messages/chat/{one.keys['sessionId']}/end")
        return self._report(faults)

    async def _begin(self, client: httpx2.AsyncClient, number: int) -> Correspondence:
        keys = (await self._call(client, "POST", "/api/chat", json=_FROM)).json()
        one = Correspondence(keys, number)
        first = (await self._call(client, "GET", one.path, headers=one.secret)).json()
        drops = self._plan.drop_chance
        for kind in (StreamObserver, SocketObserver):
            one.observers.append(kind(self._url, keys, first, drops, self._chance.random()))
        return one

    async def _write(
        self, client: httpx2.AsyncClient, one: Correspondence, until: Callable[[], bool] | None
    ) -> None:
        """Send numbered messages in order, each again and again until it is acknowledged."""
        share = -(-self._plan.messages // self._plan.chats)
        number = 0
        while not until() if until else number < share:
            await self._send(client, one, f"{one.number}:{number}")
            number += 1
            self._progress(self.acknowledged)
            if self._plan.rate:
                await asyncio.sleep(self._chance.expovariate(self._plan.rate / self._plan.chats))

    async def _send(self, client: httpx2.AsyncClient, one: Correspondence, text: str) -> None:
        body = {"chatId": one.keys["chatId"], "content": text, "clientMessageId": text}
        started = time.perf_counter()
        told = (await self._call(client, "POST", "/api/messages", json=body)).json()["message"]
        self._waits.append(1000 * (time.perf_counter() - started))
        one.acknowledged.append(text)
        one.ids[text] = told["id"]
        if self._chance.random() < self._plan.resend_chance:
            one.resent += 1
            again = (await self._call(client, "POST", "/api/messages", json=body)).json()["message"]
            if again["id"] != told["id"]:
                one.faults.append(f"Sent again, {text!r} got another id: {again['id']}, not {told['id']}.")

    async def _compare(self, client: httpx2.AsyncClient, one: Correspondence) -> list[str]:
        fresh = (await self._call(client, "GET", one.path, headers=one.secret)).json()
        log: list[dict[str, Any]] = []
        while len(log) < fresh["seq"]:
            place = {"after": len(log)}
            page = await self._call(client, "GET", f"{one.path}/events", params=place, headers=one.secret)
            if not (events := page.json()["events"]):
                break
            log += events
        old = await self._call(client, "GET", f"/api/chat/{one.keys['sessionId']}/messages")
        await asyncio.gather(
            *(observer.reach(fresh["seq"], self._plan.catch_up) for observer in one.observers)
        )
        return one.faults + faults_of(one.acknowledged, log, fresh, old.json(), one.observers)

    async def _call(self, client: httpx2.AsyncClient, method: str, path: str, **more: Any) -> httpx2.Response:
        """One request, again and again while the desk is away or asks for patience."""
        started = time.monotonic()
        while True:
            try:
                reply = await client.request(method, path, **more)
            except httpx2.HTTPError as error:
                self._interrupted += 1
                if time.monotonic() - started > _LONGEST_WAIT:
                    raise Unavailable(f"{self._url} does not answer ({error}).") from error
                await asyncio.sleep(_PAUSE)
                continue
            if reply.status_code not in {429, 503}:
                if reply.is_error:
                    raise Unavailable(f"{method} {path} answered {reply.status_code}: {reply.text[:200]}")
                return reply
            wait = float(reply.headers.get("Retry-After", "1"))
            if time.monotonic() + wait - started > _LONGEST_WAIT:
                raise TooMany(
                    "The desk's limit on requests is too low for this check; give fewer --messages, "
                    "or raise RATE_LIMIT_MAX_REQUESTS for a while.",
                    retry_after=wait,
                )
            await asyncio.sleep(wait)

    def _report(self, faults: list[str]) -> Report:
        waits = sorted(self._waits) or [0.0]
        return Report(
            acknowledged=self.acknowledged,
            resent=sum(one.resent for one in self.correspondences),
            dropped=sum(observer.dropped for one in self.correspondences for observer in one.observers),
            interrupted=self._interrupted,
            p50_ms=statistics.median(waits),
            p99_ms=waits[min(len(waits) - 1, round(0.99 * len(waits)))],
            faults=faults,
        )
