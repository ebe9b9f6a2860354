"""Teaching the knowledge base: who may, what a reply suggests, and that nothing is learned by itself."""

import asyncio
from typing import Any

import pytest

from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk

PAIR = {"question": "How long is the warranty of the Mini?", "answer": "It lasts 3 years from purchase."}
ASKED = "Hi, I am Ann. May I return the lamp? My number is 0171 2345678."
REPLIED = "Yes Ann, you may return it within 30 days. Write to ann@example.org if you do."
PASSWORD = "long-enough-words"
SUGGESTIONS = "/api/v1/knowledge/suggestions"
Who = dict[str, str]


async def call(
    desk: RunningDesk, method: str, path: str, who: Who | None, status: int = 200, **body: Any
) -> Any:
    more = {"json": body} if method == "POST" else {}
    reply = await desk.client.request(method, path, headers=who or {}, **more)
    assert reply.status_code == status, reply.text
    return reply.json()


async def somebody(desk: RunningDesk, admin: Who, role: str) -> Who:
    email = f"{role}@example.org"
    account = {"email": email, "name": "Kim Novak", "password": PASSWORD, "systemRole": role}
    await call(desk, "POST", "/api/agents", admin, 201, **account)
    token = (await call(desk, "POST", "/api/agents/login", None, email=email, password=PASSWORD))["token"]
    desk.client.cookies.clear()
    return {"Authorization": f"Bearer {token}"}


async def replied(desk: RunningDesk, agent: Who, asked: str = ASKED, reply: str = REPLIED) -> dict[str, str]:
    chat = await desk.start_chat()
    for content, who, sender in ((asked, {}, "user"), (reply, agent, "agent")):
        body = {"chatId": chat["chatId"], "content": content, "sender": sender}
        await call(desk, "POST", "/api/messages", who, 201, **body)
    return chat


async def suggested(desk: RunningDesk, who: Who, state: str = "pending") -> list[dict[str, Any]]:
    return (await call(desk, "GET", f"{SUGGESTIONS}?state={state}", who))["suggestions"]


async def known(desk: RunningDesk, who: Who) -> list[str]:
    documents = await call(desk, "GET", "/api/knowledge", who)
    return [(await call(desk, "GET", f"/api/knowledge/{one['id']}", who))["content"] for one in documents]


async def test_a_pushed_pair_is_kept_in_the_old_servers_shape_and_once(desk: RunningDesk):
    admin = await desk.sign_in()
    manager = await somebody(desk, admin, "manager")
    first = await call(desk, "POST", "/api/knowledge/push", manager, 201, **PAIR, source="Till")
    text = f"Q: {PAIR['question']}\nA: {PAIR['answer']}"
    assert (first["success"], first["merged"], first["textLength"]) == (True, False, len(text))
    again = await call(desk, "POST", "/api/knowledge/push", admin, 200, **PAIR)
    assert (again["id"], again["merged"], again["similarity"]) == (first["id"], True, "1.000")
    assert await known(desk, admin) == [text]
    found = (await call(desk, "GET", "/api/v1/knowledge/search?q=warranty+of+the+Mini", admin))["passages"]
    assert [(one["text"], one["document"]) for one in found] == [(text, "Till")]


async def test_a_plain_agent_teaches_and_decides_nothing_and_a_stranger_sees_nothing(desk: RunningDesk):
    admin = await desk.sign_in()
    plain = await somebody(desk, admin, "agent")
    await replied(desk, plain)
    [one] = await suggested(desk, admin)
    for who, status in ((plain, 403), (None, 401)):
        await call(desk, "POST", "/api/knowledge/push", who, status, **PAIR)
        await call(desk, "GET", SUGGESTIONS, who, status)
        for decision in ("accept", "reject"):
            await call(desk, "POST", f"{SUGGESTIONS}/{one['id']}/{decision}", who, status)
    assert await known(desk, admin) == []


@pytest.mark.parametrize(
    "body", [{}, {"question": " "}, {"question": 7}, {"answer": ["x"]}, {"source": {}, **PAIR}]
)
async def test_a_malformed_push_is_refused(desk: RunningDesk, body: dict[str, Any]):
    assert "error" in await call(desk, "POST", "/api/knowledge/push", await desk.sign_in(), 400, **body)


