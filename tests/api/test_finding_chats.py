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
