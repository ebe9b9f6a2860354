"""What dashboards find: words letter for letter, never a pattern, never for strangers."""

import pytest

from peers.running_desk import RunningDesk


async def say(desk: RunningDesk, chat: dict[str, str], content: str, **more: object) -> None:
    body = {"chatId": chat["chatId"], "content": content, **more}
    headers = await desk.sign_in() if more.get("isInternal") else {}
    reply = await desk.client.post("/api/messages", json=body, headers=headers)
    assert reply.status_code == 201, reply.text


async def found(desk: RunningDesk, words: str) -> list[dict]:
    agent = await desk.sign_in()
    reply = await desk.client.get("/api/dashboard/chats/search", params={"q": words}, headers=agent)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_chat_is_found_by_its_visitor_and_by_what_was_said(desk: RunningDesk):
    chat, other = await desk.start_chat(), await desk.start_chat()
    await say(desk, chat, "My parcel is 100% lost (order #7)")
    await say(desk, other, "Something else")
    for words in ("100%", "PARCEL", "(order #7)"):
        [hit] = await found(desk, words)
        assert (hit["sessionId"], hit["matchType"]) == (chat["sessionId"], "message")
        assert hit["matchSnippet"] == "My parcel is 100% lost (order #7)"
        assert "waitTime" not in hit
    assert {hit["matchType"] for hit in await found(desk, "ann@example")} == {"userEmail"}
    for pattern in (".*", "parcel|else", "par_el", "%%", "(("):
        assert await found(desk, pattern) == []


async def test_the_whole_desk_is_searched_and_strangers_are_not_answered(desk: RunningDesk):
    chat = await desk.start_chat()
    await say(desk, chat, "Where is my parcel?")
    await say(desk, chat, "A parcel note", sender="agent", isInternal=True)
    agent = await desk.sign_in()
    team = {"name": "Parcels", "description": "Looks for parcels"}
    assert (await desk.client.post("/api/agents/roles", json=team, headers=agent)).status_code == 201
    reply = (await desk.client.get("/api/search", params={"q": "parcel"}, headers=agent)).json()
    assert [one["content"] for one in reply["messages"]] == ["A parcel note", "Where is my parcel?"]
    assert ([one["name"] for one in reply["teams"]], reply["chats"]) == (["Parcels"], [])
    reply = (await desk.client.get("/api/search", params={"q": "kim@"}, headers=agent)).json()
    assert [one["email"] for one in reply["agents"]] == ["kim@example.org"]
    short = (await desk.client.get("/api/search", params={"q": " k "}, headers=agent)).json()
    assert set(map(len, short.values())) == {0}
    twice = await desk.client.get("/api/search?q=parcel&q=other", headers=agent)
    assert twice.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/search?q=ab", "/api/dashboard/stats", "/api/dashboard/chats/search?q=ab", "/api/dashboard/chats"],
)
async def test_what_the_desk_knows_is_for_its_people(desk: RunningDesk, path: str):
    assert (await desk.client.get(path)).status_code == 401


async def test_counts_and_attachments_are_those_of_the_chats(desk: RunningDesk):
    chat, _ = await desk.start_chat(), await desk.start_chat()
    files = [{"filename": "a.png", "url": "/uploads/a.png", "type": "image/png", "size": 7}]
    await say(desk, chat, "See this", attachments=files)
    await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")
    agent = await desk.sign_in()
    stats = (await desk.client.get("/api/dashboard/stats", headers=agent)).json()
    assert stats == {"waiting": 1, "active": 1, "closed": 0, "total": 2, "withPeople": 1}
    path = f"/api/dashboard/chats/{chat['sessionId']}/attachments"
    [shown] = (await desk.client.get(path, headers=agent)).json()
    assert (shown["filename"], shown["sender"], shown["size"]) == ("a.png", "user", 7)
    assert (
        await desk.client.get("/api/dashboard/chats/nowhere/attachments", headers=agent)
    ).status_code == 404


@pytest.mark.parametrize(
    ("agent", "browser", "system", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/129.0.0.0 Safari/537.36 Edg/129.0.1",
            ("Edge", "129.0.1"),
            ("Windows", "10.0"),
            "desktop",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Mobile/15E Safari/604",
            ("Safari", "17.5"),
            ("iOS", "17.5"),
            "mobile",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-X700) AppleWebKit/537.36 Chrome/128.0.0.0 Safari/537.36",
            ("Chrome", "128.0.0.0"),
            ("Android", "14"),
            "tablet",
        ),
        ("curl <script>" + "(" * 3000, ("Unknown", ""), ("Unknown", ""), "desktop"),
    ],
)
async def test_a_visitors_browser_is_named_without_asking_anybody(
    desk: RunningDesk, agent: str, browser: tuple[str, str], system: tuple[str, str], device: str
):
    who = {"userName": "Ann", "userEmail": "ann@example.org", "currentPage": "/plans"}
    chat = (await desk.client.post("/api/chat", json=who, headers={"User-Agent": agent})).json()
    path = f"/api/dashboard/chats/{chat['sessionId']}/info"
    assert (await desk.client.get(path)).status_code == 401
    told = (await desk.client.get(path, headers=await desk.sign_in())).json()
    assert tuple(told["browser"].values()) == browser
    assert tuple(told["os"].values()) == system
    assert (told["device"]["type"], told["currentPage"]) == (device, "/plans")


async def test_a_list_tells_what_was_said_last_and_since_when_one_waits(desk: RunningDesk):
    quiet, waits = await desk.start_chat(), await desk.start_chat()
    await say(desk, waits, "Where is my parcel?")
    await say(desk, waits, "p" * 500)
    await say(desk, waits, "An angry one", sender="agent", isInternal=True)
    assert (await desk.client.post(f"/api/chat/{waits['sessionId']}/escalate")).status_code == 200
    agent = await desk.sign_in()
    reply = await desk.client.get("/api/dashboard/chats", headers=agent)
    rows = {row["sessionId"]: row for row in reply.json()}
    assert not {"lastMessage", "waitingSince"} & rows[quiet["sessionId"]].keys()
    row = rows[waits["sessionId"]]
    said = row["lastMessage"]
    assert (said["sender"], len(said["content"]), said["content"][-1]) == ("user", 160, "…")
    assert said["sentAt"] <= row["waitingSince"]
    assert (await desk.client.post(f"/api/chat/{waits['sessionId']}/takeover", headers=agent)).is_success
    reply = await desk.client.get("/api/dashboard/chats", headers=agent)
    assert all("waitingSince" not in row for row in reply.json())


async def test_one_chat_is_listed_alone_for_the_desk_and_for_nobody_else(desk: RunningDesk):
    chat = await desk.start_chat()
    await say(desk, chat, "Where is my parcel?")
    agent = await desk.sign_in()
    path = f"/api/v1/desk/chats/{chat['sessionId']}"
    alone = (await desk.client.get(path, headers=agent)).json()
    [listed] = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    assert alone == listed
    assert alone["lastMessage"]["content"] == "Where is my parcel?"
    assert (await desk.client.get(path)).status_code == 401
    assert (await desk.client.get("/api/v1/desk/chats/none", headers=agent)).status_code == 404
