"""Signing in and up: guesses are slowed, nobody is locked out, forged tokens open nothing."""

import asyncio
import base64
import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from aichatdesk.core.access import Role
from aichatdesk.core.errors import Unavailable
from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository
from aichatdesk.desk.passwords import Passwords
from peers.fake_model_server import FakeModelServer
from peers.made_things import Things
from peers.running_desk import ADMIN, RunningDesk, quick_passwords, running_desk

LONG = "ä" * 50  # 100 bytes; bcrypt reads 72 of them


async def login(desk: RunningDesk, email: str, password: str, address: str = "") -> Any:
    headers = {"X-Forwarded-For": address} if address else {}
    body = {"email": email, "password": password}
    reply = await desk.client.post("/api/agents/login", json=body, headers=headers)
    desk.client.cookies.clear()
    return reply


async def account_with_hash(desk: RunningDesk, stored: str) -> tuple[AgentId, str]:
    things = await Things.of(desk)
    agent_id = AgentId(await things.account(password_hash=stored))
    found = await desk.desk.database.read(partial(repository.agent_by_id, agent_id=agent_id))
    return agent_id, found.email


async def stored_hash(desk: RunningDesk, agent_id: AgentId) -> str:
    return (await desk.desk.database.read(partial(repository.agent_by_id, agent_id=agent_id))).password_hash


@pytest.mark.parametrize("prefix", [b"2a", b"2b"])
@pytest.mark.parametrize("password", ["secret-words", LONG])
async def test_an_imported_hash_lets_its_owner_in_and_is_no_bcrypt_hash_afterwards(
    desk: RunningDesk, prefix: bytes, password: str
):
    salt = bcrypt.gensalt(4, prefix)
    agent_id, email = await account_with_hash(desk, bcrypt.hashpw(password.encode()[:72], salt).decode())
    assert (await login(desk, email, password + "x" if password != LONG else "x")).status_code == 401
    assert (await stored_hash(desk, agent_id)).startswith("$2")
    assert (await login(desk, email, password)).status_code == 200
    assert (await stored_hash(desk, agent_id)).startswith("$argon2id$")
    assert (await login(desk, email, password)).status_code == 200


@pytest.mark.parametrize("stored", ["", "!", "$2b$04$" + "x" * 53, "$2a$99$" + "." * 53, "$argon2id$bad"])
async def test_a_damaged_hash_lets_nobody_in_and_is_no_defect(desk: RunningDesk, stored: str):
    _, email = await account_with_hash(desk, stored)
    assert (await login(desk, email, "secret-words")).status_code == 401


async def test_guessing_from_one_address_locks_nobody_out_at_another(tmp_path: Path, models: FakeModelServer):
    async with running_desk(
        tmp_path / "data", models.base_url, AICHATDESK_TRUSTED_PROXIES="127.0.0.1"
    ) as desk:
        guesses = [await login(desk, ADMIN["email"], "wrong-words", "203.0.113.7") for _ in range(7)]
        assert [reply.status_code for reply in guesses] == [401] * 5 + [429] * 2
        assert int(guesses[-1].headers["Retry-After"]) > 0
        right = await login(desk, **ADMIN, address="203.0.113.7")
        assert right.status_code == 429
        assert (await login(desk, **ADMIN, address="198.51.100.2")).status_code == 200


async def test_a_flood_of_sign_ins_from_one_place_is_refused_before_anything_is_hashed(
    tmp_path: Path, models: FakeModelServer
):
    # One client has a whole network of IPv6 addresses to itself.
    addresses = [f"2001:db8:0:1::{number:x}" for number in range(1, 60)]
    async with running_desk(
        tmp_path / "data", models.base_url, AICHATDESK_TRUSTED_PROXIES="127.0.0.1"
    ) as desk:
        seen = [
            (await login(desk, f"nobody{n}@example.org", "x" * 8, addresses[n])).status_code
            for n in range(34)
        ]
        assert seen == [401] * 30 + [429] * 4
        body = {"name": "Ann", "email": "ann@example.org", "password": "long-enough"}
        signed = await desk.client.post(
            "/api/agents/signup/" + "0" * 32, json=body, headers={"X-Forwarded-For": addresses[0]}
        )
        assert signed.status_code == 429
        assert signed.json()["message"] == signed.json()["error"]
        assert int(signed.headers["Retry-After"]) > 0
        assert (await login(desk, **ADMIN, address="198.51.100.2")).status_code == 200


