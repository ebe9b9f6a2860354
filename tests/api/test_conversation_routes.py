"""The routes of chats in the old server's shapes, and what hostile requests to them get."""

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import sqlalchemy

from peers.running_desk import RunningDesk, events_of, visitor

HEX_ID = re.compile(r"[0-9a-f]{24}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PLAIN = {"Content-Type": "text/plain"}


async def say(desk: RunningDesk, chat: dict[str, str], text: str, **more: Any) -> httpx2.Response:
    headers = more.pop("headers", None)
    body = {"chatId": chat["chatId"], "content": text, **more}
    return await desk.client.post("/api/messages", json=body, headers=headers)


async def test_a_chat_and_its_messages_have_the_old_servers_shapes(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    assert set(chat) == {"sessionId", "chatId", "mode", "visitorToken"}
    assert chat["mode"] == "ai"
    assert HEX_ID.fullmatch(chat["chatId"])
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", chat["sessionId"]
    )
    shown = (await desk.client.get(f"/api/chat/{chat['sessionId']}")).json()
    assert shown == {
        "chat": {
            "id": chat["chatId"],
            "sessionId": chat["sessionId"],
            "status": "active",
            "mode": "ai",
            "category": "general",
            "assignedAgent": None,
        }
    }
    attachment = {"filename": "a.png", "url": "/uploads/a.png", "type": "image/png", "size": 3}
    posted = await say(desk, chat, "Hello", attachments=[attachment])
    assert posted.status_code == 201
    message = posted.json()["message"]
    assert posted.json()["success"] is True
    assert {"id", "chatId", "sender", "senderName", "content", "isInternal", "sentAt"} <= set(message)
    assert "attachments" not in message
    assert (message["sender"], message["senderName"], message["isInternal"]) == ("user", None, False)
    assert MOMENT.fullmatch(message["sentAt"])
    await say(desk, chat, "Hi Ann", sender="agent", headers=agent)
    listed = (await desk.client.get(f"/api/chat/{chat['sessionId']}/messages")).json()
    assert [(one["_id"], one["sender"], one["senderName"]) for one in listed[:1]] == [
        (message["id"], "user", None)
    ]
    assert listed[0]["attachments"] == [attachment]
    assert (listed[1]["sender"], listed[1]["senderName"]) == ("agent", "Admin")


async def test_the_agents_list_shows_open_chats_with_their_owner_newest_first(desk: RunningDesk):
    agent = await desk.sign_in()
    chats = [await desk.start_chat() for _ in range(3)]
    await desk.client.post(f"/api/chat/{chats[1]['sessionId']}/takeover", headers=agent)
    await desk.client.post(f"/api/messages/chat/{chats[0]['sessionId']}/end", json={"rating": 5})
    rows = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    started = [row["startedAt"] for row in rows]
    assert started == sorted(started, reverse=True)
    by_id = {row["_id"]: row for row in rows}
    assert set(by_id) == {chat["chatId"] for chat in chats}
    taken = by_id[chats[1]["chatId"]]
    assert taken["assignedAgent"]["name"] == "Admin"
    assert HEX_ID.fullmatch(taken["assignedAgent"]["_id"])
    assert isinstance(taken["waitTime"], int)
    closed = by_id[chats[0]["chatId"]]
    assert (closed["status"], closed["rating"]) == ("closed", 5)
    assert MOMENT.fullmatch(closed["endedAt"])
    for row in rows:
        assert {"sessionId", "userEmail", "userName", "priority", "ticketType", "metadata", "__v"} <= set(row)
        assert not {"tokenHash", "token_hash", "visitorToken"} & set(row)


async def test_escalation_answers_in_the_contracts_shapes(desk: RunningDesk):
    chat = await desk.start_chat()
    base = f"/api/chat/{chat['sessionId']}"
    queued = (await desk.client.post(f"{base}/escalate")).json()
    assert queued["status"] == "waiting"
    agent = await desk.sign_in()
    shown = (await desk.client.get(base)).json()["chat"]
    assert (shown["status"], shown["mode"]) == ("waiting", "human")
    taken = (await desk.client.post(f"{base}/takeover", headers=agent)).json()
    assert taken["success"] is True
    again = (await desk.client.post(f"{base}/escalate")).json()
    assert again["agent"] == {"id": taken["agent"]["id"]}
    assert (await desk.client.get(base)).json()["chat"]["status"] == "active"
    assert [event["type"] for event in await desk.events(chat)] == ["handed_over", "agent_joined"]


CHAT_ROUTES = [
    ("GET", "/api/chat/{}"),
    ("GET", "/api/chat/{}/messages"),
    ("POST", "/api/chat/{}/escalate"),
    ("PATCH", "/api/chat/{}/category"),
    ("POST", "/api/chat/{}/takeover"),
    ("POST", "/api/chat/{}/return-to-ai"),
    ("PUT", "/api/chat/{}/notes"),
    ("DELETE", "/api/chat/{}"),
    ("POST", "/api/messages/chat/{}/end"),
    ("GET", "/api/v1/chats/{}/events"),
]


async def test_a_chat_that_is_not_there_is_404_on_every_route(desk: RunningDesk):
    agent = await desk.sign_in()
    for method, path in CHAT_ROUTES:
        body = {} if method in {"PATCH", "PUT"} else None
        for session in ("nope", "%7B%22$ne%22:null%7D", "x" * 2000):
            reply = await desk.client.request(method, path.format(session), json=body, headers=agent)
            assert reply.status_code == 404, (method, path, reply.text)


WRONG_FIELDS: list[dict[str, Any]] = [
    {"chatId": {"$ne": None}},
    {"chatId": "xyz"},
    {"chatId": 7},
    {"chatId": ["0" * 24]},
    {"content": {"$regex": "^"}},
    {"content": 5},
    {"content": "   "},
    {"content": "x" * 4001},
    {"sender": "system"},
    {"sender": {"$ne": 1}},
    {"isInternal": {"a": 1}},
    {"clientMessageId": 5},
    {"clientMessageId": ""},
    {"clientMessageId": "x" * 65},
]


async def test_a_message_with_a_field_of_the_wrong_kind_is_400_and_not_stored(desk: RunningDesk):
    chat = await desk.start_chat()
    for wrong in WRONG_FIELDS:
        body = {"chatId": chat["chatId"], "content": "Hello", **wrong}
        reply = await desk.client.post("/api/messages", json=body)
        assert reply.status_code == 400, (wrong, reply.text)
        assert isinstance(reply.json()["error"], str)
    assert await desk.events(chat) == []


async def test_attachments_that_cannot_be_read_are_dropped_and_the_message_stays(desk: RunningDesk):
    chat = await desk.start_chat()
    unreadable = ["not json", "[", 7, None, ["{", 5, None], "[1, 2]", [[["x"]]], {"path": "/etc/passwd"}]
    for given in unreadable:
        assert (await say(desk, chat, "Hello", attachments=given)).status_code == 201, given
    listed = (await desk.client.get(f"/api/chat/{chat['sessionId']}/messages")).json()
    assert [message["attachments"] for message in listed] == [[]] * len(unreadable)


async def test_attachments_are_read_in_all_three_old_spellings(desk: RunningDesk):
    one = {"filename": "a.txt", "url": "/uploads/a.txt", "type": "text/plain", "size": 1}
    for given in ([one], json.dumps([one]), [json.dumps(one)]):
        chat = await desk.start_chat()
        await say(desk, chat, "Hello", attachments=given)
        [event] = await desk.events(chat)
        assert event["message"]["attachments"] == [one]


async def test_without_a_valid_token_nothing_is_said_or_noted_in_a_persons_name(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    bad = {"Authorization": agent["Authorization"] + "x"}
    for sender in ("user", "ai", "agent"):
        said = (await say(desk, chat, "I am staff", sender=sender, headers=bad)).json()["message"]
        assert (said["sender"], said["senderName"]) == ("user", None)
    for headers in (None, bad):
        for sender in ("user", "agent"):
            assert (
                await say(desk, chat, "x", sender=sender, isInternal=True, headers=headers)
            ).status_code == 401
    by_cookie = {
        "Cookie": "aichatdesk_session=" + agent["Authorization"].removeprefix("Bearer "),
        "Origin": "https://evil.example",
    }
    forged = await say(desk, chat, "x", sender="agent", headers=by_cookie)
    assert forged.status_code == 403
    assert {event["message"]["sender"] for event in await desk.events(chat)} == {"user"}


async def test_an_agent_who_tries_the_widget_speaks_as_the_visitor(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    said = (await say(desk, chat, "trying it", headers=agent)).json()["message"]
    assert (said["sender"], said["senderName"]) == ("user", None)


async def test_a_resent_message_hears_the_first_ones_id_and_words(desk: RunningDesk):
    chat = await desk.start_chat()
    first, again = [
        (await say(desk, chat, text, clientMessageId="one")).json()["message"] for text in ("first", "second")
    ]
    assert (again["id"], again["content"], again["seq"]) == (first["id"], "first", 1)
    over_v1 = (await desk.send(chat, "third", clientMessageId="one")).json()["message"]
    assert (over_v1["id"], over_v1["deduplicated"]) == (first["id"], True)
    assert [event["type"] for event in await desk.events(chat)].count("message") == 1


async def test_a_note_is_in_no_public_place_before_or_after_the_visitors_words(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    for number in range(3):
        await say(desk, chat, f"secret {number}", isInternal=True, headers=agent)
        await say(desk, chat, f"open {number}")
    base = f"/api/v1/chats/{chat['sessionId']}"
    public = [
        (await desk.client.get(f"/api/chat/{chat['sessionId']}/messages")).text,
        (await desk.client.get(f"/api/chat/{chat['sessionId']}")).text,
        (await desk.client.get(f"{base}/events", headers=visitor(chat))).text,
        # The visitor's secret decides what is shown, also where an agent's token comes with it.
        (await desk.client.get(f"{base}/events", headers=visitor(chat) | agent)).text,
    ]
    assert not any("secret" in text for text in public)
    staff = (await desk.client.get(f"{base}/events", headers=agent)).json()
    assert [event["seq"] for event in staff["events"]] == list(range(1, 7))
    assert [event["seq"] for event in await desk.events(chat)] == [1, 2, 3]
    assert staff["last"] == 6


async def test_concurrent_writers_leave_one_order_for_every_reader(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    path = f"/api/v1/chats/{chat['sessionId']}/events"

    async def write(name: int) -> None:
        for number in range(12):
            if name % 3 == 0:
                await say(desk, chat, f"{name}:{number}", sender="agent", headers=agent)
            elif name % 3 == 1:
                await say(desk, chat, f"{name}:{number}", clientMessageId=f"{name}:{number}")
            else:
                await say(desk, chat, f"note {name}:{number}", isInternal=True, headers=agent)

    async def read(headers: dict[str, str], last: int) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = []
        async with desk.client.stream(
            "GET", path, headers=headers | {"Accept": "text/event-stream"}
        ) as reply:
            async for event in events_of(reply):
                seen.append(event)
                if event["seq"] == last:
                    return seen
        return seen

    async with asyncio.timeout(60):
        *readers, _ = await asyncio.gather(
            *(read(visitor(chat), 48) for _ in range(3)),
            *(read(agent, 72) for _ in range(3)),
            asyncio.gather(*(write(name) for name in range(6))),
        )
    public, staff = readers[:3], readers[3:]

    def numbered(events: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
        return [(event["seq"], event["type"], event["message"]["id"]) for event in events]

    assert numbered(public[0]) == numbered(public[1]) == numbered(public[2])
    assert numbered(staff[0]) == numbered(staff[1]) == numbered(staff[2])
    assert [event["seq"] for event in staff[0]] == list(range(1, 73))

    def said(events: list[dict[str, Any]]) -> list[str]:
        return [event["message"]["content"] for event in events if event["type"] == "message"]

    assert said(public[0]) == said(staff[0])
    for name in (0, 1, 3, 4):
        mine = [text for text in said(public[0]) if text.startswith(f"{name}:")]
        assert mine == [f"{name}:{number}" for number in range(12)]


async def test_an_event_source_resumes_by_its_header_and_carries_ids(desk: RunningDesk):
    chat = await desk.start_chat()
    for number in range(4):
        await say(desk, chat, str(number))
    path = f"/api/v1/chats/{chat['sessionId']}/events"
    headers = visitor(chat) | {"Accept": "text/event-stream", "Last-Event-ID": "2"}
    lines: list[str] = []
    async with desk.client.stream("GET", path, headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        async for line in reply.aiter_lines():
            lines.append(line)
            if line == "id: 4":
                break
    assert [line for line in lines if line.startswith("id:")] == ["id: 3", "id: 4"]
    beyond = await desk.client.get(path, headers=visitor(chat) | {"Last-Event-ID": "5"})
    assert beyond.status_code == 400
    assert beyond.json()["code"] == "invalid"


async def test_text_with_line_ends_stays_one_event_of_the_stream(desk: RunningDesk):
    chat = await desk.start_chat()
    hostile = "a\n\nevent: ended\ndata: {}\n\n\u2028\u0085b"
    await say(desk, chat, hostile)
    headers = visitor(chat) | {"Accept": "text/event-stream"}
    raw = ""
    async with desk.client.stream(
        "GET", f"/api/v1/chats/{chat['sessionId']}/events", headers=headers
    ) as reply:
        async for chunk in reply.aiter_text():
            raw += chunk
            if "id: 1" in raw and raw.endswith("\n\n"):
                break
    blocks = [block for block in raw.split("\n\n") if block.startswith("event:")]
    assert len(blocks) == 1
    event = json.loads(blocks[0].split("data: ", 1)[1])
    assert event["message"]["content"] == "a\n\nevent: ended\ndata: {}\n\n\u0085b"


async def test_a_beacon_ends_the_chat_whatever_it_carries(desk: RunningDesk):
    for body in (b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{broken", b"7", b'"text"'):
        chat = await desk.start_chat()
        path = f"/api/messages/chat/{chat['sessionId']}/end"
        reply = await desk.client.post(path, content=body, headers=PLAIN)
        assert reply.status_code == 200, (body, reply.text)
        [event] = await desk.events(chat)
        assert (event["type"], event["by"]) == ("ended", "visitor")


async def test_a_rating_of_the_wrong_kind_is_400_and_the_chat_stays_open(desk: RunningDesk):
    chat = await desk.start_chat()
    wrong: list[dict[str, Any]] = [{"rating": "5"}, {"rating": True}, {"rating": [1]}, {"ratingComment": 5}]
    for body in wrong:
        reply = await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json=body)
        assert reply.status_code == 400, body
    assert await desk.events(chat) == []


async def test_changes_of_one_chats_metadata_at_once_lose_nothing(desk: RunningDesk):
    agent = await desk.sign_in()
    start = {"userName": "Ann", "userEmail": "a@b.c", "currentPage": "/shop", "environment": {"cores": 4}}
    chat = (await desk.client.post("/api/chat", json=start)).json()
    base = f"/api/chat/{chat['sessionId']}"
    await asyncio.gather(
        *(desk.client.patch(f"{base}/category", json={"categoryId": f"c{number}"}) for number in range(8)),
        *(desk.client.put(f"{base}/notes", json={"notes": "VIP"}, headers=agent) for _ in range(4)),
        *(say(desk, chat, f"m{number}") for number in range(8)),
    )
    [row] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert row["agentNotes"] == "VIP"
    assert (row["metadata"]["currentPage"], row["metadata"]["environment"]) == ("/shop", {"cores": 4})
    assert row["metadata"]["categoryId"].startswith("c")
    assert row["seq"] == 8 + 8 + 4


async def test_only_an_admin_deletes_and_then_nothing_answers_any_more(desk: RunningDesk):
    chat, admin = await desk.start_chat(), await desk.sign_in()
    account = {"email": "lee@example.org", "name": "Lee", "password": "other-words"}
    assert (await desk.client.post("/api/agents", json=account, headers=admin)).status_code == 201
    login = await desk.client.post("/api/agents/login", json=account)
    desk.client.cookies.clear()
    lee = {"Authorization": f"Bearer {login.json()['token']}"}
    await say(desk, chat, "one")
    await say(desk, chat, "two", isInternal=True, headers=lee)
    path = f"/api/chat/{chat['sessionId']}"
    assert (await desk.client.delete(path, headers=lee)).status_code == 403
    removed = await desk.client.delete(path, headers=admin)
    assert removed.json() == {"success": True, "deletedMessages": 2}
    assert (await desk.client.get(path)).status_code == 404
    assert (await say(desk, chat, "three")).status_code == 404
    assert (
        await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=visitor(chat))
    ).status_code == 404


async def test_escalating_an_ended_chat_puts_it_into_the_queue(desk: RunningDesk):
    agent = await desk.sign_in()
    for taken in (False, True):
        chat = await desk.start_chat()
        base = f"/api/chat/{chat['sessionId']}"
        await desk.client.post(f"{base}/escalate")
        if taken:
            await desk.client.post(f"{base}/takeover", headers=agent)
        await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end")
        named = (await desk.client.post(f"{base}/escalate")).json()["agent"]
        shown = (await desk.client.get(base)).json()["chat"]
        assert (shown["status"], shown["mode"], shown["assignedAgent"]["id"]) == (
            "waiting",
            "human",
            named["id"],
        )


@contextlib.contextmanager
def queries_made() -> Iterator[list[str]]:
    queries: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        queries.append(statement)

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note)


async def test_the_agents_list_takes_no_more_queries_for_more_chats(desk: RunningDesk):
    agent = await desk.sign_in()
    counts = []
    for number in (1, 6):
        for _ in range(number):
            chat = await desk.start_chat()
            await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
        with queries_made() as queries:
            rows = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
        assert {row["assignedAgent"]["name"] for row in rows} == {"Admin"}
        counts.append(sum(query.startswith("SELECT") for query in queries))
    assert counts[0] == counts[1] <= 5  # one of them says who asks, two tell what was said last
