"""Answers that are judged, chats that are rated, addresses that are left: each once, and by the visitor alone."""

from pathlib import Path
from typing import Any

import httpx2

from aichatdesk.conversation.answer import begin_answer
from aichatdesk.core.ids import ChatId
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.signed_visitors import SECRET, signed


async def put(desk: RunningDesk, chat: dict[str, str], what: str, body: dict[str, Any]) -> httpx2.Response:
    return await desk.client.put(
        f"/api/v1/chats/{chat['sessionId']}/{what}", json=body, headers=visitor(chat)
    )


async def snapshot(desk: RunningDesk, chat: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
    return (await desk.client.get(f"/api/v1/chats/{chat['sessionId']}", headers=headers)).json()


async def answered(desk: RunningDesk, chat: dict[str, str]) -> str:
    return await desk.desk.database.write(
        lambda tx: begin_answer(tx, ChatId(chat["chatId"]), question_id=None, sources=[])
    )


async def test_a_judgement_is_stored_once_changed_and_taken_back_and_both_sides_hear_it(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    message = await answered(desk, chat)
    for body in ({"helpful": False, "comment": "wrong"}, {"helpful": False, "comment": "wrong"}):
        assert (await put(desk, chat, f"messages/{message}/feedback", body)).json() == {"success": True}
    told = [event for event in await desk.events(chat) if event["type"] == "feedback"]
    assert [(one["messageId"], one["helpful"], one["comment"]) for one in told] == [(message, False, "wrong")]
    for headers in (visitor(chat), agent):
        [shown] = (await snapshot(desk, chat, headers))["messages"]
        assert (shown["helpful"], shown["feedbackComment"]) == (False, "wrong")
    assert (await put(desk, chat, f"messages/{message}/feedback", {"helpful": None})).status_code == 200
    [shown] = (await snapshot(desk, chat, agent))["messages"]
    assert (shown["helpful"], shown["feedbackComment"]) == (None, None)


async def test_nobody_judges_what_is_not_the_assistants_or_not_in_the_chat(desk: RunningDesk):
    chat, other, agent = await desk.start_chat(), await desk.start_chat(), await desk.sign_in()
    said = await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": "hello"})
    note = {"chatId": chat["chatId"], "content": "psst", "isInternal": True}
    noted = await desk.client.post("/api/messages", json=note, headers=agent)
    elsewhere = await answered(desk, other)
    for message, status in (
        (said.json()["message"]["id"], 400),
        (noted.json()["message"]["id"], 404),
        (elsewhere, 404),
        ("no-id", 400),
    ):
        reply = await put(desk, chat, f"messages/{message}/feedback", {"helpful": True})
        assert reply.status_code == status, message
    for body in ({}, {"helpful": "yes"}, {"helpful": 1}, {"helpful": True, "comment": "x" * 2001}):
        assert (await put(desk, other, f"messages/{elsewhere}/feedback", body)).status_code == 400, body


async def test_a_rating_is_kept_after_the_end_too_and_replaces_an_earlier_one(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    assert (await put(desk, chat, "rating", {"rating": 2, "comment": "slow"})).status_code == 200
    await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json={"rating": 4})
    assert (await put(desk, chat, "rating", {"rating": 5})).status_code == 200
    assert (await put(desk, chat, "rating", {"rating": 5})).status_code == 200
    told = [event for event in await desk.events(chat) if event["type"] == "rated"]
    assert [(one["rating"], one["comment"]) for one in told] == [(2, "slow"), (4, "slow"), (5, None)]
    shown = (await snapshot(desk, chat, agent))["chat"]
    assert (shown["rating"], shown["ratingComment"], shown["status"]) == (5, None, "closed")
    assert (await snapshot(desk, chat, visitor(chat)))["chat"]["rating"] == 5
    for rating in (0, 6, 2.5, "5", True, None):
        assert (await put(desk, chat, "rating", {"rating": rating})).status_code == 400, rating


async def test_an_address_that_is_left_is_typed_and_only_the_desk_hears_of_it(desk: RunningDesk):
    reply = await desk.client.put("/api/settings", json=OPEN_FORM, headers=await desk.sign_in())
    assert reply.status_code == 200, reply.text
    chat = (await desk.client.post("/api/v1/chats", json={})).json()
    assert (await put(desk, chat, "contact", {"email": "ann@example.org"})).status_code == 200
    assert await desk.events(chat) == []
    shown = (await snapshot(desk, chat, await desk.sign_in()))["chat"]
    assert (shown["userName"], shown["userEmail"], shown["emailVerified"]) == (
        "Visitor",
        "ann@example.org",
        False,
    )
    for body in ({}, {"email": "nobody"}, {"email": ""}, {"name": " "}, {"email": "a@b.org\nBcc: c@d.org"}):
        assert (await put(desk, chat, "contact", body)).status_code == 400, body


async def test_what_the_page_has_vouched_for_is_never_changed_by_typing(
    tmp_path: Path, models: FakeModelServer
):
    async with running_desk(tmp_path / "data", models.base_url, WIDGET_IDENTITY_SECRET=SECRET) as desk:
        chat = await desk.start_chat()
        body = {"token": signed(email="grace@example.org", name="Grace")}
        path = f"/api/v1/chats/{chat['sessionId']}/identify"
        assert (await desk.client.post(path, json=body, headers=visitor(chat))).status_code == 200
        for wish in ({"email": "eve@example.org"}, {"name": "Eve"}):
            assert (await put(desk, chat, "contact", wish)).status_code == 409
        assert (await put(desk, chat, "contact", {"email": "grace@example.org"})).status_code == 200
        shown = (await snapshot(desk, chat, await desk.sign_in()))["chat"]
        assert (shown["userName"], shown["userEmail"], shown["emailVerified"]) == (
            "Grace",
            "grace@example.org",
            True,
        )


OPEN_FORM = {"widget": {"form": {"name": "optional", "email": "hidden"}}}
