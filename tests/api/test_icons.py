"""Icons of categories and teams: one emoji each, whatever the model or a person says."""

from typing import Any

import pytest

from peers.fake_model_server import FakeModelServer, Script
from peers.running_desk import RunningDesk

CATEGORY = {"name": "Orders", "prompt": "Be exact."}
Who = dict[str, str]


async def call(desk: RunningDesk, method: str, path: str, who: Who, status: int = 200, **body: Any) -> Any:
    reply = await desk.client.request(method, path, headers=who, json=body)
    assert reply.status_code == status, reply.text
    return reply.json()


async def category(desk: RunningDesk, who: Who, **body: Any) -> dict[str, Any]:
    return await call(desk, "POST", "/api/categories", who, 201, **CATEGORY, **body)


async def team(desk: RunningDesk, who: Who, **body: Any) -> dict[str, Any]:
    return (await call(desk, "POST", "/api/agents/roles", who, 201, **body))["role"]


@pytest.mark.parametrize("told", ["📦", " 📦\n", "👩🏽‍🚒", "1️⃣", "🇩🇪"])
async def test_the_model_picks_an_icon_where_none_is_given(
    desk: RunningDesk, models: FakeModelServer, told: str
):
    admin = await desk.sign_in()
    models.say(told)
    assert (await category(desk, admin, icon=""))["icon"] == told.strip()
    assert (await team(desk, admin, name="Sales"))["icon"] == told.strip()
    assert "Be exact." in models.requests[0]["messages"][-1]["content"]
    assert {request["model"] for request in models.requests} == {"fake"}


@pytest.mark.parametrize(
    "told", ["", "box", "📦📦", "📦 is good", "<img src=x onerror=alert(1)>", "🏽", "#", "<think>📦"]
)
async def test_anything_but_one_emoji_from_the_model_gives_the_default(
    desk: RunningDesk, models: FakeModelServer, told: str
):
    admin = await desk.sign_in()
    models.say(told)
    assert (await category(desk, admin))["icon"] == "💬"
    assert (await team(desk, admin, name="Sales"))["icon"] == "👥"


async def test_a_model_that_is_down_or_slow_keeps_nobody_from_making_a_category(
    desk: RunningDesk, models: FakeModelServer
):
    admin = await desk.sign_in()
    models.then(Script("📦", first_delay=3600))
    assert (await category(desk, admin))["icon"] == "💬"
    await models.stop()
    assert (await team(desk, admin, name="Sales"))["icon"] == "👥"


@pytest.mark.parametrize("icon", ["box", "📦📦", "<b>", "&#128230;", 7, ["📦"], "x" * 10_000])
async def test_an_icon_given_by_a_person_is_one_emoji_or_refused(desk: RunningDesk, icon: object):
    admin = await desk.sign_in()
    await call(desk, "POST", "/api/categories", admin, 400, **CATEGORY, icon=icon)
    await call(desk, "POST", "/api/agents/roles", admin, 400, name="Sales", icon=icon)
    made, crew = await category(desk, admin, icon="📦"), await team(desk, admin, name="Crew", icon="🧰")
    await call(desk, "PUT", f"/api/categories/{made['_id']}", admin, 400, icon=icon)
    await call(desk, "PUT", f"/api/agents/roles/{crew['id']}", admin, 400, icon=icon)


async def test_an_icon_is_picked_again_only_for_what_is_named_anew(
    desk: RunningDesk, models: FakeModelServer
):
    admin = await desk.sign_in()
    made, crew = await category(desk, admin, icon="📦"), await team(desk, admin, name="Crew", icon="🧰")
    own, roles = f"/api/categories/{made['_id']}", f"/api/agents/roles/{crew['id']}"
    models.say("🚚")
    for kept in ({"active": False}, {"name": "Parcels"}, {"prompt": "Be kind."}, {**CATEGORY, "icon": "📦"}):
        assert (await call(desk, "PUT", own, admin, **kept))["icon"] == "📦", kept
    for kept in ({"description": "They ship."}, {"name": "Crew"}, {"name": "Crews", "icon": "🧰"}):
        assert (await call(desk, "PUT", roles, admin, **kept))["role"]["icon"] == "🧰", kept
    assert models.requests == []
    assert (await call(desk, "PUT", own, admin, **CATEGORY, icon=""))["icon"] == "🚚"
    assert (await call(desk, "PUT", roles, admin, name="Shipping"))["role"]["icon"] == "🚚"
    models.say("no emoji")
    assert (await call(desk, "PUT", own, admin, **CATEGORY))["icon"] == "🚚"
    asked = len(models.requests)
    await call(desk, "POST", "/api/agents/roles", admin, 400, name="Shipping")
    await call(desk, "PUT", "/api/categories/0123456789abcdef01234567", admin, 404, **CATEGORY)
    assert len(models.requests) == asked
