"""Who a visitor is: what the host page's server signs, and nothing that a visitor says."""

import base64
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.conversation.domain import Chat
from aichatdesk.conversation.read_chat import find_chat
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.signed_visitors import SECRET, signed


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    settings = {"WIDGET_IDENTITY_SECRET": SECRET}
    async with running_desk(tmp_path / "data", models.base_url, **settings) as running:
        yield running


async def identify(desk: RunningDesk, chat: dict[str, str], body: Any, headers: Any = None) -> Any:
    path = f"/api/v1/chats/{chat['sessionId']}/identify"
    return await desk.client.post(path, json=body, headers=visitor(chat) if headers is None else headers)


async def stored(desk: RunningDesk, chat: dict[str, str]) -> Chat:
    return await desk.desk.database.read(lambda tx: find_chat(tx, chat["sessionId"]))


async def test_a_signed_visitor_is_known_and_only_people_at_the_desk_hear_of_it(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    token = signed(email="grace@example.org", name="Grace\u0000 Hopper")
    reply = await identify(desk, chat, {"token": token})
    assert reply.json()["user"] == {
        "id": "customer-7",
        "name": "Grace Hopper",
        "email": "grace@example.org",
        "emailVerified": True,
    }
    known = await stored(desk, chat)
    assert (known.user_id, known.user_email, known.email_is_verified) == (
        "customer-7",
        "grace@example.org",
        True,
    )
    assert await desk.events(chat) == []
    log = await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=agent)
    [event] = log.json()["events"]
    assert event["type"] == "labelled"
    assert (event["userName"], event["emailVerified"]) == ("Grace Hopper", True)
    assert token not in log.text


async def test_a_later_token_without_an_address_takes_the_proof_back(desk: RunningDesk):
    chat = await desk.start_chat()
    await identify(desk, chat, {"token": signed(email="grace@example.org")})
    reply = await identify(desk, chat, {"token": signed(name="Grace H.")})
    assert reply.status_code == 200
    known = await stored(desk, chat)
    assert (known.user_id, known.user_name, known.email_is_verified) == ("customer-7", "Grace H.", False)


async def test_a_chat_is_not_given_to_somebody_else_who_signs_in_later(desk: RunningDesk):
    chat = await desk.start_chat()
    await identify(desk, chat, {"token": signed(email="grace@example.org", name="Grace")})
    reply = await identify(desk, chat, {"token": signed(sub="customer-8", name="Ada")})
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    known = await stored(desk, chat)
    assert (known.user_id, known.user_name, known.email_is_verified) == ("customer-7", "Grace", True)


async def test_a_typed_address_proves_nothing(desk: RunningDesk):
    body = {
        "userName": "Ann",
        "userEmail": "ann@example.org",
        "verifiedEmail": "ann@example.org",
        "metadata": {"verifiedEmail": "ann@example.org"},
        "environment": {"verifiedEmail": "ann@example.org"},
        "subject": "verifiedEmail",
    }
    chat = (await desk.client.post("/api/chat", json=body)).json()
    await desk.client.patch(
        f"/api/chat/{chat['sessionId']}/category",
        json={"categoryId": "x", "verifiedEmail": "ann@example.org"},
    )
    known = await stored(desk, chat)
    assert not known.email_is_verified
    assert known.metadata["subject"] == "verifiedEmail"


def unsigned() -> str:
    header, claims = {"alg": "none"}, {"sub": "x", "exp": int(time.time()) + 60}
    parts = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (header, claims)
    )
    return ".".join(parts) + "."


FORGED = {
    "another secret": signed(secret="x" * 40),
    "another algorithm": signed(header={"alg": "HS512"}),
    "no signature": unsigned(),
    "no end": signed(exp=None),
    "over": signed(exp=int(time.time()) - 3600),
    "too long a life": signed(exp=int(time.time()) + 25 * 3600),
    "an end that is no number": signed(exp="tomorrow"),
    "an end beyond numbers": signed(exp=float("inf")),
    "an end that is none": signed(exp=float("nan")),
    "nobody": signed(sub=None),
    "an empty name": signed(sub=""),
    "not yet": signed(nbf=int(time.time()) + 3600),
    "rubbish": "a.b.c",
    "empty": "",
    "too long": "a" * 9000,
    "not ASCII": "ü.ü.ü",
}


MALFORMED = (
    {"email": "no address"},
    {"email": ["a@b.c"]},
    {"name": 7},
    {"name": "x" * 500},
    {"sub": "x" * 100},
)


async def test_a_token_that_is_not_sound_changes_nothing(desk: RunningDesk):
    chat = await desk.start_chat()
    for name, token in FORGED.items():
        reply = await identify(desk, chat, {"token": token})
        assert reply.status_code == 401, (name, reply.text)
        assert reply.headers["content-type"] == "application/problem+json"
    for claims in MALFORMED:
        reply = await identify(desk, chat, {"token": signed(**claims)})
        assert reply.status_code == 400, (claims, reply.text)
    assert (await stored(desk, chat)).user_id is None


async def test_a_token_opens_no_chat_of_another_visitor(desk: RunningDesk):
    chat, other = await desk.start_chat(), await desk.start_chat()
    body = {"token": signed(email="grace@example.org")}
    assert (await identify(desk, chat, body, headers={})).status_code == 403
    assert (await identify(desk, chat, body, headers=visitor(other))).status_code == 403
    assert (await identify(desk, chat, {}, headers=visitor(chat))).status_code == 400
    agent = {"Authorization": f"Bearer {signed()}"}
    assert (await desk.client.get("/api/agents/me", headers=agent)).status_code == 401
    assert not (await stored(desk, chat)).email_is_verified


async def test_without_a_shared_secret_nobody_is_identified(tmp_path: Path, models: FakeModelServer):
    async with running_desk(tmp_path / "bare", models.base_url) as bare:
        chat = await bare.start_chat()
        reply = await identify(bare, chat, {"token": signed()})
        assert reply.status_code == 404
        assert "WIDGET_IDENTITY_SECRET" in reply.json()["detail"]
