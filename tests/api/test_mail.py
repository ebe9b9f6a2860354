"""Mail as people get it: whom the desk writes to, when, and what a stranger cannot make it send."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from aichatdesk.core.errors import Misconfigured
from aichatdesk.outbound.outbox import counts
from peers.fake_model_server import FakeModelServer
from peers.loopback_server import Answer, until
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer, part, recipient
from peers.signed_visitors import SECRET, signed

STAFF = "team@desk.example"
HOSTILE = '<img src=x onerror="alert(1)">'
LINK = re.compile(r"https://desk\.example(/api/v1/mail/confirm\?token=[\w-]+)")


def mail_settings(sendgrid: SendGridPeer, **more: object) -> dict[str, object]:
    return {
        "SENDGRID_API_KEY": KEY,
        "SENDGRID_FROM_EMAIL": SENDER,
        "SENDGRID_TO_EMAIL": STAFF,
        "SENDGRID_BASE_URL": sendgrid.base_url,
        "WIDGET_IDENTITY_SECRET": SECRET,
        "AICHATDESK_PUBLIC_URL": "https://desk.example",
        **more,
    }


@pytest.fixture
async def sendgrid() -> AsyncIterator[SendGridPeer]:
    async with SendGridPeer() as peer:
        yield peer


@pytest.fixture
async def mailing(
    tmp_path: Path, models: FakeModelServer, sendgrid: SendGridPeer
) -> AsyncIterator[RunningDesk]:
    async with running_desk(tmp_path / "data", models.base_url, **mail_settings(sendgrid)) as desk:
        yield desk


async def begin(desk: RunningDesk, email: str = "ann@example.org", **more: Any) -> dict[str, str]:
    reply = await desk.client.post("/api/chat", json={"userName": "Ann", "userEmail": email, **more})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def end(desk: RunningDesk, chat: dict[str, str], **body: Any) -> str:
    reply = await desk.client.post(f"/api/messages/chat/{chat['sessionId']}/end", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()["transcript"]


async def ask(desk: RunningDesk, chat: dict[str, str]) -> dict[str, Any]:
    reply = await desk.client.post(f"/api/v1/chats/{chat['sessionId']}/transcript", headers=visitor(chat))
    assert reply.status_code == 200, reply.text
    return reply.json()


async def say(desk: RunningDesk, chat: dict[str, str], text: str, **more: Any) -> None:
    headers = more.pop("headers", None)
    body = {"chatId": chat["chatId"], "content": text, **more}
    reply = await desk.client.post("/api/messages", json=body, headers=headers)
    assert reply.status_code == 201, reply.text


async def identify(desk: RunningDesk, chat: dict[str, str], **claims: Any) -> None:
    body = {"token": signed(**claims)}
    reply = await desk.client.post(
        f"/api/v1/chats/{chat['sessionId']}/identify", json=body, headers=visitor(chat)
    )
    assert reply.status_code == 200, reply.text


async def nothing_waits(desk: RunningDesk) -> None:
    """Whatever was to go out has gone."""

    async def done() -> bool:
        return (await desk.desk.database.read(counts))["waiting"] == 0

    await until(done)


async def to(desk: RunningDesk, sendgrid: SendGridPeer, address: str) -> list[dict[str, Any]]:
    await nothing_waits(desk)
    return sendgrid.to(address)


async def test_a_new_chat_is_told_to_the_desk_once_and_no_word_of_its_visitor_becomes_markup(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    name = f"Eve\r\nBcc: victim@example.org {HOSTILE}" + "x" * 200
    await begin(mailing, userName=name, currentPage=f"/shop?{HOSTILE}")
    [mail] = await to(mailing, sendgrid, STAFF)
    assert mail["subject"].startswith("New Support Chat: Eve Bcc: victim@example.org")
    assert len(mail["subject"].splitlines()) == 1
    assert len(mail["subject"]) < 130
    html = part(mail, "text/html")
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert 'href="https://desk.example/dashboard/"' in html
    assert "localhost" not in html
    assert len(sendgrid.mails) == 1


async def test_without_a_public_address_no_mail_has_a_link_that_leads_nowhere(
    tmp_path: Path, models: FakeModelServer, sendgrid: SendGridPeer
):
    settings = mail_settings(sendgrid, AICHATDESK_PUBLIC_URL=None)
    async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
        chat = await begin(desk)
        await say(desk, chat, "See", attachments=[{"filename": "a.png", "url": "/uploads/a.png"}])
        [mail] = await to(desk, sendgrid, STAFF)
        assert "href" not in part(mail, "text/html")
        assert "not verified" in await end(desk, chat, transcript=True)
        assert (await ask(desk, chat))["outcome"] == "none"
        await identify(desk, chat, email="ann@example.org")
        assert (await ask(desk, chat))["outcome"] == "sent"
        [transcript] = await to(desk, sendgrid, "ann@example.org")
        assert "href" not in part(transcript, "text/html")
        assert "a.png" in part(transcript, "text/html")


async def test_nothing_is_sent_or_promised_where_mail_is_not_configured(desk: RunningDesk):
    chat = await desk.start_chat()
    await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")
    assert await end(desk, chat, transcript=True) == "No email configured"
    assert (await ask(desk, chat))["transcript"] == "No email configured"
    assert await desk.desk.database.read(counts) == {"waiting": 0, "sent": 0, "dead": 0}
    assert (await desk.client.get("/api/v1/mail/confirm?token=x")).status_code == 404


async def test_a_hand_over_that_nobody_takes_is_told_once_an_hour(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    chat = await begin(mailing)
    await say(mailing, chat, f"Is anybody there? {HOSTILE}")
    for _ in range(3):
        await mailing.client.post(f"/api/chat/{chat['sessionId']}/escalate")
        await end(mailing, chat)
        await say(mailing, chat, "Hello?")
    mails = [mail for mail in await to(mailing, sendgrid, STAFF) if "waits" in mail["subject"]]
    assert [mail["subject"] for mail in mails] == ["Chat waits for a person: Ann - general"]
    html = part(mails[0], "text/html")
    assert "Is anybody there?" in html
    assert "<img" not in html


async def test_a_chat_that_was_given_to_somebody_is_told_only_once_they_have_gone(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    agent = await mailing.sign_in()
    chat = await begin(mailing)
    reply = await mailing.client.post(f"/api/chat/{chat['sessionId']}/escalate")
    assert reply.json()["agent"]["name"] == "Admin"
    assert [mail["subject"][:8] for mail in await to(mailing, sendgrid, STAFF)] == ["New Supp"]
    await mailing.client.post("/api/agents/logout", headers=agent)
    assert [mail["subject"][:10] for mail in await to(mailing, sendgrid, STAFF)] == [
        "New Suppor",
        "Chat waits",
    ]


async def test_an_erased_chats_mail_is_not_sent(mailing: RunningDesk, sendgrid: SendGridPeer):
    sendgrid.down = True
    chat, agent = await begin(mailing), await mailing.sign_in()
    await until(lambda: sendgrid.requests)
    await end(mailing, chat, transcript=True)
    gone = await mailing.client.delete(f"/api/chat/{chat['sessionId']}", headers=agent)
    assert gone.status_code == 200
    assert await mailing.desk.database.read(counts) == {"waiting": 0, "sent": 0, "dead": 0}


async def test_a_stranger_cannot_make_the_desk_write_to_somebody(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    victim = "victim.person@example.org"
    spellings = [
        victim,
        "Victim.Person@Example.org",
        "victimperson@example.org",
        "victim.person+x@example.org",
    ]
    for number in range(25):
        chat = await begin(mailing, spellings[number % 4], userName=f"Win {HOSTILE} http://evil.example")
        await say(mailing, chat, f"{HOSTILE} Visit http://evil.example", sender="agent")
        for _ in range(4):
            await end(mailing, chat, transcript=True, ratingComment="http://evil.example")
            await ask(mailing, chat)
            await say(mailing, chat, "and again")
    await nothing_waits(mailing)
    got = [mail for mail in sendgrid.mails if recipient(mail) != STAFF]
    assert 1 <= len(got) <= 3
    for mail in got:
        assert "name" not in mail["personalizations"][0]["to"][0]
        for trace in ("Win", "evil", "img", "again"):
            assert trace not in str(mail["content"]) + mail["subject"]


async def test_one_client_cannot_have_many_people_asked(mailing: RunningDesk, sendgrid: SendGridPeer):
    outcomes = []
    for number in range(8):
        chat = await begin(mailing, f"person{number}@example.org")
        await end(mailing, chat)
        outcomes.append((await ask(mailing, chat))["outcome"])
    assert outcomes == ["confirm"] * 5 + ["none"] * 3
    await nothing_waits(mailing)
    assert len([mail for mail in sendgrid.mails if recipient(mail) != STAFF]) == 5


async def test_what_is_no_address_gets_no_mail_and_breaks_nothing(mailing: RunningDesk):
    for email in ("no address", "a@b", "a@b.example, c@d.example", "<a@b.example>", "ä@b.example"):
        chat = await begin(mailing, email)
        assert "no valid e-mail address" in await end(mailing, chat, transcript=True)


async def test_a_transcript_waits_until_the_address_itself_has_said_yes(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    chat, agent = await begin(mailing), await mailing.sign_in()
    await say(mailing, chat, f"Does it hum? {HOSTILE}")
    await say(mailing, chat, "It does, softly.", sender="agent", headers=agent)
    await say(mailing, chat, "SECRET-NOTE", isInternal=True, headers=agent)
    files = [
        {"filename": f"{HOSTILE}.png", "url": "/uploads/1-a.png"},
        {"filename": "b.pdf", "url": "https://files.example/b.pdf?x=\"'"},
    ]
    await say(mailing, chat, "[Sent 2 file(s)]", attachments=files)
    assert "confirm" in await end(mailing, chat, transcript=True, rating=5)
    [question] = await to(mailing, sendgrid, "ann@example.org")
    page = LINK.search(part(question))
    assert page
    for _ in range(2):  # a scanner opens the link, and changes nothing
        shown = await mailing.client.get(page[1])
        assert shown.status_code == 200
        assert "<button>" in shown.text
        assert "form-action 'self'" in shown.headers["content-security-policy"]
    assert len(sendgrid.to("ann@example.org")) == 1
    done = await mailing.client.post(page[1], headers={"Origin": mailing.base_url})
    assert (done.status_code, "on its way" in done.text) == (200, True)
    _, transcript = await to(mailing, sendgrid, "ann@example.org")
    html, text = part(transcript, "text/html"), part(transcript)
    assert transcript["subject"] == "Your Chat Transcript - general"
    for words in ("It does, softly.", "Does it hum?", "b.pdf", "Rating", "less than a minute"):
        assert words in html
        assert words in text
    assert "<img" not in html
    assert "SECRET-NOTE" not in html + text
    assert 'href="https://desk.example/uploads/1-a.png"' in html
    assert 'href="https://files.example/b.pdf?x=&quot;&#x27;"' in html
    assert (await mailing.client.post(page[1])).status_code == 410
    assert (await mailing.client.get(page[1])).status_code == 410
    assert (await mailing.client.post(page[1][:-3] + "abc")).status_code == 404
    token = page[1].partition("=")[2]

    def stored(tx: Any) -> str:
        tables = ("address_confirmations", "outbox", "transcript_mails")
        return "".join(str(tx.connection.exec_driver_sql(f"select * from {t}").all()) for t in tables)

    held = await mailing.desk.database.read(stored)
    assert token not in held
    assert "hum" not in held


async def test_a_yes_counts_for_the_chat_that_was_asked_about_and_for_no_other(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    chat = await begin(mailing)
    await end(mailing, chat, transcript=True)
    [question] = await to(mailing, sendgrid, "ann@example.org")
    page = LINK.search(part(question))
    assert page
    await mailing.client.post(page[1])
    stranger = await begin(mailing)
    await say(mailing, stranger, "http://evil.example")
    assert "confirm" in await end(mailing, stranger, transcript=True)
    await say(mailing, chat, "One more thing")
    assert "on its way" in await end(mailing, chat)  # the address has agreed to this chat
    mails = await to(mailing, sendgrid, "ann@example.org")
    assert len(mails) == 4
    assert not any("evil" in str(mail) for mail in mails)


async def test_a_yes_while_the_chat_goes_on_sends_nothing_before_its_end(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    chat = await begin(mailing)
    await end(mailing, chat, transcript=True)
    [question] = await to(mailing, sendgrid, "ann@example.org")
    await say(mailing, chat, "I am back")
    page = LINK.search(part(question))
    assert page
    assert "when the chat has ended" in (await mailing.client.post(page[1])).text
    refused = await mailing.client.post(
        f"/api/v1/chats/{chat['sessionId']}/transcript", headers=visitor(chat)
    )
    assert refused.status_code == 409
    assert len(await to(mailing, sendgrid, "ann@example.org")) == 1
    assert "on its way" in await end(mailing, chat)
    assert len(await to(mailing, sendgrid, "ann@example.org")) == 2


async def test_ends_and_wishes_at_the_same_moment_give_one_transcript(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    chat = await begin(mailing)
    await identify(mailing, chat, email="ann@example.org")
    path = f"/api/messages/chat/{chat['sessionId']}/end"
    replies = await asyncio.gather(*(mailing.client.post(path, json={}) for _ in range(10)))
    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 9
    asked = await asyncio.gather(*(ask(mailing, chat) for _ in range(10)))
    assert {one["outcome"] for one in asked} == {"sent"}
    assert len(await to(mailing, sendgrid, "ann@example.org")) == 1


async def test_who_is_known_gets_the_transcript_unless_they_decline_and_at_most_five_a_day(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    declined = await begin(mailing)
    await identify(mailing, declined, email="ann@example.org")
    assert "No transcript was asked for" in await end(mailing, declined, transcript=False)
    told = []
    for _ in range(7):
        chat = await begin(mailing)
        await identify(mailing, chat, email="ann@example.org")
        told.append(await end(mailing, chat))
    assert ["on its way" in one for one in told] == [True] * 5 + [False] * 2
    assert len(await to(mailing, sendgrid, "ann@example.org")) == 5
    assert "too many" in told[-1]


async def test_a_long_chats_transcript_is_cut_and_says_so(mailing: RunningDesk, sendgrid: SendGridPeer):
    chat = await begin(mailing)
    for number in range(30):
        await say(mailing, chat, f"first-{number} " + "word " * 780)
    await identify(mailing, chat, email="ann@example.org")
    await end(mailing, chat)
    [mail] = await to(mailing, sendgrid, "ann@example.org")
    html = part(mail, "text/html")
    assert "only its last messages" in html
    assert "first-29 " in html
    assert "first-0 " not in html
    assert len(html) < 150_000


async def test_an_odd_wish_for_a_transcript_is_a_bad_request(mailing: RunningDesk):
    chat = await begin(mailing)
    path = f"/api/messages/chat/{chat['sessionId']}/end"
    for wish in ("yes", 1, {}):
        reply = await mailing.client.post(path, json={"transcript": wish})
        assert reply.status_code == 400
        assert "transcript" in reply.json()["error"]
    assert (await mailing.client.post(path, json={})).status_code == 200


async def test_a_stranger_to_the_chat_cannot_ask_for_its_transcript(mailing: RunningDesk):
    chat, other = await begin(mailing), await begin(mailing)
    await end(mailing, chat)
    path = f"/api/v1/chats/{chat['sessionId']}/transcript"
    assert (await mailing.client.post(path)).status_code == 403
    assert (await mailing.client.post(path, headers=visitor(other))).status_code == 403


async def test_a_mail_that_cannot_go_out_is_shown_and_goes_out_once_it_is_sent_again(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    sendgrid.answers = [
        Answer(400, body=b'{"errors": [{"message": "The from address is odd.", "field": "from"}]}')
    ]
    await begin(mailing)
    agent = await mailing.sign_in()

    async def dead() -> list[dict[str, Any]]:
        shown = await mailing.client.get("/api/v1/outbox", params={"state": "dead"}, headers=agent)
        return shown.json()["items"]

    [item] = await until(dead)
    assert (item["kind"], item["title"], item["attempts"]) == ("mail", "New chat, to the desk", 1)
    assert "from: The from address is odd." in item["lastError"]
    assert "ann" not in str(item).lower()
    assert sendgrid.mails == []
    again = await mailing.client.post(f"/api/v1/outbox/{item['id']}/retry", headers=agent)
    assert again.json()["item"]["state"] == "waiting"
    [mail] = await to(mailing, sendgrid, STAFF)
    assert mail["custom_args"] == {"aichatdesk_item": item["id"]}
    assert (await mailing.client.post(f"/api/v1/outbox/{item['id']}/retry", headers=agent)).status_code == 409


async def test_a_service_that_is_down_does_not_keep_anybody_from_chatting(
    mailing: RunningDesk, sendgrid: SendGridPeer
):
    sendgrid.down = True
    chat = await begin(mailing)
    await say(mailing, chat, "Hello")
    assert "confirm" in await end(mailing, chat, transcript=True)
    assert (await mailing.desk.database.read(counts))["waiting"] == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("SENDGRID_TO_EMAIL", "team"), ("SENDGRID_FROM_EMAIL", "a@b.example, c@d.example")],
)
async def test_an_address_of_the_desks_own_that_is_none_is_a_setting_to_mend(
    tmp_path: Path, models: FakeModelServer, sendgrid: SendGridPeer, name: str, value: str
):
    with pytest.raises(Misconfigured, match=name):
        async with running_desk(
            tmp_path / "data", models.base_url, **mail_settings(sendgrid, **{name: value})
        ):
            pass