async def test_a_hash_takes_as_much_work_as_is_recommended():
    """RFC 9106, section 4, the second choice."""
    kept = await Passwords().hash("secret-words")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_at_most_two_passwords_are_hashed_at_once_and_a_long_queue_is_refused():
    passwords = quick_passwords()
    tries = [asyncio.ensure_future(passwords.check("secret-words", None)) for _ in range(40)]
    await asyncio.sleep(0)
    refused = [one for one in tries if one.done()]
    assert len(refused) == 22
    assert all(isinstance(one.exception(), Unavailable) for one in refused)
    done = await asyncio.gather(*(one for one in tries if one not in refused))
    assert done == [(False, None)] * 18
    assert await passwords.check("secret-words", None) == (False, None)


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in (header, claims)
    ]
    return ".".join([*parts, ""])


async def test_no_forged_token_opens_anything(tmp_path: Path, models: FakeModelServer):
    secret = "the-secret-of-this-desk-is-32-bytes-long"
    async with running_desk(tmp_path / "data", models.base_url, JWT_SECRET=secret) as desk:
        token = (await login(desk, **ADMIN)).json()["token"]
        claims, key = claims_of(token), OctKey.import_key(secret.encode())
        other = OctKey.import_key(b"another-secret-that-is-long-enough-too")
        rsa = RSAKey.generate_key(2048)

        def signed(alg: str, with_key: Any = key, **more: Any) -> str:
            return jwt.encode({"alg": alg}, claims | more, with_key, algorithms=[alg])

        forged = {
            "another key": signed("HS256", other),
            "HS512": signed("HS512"),
            "HS384": signed("HS384"),
            "RS256": signed("RS256", rsa),
            "alg none": unsigned(claims, alg="none"),
            "alg NONE": unsigned(claims, alg="NONE", typ="JWT"),
            "no signature": token.rpartition(".")[0] + ".",
            "no alg": unsigned(claims),
            "expired": signed("HS256", exp=int(time.time()) - 60),
            "no end": signed("HS256", exp=None),
            "an end that is no number": signed("HS256", exp="tomorrow"),
            "of nobody": signed("HS256", agentId="0" * 24),
            "of an odd account": signed("HS256", agentId={"$ne": None}),
            "of another sign-in": signed("HS256", ver=0),
            "of the older server": signed("HS256", ver=None),
            "no token": "x",
            "empty parts": "..",
            "very long": "a" * 20_000,
        }
        for name, one in forged.items():
            for headers in ({"Authorization": f"Bearer {one}"}, {"Cookie": f"aichatdesk_session={one}"}):
                reply = await desk.client.get("/api/agents/me", headers=headers)
                assert reply.status_code == 401, (name, reply.text)
        again = await desk.client.get(
            "/api/agents/me", headers={"Authorization": f"Bearer {signed('HS256', role='agent')}"}
        )
        assert again.json()["agent"]["systemRole"] == "admin", "the account decides, not the claims"


async def test_a_role_in_a_token_gives_no_right_that_the_account_has_not(
    tmp_path: Path, models: FakeModelServer
):
    secret = "the-secret-of-this-desk-is-32-bytes-long"
    async with running_desk(tmp_path / "data", models.base_url, JWT_SECRET=secret) as desk:
        things = await Things.of(desk)
        token = await things.token_of(await things.account(role=Role.AGENT))
        claims = claims_of(token["Authorization"].removeprefix("Bearer "))
        claims |= {"role": "admin", "systemRole": "admin"}
        raised = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret.encode()))
        reply = await desk.client.get("/api/agents", headers={"Authorization": f"Bearer {raised}"})
        assert reply.status_code == 403
