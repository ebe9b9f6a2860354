"""What the sender of mail makes of SendGrid's answers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from aichatdesk.core.errors import Misconfigured
from aichatdesk.outbound.outbox import Item, NotNow, Rejected
from aichatdesk.outbound.sendgrid import SendGrid
from aichatdesk.platform.http.client import make_http_client
from peers.loopback_server import Answer
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer

ITEM = Item(
    "656e0c5f9d1b2a0012345678",
    "mail",
    "k",
    {
        "to": "ann@example.org",
        "to_name": "Ann",
        "subject": "Hello",
        "text": "Hello Ann",
        "html": "<p>Hello Ann</p>",
        "attachments": [
            {"filename": "meeting.ics", "type": "text/calendar", "content_base64": "QkVHSU46VkNBTEVOREFS"}
        ],
    },
    None,
    datetime.now(UTC),
)


@pytest.fixture
async def sendgrid() -> AsyncIterator[SendGridPeer]:
    async with SendGridPeer() as peer:
        yield peer


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with make_http_client() as opened:
        yield opened


def sender(client: httpx2.AsyncClient, base_url: str, **changed: object) -> SendGrid:
    how = {"api_key": KEY, "sender": SENDER, "sender_name": "Desk", "reply_to": "team@desk.example"} | changed
    return SendGrid(client, base_url, how.pop("api_key"), **how)


async def test_a_mail_is_taken_with_its_file_its_reply_address_and_the_mark_of_its_item(
    sendgrid: SendGridPeer, client: httpx2.AsyncClient
):
    assert await sender(client, sendgrid.base_url)(ITEM) == "message-1"
    [mail] = sendgrid.mails
    assert mail["personalizations"] == [{"to": [{"email": "ann@example.org", "name": "Ann"}]}]
    assert mail["from"] == {"email": SENDER, "name": "Desk"}
    assert mail["reply_to"] == {"email": "team@desk.example"}
    assert [one["type"] for one in mail["content"]] == ["text/plain", "text/html"]
    assert mail["attachments"][0]["filename"] == "meeting.ics"
    assert mail["custom_args"] == {"aichatdesk_item": ITEM.id}
    assert mail["headers"] == {"X-AIChatDesk-Item": ITEM.id}
    assert mail["tracking_settings"]["open_tracking"] == {"enable": False}
    assert KEY not in str(mail)


@pytest.mark.parametrize(
    ("answer", "pause", "words"),
    [
        (Answer(429, {"Retry-After": "90"}), 90, "wait"),
        (Answer(429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}), 0, "wait"),
        (Answer(429, {"Retry-After": "soon"}), None, "wait"),
        (Answer(429), None, "wait"),
        (Answer(500), None, "fault"),
        (Answer(503, {"Retry-After": "20"}), 20, "fault"),
        (Answer(401), None, "SENDGRID_API_KEY"),
        (Answer(403), None, "SENDGRID_FROM_EMAIL"),
        (Answer(200), None, "SENDGRID_BASE_URL"),
        (Answer(302, {"Location": "http://127.0.0.1:9/"}), None, "SENDGRID_BASE_URL"),
    ],
)
async def test_what_may_pass_is_tried_again_and_the_owner_is_told_what_to_mend(
    sendgrid: SendGridPeer, client: httpx2.AsyncClient, answer: Answer, pause: int | None, words: str
):
    sendgrid.answers = [answer]
    with pytest.raises(NotNow) as caught:
        await sender(client, sendgrid.base_url)(ITEM)
    assert caught.value.after == (timedelta(seconds=pause) if pause is not None else None)
    assert words in caught.value.message


async def test_a_pause_may_be_given_as_a_date(sendgrid: SendGridPeer, client: httpx2.AsyncClient):
    moment = datetime.now(UTC) + timedelta(hours=1)
    sendgrid.answers = [Answer(429, {"Retry-After": format_datetime(moment, usegmt=True)})]
    with pytest.raises(NotNow) as caught:
        await sender(client, sendgrid.base_url)(ITEM)
    assert caught.value.after
    assert timedelta(minutes=58) < caught.value.after <= timedelta(hours=1)


async def test_a_wrong_key_and_an_unknown_sender_are_no_end_of_the_mail(
    sendgrid: SendGridPeer, client: httpx2.AsyncClient
):
    with pytest.raises(NotNow, match="SENDGRID_API_KEY"):
        await sender(client, sendgrid.base_url, api_key="SG.wrong")(ITEM)
    with pytest.raises(NotNow, match="verified Sender Identity"):
        await sender(client, sendgrid.base_url, sender="other@desk.example")(ITEM)


async def test_what_sendgrid_refuses_is_told_in_its_own_words_and_never_with_the_key(
    sendgrid: SendGridPeer, client: httpx2.AsyncClient
):
    bad = replace(ITEM, payload={**ITEM.payload, "to": "nobody"})
    with pytest.raises(Rejected) as caught:
        await sender(client, sendgrid.base_url)(bad)
    assert "personalizations.0.to.0.email: Does not contain a valid address." in caught.value.message
    sendgrid.answers = [Answer(413, body=f'{{"errors": [{{"message": "too large {KEY}"}}]}}'.encode())]
    with pytest.raises(Rejected) as caught:
        await sender(client, sendgrid.base_url)(ITEM)
    assert "too large" in caught.value.message
    assert KEY not in caught.value.message


@pytest.mark.parametrize(
    "body", [b"", b"\xff<html>", b"[]", b"null", b'{"errors": "x"}', b'{"errors": [1, {"message": null}]}']
)
async def test_an_answer_of_another_shape_is_no_defect(
    sendgrid: SendGridPeer, client: httpx2.AsyncClient, body: bytes
):
    sendgrid.answers = [Answer(400, body=body)]
    with pytest.raises(Rejected):
        await sender(client, sendgrid.base_url)(ITEM)


async def test_a_slow_a_silent_and_an_absent_sendgrid_are_asked_again_later(
    sendgrid: SendGridPeer, client: httpx2.AsyncClient
):
    sendgrid.answers = [Answer(None, delay=5)]
    with pytest.raises(NotNow, match="did not answer"):
        await sender(client, sendgrid.base_url, within=timedelta(milliseconds=200))(ITEM)
    sendgrid.drop_next = 1
    with pytest.raises(NotNow, match="cannot be reached"):
        await sender(client, sendgrid.base_url)(ITEM)
    assert len(sendgrid.mails) == 1  # it was taken, and nobody heard of it
    await sendgrid.stop()
    with pytest.raises(NotNow, match="cannot be reached"):
        await sender(client, sendgrid.base_url)(ITEM)


def test_a_key_that_no_header_can_carry_is_a_setting_to_mend(client: httpx2.AsyncClient):
    with pytest.raises(Misconfigured) as caught:
        sender(client, "http://127.0.0.1:9", api_key="SG.two\nlines")
    assert "SENDGRID_API_KEY" in caught.value.message
    assert "two" not in caught.value.message
