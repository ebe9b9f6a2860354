"""Chats over the wire: who may see and do what, and how nothing gets lost between connections."""

import asyncio
import json

import pytest
import websockets

from peers.running_desk import RunningDesk, events_of, visitor


async def post_note(desk: RunningDesk, chat: dict[str, str], agent: dict[str, str]) -> None:
    body = {"chatId": chat["chatId"], "content": "Careful, VIP", "isInternal": True}
    assert (await desk.client.post("/api/messages", json=body, headers=agent)).status_code == 201


async def test_an_internal_note_is_seen_by_agents_and_never_by_visitors(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    await post_note(desk, chat, agent)
    path = f"/api/chat/{chat['sessionId']}/messages"
    assert (await desk.client.get(path)).json() == []
    assert len((await desk.client.get(path, headers=agent)).json()) == 1
    assert await desk.events(chat) == []
    staff = await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=agent)
    assert [event["type"] for event in staff.json()["events"]] == ["note"]


async def test_a_forged_sender_is_the_visitor_and_a_note_without_a_token_is_refused(desk: RunningDesk):
    chat = await desk.start_chat()
    body = {"chatId": chat["chatId"], "content": "I am staff", "sender": "agent"}
    forged = await desk.client.post("/api/messages", json=body)
    assert forged.json()["message"]["sender"] == "user"
    note = await desk.client.post("/api/messages", json={**body, "isInternal": True})
    assert note.status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/dashboard/chats"),
        ("GET", "/api/knowledge"),
        ("POST", "/api/knowledge/upload"),
        ("POST", "/api/knowledge/import-url"),
        ("PUT", "/api/knowledge/" + "0" * 24),
        ("DELETE", "/api/knowledge/" + "0" * 24),
        ("POST", "/api/knowledge/" + "0" * 24 + "/push"),
        ("POST", "/api/chat/x/takeover"),
        ("POST", "/api/chat/x/return-to-ai"),
        ("PUT", "/api/chat/x/notes"),
        ("DELETE", "/api/chat/x"),
        ("POST", "/api/agents"),
        ("GET", "/api/agents/me"),
        ("GET", "/api/agents/online"),
        ("GET", "/api/categories/all"),
        ("POST", "/api/categories"),
    ],
)
async def test_nothing_of_the_desk_is_open_without_a_token(desk: RunningDesk, method: str, path: str):
    reply = await desk.client.request(method, path, json={"notes": "x"} if method == "PUT" else None)
    assert reply.status_code == 401, reply.text
    assert "error" in reply.json()


async def test_the_new_routes_need_the_chats_own_secret(desk: RunningDesk):
    mine, other = await desk.start_chat(), await desk.start_chat()
    path = f"/api/v1/chats/{mine['sessionId']}/events"
    assert (await desk.client.get(path)).status_code == 403
    assert (await desk.client.get(path, headers=visitor(other))).status_code == 403
    assert (await desk.client.get(path, headers=visitor(mine))).status_code == 200
    unknown = await desk.client.get("/api/v1/chats/nope/events", headers=visitor(mine))
    assert unknown.status_code == 404
    assert unknown.headers["content-type"] == "application/problem+json"


async def test_two_agents_cannot_both_take_a_chat(desk: RunningDesk):
    chat, kim = await desk.start_chat(), await desk.sign_in()
    body = {"email": "lee@example.org", "name": "Lee", "password": "other-words"}
    assert (await desk.client.post("/api/agents", json=body, headers=kim)).status_code == 201
    login = await desk.client.post("/api/agents/login", json=body)
    desk.client.cookies.clear()
    lee = {"Authorization": f"Bearer {login.json()['token']}"}
    path = f"/api/chat/{chat['sessionId']}/takeover"
    replies = await asyncio.gather(*(desk.client.post(path, headers=who) for who in [kim, lee] * 5))
    winners = {reply.json()["agent"]["name"] for reply in replies if reply.status_code == 200}
    losers = [reply for reply in replies if reply.status_code == 409]
    assert len(winners) == 1
    assert len(losers) == 5
    assert {reply.json()["agent"]["name"] for reply in losers} == winners


