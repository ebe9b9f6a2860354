"""What mails and tickets say: a person's words stay words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import (
    Chat,
    ChatDeleted,
    ChatStarted,
    ChatStatus,
    HandOverRequested,
    Message,
    Mode,
    Reason,
    Sender,
)
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import AgentId, ChatId, MessageId, SessionId
from aichatdesk.outbound.confirm_address import ask, mailbox_of
from aichatdesk.outbound.forget_chat import forget_chat
from aichatdesk.outbound.hand_over_mail import hand_over_mail
from aichatdesk.outbound.mail import Attached, Letter, one_line, put_mail
from aichatdesk.outbound.new_chat_mail import new_chat_mail
from aichatdesk.outbound.notify_staff import StaffMail
from aichatdesk.outbound.outbox import list_items
from aichatdesk.outbound.transcript_mail import transcript_mail
from aichatdesk.outbound.write_ticket import put_ticket, write_ticket
from aichatdesk.platform.storage.database import Transaction
from aichatdesk.platform.storage.facts import FactBoard
from aichatdesk.platform.storage.sqlite import SqliteDatabase

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHAT = Chat(
    id=ChatId("656e0c5f9d1b2a0012345678"),
    session_id=SessionId("5b0c7f0e-6d6b-4f0a-9a52-0d3c1c0f6c11"),
    user_name="Ann Example",
    user_email="ann@example.org",
    status=ChatStatus.CLOSED,
    mode=Mode.AI,
    category="general",
    priority="medium",
    ticket_type="bug",
    started_at=NOW,
    created_at=NOW,
    updated_at=NOW,
    public_seq=1,
    staff_seq=1,
    token_hash="",
    metadata={"subject": "It hums", "currentPage": "/shop", "ipAddress": "192.0.2.7"},
    ended_at=NOW + timedelta(minutes=61),
)


def message(content: str, sender: Sender = Sender.USER, **more: Any) -> Message:
    return Message(MessageId("m"), CHAT.id, 1, sender, more.pop("name", None), content, NOW, **more)


@given(st.text())
def test_no_words_of_a_person_become_markup_or_a_second_line_of_a_subject(words: str):
    chat = replace(CHAT, user_name=words, category=words, metadata={"subject": words, "currentPage": words})
    said = [
        message(words),
        message(words, Sender.AGENT, name=words, attachments=({"filename": words, "url": words},)),
    ]
    letters = (
        new_chat_mail(chat, dashboard=""),
        hand_over_mail(chat, Reason.NOT_SURE, said, dashboard=""),
        transcript_mail(chat, said, public_url="https://desk.example"),
    )
    ours = {"!doctype", "html", "body", "h1", "p", "table", "tr", "td", "div", "br", "a"}
    for letter in letters:
        assert len(letter.subject.splitlines()) == 1
        tags = {part.partition(">")[0].split()[0].strip("/") for part in letter.html.split("<")[1:]}
        assert tags <= ours
    assert len(one_line(words)) <= 80


def test_words_of_a_person_cannot_pass_for_a_line_of_ours():
    text = transcript_mail(CHAT, [message("Hi\n\nAssistant, now:\nPay here")], public_url="").text
    assert [line for line in text.splitlines() if "Pay here" in line or "Assistant, now" in line] == [
        "    Assistant, now:",
        "    Pay here",
    ]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/uploads/1-a.png", "https://desk.example/uploads/1-a.png"),
        ("https://files.example/a.png", "https://files.example/a.png"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//files.example/a.png", None),
        ("", None),
    ],
)
def test_only_what_the_web_can_open_is_linked(url: str, shown: str | None):
    files = ({"filename": "a.png", "url": url},)
    html = transcript_mail(CHAT, [message("See", attachments=files)], public_url="https://desk.example").html
    assert (f'<a href="{shown}">a.png</a>' in html) == (shown is not None)
    assert ("<a" in html) == (shown is not None)
    assert "a.png" in html


def test_a_transcript_tells_how_long_it_took_and_who_answered():
    said = [message("It hums"), message("So it does", Sender.AI), message("Hello", Sender.AGENT, name="Kim")]
    text = transcript_mail(replace(CHAT, rating=5.0), said, public_url="").text
    assert "Duration: 1 h 1 min" in text
    assert "Answered by: the assistant, Kim" in text
    assert "Rating: 5" in text


@pytest.mark.parametrize(
    ("kind", "title", "label"),
    [
        ("bug", "[Bug] It hums", "bug"),
        ("feature", "[Feature] It hums", "enhancement"),
        ("question", "[Question] It hums", "question"),
        ("support", "[Support] It hums", "help wanted"),
    ],
)
def test_a_ticket_has_the_title_and_labels_of_its_kind_and_tells_nothing_of_who_asked(
    kind: str, title: str, label: str
):
    ticket = write_ticket(replace(CHAT, ticket_type=kind, user_priority="high"))
    assert ticket["title"] == title
    assert ticket["labels"] == [label, "priority:high"]
    for secret in (CHAT.user_name, CHAT.user_email, "192.0.2.7", "/shop", CHAT.id, CHAT.session_id):
        assert secret not in str(ticket)


def test_a_ticket_without_a_subject_has_a_title_all_the_same():
    ticket = write_ticket(replace(CHAT, metadata={}))
    assert ticket["title"] == "[Bug] New support ticket"
    assert "```" not in ticket["body"]


@given(st.text(alphabet="`~\x00\n\r@#a", max_size=60))
def test_a_visitors_words_cannot_leave_the_block_of_code_of_a_ticket(words: str):
    body = write_ticket(replace(CHAT, metadata={"subject": words}))["body"]
    lines = body.splitlines()
    opened = [line for line in lines if line.startswith("```") and line.endswith("`text")]
    if not opened:
        assert not words.replace("\x00", "").strip()
        return
    fence = opened[0].removesuffix("text")
    inside = lines[lines.index(opened[0]) + 1 : -1]
    assert lines[-1] == fence
    assert not any(line.strip().startswith(fence) for line in inside)


def test_a_tickets_title_calls_nobody_and_points_nowhere():
    subject = "@octocat see #12, GH-3 and https://evil.example " + "x" * 200
    title = write_ticket(replace(CHAT, metadata={"subject": subject}))["title"]
    for reference in ("@octocat", "#12", "GH-3", "https://evil"):
        assert reference not in title
        assert reference in title.replace("\u200b", "")
    assert len(title) < 120


@pytest.mark.parametrize(
    ("to", "letter", "more"),
    [
        ("ann@example.org\r\nBcc: eve@example.org", Letter("Hi", "x", "x"), {}),
        ("ann@example.org, eve@example.org", Letter("Hi", "x", "x"), {}),
        ("ann@example.org", Letter("Hi\nBcc: eve@example.org", "x", "x"), {}),
        ("ann@example.org", Letter("x" * 201, "x", "x"), {}),
        ("ann@example.org", Letter("Hi", "x", "x"), {"to_name": "Ann\u2028Eve"}),
        (
            "ann@example.org",
            Letter("Hi", "x", "x"),
            {"attachments": [Attached("a\n.ics", "text/calendar", b"")]},
        ),
    ],
)
async def test_a_mail_that_would_break_its_headers_is_refused(
    database: SqliteDatabase, to: str, letter: Letter, more: dict[str, Any]
):
    with pytest.raises(Invalid):
        await database.write(partial(put_mail, to=to, letter=letter, key="k", title="t", **more))
    assert await database.read(list_items) == []


@pytest.mark.parametrize(
    "spelt",
    ["Ann.Lee@Example.org", "annlee@example.org", "ann.lee+shop@example.org", "a.n.n.l.e.e@example.ORG"],
)
def test_one_mailbox_is_counted_once_however_it_is_spelt(spelt: str):
    assert mailbox_of(spelt) == "annlee@example.org"


NEW = NewChat("Ann", "ann@example.org", ticket_type="bug")


async def test_a_hand_over_that_was_given_to_somebody_is_not_told_by_mail(
    database: SqliteDatabase, facts: FactBoard
):
    def assign(tx: Transaction, requested: HandOverRequested) -> None:
        repository.change_chat(tx, requested.chat_id, assigned_agent_id=AgentId("1" * 24))

    facts.subscribe(HandOverRequested, assign)
    facts.subscribe(HandOverRequested, StaffMail("team@desk.example").tell_of_hand_over)
    started = await database.write(partial(start_chat, new=NEW))
    await database.write(lambda tx: tx.record(HandOverRequested(started.id, Reason.VISITOR_ASKED)))
    assert await database.read(list_items) == []


async def test_an_erased_chat_leaves_nothing_behind(database: SqliteDatabase, facts: FactBoard):
    facts.subscribe(ChatStarted, put_ticket)
    facts.subscribe(ChatDeleted, forget_chat)
    started, kept = [await database.write(partial(start_chat, new=NEW)) for _ in range(2)]
    for chat in (started, kept):
        await database.write(
            partial(ask, chat_id=chat.id, address="ann@example.org", client="192.0.2.7", link=lambda t: t)
        )
    await database.write(lambda tx: tx.record(ChatDeleted(started.id, started.session_id)))
    assert {item["chatId"] for item in await database.read(list_items)} == {kept.id}

    def held(tx: Transaction) -> list[Any]:
        return list(tx.connection.exec_driver_sql("select chat_id from address_confirmations").scalars())

    assert await database.read(held) == [kept.id]
