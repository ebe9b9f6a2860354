"""Accounts, teams, invite links and canned responses: who may do what, and what must not happen."""

import asyncio
from typing import Any

import pytest

from peers.running_desk import RunningDesk

PASSWORD = "long-enough-words"


async def call(
    desk: RunningDesk, method: str, path: str, who: dict[str, str] | None, expected: int = 200, **body: Any
) -> Any:
    more = {"json": body} if method not in {"GET", "DELETE"} else {}
    reply = await desk.client.request(method, path, headers=who or {}, **more)
    assert reply.status_code == expected, reply.text
    return reply.json()


async def account(desk: RunningDesk, by: dict[str, str], email: str, **more: Any) -> dict[str, Any]:
    made = await call(
        desk, "POST", "/api/agents", by, 201, email=email, name="Somebody", password=PASSWORD, **more
    )
    return made["agent"]


async def signed_in(desk: RunningDesk, email: str, password: str = PASSWORD) -> dict[str, str]:
    reply = await desk.client.post("/api/agents/login", json={"email": email, "password": password})
    desk.client.cookies.clear()
    assert reply.status_code == 200, reply.text
    return {"Authorization": f"Bearer {reply.json()['token']}"}


async def a_team_with_a_manager(desk: RunningDesk) -> tuple[dict[str, str], dict[str, str], dict[str, Any]]:
    """The admin, a manager, and the team that the manager leads."""
    admin = await desk.sign_in()
    desk.client.cookies.clear()
    lead = await account(desk, admin, "lead@example.org", systemRole="manager")
    team = await call(desk, "POST", "/api/agents/roles", admin, 201, name="Billing", managerId=lead["id"])
    return admin, await signed_in(desk, "lead@example.org"), team["role"]


async def test_a_manager_manages_plain_agents_of_their_own_teams_and_nobody_else(desk: RunningDesk):
    admin, lead, _ = await a_team_with_a_manager(desk)
    await call(desk, "POST", "/api/agents/roles", admin, 201, name="Sales")
    mine = await account(desk, lead, "mine@example.org", roles=["Billing"])
    theirs = await account(desk, admin, "theirs@example.org", roles=["Sales"])
    boss = await account(desk, admin, "boss@example.org", systemRole="admin", roles=["Billing"])
    seen = (await call(desk, "GET", "/api/agents", lead))["agents"]
    assert {one["email"] for one in seen} == {"lead@example.org", "mine@example.org"}
    for target in (theirs, boss):
        for method, path in (("PUT", ""), ("POST", "/reset-password")):
            await call(
                desk, method, f"/api/agents/{target['id']}{path}", lead, 403, newPassword=PASSWORD, name="No"
            )
    path = f"/api/agents/{mine['id']}"
    assert (await call(desk, "PUT", path, lead, name="Mia"))["agent"]["name"] == "Mia"
    assert "Sales" in (await call(desk, "PUT", path, lead, 403, roles=["Billing", "Sales"]))["error"]
    assert (await call(desk, "PUT", path, lead, systemRole="admin"))["agent"]["systemRole"] == "agent"
    await call(
        desk,
        "POST",
        "/api/agents",
        lead,
        403,
        email="x@example.org",
        name="Xx",
        password=PASSWORD,
        systemRole="admin",
    )
    await call(desk, "DELETE", path, lead, 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/agents"),
        ("POST", "/api/agents/roles"),
        ("GET", "/api/agents/invite-links"),
        ("POST", "/api/agents/invite-links"),
        ("POST", "/api/canned-responses"),
        ("DELETE", "/api/agents/0123456789abcdef01234567"),
    ],
)
async def test_a_plain_agent_manages_nothing(desk: RunningDesk, method: str, path: str):
    admin = await desk.sign_in()
    desk.client.cookies.clear()
    await account(desk, admin, "plain@example.org")
    await call(desk, method, path, await signed_in(desk, "plain@example.org"), 403)
    await call(desk, method, path, None, 401)


