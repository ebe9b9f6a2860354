"""The desk's settings, and how its chats went."""

from typing import Any

import pytest

from peers.running_desk import RunningDesk

CHAT = {"userName": "Ann", "userEmail": "ann@example.org"}


async def test_only_what_is_meant_for_all_can_be_read_by_all(desk: RunningDesk):
    admin = await desk.sign_in()
    desk.client.cookies.clear()
    values = {"calendarEmail": "desk@example.org", "smtpPassword": "secret", "greeting": None}
    saved = await desk.client.put("/api/settings", json=values, headers=admin)
    assert saved.json() == {"success": True}
    await desk.client.put("/api/settings", json={"other": [1, {"a": 2}]}, headers=admin)
    shown = (await desk.client.get("/api/settings", headers=admin)).json()
    assert shown == values | {"other": [1, {"a": 2}]}
    for key, value in (("calendarEmail", "desk@example.org"), ("smtpPassword", None), ("unknown", None)):
        assert (await desk.client.get(f"/api/settings/public/{key}")).json() == {"value": value}
    assert (await desk.client.get("/api/settings")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"": 1},
        {"$where": 1},
        {"a b": 1},
        {"x" * 65: 1},
        {"big": "x" * 20_001},
        {"ok": 1, "no!": 2},
        {"companyName": {"a": 1}},
        {"greeting": 5},
    ],
)
async def test_a_malformed_setting_leaves_all_as_they_were(desk: RunningDesk, body: dict[str, Any]):
    admin = await desk.sign_in()
    assert (await desk.client.put("/api/settings", json=body, headers=admin)).status_code == 400
    assert (await desk.client.get("/api/settings", headers=admin)).json() == {}


async def ended_chat(
    desk: RunningDesk, said: str, rating: int | None, *, by: dict[str, str] | None = None
) -> None:
    chat = (await desk.client.post("/api/chat", json=CHAT)).json()
    await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": said})
    if by:
        await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=by)
        reply = {"chatId": chat["chatId"], "content": "Hello", "sender": "agent"}
        await desk.client.post("/api/messages", json=reply, headers=by)
    ended = {"rating": rating} if rating else {}
    await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json=ended)


async def test_the_overview_counts_each_chat_once(desk: RunningDesk):
    agent = await desk.sign_in()
    await ended_chat(desk, "Where is my parcel?", 5)
    await ended_chat(desk, " where IS my parcel? ", 1)
    await ended_chat(desk, "Refund", 4, by=agent)
    await desk.client.post("/api/chat", json=CHAT)
    shown = (await desk.client.get("/api/analytics/overview", headers=agent)).json()
    numbers = (
        "totalChats",
        "aiResolved",
        "humanResolved",
        "totalRatings",
        "thumbsUp",
        "thumbsDown",
        "avgRating",
    )
    assert [shown[name] for name in numbers] == [4, 2, 1, 3, 1, 1, 3.3]
    assert shown["byCategory"] == [{"category": "general", "count": 4}]
    assert shown["avgResponseTimeMinutes"] == 0
    asked = (await desk.client.get("/api/analytics/common-questions?limit=1", headers=agent)).json()
    assert asked == [{"question": "where is my parcel?", "count": 2}]
    past = "?startDate=2001-01-01&endDate=2001-02-01"
    assert (await desk.client.get(f"/api/analytics/overview{past}", headers=agent)).json()["totalChats"] == 0


@pytest.mark.parametrize(
    "query",
    ["startDate=tomorrow", "startDate=2026-02-02&endDate=2026-02-01", "endDate=0001-01-01T00:00%2B14:00"],
)
async def test_an_odd_period_is_refused(desk: RunningDesk, query: str):
    agent = await desk.sign_in()
    for path in ("overview", "common-questions"):
        assert (await desk.client.get(f"/api/analytics/{path}?{query}", headers=agent)).status_code == 400
    assert (
        await desk.client.get("/api/analytics/common-questions?limit=0", headers=agent)
    ).status_code == 400