async def test_a_reply_is_suggested_without_what_is_personal_and_learned_only_when_accepted(
    desk: RunningDesk,
):
    admin = await desk.sign_in()
    chat = await replied(desk, admin)
    [one] = await suggested(desk, admin)
    assert (one["chatId"], one["sessionId"], one["state"]) == (chat["chatId"], chat["sessionId"], "pending")
    assert one["question"] == "Hi, I am [name]. May I return the lamp? My number is [phone]."
    assert one["answer"] == "Yes [name], you may return it within 30 days. Write to [e-mail] if you do."
    assert await known(desk, admin) == []
    done = await call(
        desk,
        "POST",
        f"{SUGGESTIONS}/{one['id']}/accept",
        admin,
        question="May I return a lamp?",
        answer="Yes, within 30 days.",
    )
    assert await known(desk, admin) == ["Q: May I return a lamp?\nA: Yes, within 30 days."]
    assert done["suggestion"]["documentId"] == done["learned"]["id"]
    assert await suggested(desk, admin) == []
    for decision in ("accept", "reject"):
        assert (await call(desk, "POST", f"{SUGGESTIONS}/{one['id']}/{decision}", admin, 409))[
            "state"
        ] == "accepted"


async def test_of_two_who_decide_at_once_one_wins(desk: RunningDesk):
    admin = await desk.sign_in()
    await replied(desk, admin)
    [one] = await suggested(desk, admin)
    decisions = ["accept", "accept", "accept", "reject", "reject"]
    replies = await asyncio.gather(
        *(desk.client.post(f"{SUGGESTIONS}/{one['id']}/{decision}", headers=admin) for decision in decisions)
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409, 409]
    told = (await call(desk, "GET", SUGGESTIONS, admin))["counts"]
    assert told["pending"] == 0
    assert len(await known(desk, admin)) == told["accepted"]


async def test_a_rejected_pair_is_neither_learned_nor_suggested_again(desk: RunningDesk):
    admin = await desk.sign_in()
    await replied(desk, admin)
    [one] = await suggested(desk, admin)
    rejected = await call(desk, "POST", f"{SUGGESTIONS}/{one['id']}/reject", admin)
    assert rejected["suggestion"]["state"] == "rejected"
    await replied(desk, admin)
    assert (await suggested(desk, admin), await known(desk, admin)) == ([], [])


async def test_no_note_no_forged_reply_and_no_small_talk_is_suggested(desk: RunningDesk):
    admin = await desk.sign_in()
    chat = await replied(desk, admin, reply="Hello!")
    note = {"chatId": chat["chatId"], "content": REPLIED, "sender": "agent", "isInternal": True}
    await call(desk, "POST", "/api/messages", admin, 201, **note)
    await call(
        desk, "POST", "/api/messages", None, 201, chatId=chat["chatId"], content=REPLIED, sender="agent"
    )
    await call(desk, "POST", "/api/messages", None, 201, chatId=chat["chatId"], content=REPLIED, sender="ai")
    assert await suggested(desk, admin) == []


async def test_a_deleted_chat_takes_its_undecided_suggestions_along(desk: RunningDesk):
    admin = await desk.sign_in()
    chat = await replied(desk, admin)
    await replied(desk, admin, reply="It arrives on Friday at the latest.")
    reply = await desk.client.delete(f"/api/chat/{chat['sessionId']}", headers=admin)
    assert reply.status_code == 200
    assert [one["answer"] for one in await suggested(desk, admin)] == ["It arrives on Friday at the latest."]


async def test_what_is_accepted_while_the_model_is_down_is_not_lost(
    desk: RunningDesk, models: FakeModelServer
):
    admin = await desk.sign_in()
    await replied(desk, admin)
    [one] = await suggested(desk, admin)
    models.embeddings_down = True
    done = await call(desk, "POST", f"{SUGGESTIONS}/{one['id']}/accept", admin)
    assert (done["suggestion"]["state"], done["learned"]["state"]) == ("accepted", "failed")
    models.embeddings_down = False
    async with asyncio.timeout(60):
        while (await call(desk, "GET", f"/api/knowledge/{done['learned']['id']}", admin))[
            "state"
        ] != "embedded":
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("body", [{"question": 7}, {"question": "", "answer": ""}, {"answer": {"$ne": 1}}])
async def test_a_malformed_acceptance_decides_nothing(desk: RunningDesk, body: dict[str, Any]):
    admin = await desk.sign_in()
    await replied(desk, admin)
    [one] = await suggested(desk, admin)
    await call(desk, "POST", f"{SUGGESTIONS}/{one['id']}/accept", admin, 400, **body)
    await call(desk, "POST", f"{SUGGESTIONS}/odd/accept", admin, 400)
    await call(desk, "POST", f"{SUGGESTIONS}/0123456789abcdef01234567/accept", admin, 404)
    await call(desk, "GET", f"{SUGGESTIONS}?state=odd", admin, 400)
    assert len(await suggested(desk, admin)) == 1
