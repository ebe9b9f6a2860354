"""The Microsoft Teams bot: who may act through it, what it does, and what never happens."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from peers.fake_model_server import FakeModelServer
from peers.loopback_server import Answer, until
from peers.running_desk import RunningDesk, running_desk
from peers.teams import TeamsPeer

BUTTONS = {"takeover": "agent_joined", "returnToAI": "returned_to_ai", "closeChat": "ended"}
LEE = {"email": "lee@example.org", "name": "Lee", "password": "other-words"}


@pytest.fixture
async def teams() -> AsyncIterator[TeamsPeer]:
    async with TeamsPeer() as peer:
        yield peer


@pytest.fixture
async def bot(tmp_path: Path, models: FakeModelServer, teams: TeamsPeer) -> AsyncIterator[RunningDesk]:
    """A desk with a Teams bot; its first admin, Kim, is on the team with the address of the account."""
    teams.member("kim", email="Kim@Example.org", userPrincipalName="k.smith@corp.example")
    async with running_desk(tmp_path / "data", models.base_url, **teams.settings) as desk:
        yield desk


KIM = "29:kim=/+x"


async def begin(desk: RunningDesk, teams: TeamsPeer) -> tuple[dict[str, str], str]:
    """A chat and its thread in Teams."""
    before = len(teams.cards)
    chat = await desk.start_chat()
    await until(lambda: len(teams.cards) > before)
    await settled(desk)
    return chat, teams.cards[-1]["conversation"]


async def settled(desk: RunningDesk) -> None:
    """Let everything that waits go out."""
    agent = await desk.sign_in()
    while (await desk.client.get("/api/v1/outbox", headers=agent)).json()["counts"]["waiting"]:
        await asyncio.sleep(0.02)


async def write(desk: RunningDesk, chat: dict[str, str], content: str) -> None:
    reply = await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": content})
    assert reply.status_code == 201


async def types(desk: RunningDesk, chat: dict[str, str]) -> list[str]:
    return [event["type"] for event in await desk.events(chat)]


async def said(desk: RunningDesk, chat: dict[str, str]) -> list[tuple[str, str]]:
    messages = (await desk.client.get(f"/api/chat/{chat['sessionId']}/messages")).json()
    return [(message["senderName"], message["content"]) for message in messages]


async def add_lee(desk: RunningDesk, **more: str) -> str:
    """Another agent; the account's id."""
    admin = await desk.sign_in()
    reply = await desk.client.post("/api/agents", json=LEE, headers=admin)
    assert reply.status_code == 201
    agent_id = reply.json()["agent"]["id"]
    changed = await desk.client.put(f"/api/agents/{agent_id}", json=more or {"name": "Lee"}, headers=admin)
    assert changed.status_code == 200, changed.text
    return agent_id


async def test_without_a_bot_there_is_no_route_and_nothing_is_put_out(desk: RunningDesk):
    chat, agent = await desk.start_chat(), await desk.sign_in()
    await write(desk, chat, "hello")
    reply = await desk.client.post("/api/teams/messages", json={"type": "message"})
    assert (reply.status_code, reply.json()) == (404, {"error": "Cannot POST /api/teams/messages"})
    assert (await desk.client.get("/api/v1/outbox", headers=agent)).json()["items"] == []


async def test_what_is_said_in_a_thread_reaches_the_visitor_from_the_agent_who_takes_the_chat(
    bot: RunningDesk, teams: TeamsPeer
):
    chat, thread = await begin(bot, teams)
    await write(bot, chat, "Is anybody there?")
    reply = await teams.say(bot.client, thread, "Yes, I am & here", KIM)
    assert (reply.status_code, reply.json()) == (200, {})
    assert await types(bot, chat) == ["message", "agent_joined", "message"]
    assert (await said(bot, chat))[1] == ("Admin", "Yes, I am & here")
    await until(lambda: len(teams.posted) == 2)
    assert teams.told(thread) == ["Ann: Is anybody there?", "Passed on to Ann."]
    assert teams.unexpected == []


