"""The demo: local models in child processes, sample documents and chats, and a shop page with the widget."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import Any

import httpx2

from aichatdesk.entry.control import ControlServer, owner_client
from aichatdesk.entry.logs import set_up_logs
from aichatdesk.entry.sample_chats import SampleChat, expect_success, hold_sample_chat
from aichatdesk.entry.serve import address_of, listen, run_until_stopped
from aichatdesk.entry.settings import Settings, load_settings
from aichatdesk.entry.web_pages import DemoPage
from aichatdesk.entry.wiring import Desk, open_desk
from aichatdesk.inference.local.supervisor import LocalModels

_ADMIN_EMAIL = "admin@demo.example"
_PASSWORD_FILE = "demo-admin-password"  # noqa: S105 - the file's name, not a password


@dataclass(frozen=True)
class DemoContent:
    """What the demo knows and asks: documents, categories, questions worth asking, and chats to begin with."""

    folder: Path
    documents: list[dict[str, str]]
    categories: list[dict[str, str]]
    questions: list[str]
    chats: list[SampleChat]


async def serve_demo(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Serve the demo until stopped; whatever the environment sets is respected."""
    set_up_logs("warning" if settings.server.log_level == "info" else settings.server.log_level)
    content = read_content()
    settings = _with_admin(settings)
    with listen(settings.server.host, settings.server.port) as listener:
        async with _models(settings, say) as ready_settings:
            page = DemoPage(
                questions=tuple(content.questions), admin_email=ready_settings.account.admin_email
            )
            async with (
                open_desk(ready_settings, demo=page) as desk,
                ControlServer(ready_settings.server.data_dir, desk.app),
            ):
                await _seed(desk, ready_settings, content, say)
                await run_until_stopped(
                    desk.app,
                    listener,
                    ready=lambda _: _greet(address_of(listener), ready_settings, content, say),
                    stopping=desk.end_streams,
                )


def read_content() -> DemoContent:
    """The sample content that the package carries."""
    folder = Path(str(resources.files("aichatdesk.entry") / "demo_knowledge"))
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return DemoContent(
        folder,
        manifest["documents"],
        manifest["categories"],
        manifest["questions"],
        [SampleChat(**chat) for chat in manifest["chats"]],
    )


def _with_admin(settings: Settings) -> Settings:
    """Fill in an administrator where the environment names none; the password is made once and kept."""
    if settings.account.admin_email:
        return settings
    settings.server.data_dir.mkdir(parents=True, exist_ok=True)
    file = settings.server.data_dir / _PASSWORD_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9))
    return _again(settings, {"ADMIN_EMAIL": _ADMIN_EMAIL, "ADMIN_PASSWORD": file.read_text().strip()})


@contextlib.asynccontextmanager
async def _models(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[Settings]:
    """Start the packaged models for whichever of the two the environment does not name.

    A cloud's key by an older name is not enough: it may lie in the environment for something else.
    """
    old = settings.chosen.by_old_names
    has_chat = settings.chat.base_url and "chat" not in old
    has_embedding = settings.embedding.base_url and "embedding" not in old
    if has_chat and has_embedding:
        yield settings
        return
    if old:
        say("The demo asks no cloud: CLAUDE_API_KEY and OPENAI_API_KEY are left alone.")
    say("Starting the local models ...")
    async with LocalModels.start() as local:
        given: dict[str, object] = {}
        if not has_chat:
            given |= {
                "LLM_BASE_URL": local.chat.base_url,
                "LLM_MODEL": local.chat.model,
                "LLM_PROVIDER": "local",
            }
        if not has_embedding:
            given |= {
                "EMBEDDING_BASE_URL": local.embedding.base_url,
                "EMBEDDING_MODEL": local.embedding.model,
                "EMBEDDING_PROVIDER": "local",
            }
        yield _again(settings, given)


def _again(settings: Settings, given: dict[str, object]) -> Settings:
    """The same settings with more names given."""
    server = {
        "AICHATDESK_HOST": settings.server.host,
        "AICHATDESK_PORT": settings.server.port,
        "AICHATDESK_DATA_DIR": settings.server.data_dir,
    }
    account: dict[str, object] = {}
    if settings.account.admin_email:
        account = {
            "ADMIN_EMAIL": settings.account.admin_email,
            "ADMIN_PASSWORD": settings.account.admin_password.get_secret_value(),
        }
    return load_settings(overrides=server | account | given)


async def _seed(desk: Desk, settings: Settings, content: DemoContent, say: Callable[[str], None]) -> None:
    """Add what is missing of the sample content, as the owner would by hand; chats at the first start alone."""
    async with owner_client(desk.app) as client:
        known = {document["originalName"] for document in await _get(client, "/api/knowledge")}
        missing = [document for document in content.documents if document["file"] not in known]
        for number, document in enumerate(missing, 1):
            say(f"Reading document {number} of {len(missing)}: {document['title']}")
            file = content.folder / document["file"]
            data = await asyncio.to_thread(file.read_bytes)
            reply = await client.post("/api/knowledge/upload", files={"file": (file.name, data)}, timeout=120)
            expect_success(reply)
        named = {category["name"] for category in await _get(client, "/api/categories/all")}
        for category in content.categories:
            if category["name"] not in named:
                expect_success(await client.post("/api/categories", json=category))
    if len(missing) == len(content.documents):
        await _hold_chats(desk, settings, content, say)


async def _hold_chats(
    desk: Desk, settings: Settings, content: DemoContent, say: Callable[[str], None]
) -> None:
    transport = httpx2.ASGITransport(app=desk.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://demo", timeout=120) as client:
        account = settings.account
        sign_in = {"email": account.admin_email, "password": account.admin_password.get_secret_value()}
        reply = await client.post("/api/agents/login", json=sign_in)
        if reply.status_code == HTTPStatus.UNAUTHORIZED:
            say("No sample chats: the administrator has another password than the settings say.")
            return
        expect_success(reply)
        client.cookies.clear()
        agent = {"Authorization": f"Bearer {reply.json()['token']}"}
        for number, chat in enumerate(content.chats, 1):
            say(f"Holding sample chat {number} of {len(content.chats)}: {chat.name}")
            await hold_sample_chat(client, chat, agent)
        expect_success(await client.post("/api/agents/logout", headers=agent))


async def _get(client: httpx2.AsyncClient, path: str) -> list[dict[str, Any]]:
    reply = await client.get(path)
    expect_success(reply)
    found: list[dict[str, Any]] = reply.json()
    return found


def _greet(address: str, settings: Settings, content: DemoContent, say: Callable[[str], None]) -> None:
    say("")
    say(f"  Shop page   {address}/")
    say(f"  Dashboard   {address}/dashboard/")
    say(f"  Sign in as  {settings.account.admin_email}")
    say(f"  Password    {settings.account.admin_password.get_secret_value()}")
    say("")
    say("Questions worth asking:")
    for question in content.questions:
        say(f"  - {question}")
    say("")
    say("Stop with Ctrl-C.")
