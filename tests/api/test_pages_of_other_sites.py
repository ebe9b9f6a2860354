"""What another site's page can make an agent's browser send: nothing that changes anything, on any route."""

import re
from pathlib import Path

import pytest

from peers.fake_model_server import FakeModelServer
from peers.made_things import UNKNOWN_ID
from peers.running_desk import RunningDesk, running_desk

UNSAFE = ("post", "put", "patch", "delete")
ORIGINS = {
    "no origin": {},
    "another site": {"Origin": "https://evil.example"},
    "a sandboxed page": {"Origin": "null"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "an origin that is none": {"Origin": "http://["},
}


def guarded(desk: RunningDesk) -> list[tuple[str, str]]:
    """Every route that changes something and asks who is there."""
    return [
        (method, re.sub(r"\{[^}]+\}", UNKNOWN_ID, path))
        for path, methods in desk.desk.app.openapi()["paths"].items()
        for method, operation in methods.items()
        if method in UNSAFE and "x-action" in operation
    ]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_cookie_alone_changes_nothing_on_any_route(desk: RunningDesk, origin: str):
    token = (await desk.sign_in())["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"aichatdesk_session={token}"}
    let_through = []
    for method, path in guarded(desk):
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            headers = cookie | ORIGINS[origin] | {"Content-Type": kind}
            reply = await desk.client.request(method, path, content=b"{}", headers=headers)
            if reply.status_code != 403:
                let_through.append(f"{method} {path}: {reply.status_code}")
    assert let_through == []
    assert len(guarded(desk)) > 25


async def test_a_cookie_and_the_desks_own_page_are_enough(desk: RunningDesk):
    token = (await desk.sign_in())["Authorization"].removeprefix("Bearer ")
    headers = {"Cookie": f"aichatdesk_session={token}", "Origin": desk.base_url}
    for method, path in guarded(desk):
        if path.endswith("/logout"):
            continue
        reply = await desk.client.request(method, path, json={}, headers=headers)
        assert reply.status_code not in {401, 403}, (method, path, reply.text)


async def test_a_page_that_may_call_us_gets_no_further_by_the_cookie(tmp_path: Path, models: FakeModelServer):
    """The shop's page is let in for the widget; a script in it must not act as the agent who visits it."""
    shop = "https://shop.example"
    async with running_desk(tmp_path / "data", models.base_url, AICHATDESK_CORS_ORIGIN=f"{shop},*") as desk:
        chat = await desk.start_chat()
        token = (await desk.sign_in())["Authorization"].removeprefix("Bearer ")
        cookie = {"Cookie": f"aichatdesk_session={token}"}
        for origin in (shop, "https://evil.example"):
            headers = cookie | {"Origin": origin}
            for method, path in guarded(desk):
                reply = await desk.client.request(method, path, json={}, headers=headers)
                assert reply.status_code == 403, (method, path)
            body = {"chatId": chat["chatId"], "content": "I am the agent", "sender": "agent"}
            assert (await desk.client.post("/api/messages", json=body, headers=headers)).status_code == 403


async def test_what_is_for_this_machine_alone_is_not_for_whoever_stands_behind_its_proxy(desk: RunningDesk):
    for path in ("/metrics", "/openapi.json", "/docs", "/api/v1/knowledge/search?q=invoices"):
        assert (await desk.client.get(path)).status_code == 200
        for headers in (
            {"X-Forwarded-For": "203.0.113.7"},
            {"X-Real-IP": "203.0.113.7"},
            {"Forwarded": "for=203.0.113.7"},
            {"Via": "1.1 proxy"},
            {"Host": "evil.example"},
            {"Host": "["},
            {"Host": ""},
        ):
            reply = await desk.client.get(path, headers=headers)
            assert reply.status_code in {400, 401}, (path, headers)