def part(value: dict[str, Any] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hs256_with_the_public_key(teams: TeamsPeer) -> str:
    text = f"{part({'alg': 'HS256', 'kid': 'key-1', 'typ': 'JWT'})}.{part(teams.claims())}"
    secret = teams.key.as_pem(private=False)
    return f"{text}.{part(hmac.digest(secret, text.encode(), 'sha256'))}"


def unsigned(teams: TeamsPeer) -> str:
    return f"{part({'alg': 'none', 'kid': 'key-1', 'typ': 'JWT'})}.{part(teams.claims())}."


def signed_by_another(teams: TeamsPeer, **header: Any) -> str:
    other = RSAKey.generate_key(2048)
    extra = {"jwk": other.as_dict(private=False)} if header.pop("bring_key", False) else {}
    return jwt.encode({"alg": "RS256", "kid": "key-1", **header, **extra}, teams.claims(), other)


def bad_tokens(teams: TeamsPeer) -> dict[str, tuple[str | None, int]]:
    good = teams.token()
    now = teams.claims()["nbf"] + 10
    return {
        "none": (None, 401),
        "no token": ("x", 401),
        "half a token": (good[: len(good) // 2], 401),
        "changed": (good[:-6] + "AAAAAA", 401),
        "signed by another": (signed_by_another(teams), 401),
        "signed by a key of its own": (signed_by_another(teams, bring_key=True), 401),
        "of an unknown key": (signed_by_another(teams, kid="key-2"), 401),
        "unsigned": (unsigned(teams), 401),
        "HS256": (hs256_with_the_public_key(teams), 401),
        "expired": (teams.token(exp=now - 400), 401),
        "without an end": (teams.token(exp=None), 401),
        "of the future": (teams.token(nbf=now + 400), 401),
        "for another bot": (teams.token(aud="another"), 403),
        "for nobody": (teams.token(aud=None), 403),
        "of another issuer": (teams.token(iss="https://sts.windows.net/x/"), 403),
        "of no issuer": (teams.token(iss=None), 403),
        "for no address": (teams.token(serviceurl=None), 403),
        "for an odd address": (teams.token(serviceurl=["https://smba.trafficmanager.net"]), 403),
        "for another address": (teams.token(serviceurl="https://smba.trafficmanager.net/"), 403),
    }


async def test_no_bad_token_is_believed(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    for name, (token, status) in bad_tokens(teams).items():
        reply = await teams.deliver(bot.client, teams.activity(thread, "I am forged", KIM), token)
        assert reply.status_code == status, (name, reply.text)
        assert isinstance(reply.json()["error"], str)
        if status == 401:
            assert (await teams.deliver(bot.client, "no activity at all", token)).status_code == 401
    assert await types(bot, chat) == []
    assert teams.lookups == []
    assert teams.key_list_requests <= 2, "an unknown key must not have the list fetched each time"
    assert teams.told(thread) == []


async def test_a_clock_that_is_four_minutes_off_locks_nobody_out(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    now = teams.claims()["nbf"]
    for number, token in enumerate((teams.token(exp=now - 240), teams.token(nbf=now + 240, exp=now + 900))):
        reply = await teams.deliver(bot.client, teams.activity(thread, f"late {number}", KIM), token)
        assert reply.status_code == 200
    assert [content for _, content in await said(bot, chat)] == ["late 0", "late 1"]


@pytest.mark.parametrize("signed", [True, False], ids=["signed for", "not signed for"])
async def test_no_address_in_an_activity_leads_the_desk_astray(
    bot: RunningDesk, teams: TeamsPeer, signed: bool
):
    _, thread = await begin(bot, teams)
    async with TeamsPeer() as trap:
        places = (
            trap.service_url,
            trap.base_url.replace("127.0.0.1", "localhost"),
            f"{teams.base_url}@{trap.base_url.removeprefix('http://')}",
            f"{trap.base_url}#{teams.service_url}",
            f"{trap.base_url}?{teams.service_url}",
            f"{teams.service_url}/../../v1",
            "http://169.254.169.254/latest",
            "http://[::1]:80/",
            "file:///etc/passwd",
            "//localhost/",
            "https://user:word@smba.trafficmanager.net/",
            "https://\\localhost/",
            "https://smba.trafficmanager.net:99999/",
            "",
            " ",
            "https://",
        )
        for place in places:
            token = teams.token(serviceurl=place) if signed else teams.token()
            for conversation in (thread, "19:another@thread.tacv2;messageid=1"):
                activity = teams.activity(conversation, "hello", KIM, serviceUrl=place)
                reply = await teams.deliver(bot.client, activity, token)
                assert reply.status_code in {400, 403}, (place, reply.text)
        await settled(bot)
        assert (trap.unexpected, trap.lookups, trap.posted, trap.token_requests) == ([], [], [], [])
    assert (teams.lookups, teams.posted, teams.unexpected) == ([], [], [])


async def test_another_channel_of_the_same_bot_cannot_speak_for_teams(bot: RunningDesk, teams: TeamsPeer):
    teams.endorsements = ["webchat", "msteams"]
    chat, thread = await begin(bot, teams)
    activity = teams.activity(thread, "from a web page", KIM, channelId="webchat")
    assert (await teams.deliver(bot.client, activity)).status_code == 403
    assert await types(bot, chat) == []


async def test_a_key_that_is_not_for_teams_cannot_sign_for_it(bot: RunningDesk, teams: TeamsPeer):
    teams.endorsements = ["webchat", "directline"]
    chat, thread = await begin(bot, teams)
    reply = await teams.say(bot.client, thread, "hello", KIM)
    assert (reply.status_code, await types(bot, chat)) == (403, [])


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Admin"},
        {"name": "Admin", "email": "admin@elsewhere.example", "userPrincipalName": "Admin"},
        {"name": "Admin", "email": "", "userPrincipalName": None},
        {"name": "kim@example.org", "givenName": "kim@example.org", "email": ["kim@example.org"]},
    ],
)
async def test_a_person_with_an_agents_display_name_cannot_act(
    bot: RunningDesk, teams: TeamsPeer, fields: dict[str, Any]
):
    chat, thread = await begin(bot, teams)
    mallory = teams.member("mallory", **fields)
    assert (await teams.say(bot.client, thread, "I am the admin", mallory)).status_code == 200
    for button in BUTTONS:
        await teams.press(bot.client, thread, button, chat["sessionId"], mallory)
    assert await types(bot, chat) == []
    await until(lambda: len(teams.posted) == 4)
    assert all("not linked" in text for text in teams.told(thread))


async def test_a_deactivated_agent_cannot_act(bot: RunningDesk, teams: TeamsPeer):
    lee_id = await add_lee(bot, teamsEmail="lee@teams.example")
    lee = teams.member("lee", userPrincipalName="Lee@Teams.example")
    chat, thread = await begin(bot, teams)
    assert (await teams.say(bot.client, thread, "before", lee)).status_code == 200
    admin = await bot.sign_in()
    assert (await bot.client.delete(f"/api/agents/{lee_id}", headers=admin)).status_code == 200
    before = await types(bot, chat)
    await teams.say(bot.client, thread, "after", lee)
    for button in BUTTONS:
        await teams.press(bot.client, thread, button, chat["sessionId"], lee)
    assert await said(bot, chat) == [("Lee", "before")]
    assert await types(bot, chat) == before


async def test_an_agent_cannot_take_a_colleagues_own_address(bot: RunningDesk, teams: TeamsPeer):
    await add_lee(bot, teamsEmail="kim@example.org", office365Email="kim@example.org")
    chat, thread = await begin(bot, teams)
    await teams.say(bot.client, thread, "it is me", KIM)
    assert await said(bot, chat) == [("Admin", "it is me")]


async def test_a_chat_does_not_go_back_to_the_queue_while_its_agent_answers_from_teams(
    bot: RunningDesk, teams: TeamsPeer
):
    await add_lee(bot, teamsEmail="lee@teams.example")
    lee = teams.member("lee", userPrincipalName="lee@teams.example")
    chat, thread = await begin(bot, teams)
    await teams.say(bot.client, thread, "hello", lee)
    await write(bot, chat, "hello Lee")
    assert await types(bot, chat) == ["agent_joined", "message", "message"]


async def test_a_redelivered_activity_does_nothing_twice(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    activity = teams.activity(thread, "only once", KIM)
    for _ in range(3):
        assert (await teams.deliver(bot.client, activity)).status_code == 200
    assert await types(bot, chat) == ["agent_joined", "message"]
    assert teams.lookups == [KIM]
    await teams.press(bot.client, thread, "returnToAI", chat["sessionId"], KIM)
    assert (await teams.deliver(bot.client, activity)).status_code == 200
    assert await types(bot, chat) == ["agent_joined", "message", "returned_to_ai"]
    await until(lambda: len(teams.posted) == 2)
    assert teams.told(thread) == ["Passed on to Ann.", "The assistant has this chat again."]
    at_once = teams.activity(thread, "all at once", KIM)
    await asyncio.gather(*(teams.deliver(bot.client, at_once) for _ in range(5)))
    assert [content for _, content in await said(bot, chat)] == ["only once", "all at once"]


async def test_a_chat_that_another_agent_has_is_not_taken_and_its_owner_is_named(
    bot: RunningDesk, teams: TeamsPeer
):
    await add_lee(bot, office365Email="lee@office.example")
    lee = teams.member("lee", email="lee@office.example")
    chat, thread = await begin(bot, teams)
    await teams.press(bot.client, thread, "takeover", chat["sessionId"], lee)
    await teams.say(bot.client, thread, "mine", KIM)
    await teams.press(bot.client, thread, "takeover", chat["sessionId"], KIM)
    await teams.press(bot.client, thread, "returnToAI", chat["sessionId"], KIM)
    assert await types(bot, chat) == ["agent_joined"]
    await until(lambda: len(teams.posted) == 4)
    assert teams.told(thread) == [
        "Lee has this chat.",
        *["Lee has this chat already."] * 2,
        "Only assigned agent can return chat to AI",
    ]


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("kind", ["submit", "invoke"])
async def test_the_buttons_of_a_card_do_what_they_say(
    bot: RunningDesk, teams: TeamsPeer, button: str, kind: str
):
    chat, thread = await begin(bot, teams)
    if kind == "submit":
        reply = await teams.press(bot.client, thread, button, chat["sessionId"], KIM)
        assert reply.json() == {}
    else:
        data = {"action": button, "sessionId": chat["sessionId"]}
        value = {"action": {"type": "Action.Execute", "verb": button, "data": data}, "trigger": "manual"}
        activity = teams.activity(
            thread, None, KIM, type="invoke", name="adaptiveCard/action", value=value, entities=[]
        )
        reply = await teams.deliver(bot.client, activity)
        assert reply.json()["type"] == "application/vnd.microsoft.activity.message"
    assert reply.status_code == 200
    assert await types(bot, chat) == [BUTTONS[button]]


async def test_a_button_with_another_chats_handle_does_nothing(bot: RunningDesk, teams: TeamsPeer):
    chat, _ = await begin(bot, teams)
    other, thread = await begin(bot, teams)
    for session_id in (chat["sessionId"], "", "x" * 5000):
        await teams.press(bot.client, thread, "closeChat", session_id, KIM)
    await teams.press(bot.client, "19:elsewhere@thread.tacv2", "closeChat", chat["sessionId"], KIM)
    await teams.press(bot.client, thread, "delete", other["sessionId"], KIM)
    assert (await types(bot, chat), await types(bot, other)) == ([], [])


async def test_what_cannot_be_passed_on_is_told_and_not_stored(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    file = {"contentType": "image/png", "contentUrl": "https://example.org/x.png"}
    for text in ("x" * 20_001, "", " \u00a0&nbsp;\n"):
        reply = await teams.say(bot.client, thread, text, KIM, attachments=[file])
        assert reply.status_code == 200
    assert await types(bot, chat) == []
    await until(lambda: len(teams.posted) == 3)
    assert [text.split(";")[0].split(":")[0] for text in teams.told(thread)] == [
        "content has 20001 characters",
        "Nothing was passed on",
        "Nothing was passed on",
    ]


async def test_when_teams_does_not_say_who_it_is_nothing_is_done_and_the_person_is_told(
    bot: RunningDesk, teams: TeamsPeer
):
    chat, thread = await begin(bot, teams)
    deep = b'{"email":' * 20_000
    for answer in (
        Answer(503),
        Answer(429),
        None,
        Answer(200, body=b"[[["),
        Answer(404),
        Answer(200, body=deep),
    ):
        if answer:
            teams.answers.append(answer)
        else:
            teams.drop_next = 1
        assert (await teams.say(bot.client, thread, "who am I", KIM)).status_code == 200
        await settled(bot)
        assert await types(bot, chat) == []
    assert len(teams.told(thread)) == 6


async def test_strangers_cannot_fill_the_outbox(bot: RunningDesk, teams: TeamsPeer):
    _, thread = await begin(bot, teams)
    mallory = teams.member("mallory", email="mallory@elsewhere.example")
    for _ in range(60):
        assert (await teams.say(bot.client, thread, "hello", mallory)).status_code == 200
    agent = await bot.sign_in()
    counts = (await bot.client.get("/api/v1/outbox", headers=agent)).json()["counts"]
    assert sum(counts.values()) <= 35


async def test_a_visitors_words_are_never_markup_or_a_mention_in_teams(bot: RunningDesk, teams: TeamsPeer):
    name = "<at>everyone</at>\n[Kim](https://evil.example) **x**"
    started = await bot.client.post(
        "/api/chat", json={"userName": name, "userEmail": "[a](b)", "currentPage": "https://a.example/[x](y)"}
    )
    chat = started.json()
    await write(bot, chat, "<at>Kim</at> <b>x</b>\nAnn: y")
    await until(lambda: len(teams.posted) == 1)
    shown = teams.posted[0].body
    assert (shown["textFormat"], "entities" in shown, shown["text"].count("\n")) == ("plain", False, 1)
    card = teams.cards[0]["activity"]["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}


async def test_visitors_messages_arrive_once_and_in_order_through_refusals(
    bot: RunningDesk, teams: TeamsPeer
):
    chat, thread = await begin(bot, teams)
    other, other_thread = await begin(bot, teams)
    teams.answers.append(Answer(429, {"Retry-After": "1"}))
    for number in range(6):
        await write(bot, chat, f"message {number}")
    await write(bot, other, "meanwhile")
    await until(lambda: len(teams.posted) >= 7)
    await settled(bot)
    assert teams.told(thread) == [f"Ann: message {number}" for number in range(6)]
    assert teams.told(other_thread) == ["Ann: meanwhile"]
    assert len({posted.key for posted in teams.posted}) == 7


async def test_a_token_that_ended_early_is_replaced_at_once(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    teams.valid_tokens.clear()
    await write(bot, chat, "one")
    await until(lambda: teams.told(thread) == ["Ann: one"])
    await write(bot, chat, "two")
    await until(lambda: teams.told(thread) == ["Ann: one", "Ann: two"])
    assert len(teams.token_requests) == 2


async def test_a_card_that_teams_will_never_take_holds_nothing_up(
    tmp_path: Path, models: FakeModelServer, teams: TeamsPeer
):
    settings = teams.settings | {"TEAMS_CHANNEL_ID": "19:no-such-channel@thread.tacv2"}
    async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
        chat, agent = await desk.start_chat(), await desk.sign_in()
        await write(desk, chat, "early")
        await settled(desk)
        await write(desk, chat, "late")
        shown = (await desk.client.get("/api/v1/outbox", headers=agent)).json()
        assert shown["counts"]["waiting"] == 0
        assert {item["state"] for item in shown["items"]} == {"dead"}
        assert all("early" not in json.dumps(item) for item in shown["items"])


async def test_a_deleted_chat_leaves_nothing_of_it_behind(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    admin = await bot.sign_in()
    reply = await bot.client.delete(f"/api/chat/{chat['sessionId']}", headers=admin)
    assert reply.status_code == 200
    assert (await bot.client.get("/api/v1/outbox", headers=admin)).json()["items"] == []
    await teams.say(bot.client, thread, "too late", KIM)
    await until(lambda: len(teams.posted) == 1)
    assert teams.told(thread)[0].startswith("There is no chat")


MALFORMED: tuple[Any, ...] = (
    None, [], "x", 5, {}, {"type": "message"}, {"type": 5}, {"type": "message", "serviceUrl": "x"},
)  # fmt: skip
ODD_FIELDS: tuple[dict[str, Any], ...] = (
    {"id": None}, {"id": 5}, {"id": ""}, {"id": "x" * 2000}, {"conversation": None}, {"conversation": {}},
    {"conversation": {"id": {"$ne": None}}}, {"conversation": "x"}, {"from": None}, {"from": {"id": ["x"]}},
    {"text": 5}, {"text": ["x"]}, {"entities": {}}, {"entities": [None] * 500}, {"recipient": 5},
    {"channelData": []}, {"channelData": {"team": {"id": 5}}}, {"channelId": None}, {"channelId": []},
    {"serviceUrl": None}, {"serviceUrl": {}}, {"type": None}, {"type": ""},
)  # fmt: skip
HARMLESS: tuple[dict[str, Any], ...] = (
    {"type": "conversationUpdate", "membersAdded": 5}, {"type": "typing"}, {"type": "messageReaction"},
    {"type": "invoke", "name": "task/fetch", "value": {"action": 5}}, {"type": "invoke", "value": []},
    {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": "x"}},
    {"value": {"action": 5, "sessionId": []}}, {"value": {"action": {"$ne": 1}}}, {"value": [1], "text": None},
    {"entities": [5, None, {"type": "mention"}, {"type": "mention", "text": 5, "mentioned": 3}], "text": None},
    {"from": {"id": "../../../v1/keys?x=#"}}, {"from": {"id": "x\x00\n\x7f"}}, {"channelData": None},
)  # fmt: skip


async def test_no_activity_is_a_defect(bot: RunningDesk, teams: TeamsPeer):
    chat, thread = await begin(bot, teams)
    for body in (*MALFORMED, *(teams.activity(thread, "x", KIM) | odd for odd in ODD_FIELDS)):
        reply = await teams.deliver(bot.client, body)
        assert reply.status_code == 400, (body, reply.text)
        assert isinstance(reply.json()["error"], str)
    for odd in HARMLESS:
        reply = await teams.deliver(bot.client, teams.activity(thread, "", KIM) | odd)
        assert reply.status_code == 200, (odd, reply.text)
    proof = {"Authorization": f"Bearer {teams.token()}"}
    post = partial(bot.client.post, "/api/teams/messages", headers=proof)
    for raw in (b"", b"{", b"\xff", b"[" * 50_000, b'{"type": "\\ud800"}', b'{"value": NaN}'):
        assert (await post(content=raw)).status_code == 400
    assert (await post(json=teams.activity(thread, "x" * 200_000, KIM))).status_code == 413
    assert await types(bot, chat) == []
    assert teams.unexpected == []