async def test_no_token_outlives_deactivation_a_new_password_or_a_reset(desk: RunningDesk):
    admin = await desk.sign_in()
    desk.client.cookies.clear()
    made = await account(desk, admin, "kit@example.org")
    first = await signed_in(desk, "kit@example.org")
    change = {"currentPassword": PASSWORD, "newPassword": "other-words-now"}
    await call(
        desk, "POST", "/api/agents/change-password", first, 401, **(change | {"currentPassword": "no"})
    )
    await call(desk, "POST", "/api/agents/change-password", first, **change)
    await call(desk, "GET", "/api/agents/me", first, 401)
    second = await signed_in(desk, "kit@example.org", "other-words-now")
    await call(desk, "POST", f"/api/agents/{made['id']}/reset-password", admin, newPassword=PASSWORD)
    await call(desk, "GET", "/api/agents/me", second, 401)
    third = await signed_in(desk, "kit@example.org")
    await call(desk, "DELETE", f"/api/agents/{made['id']}", admin)
    await call(desk, "GET", "/api/agents/me", third, 401)
    await call(desk, "PATCH", f"/api/agents/{made['id']}/status", admin, 404, status="online")
    await call(desk, "POST", "/api/agents/login", None, 401, email="kit@example.org", password=PASSWORD)


async def test_the_desk_never_loses_its_last_admin(desk: RunningDesk):
    admin = await desk.sign_in()
    desk.client.cookies.clear()
    own = (await call(desk, "GET", "/api/agents/me", admin))["agent"]["id"]
    await call(desk, "DELETE", f"/api/agents/{own}", admin, 409)
    await call(desk, "PUT", f"/api/agents/{own}", admin, 409, systemRole="agent")


async def test_a_renamed_team_keeps_its_people_and_a_deleted_one_frees_its_name(desk: RunningDesk):
    admin, lead, team = await a_team_with_a_manager(desk)
    await account(desk, lead, "mine@example.org", roles=[team["id"]])
    path = f"/api/agents/roles/{team['id']}"
    assert (await call(desk, "PUT", path, lead, name="Invoices"))["role"]["name"] == "Invoices"
    [shown] = (await call(desk, "GET", "/api/agents/roles", lead))["roles"]
    assert (shown["name"], shown["agentCount"], shown["managerName"]) == ("Invoices", 1, "Somebody")
    await call(desk, "POST", "/api/agents/roles", admin, 400, name="Invoices")
    await call(desk, "DELETE", path, admin)
    await call(desk, "DELETE", path, admin, 404)
    await call(desk, "POST", "/api/agents/roles", admin, 201, name="Invoices")
    mine = [
        one
        for one in (await call(desk, "GET", "/api/agents", admin))["agents"]
        if one["email"] == "mine@example.org"
    ]
    assert mine[0]["roles"] == []


async def test_a_link_for_one_makes_one_account_however_many_use_it_at_once(desk: RunningDesk):
    _, lead, _ = await a_team_with_a_manager(desk)
    made = await call(desk, "POST", "/api/agents/invite-links", lead, 201, roles=["Billing"], maxUses=1)
    path = f"/api/agents/signup/{made['link']['code']}"
    assert made["link"]["url"] == f"/test/signup.html?code={made['link']['code']}"
    assert await call(desk, "GET", path, None) == {"valid": True, "roles": ["Billing"], "label": ""}
    bodies = [{"name": "New one", "email": f"n{n}@example.org", "password": PASSWORD} for n in range(8)]
    replies = await asyncio.gather(*(desk.client.post(path, json=body) for body in bodies))
    assert sorted(reply.status_code for reply in replies) == [201] + [410] * 7
    gone = next(reply.json() for reply in replies if reply.status_code == 410)
    assert gone["message"] == gone["error"] == "Invite link has reached max uses"
    seen = (await call(desk, "GET", "/api/agents", lead))["agents"]
    assert [one["roles"] for one in seen if one["email"].startswith("n")] == [["Billing"]]


async def test_a_manager_ends_no_link_of_another(desk: RunningDesk):
    admin, lead, _ = await a_team_with_a_manager(desk)
    link = (await call(desk, "POST", "/api/agents/invite-links", admin, 201))["link"]
    assert (await call(desk, "GET", "/api/agents/invite-links", lead))["links"] == []
    await call(desk, "DELETE", f"/api/agents/invite-links/{link['id']}", lead, 404)
    await call(desk, "GET", f"/api/agents/signup/{link['code']}", None)
    await call(desk, "POST", "/api/agents/invite-links", lead, 400, roles=["Unknown"])
    await call(desk, "DELETE", f"/api/agents/invite-links/{link['id']}", admin)
    await call(desk, "GET", f"/api/agents/signup/{link['code']}", None, 404)


