"""The whole product on a real port, with scripted models behind it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.types import ASGIApp

from aichatdesk.desk.passwords import Passwords
from aichatdesk.entry.control import owner_client
from aichatdesk.entry.serve import address_of, listen, run_until_stopped
from aichatdesk.entry.settings import load_settings
from aichatdesk.entry.wiring import Desk, open_desk
from peers.described_replies import DescribedReplies
from peers.laid_out import lay_out

ADMIN = {"email": "kim@example.org", "password": "secret-words"}


class RunningDesk:
    """What a test does with a running desk, in the words of its users."""

    def __init__(self, desk: Desk, base_url: str, client: httpx2.AsyncClient) -> None:
        self.desk = desk
        self.base_url = base_url
        self.client = client

    async def start_chat(self) -> dict[str, str]:
        reply = await self.client.post("/api/chat", json={"userName": "Ann", "userEmail": "ann@example.org"})
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def send(self, chat: dict[str, str], content: str, **more: Any) -> httpx2.Response:
        return await self.client.post(
            f"/api/v1/chats/{chat['sessionId']}/messages",
            json={"content": content, **more},
            headers=visitor(chat),
        )

    async def events(self, chat: dict[str, str], after: int = 0) -> list[dict[str, Any]]:
        reply = await self.client.get(
            f"/api/v1/chats/{chat['sessionId']}/events", params={"after": after}, headers=visitor(chat)
        )
        assert reply.status_code == 200, reply.text
        return reply.json()["events"]

    @contextlib.asynccontextmanager
    async def stream(
        self, chat: dict[str, str], content: str, **more: Any
    ) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        async with self.client.stream(
            "POST",
            f"/api/v1/chats/{chat['sessionId']}/messages",
            json={"content": content, **more},
            headers=visitor(chat) | {"Accept": "text/event-stream"},
        ) as reply:
            yield events_of(reply)

    async def sign_in(self, **account: str) -> dict[str, str]:
        """The headers of an account (`email`, `password`); the admin's if nobody is named."""
        reply = await self.client.post("/api/agents/login", json=account or ADMIN)
        assert reply.status_code == 200, reply.text
        self.client.cookies.clear()
        return {"Authorization": f"Bearer {reply.json()['token']}"}

    async def teach(self, name: str, text: str) -> dict[str, Any]:
        async with owner_client(self.desk.app) as owner:
            reply = await owner.post("/api/knowledge/upload", files={"file": (name, text.encode())})
        assert reply.status_code == 201, reply.text
        return reply.json()


def quick_passwords() -> Passwords:
    """As the product's, but a hash takes no work: with it, it would be a third of what most tests take."""
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


def visitor(chat: dict[str, str]) -> dict[str, str]:
    return {"X-Visitor-Token": chat["visitorToken"]}


async def events_of(reply: httpx2.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in reply.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line[5:])


@contextlib.asynccontextmanager
async def running_desk(
    data_dir: Path,
    model_url: str,
    *,
    wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    **settings: object,
) -> AsyncIterator[RunningDesk]:
    """Serve a desk; `wrap` may put something in its way, as a network would."""
    loaded = load_settings(
        {},
        env_file=data_dir / "none",
        overrides={
            "AICHATDESK_DATA_DIR": data_dir,
            "LLM_BASE_URL": model_url,
            "LLM_MODEL": "fake",
            "EMBEDDING_BASE_URL": model_url,
            "EMBEDDING_MODEL": "hashing",
            "ADMIN_EMAIL": ADMIN["email"],
            "ADMIN_PASSWORD": ADMIN["password"],
            "RATE_LIMIT_MAX_REQUESTS": 1_000_000,
            **settings,
        },
    )
    await lay_out(data_dir / "desk.db")
    ready = asyncio.Event()
    with listen("127.0.0.1", 0) as listener:
        async with open_desk(loaded, passwords=quick_passwords()) as desk:
            replies = DescribedReplies(desk.app)
            server = asyncio.create_task(
                run_until_stopped(
                    wrap(replies), listener, ready=lambda _: ready.set(), stopping=desk.end_streams
                )
            )
            await ready.wait()
            # The desk speaks plain HTTP here; reading the system's authorities would take longer than most tests.
            async with httpx2.AsyncClient(base_url=address_of(listener), timeout=120, verify=False) as client:
                try:
                    yield RunningDesk(desk, address_of(listener), client)
                finally:
                    server.cancel()
                    await asyncio.gather(server, return_exceptions=True)
                if replies.faults:
                    raise AssertionError("\n".join(replies.faults))
