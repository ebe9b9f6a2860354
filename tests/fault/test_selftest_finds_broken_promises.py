"""The delivery self-test must find fault with a desk that breaks its promises, and none with ours."""

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aichatdesk.entry.selftest.delivery import DeliveryCheck, Plan, Report
from peers.fake_model_server import FakeModelServer
from peers.running_desk import running_desk

PLAN = Plan(chats=2, messages=60, resend_chance=0.5, drop_chance=0.1, catch_up=3.0)


class Between:
    """Stands between the desk and its callers and spoils every tenth posted message, each subclass in its own way."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.posted = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", "/api/messages"):
            await self.app(scope, receive, self.spoilt(scope, send))
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.posted += 1
        changed = self.changed(json.loads(body)) if self.posted % 10 == 0 else body

        async def again() -> Message:
            return {"type": "http.request", "body": changed, "more_body": False}

        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(changed)).encode())
        await self.app({**scope, "headers": [*headers, length]}, again, send)

    def changed(self, body: dict[str, Any]) -> bytes:
        return json.dumps(body).encode()

    def spoilt(self, _scope: Scope, send: Send) -> Send:
        return send


class Losing(Between):
    """Stores another text than it was given."""

    def changed(self, body: dict[str, Any]) -> bytes:
        return json.dumps(body | {"content": "something else"}).encode()


class Doubling(Between):
    """Forgets by which name a message was sent."""

    def changed(self, body: dict[str, Any]) -> bytes:
        return json.dumps({**body, "clientMessageId": None}).encode()


class Skipping(Between):
    """Leaves events out of streams."""

    def spoilt(self, scope: Scope, send: Send) -> Send:
        if not scope.get("path", "").endswith("/events"):
            return send

        async def without_sevens(message: Message) -> None:
            if b"\nid: 7\n" not in message.get("body", b""):
                await send(message)

        return without_sevens


async def checked(data: Path, wrap: type[Between], plan: Plan = PLAN) -> Report:
    async with FakeModelServer() as models, running_desk(data, models.base_url, wrap=wrap) as desk:
        return await DeliveryCheck(desk.base_url, plan).run()


async def test_an_honest_desk_is_found_without_fault(tmp_path: Path):
    report = await checked(tmp_path / "data", Between, replace(PLAN, catch_up=60))
    assert report.faults == []
    assert (report.acknowledged, report.resent > 10, report.dropped > 0) == (60, True, True)


@pytest.mark.parametrize(
    ("wrap", "word"),
    [(Losing, "not in the log"), (Doubling, "Twice in the log"), (Skipping, "missed something")],
)
async def test_a_desk_that_breaks_a_promise_does_not_pass(tmp_path: Path, wrap: type[Between], word: str):
    report = await checked(tmp_path / "data", wrap)
    assert any(word in fault for fault in report.faults), report.faults


async def test_the_command_tells_by_its_exit_code(tmp_path: Path):
    async with (
        FakeModelServer() as models,
        running_desk(tmp_path / "data", models.base_url, wrap=Losing) as desk,
    ):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "aichatdesk.entry.cli.main", "selftest", "delivery"),
            *("--url", desk.base_url, "--messages", "40", "--json"),
            stdout=asyncio.subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        out, _ = await process.communicate()
    assert process.returncode == 3
    assert json.loads(out)["faults"]