async def test_returning_a_chat_leaves_it_active_and_taking_a_closed_one_opens_it(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    base = f"/api/chat/{chat['sessionId']}"
    await desk.client.post(f"{base}/escalate")
    await desk.client.post(f"{base}/takeover", headers=agent)
    await desk.client.post(f"{base}/return-to-ai", headers=agent)
    state = (await desk.client.get(base)).json()["chat"]
    assert (state["status"], state["mode"], state["assignedAgent"]) == ("active", "ai", None)
    ended = await desk.client.post(
        f"/api/messages/chat/{chat['sessionId']}/end",
        content='{"rating": 5}',
        headers={"Content-Type": "text/plain"},
    )
    assert ended.status_code == 200
    again = await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end")
    assert again.status_code == 400
    await desk.client.post(f"{base}/takeover", headers=agent)
    [row] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert row["status"] == "active"
    assert "endedAt" not in row


async def test_a_message_to_a_closed_chat_reopens_it(desk: RunningDesk):
    chat = await desk.start_chat()
    await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end")
    await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": "One more thing"})
    assert [event["type"] for event in await desk.events(chat)] == ["ended", "reopened", "message"]


async def test_a_stream_replays_what_was_missed_and_goes_on_without_gap_or_repeat(desk: RunningDesk):
    chat = await desk.start_chat()

    async def say(number: int) -> None:
        await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": f"m{number}"})

    await asyncio.gather(*(say(number) for number in range(5)))
    seen: list[int] = []
    async with desk.client.stream(
        "GET",
        f"/api/v1/chats/{chat['sessionId']}/events?after=2",
        headers=visitor(chat) | {"Accept": "text/event-stream"},
    ) as reply:
        saying = asyncio.gather(*(say(number) for number in range(5, 25)))
        async for event in events_of(reply):
            seen.append(event["seq"])
            if event["seq"] == 25:
                break
        await saying
    assert seen == list(range(3, 26))


@pytest.mark.parametrize("after", ["-1", "99", "x"])
async def test_a_place_in_the_log_that_was_never_given_out_is_refused(desk: RunningDesk, after: str):
    chat = await desk.start_chat()
    path = f"/api/v1/chats/{chat['sessionId']}/events"
    assert (await desk.client.get(path, params={"after": after}, headers=visitor(chat))).status_code == 400


async def socket_of(desk: RunningDesk, **options: object) -> websockets.ClientConnection:
    return await websockets.connect(desk.base_url.replace("http", "ws") + "/ws", **options)


async def frame(socket: websockets.ClientConnection) -> dict[str, object]:
    async with asyncio.timeout(60):
        return json.loads(await socket.recv())


async def test_an_old_widget_hears_agents_in_the_old_frames(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    async with await socket_of(desk) as socket:
        join = {"type": "chat.join", "sessionId": chat["sessionId"], "clientType": "widget"}
        await socket.send(json.dumps(join))
        await socket.send('{"type": "no such type"}')
        assert (await frame(socket))["type"] == "error"  # so the first was heard
        await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=agent)
        body = {"chatId": chat["chatId"], "content": "Hello", "sender": "agent"}
        await desk.client.post("/api/messages", json=body, headers=agent)
        taken, said = await frame(socket), await frame(socket)
    assert (taken["type"], taken["agentName"]) == ("agent.takeover", "Admin")
    assert (said["type"], said["message"]["sender"]) == ("chat.message", "agent")


async def test_a_socket_resumes_after_a_number_with_the_chats_secret(desk: RunningDesk):
    chat = await desk.start_chat()
    for text in ["a", "b", "c"]:
        await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": text})
    join = {"type": "chat.join", "sessionId": chat["sessionId"], "after": 1}
    async with await socket_of(desk) as socket:
        await socket.send(json.dumps(join))
        assert (await frame(socket))["type"] == "error"
        await socket.send(json.dumps(join | {"visitorToken": chat["visitorToken"]}))
        seen = [await frame(socket), await frame(socket)]
    assert [one["event"]["seq"] for one in seen] == [2, 3]


async def test_strangers_get_nothing_from_the_socket(desk: RunningDesk):
    chat = await desk.start_chat()
    async with await socket_of(desk) as socket:
        await socket.send('{"type": "dashboard.connect"}')
        assert (await frame(socket))["type"] == "error"
        await socket.send(
            json.dumps({"type": "agent.takeover", "sessionId": chat["sessionId"], "agentName": "x"})
        )
        assert (await frame(socket))["type"] == "error"
        await socket.send("not json")
        assert (await frame(socket))["type"] == "error"
    async with await socket_of(desk, additional_headers={"Origin": "https://evil.example"}) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_a_flood_of_frames_closes_the_socket(desk: RunningDesk):
    async def flood(socket: websockets.ClientConnection) -> None:
        while True:
            await socket.send('{"type": "chat.message"}')

    async with await socket_of(desk) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await flood(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4008


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"userName": "", "userEmail": "a@b.c"}, "Email and name"),
        ({"userName": "A", "userEmail": "a@b.c", "ticketType": "rant"}, "ticketType"),
        ({"userName": "A", "userEmail": "a@b.c", "userPriority": "max"}, "userPriority"),
        ({"userName": "A", "userEmail": "a@b.c", "mood": 9}, "mood"),
        ({"userName": {"$ne": 1}, "userEmail": "a@b.c"}, "userName"),
    ],
)
async def test_a_bad_start_is_refused_with_the_fields_name(desk: RunningDesk, body: dict, field: str):
    reply = await desk.client.post("/api/chat", json=body)
    assert reply.status_code == 400
    assert field in reply.json()["error"]


