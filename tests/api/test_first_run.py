"""The first run: whoever has the setup code makes the first account, once, and nobody else does."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from aichatdesk.entry.control import owner_client
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk
from peers.served_desk import ServedDesk

NEW = {
    "name": "Ada",
    "email": "ada@example.org",
    "password": "long-enough-words",
    "companyName": "Wheels & Co",
}
NOBODY = {"ADMIN_EMAIL": None, "ADMIN_PASSWORD": None}


@pytest.fixture
async def fresh(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    """A desk that nobody has an account at, behind a proxy that tells who asks."""
    settings = NOBODY | {"AICHATDESK_TRUSTED_PROXIES": "127.0.0.1"}
    async with running_desk(tmp_path / "data", models.base_url, **settings) as running:
        yield running


def code_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "setup-code"


async def set_up(desk: RunningDesk, code: str, address: str = "192.0.2.1", **more: Any) -> httpx2.Response:
    body = NEW | {"code": code} | more
    reply = await desk.client.post("/api/v1/setup", json=body, headers={"X-Forwarded-For": address})
    desk.client.cookies.clear()
    return reply


async def needed(desk: RunningDesk) -> bool:
    return (await desk.client.get("/api/v1/setup")).json()["needed"]


async def test_the_code_makes_one_admin_who_is_signed_in_and_is_then_gone(fresh: RunningDesk, tmp_path: Path):
    file = code_file(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await needed(fresh)
    code = file.read_text()
    reply = await set_up(fresh, f" {code.replace('-', '').lower()} ")
    assert reply.status_code == 201, reply.text
    assert reply.json()["agent"]["systemRole"] == "admin"
    cookie = reply.headers["set-cookie"]
    assert {"httponly", "samesite=strict"} <= set(cookie.lower().split("; "))
    token = {"Authorization": f"Bearer {reply.json()['token']}"}
    me = await fresh.client.get("/api/agents/me", headers={"Cookie": cookie.partition(";")[0]})
    assert (me.json()["agent"]["email"], me.json()["agent"]["status"]) == ("ada@example.org", "online")
    assert (await fresh.client.get("/api/settings/public/companyName")).json()["value"] == "Wheels & Co"
    assert not file.exists()
    assert not await needed(fresh)
    assert (await set_up(fresh, code, email="eve@example.org")).status_code == 409
    [entry] = (await fresh.client.get("/api/v1/audit", headers=token)).json()["entries"]
    assert (entry["action"], entry["actor"]["name"]) == ("desk.set_up", "Ada")
    assert code not in str(entry)


async def test_of_several_people_at_once_one_wins(fresh: RunningDesk, tmp_path: Path):
    code = code_file(tmp_path).read_text()
    replies = await asyncio.gather(*(set_up(fresh, code, email=f"p{one}@example.org") for one in range(6)))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409, 409, 409]
    [winner] = [reply for reply in replies if reply.status_code == 201]
    token = {"Authorization": f"Bearer {winner.json()['token']}"}
    accounts = (await fresh.client.get("/api/agents", headers=token)).json()["agents"]
    assert [one["email"] for one in accounts] == [winner.json()["agent"]["email"]]
    assert len((await fresh.client.get("/api/v1/audit", headers=token)).json()["entries"]) == 1


@pytest.mark.parametrize("code", ["", "2222-2222-2222-2222", "é\ud7ff", "A" * 200])
async def test_without_the_code_nobody_gets_in(fresh: RunningDesk, code: str):
    assert (await set_up(fresh, code)).status_code == 403
    assert await needed(fresh)


async def test_guessing_ends_after_ten_tries_and_the_owner_is_let_in_all_the_same(
    fresh: RunningDesk, tmp_path: Path
):
    guesses = [(await set_up(fresh, f"guess {number}")).status_code for number in range(11)]
    assert guesses == [403] * 10 + [429]
    assert (await set_up(fresh, code_file(tmp_path).read_text(), "192.0.2.2")).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short"},
        {"password": 7},
        {"email": "nobody"},
        {"email": None},
        {"name": "<b>"},
        {"name": ""},
        {"companyName": 5},
        {"companyName": "x" * 101},
        {"code": 5},
    ],
)
async def test_a_malformed_account_is_refused_and_the_code_stays(
    fresh: RunningDesk, tmp_path: Path, wrong: dict[str, Any]
):
    code = code_file(tmp_path).read_text()
    reply = await set_up(fresh, wrong.pop("code", code), **wrong)
    assert reply.status_code == 400, reply.text
    assert await needed(fresh)
    assert code_file(tmp_path).read_text() == code


async def test_an_account_made_on_the_machine_ends_the_code_too(fresh: RunningDesk, tmp_path: Path):
    code = code_file(tmp_path).read_text()
    async with owner_client(fresh.desk.app) as owner:
        made = await owner.post("/api/agents", json=NEW | {"systemRole": "admin"})
    assert made.status_code == 201
    assert not code_file(tmp_path).exists()
    assert (await set_up(fresh, code)).status_code == 409


async def test_a_desk_with_accounts_has_no_code(tmp_path: Path, models: FakeModelServer):
    code_file(tmp_path).parent.mkdir()
    code_file(tmp_path).write_text("AAAA-BBBB-CCCC-DDDD")  # left by a process that was killed
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        assert not code_file(tmp_path).exists()
        assert (await set_up(desk, "AAAA-BBBB-CCCC-DDDD")).status_code == 409


@pytest.mark.parametrize("left", ["", "AAAA-BB", "\x00\xff" * 9])
async def test_a_code_that_was_written_half_is_no_code(tmp_path: Path, models: FakeModelServer, left: str):
    code_file(tmp_path).parent.mkdir()
    code_file(tmp_path).write_text(left)
    code_file(tmp_path).chmod(0o644)
    async with running_desk(tmp_path / "data", models.base_url, **NOBODY) as desk:
        assert (await set_up(desk, left)).status_code == 403
        assert stat.S_IMODE(code_file(tmp_path).stat().st_mode) == 0o600
        assert (await set_up(desk, code_file(tmp_path).read_text())).status_code == 201


def test_the_start_prints_the_code_and_a_later_start_the_same(tmp_path: Path):
    served = ServedDesk(tmp_path / "data")
    environment = {name: value for name, value in served.environment.items() if name not in NOBODY}
    told = [said_at_start(environment, tmp_path) for _ in range(2)]
    code = code_file(tmp_path).read_text()
    for said in told:
        assert f"Open {served.url}/dashboard/" in said
        assert f"setup code {code}" in said


def said_at_start(environment: dict[str, str], folder: Path) -> str:
    """What `aichatdesk serve` says until it is up, and what it says when it is stopped."""
    command = [sys.executable, "-m", "aichatdesk.entry.cli.main", "serve"]
    said = ""
    with subprocess.Popen(
        command, env=os.environ | environment, cwd=folder, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said += line
            if "setup code" in line:
                break
        process.send_signal(signal.SIGTERM)
        said += process.stderr.read()
    return said