@pytest.mark.parametrize(
    "body",
    [
        {"maxUses": -1},
        {"maxUses": 1.5},
        {"maxUses": True},
        {"expiresAt": "tomorrow"},
        {"expiresAt": "9999-12-31T23:59:59-10:00"},
        {"expiresAt": "2001-01-01"},
        {"label": ["x"]},
        {"roles": "Billing"},
        {"defaultManagerId": "nobody"},
    ],
)
async def test_a_malformed_link_is_refused(desk: RunningDesk, body: dict[str, Any]):
    assert "error" in await call(desk, "POST", "/api/agents/invite-links", await desk.sign_in(), 400, **body)


@pytest.mark.parametrize(
    "body",
    [
        {"email": ["x@example.org"]},
        {"email": "no address"},
        {"password": "short"},
        {"name": "x"},
        {"roles": ["Nobody"]},
        {"systemRole": "supervisor"},
        {"managerId": "0123456789abcdef01234567"},
    ],
)
async def test_a_malformed_account_is_refused_when_made_and_when_changed(
    desk: RunningDesk, body: dict[str, Any]
):
    admin = await desk.sign_in()
    whole = {"email": "a@example.org", "name": "Some one", "password": PASSWORD}
    await call(desk, "POST", "/api/agents", admin, 400, **(whole | body))
    made = await account(desk, admin, "made@example.org")
    await call(desk, "PUT", f"/api/agents/{made['id']}", admin, 400, **body)


async def test_ones_own_profile_takes_addresses_and_gives_them_back(desk: RunningDesk):
    admin = await desk.sign_in()
    shown = await call(desk, "PUT", "/api/agents/me", admin, name="Kim K", teamsEmail="kim@example.com")
    assert shown["agent"]["name"] == "Kim K"
    for field in ("teamsEmail", "office365Email"):
        refused = await desk.client.put("/api/agents/me", json={field: "kim"}, headers=admin)
        assert (refused.status_code, refused.json()["field"]) == (400, field)
    shown = await call(desk, "PUT", "/api/agents/me", admin, name="", teamsEmail="")
    assert (shown["agent"]["name"], shown["agent"]["teamsEmail"]) == ("Kim K", "")


async def test_canned_responses_are_found_by_their_words_and_counted(desk: RunningDesk):
    admin = await desk.sign_in()
    path = "/api/canned-responses"
    texts = [
        ("Refund 100% sure", "We refund within 7 days.", "billing"),
        ("Hello", "How may I help you?", None),
    ]
    made = [
        await call(desk, "POST", path, admin, 201, title=title, content=content, category=category)
        for title, content, category in texts
    ]
    assert (await call(desk, "POST", f"{path}/{made[1]['id']}/use", admin))["usageCount"] == 1
    assert [one["title"] for one in await call(desk, "GET", path, admin)] == ["Hello", "Refund 100% sure"]
    for query, found in (
        ("?search=100%25", 1),
        ("?search=.*", 0),
        ("?search=REFUND", 1),
        ("?category=billing", 1),
    ):
        assert len(await call(desk, "GET", path + query, admin)) == found, query
    wrong = await call(desk, "POST", path, admin, 400, title="x", content="y", shortcut="!")
    assert wrong["error"] == "Validation failed"
    assert len(wrong["details"]) == 3
    changed = await call(desk, "PATCH", f"{path}/{made[0]['id']}", admin, category=None, shortcut="ref1")
    assert (changed["category"], changed["shortcut"]) == (None, "ref1")
    await call(desk, "DELETE", f"{path}/{made[0]['id']}", admin)
    await call(desk, "PATCH", f"{path}/{made[0]['id']}", admin, 404, title="Refunds")
    await call(desk, "PATCH", f"{path}/odd", admin, 400, title="Refunds")


async def test_a_category_keeps_what_a_change_does_not_name(desk: RunningDesk):
    admin = await desk.sign_in()
    made = await call(
        desk, "POST", "/api/categories", admin, 201, name="Orders", prompt="Be exact.", icon="📦"
    )
    path = f"/api/categories/{made['_id']}"
    changed = await call(desk, "PUT", path, admin, name="Orders and shipping")
    assert (changed["name"], changed["prompt"], changed["icon"]) == ("Orders and shipping", "Be exact.", "📦")
    await call(desk, "PUT", path, admin, 400, sortOrder="first")
    assert await call(desk, "DELETE", path, admin) == {"success": True}
    await call(desk, "DELETE", path, admin, 404)