async def test_bodies_that_are_no_json_too_large_or_on_unknown_routes_get_json_errors(desk: RunningDesk):
    headers = {"Content-Type": "application/json"}
    broken = await desk.client.post("/api/chat", content=b"{", headers=headers)
    large = await desk.client.post("/api/chat", content=b"[" + b"1," * 60_000 + b"1]", headers=headers)

    async def endless():
        for _ in range(200):
            yield b"x" * 1024

    chunked = await desk.client.post("/api/chat", content=endless(), headers=headers)
    unknown = await desk.client.get("/api/nothing")
    wrong = await desk.client.delete("/health")
    assert [reply.status_code for reply in (broken, large, chunked, unknown, wrong)] == [
        400,
        413,
        413,
        404,
        404,
    ]
    assert all(isinstance(reply.json()["error"], str) for reply in (broken, large, chunked, unknown, wrong))


async def test_a_token_ends_with_the_sign_out_and_a_cookie_from_another_site_does_nothing(desk: RunningDesk):
    agent = await desk.sign_in()
    token = agent["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": f"aichatdesk_session={token}"}
    own = await desk.client.get("/api/agents/me", headers=cookie)
    forged = await desk.client.post("/api/agents/logout", headers=cookie | {"Origin": "https://evil.example"})
    assert own.status_code == 200
    assert forged.status_code == 403
    assert (await desk.client.post("/api/agents/logout", headers=agent)).status_code == 200
    assert (await desk.client.get("/api/agents/me", headers=agent)).status_code == 401


async def test_wrong_passwords_are_slowed_and_look_the_same_as_unknown_accounts(desk: RunningDesk):
    replies = [
        await desk.client.post("/api/agents/login", json={"email": "kim@example.org", "password": "wrong"})
        for _ in range(6)
    ]
    unknown = await desk.client.post(
        "/api/agents/login", json={"email": "no@example.org", "password": "wrong"}
    )
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert int(replies[-1].headers["retry-after"]) > 0
    assert unknown.json() == replies[0].json()


async def test_a_long_document_can_be_edited_though_other_bodies_are_small(desk: RunningDesk):
    done, agent = await desk.teach("long.md", "# Long\n\nShort yet."), await desk.sign_in()
    text = "\n\n".join(f"Paragraph {number} speaks of shipping and returns." for number in range(4000))
    edited = await desk.client.put(f"/api/knowledge/{done['id']}", json={"content": text}, headers=agent)
    assert edited.status_code == 200, edited.text
    assert edited.json()["chunks"] > 100
