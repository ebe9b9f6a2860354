"""Requests that scripts of the old server send: forms, no bodies, HEAD, a slash at the end."""

import json
from typing import Any

import pytest

from aichatdesk.platform.http.old_requests import form_fields
from peers.running_desk import RunningDesk

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (b"", {}),
        (b"a=1&b=x+y%21&c=", {"a": "1", "b": "x y!", "c": ""}),
        (b"a[b]=1&a[c][d]=2", {"a": {"b": "1", "c": {"d": "2"}}}),
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        (b"a=1&a[b]=2", {"a": "1"}),
        (b"a[b]=1&a=2", {"a": {"b": "1"}}),
        (b"[a]=1&a[=2&a]=3", {"[a]": "1", "a[": "2", "a]": "3"}),
        (b"a[b][c][d][e][f][g]=1", {"a[b][c][d][e][f][g]": "1"}),
        (b"__proto__[x]=1", {"__proto__": {"x": "1"}}),
    ],
)
def test_a_form_names_an_object_and_odd_names_are_only_names(form: bytes, fields: dict[str, Any]):
    assert form_fields(form) == fields


async def test_a_form_does_what_the_same_json_does(desk: RunningDesk):
    form = "userName=Ann&userEmail=ann%40example.org&mood=4&environment[browser]=curl"
    started = await desk.client.post("/api/chat", content=form, headers=FORM)
    assert started.status_code == 201, started.text
    chat = started.json()
    said = await desk.client.post(
        "/api/messages", content=f"chatId={chat['chatId']}&content=Hello+there", headers=FORM
    )
    assert said.json()["message"]["content"] == "Hello there"
    ended = await desk.client.post(
        f"/api/messages/chat/{chat['sessionId']}/end", content="ratingComment=Good+work", headers=FORM
    )
    assert ended.status_code == 200, ended.text
    [row] = (await desk.client.get("/api/dashboard/chats", headers=await desk.sign_in())).json()
    assert (row["mood"], row["metadata"]["environment"], row["ratingComment"]) == (
        4,
        {"browser": "curl"},
        "Good work",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"&".join([b"a=1"] * 1001), 400),
        (b"userName=%ff%fe&userEmail=x", 400),
        (b"userName=%00&userEmail=%00", 400),
        (b"userName=" + b"x" * 103_000, 413),
    ],
)
async def test_a_form_that_cannot_be_taken_is_refused_with_a_sentence(
    desk: RunningDesk, body: bytes, status: int
):
    reply = await desk.client.post("/api/chat", content=body, headers=FORM)
    assert reply.status_code == status, reply.text
    assert reply.json()["error"]


async def test_head_is_get_without_its_body_and_a_slash_at_the_end_changes_nothing(desk: RunningDesk):
    for path in ("/health", "/api/categories", "/api/categories/", "/dashboard/"):
        head = await desk.client.head(path)
        assert (head.status_code, head.content) == ((await desk.client.get(path)).status_code, b""), path
    assert (await desk.client.get("/api/categories/")).json() == []
    begun = await desk.client.post("/api/chat/", json={"userName": "Ann", "userEmail": "ann@example.org"})
    assert begun.status_code == 201
    assert (await desk.client.get("/api/agents/")).status_code == 401
    assert (await desk.client.get("/api//")).status_code == 404
    for path in ("/api/categories", "/api/nothing", "/api/chat"):
        reply = await desk.client.options(path)
        assert (reply.status_code, reply.content) == (204, b"")


async def test_no_body_is_an_empty_object_and_not_a_missing_one(desk: RunningDesk):
    admin = await desk.sign_in()
    assert (await desk.client.post("/api/agents/invite-links", headers=admin)).status_code == 201
    assert (await desk.client.put("/api/settings", headers=admin)).json() == {"success": True}
    assert (await desk.client.post("/api/agents/login")).json() == {"error": "Email and password required"}
    assert (await desk.client.post("/api/upload")).json()["error"] == "No files uploaded"
    no_object = await desk.client.post("/api/agents/login", content=json.dumps([1]))
    assert no_object.status_code == 400
