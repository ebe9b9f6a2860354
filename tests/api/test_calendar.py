"""Visitors see when the company is free and book a meeting, whatever Graph, other visitors or hostile ones do."""

import asyncio
import base64
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from aichatdesk.outbound.outbox import counts
from peers.fake_model_server import FakeModelServer
from peers.graph import OWNER, Fault, GraphPeer
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer, part
from peers.signed_visitors import SECRET, signed

ANN = {"customerName": "Ann", "customerEmail": "ann@example.org", "meetingType": "demo"}


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[GraphPeer]:
    async with GraphPeer(tmp_path) as running:
        yield running


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer, graph: GraphPeer) -> AsyncIterator[RunningDesk]:
    # A trusted proxy in front, so that a test can be several visitors.
    settings = graph.settings() | {"AICHATDESK_TRUSTED_PROXIES": "127.0.0.1"}
    async with running_desk(tmp_path / "data", models.base_url, **settings) as running:
        yield running


def far_monday() -> date:
    """A Monday two weeks ahead, so that nothing of its week is past."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=14 - today.weekday())


MONDAY = far_monday()


def at(hour: int, minute: int = 0, day: date = MONDAY) -> dict[str, str]:
    start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).replace(tzinfo=None)
    end = start + timedelta(minutes=30)
    return {"start": f"{start.isoformat()}.000Z", "end": f"{end.isoformat()}.000Z"}


async def starts(desk: RunningDesk, day: date = MONDAY) -> list[str]:
    reply = await desk.client.get("/api/calendar/slots", params={"date": day.isoformat()})
    assert reply.status_code == 200, reply.text
    return [slot["start"] for shown in reply.json()["days"] for slot in shown["slots"]]


async def book(
    desk: RunningDesk, slot: dict[str, str], address: str = "10.0.0.1", **more: Any
) -> httpx2.Response:
    body = ANN | slot | {key: value for key, value in more.items() if key != "headers"}
    headers = {"X-Forwarded-For": address} | more.get("headers", {})
    return await desk.client.post("/api/calendar/book", json=body, headers=headers)


async def stored_metadata(desk: RunningDesk, chat: dict[str, str]) -> dict[str, Any]:
    agent = await desk.sign_in()
    chats = (await desk.client.get("/api/dashboard/chats", headers=agent)).json()
    return next(one["metadata"] for one in chats if one["sessionId"] == chat["sessionId"])


async def test_a_visitor_books_a_free_slot_and_the_desk_knows(desk: RunningDesk, graph: GraphPeer):
    assert (await desk.client.get("/api/calendar/status")).json() == {"configured": True}
    graph.is_busy(f"{MONDAY}T09:00:00", f"{MONDAY}T10:00:00")
    free = await starts(desk)
    assert len(free) == 3 * 16 - 2
    assert free[0] == at(10)["start"]
    chat = await desk.start_chat()
    hostile = {"customerName": "Ann\r\nBcc: x@y.z <b>", "notes": "<img src=x onerror=alert(1)>\nsecond"}
    reply = await book(desk, at(10), sessionId=chat["sessionId"], phone="+49 1", company="A & B", **hostile)
    booked = reply.json()
    assert reply.status_code == 200, reply.text
    assert booked | {"icsUrl": ""} == {
        "success": True, "meetingLink": graph.meetings[0].shown()["onlineMeeting"]["joinUrl"],
        "eventId": graph.meetings[0].id, **at(10), "icsUrl": "",
    }  # fmt: skip
    sent = graph.meetings[0].sent
    assert sent["subject"] == "[AIChatDesk] Demo with Ann Bcc: x@y.z <b>"
    assert "<img" not in sent["body"]["content"]
    assert "A &amp; B" in sent["body"]["content"]
    assert sent["attendees"][0]["emailAddress"]["address"] == ANN["customerEmail"]
    assert sent["isOnlineMeeting"] is True
    assert at(10)["start"] not in await starts(desk)
    noted = (await stored_metadata(desk, chat))["booking"]
    told = {key: booked[key] for key in ("start", "end", "meetingLink", "eventId")}
    assert noted == {"meetingType": "demo", **told, "bookedAt": noted["bookedAt"]}
    agent = await desk.sign_in()
    log = (await desk.client.get(f"/api/v1/chats/{chat['sessionId']}/events", headers=agent)).json()["events"]
    assert [event["booking"] for event in log if event["type"] == "labelled"] == [noted]
    assert await desk.events(chat) == []


async def test_only_one_of_many_gets_a_slot(desk: RunningDesk, graph: GraphPeer):
    many = [
        book(desk, at(11), address=f"10.0.1.{number}", customerEmail=f"v{number}@example.org")
        for number in range(8)
    ]
    replies = await asyncio.gather(*many)
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7
    assert all("choose another" in reply.json()["error"] for reply in replies if reply.status_code == 409)
    assert len(graph.meetings) == 1


async def test_the_same_request_brings_the_same_booking_and_anothers_does_not(
    desk: RunningDesk, graph: GraphPeer
):
    twice = await asyncio.gather(book(desk, at(11)), book(desk, at(11)))
    again = await book(desk, at(11))
    assert [reply.status_code for reply in (*twice, again)] == [200] * 3
    assert twice[0].json() == twice[1].json() == again.json()
    assert len(graph.meetings) == 1
    # Whoever only knows what Ann typed learns nothing of her meeting.
    assert (await book(desk, at(11), address="10.9.9.9")).status_code == 409
    chat = await desk.start_chat()
    assert (await book(desk, at(11), sessionId=chat["sessionId"])).status_code == 409


async def test_a_slot_that_has_become_busy_is_not_booked(desk: RunningDesk, graph: GraphPeer):
    assert at(14)["start"] in await starts(desk)
    graph.is_busy(f"{MONDAY}T14:15:00", f"{MONDAY}T14:20:00", status="tentative")
    assert (await book(desk, at(14))).status_code == 409
    assert graph.meetings == []
    graph.has_time()
    assert (await book(desk, at(14))).status_code == 200  # it was not held for nobody


NOT_OFFERED = [
    at(8, 30), at(16, 45), at(17), at(9, 15), at(9, day=MONDAY - timedelta(days=1)), at(9, day=date(2020, 1, 6)),
    at(9, day=MONDAY + timedelta(days=728)), {"start": at(9)["start"], "end": at(12)["end"]},
    {"start": at(10)["start"], "end": at(9)["start"]},
]  # fmt: skip


async def test_nothing_but_an_offered_slot_can_be_booked(desk: RunningDesk, graph: GraphPeer):
    for slot in NOT_OFFERED:
        assert (await book(desk, slot)).status_code == 409, slot
    assert graph.requests == []
    assert (await book(desk, at(9))).status_code == 200  # and none of these has counted


BAD: list[dict[str, Any]] = [
    {"start": "tomorrow"}, {"start": "2031-02-17T09:00:00"}, {"end": 5}, {"start": "9999-12-31T23:59:59-23:59"},
    {"start": ["x"]}, {"meetingType": "party"}, {"meetingType": ["demo"]}, {"customerEmail": "ann"},
    {"customerEmail": "a@b.c,d@e.f"}, {"customerEmail": "a,b@example.org"}, {"customerEmail": {"$ne": 1}},
    {"customerEmail": "ann@example.org\nBcc: x@y.z"}, {"customerEmail": "a" * 250 + "@b.org"},
    {"customerName": "x" * 201}, {"customerName": " \u2028 "}, {"customerName": 7}, {"notes": "x" * 4001},
    {"notes": {"a": 1}}, {"phone": "1" * 51}, {"sessionId": 5}, {"start": ""}, {"customerName": None},
]  # fmt: skip


async def test_a_malformed_booking_is_refused_with_a_sentence(desk: RunningDesk, graph: GraphPeer):
    for bad in BAD:
        reply = await book(desk, at(9), **bad)
        assert reply.status_code == 400, bad
        assert reply.json()["error"], bad
    empty = await desk.client.post("/api/calendar/book")
    assert empty.status_code == 400
    assert empty.json()["error"] == "start, end, customerName, customerEmail, and meetingType are required"
    for odd in ("tomorrow", "2026-02-30", "20260216", "2026-W07-1", "9999-99-99", "٢٠٢٦-٠٢-١٦"):
        assert (await desk.client.get("/api/calendar/slots", params={"date": odd})).status_code == 400, odd
    assert graph.requests == []


async def test_a_booking_enters_no_chat_but_the_one_it_belongs_to(desk: RunningDesk, graph: GraphPeer):
    chat, other = await desk.start_chat(), await desk.start_chat()
    unknown = "5b0c7f0e-6d6b-4f0a-9a52-0d3c1c0f6c11"
    assert (await book(desk, at(9), sessionId=unknown)).status_code == 404
    wrong = await book(desk, at(9), sessionId=chat["sessionId"], headers=visitor(other))
    assert wrong.status_code == 403
    assert graph.requests == []
    assert (await book(desk, at(9), sessionId=chat["sessionId"], headers=visitor(chat))).status_code == 200
    assert "booking" not in await stored_metadata(desk, other)


async def test_a_booking_does_not_undo_what_was_noted_meanwhile(desk: RunningDesk, graph: GraphPeer):
    chat = await desk.start_chat()
    graph.then(Fault(delay=0.5), on="calendar/events")
    booking = asyncio.create_task(book(desk, at(9), sessionId=chat["sessionId"]))
    await until(lambda: graph.asked("calendar/events"))
    body = {"categoryId": "656e0c5f9d1b2a0012345678"}
    assert (await desk.client.patch(f"/api/chat/{chat['sessionId']}/category", json=body)).status_code == 200
    assert (await booking).status_code == 200
    metadata = await stored_metadata(desk, chat)
    assert metadata["categoryId"] == body["categoryId"]
    assert metadata["booking"]["eventId"] == graph.meetings[0].id


async def test_one_address_cannot_book_the_whole_week(desk: RunningDesk, graph: GraphPeer):
    replies = [
        await book(desk, at(9 + number), customerEmail=f"v{number}@example.org") for number in range(6)
    ]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert int(replies[-1].headers["Retry-After"]) > 0
    for number in range(4):
        reply = await book(
            desk, at(9 + number, 30), address=f"10.0.2.{number}", customerEmail="Bob@example.org"
        )
        assert reply.status_code == (200 if number < 3 else 429)
    assert len(graph.meetings) == 8


async def test_a_booking_that_graph_refuses_leaves_the_slot_free(desk: RunningDesk, graph: GraphPeer):
    refusals = [
        Fault(status=429, headers={"Retry-After": "30"}),
        Fault(status=403, body={"error": {"code": "ErrorAccessDenied"}}),
        Fault(status=400, body={"error": {"code": "ErrorInvalidRequest"}}),
    ]
    for fault in refusals:
        graph.then(fault, on="calendar/events")
        refused = await book(desk, at(9))
        assert refused.status_code == 503
        assert "Error" not in refused.text.replace("error", "")
        assert refused.headers["Retry-After"] == fault.headers.get("Retry-After", "5")
        assert at(9)["start"] in await starts(desk)
    assert (await book(desk, at(9), address="10.0.3.3", customerEmail="bob@example.org")).status_code == 200


async def test_a_booking_whose_answer_was_lost_is_found_again(desk: RunningDesk, graph: GraphPeer):
    graph.then(Fault(cut=True), Fault(status=503), on="calendar/events")
    lost = await book(desk, at(9))
    assert lost.status_code == 503
    assert "not confirmed" in lost.json()["error"]
    assert at(9)["start"] not in await starts(desk)
    again = await book(desk, at(9))
    assert again.status_code == 200, again.text
    assert [meeting.id for meeting in graph.meetings] == [again.json()["eventId"]]


async def test_slots_are_never_made_up_while_graph_is_silent(desk: RunningDesk, graph: GraphPeer):
    graph.then(*[Fault(status=500)] * 2, on="getSchedule")
    reply = await desk.client.get("/api/calendar/slots", params={"date": MONDAY.isoformat()})
    assert reply.status_code == 503
    assert set(reply.json()) == {"error"}


async def test_settings_take_effect_without_a_restart(desk: RunningDesk, graph: GraphPeer):
    admin = await desk.sign_in()
    graph.is_busy(f"{MONDAY}T09:00:00", f"{MONDAY}T17:00:00", calendar="kim@example.org")
    assert at(9)["start"] in await starts(desk)
    values = {"calendarEmail": "kim@example.org", "calendarTimeZone": "Asia/Kathmandu"}
    assert (await desk.client.put("/api/settings", json=values, headers=admin)).status_code == 200
    first = (await starts(desk))[0]
    assert first == f"{MONDAY}T03:15:00.000Z"  # 9 in the morning in Kathmandu
    assert at(9)["start"] not in await starts(desk)
    hours = {
        "calendarHours": {"sun": ["22:00", "24:00"]},
        "calendarSlotMinutes": 60,
        "calendarTimeZone": None,
    }
    assert (await desk.client.put("/api/settings", json=hours, headers=admin)).status_code == 200
    assert (await starts(desk))[:2] == [
        at(22, day=MONDAY + timedelta(days=6))["start"],
        at(23, day=MONDAY + timedelta(days=6))["start"],
    ]
    assert {request["schedules"][0] for request in graph.asked("getSchedule")} == {OWNER, "kim@example.org"}


UNUSABLE: list[dict[str, Any]] = [
    {"calendarTimeZone": "Mars/Olympus"}, {"calendarTimeZone": "Europe"}, {"calendarTimeZone": "../../etc/passwd"},
    {"calendarTimeZone": "+02:00"}, {"calendarTimeZone": 5}, {"calendarHours": {"mon": ["17:00", "09:00"]}},
    {"calendarHours": {"monday": ["09:00", "17:00"]}}, {"calendarHours": {"mon": ["9", "17"]}},
    {"calendarHours": {"mon": ["09:00", "24:30"]}}, {"calendarHours": {"mon": "09:00"}}, {"calendarHours": []},
    {"calendarHours": {"mon": [9, 17]}}, {"calendarSlotMinutes": 0}, {"calendarSlotMinutes": "30"},
    {"calendarSlotMinutes": True}, {"calendarEmail": "kim"}, {"calendarEmail": ["kim@example.org"]},
]  # fmt: skip


async def test_a_setting_that_the_calendar_could_not_use_is_refused(desk: RunningDesk):
    admin = await desk.sign_in()
    for value in UNUSABLE:
        reply = await desk.client.put("/api/settings", json=value | {"greeting": "x"}, headers=admin)
        assert reply.status_code == 400, value
        assert reply.json()["field"] in value
    assert (await desk.client.get("/api/settings", headers=admin)).json() == {}


async def test_a_cancelled_meeting_is_called_off_and_its_slot_free_at_once(
    desk: RunningDesk, graph: GraphPeer
):
    chat, other = await desk.start_chat(), await desk.start_chat()
    booked = (await book(desk, at(9), sessionId=chat["sessionId"])).json()
    path = f"/api/v1/calendar/bookings/{booked['eventId']}/cancel"
    assert (await desk.client.post(path)).status_code == 401
    assert (await desk.client.post(path, headers=visitor(other))).status_code == 403
    assert (await desk.client.post(path.replace("AAMk", "BBMk"), headers=visitor(chat))).status_code == 404
    assert graph.live()
    graph.then(*[Fault(status=503, headers={"Retry-After": "1"})] * 99, on="cancel")
    reply = await desk.client.post(path, headers=visitor(chat))
    assert reply.status_code == 200, reply.text
    assert (await stored_metadata(desk, chat))["booking"] is None
    assert graph.live()  # Graph has not taken it yet
    assert at(9)["start"] in await starts(desk)
    taken = await book(desk, at(9), address="10.0.4.4", customerEmail="bob@example.org")
    assert taken.status_code == 200, taken.text
    assert at(9)["start"] not in await starts(desk)
    graph.recover()
    await until(lambda: [meeting.id for meeting in graph.live()] == [taken.json()["eventId"]])
    assert (
        await desk.client.post(path, headers=await desk.sign_in())
    ).status_code == 200  # nothing more to do
    assert at(9)["start"] not in await starts(desk)
    again = await desk.client.post(
        f"/api/v1/calendar/bookings/{taken.json()['eventId']}/cancel", headers=await desk.sign_in()
    )
    assert again.status_code == 200
    await until(lambda: not graph.live())
    called_off = {"action": "meeting.called_off"}
    audit = await desk.client.get("/api/v1/audit", params=called_off, headers=await desk.sign_in())
    # The visitor's own is no act of the desk, and the second time is none.
    [entry] = audit.json()["entries"]
    assert (entry["actor"]["name"], entry["facts"]) == ("Admin", {"start": at(9)["start"]})


async def coming(desk: RunningDesk, caller: dict[str, str]) -> httpx2.Response:
    return await desk.client.get("/api/v1/calendar/bookings", headers=caller)


async def test_no_coming_meeting_is_hidden_from_agents_and_none_is_shown_to_visitors(
    desk: RunningDesk, graph: GraphPeer, tmp_path: Path
):
    admin, chat = await desk.sign_in(), await desk.start_chat()
    agent = {"email": "ana@example.org", "name": "Ana", "password": "long-enough-words"}
    assert (await desk.client.post("/api/agents", json=agent, headers=admin)).status_code == 201
    ana = await desk.sign_in(email=agent["email"], password=agent["password"])
    later = (await book(desk, at(11))).json()
    sooner = (await book(desk, at(9), sessionId=chat["sessionId"])).json()
    other = (await book(desk, at(10), address="10.0.4.4", customerEmail="bob@example.org")).json()
    cancel = f"/api/v1/calendar/bookings/{other['eventId']}/cancel"
    assert (await desk.client.post(cancel, headers=ana)).status_code == 200
    told = (await coming(desk, ana)).json()
    assert told["configured"] is True
    assert [one["eventId"] for one in told["bookings"]] == [sooner["eventId"], later["eventId"]]
    first = told["bookings"][0]
    assert first == {
        "id": first["id"], "eventId": sooner["eventId"], "state": "booked", "meetingType": "demo", **at(9),
        "meetingLink": sooner["meetingLink"], "customerName": "Ann", "customerEmail": "ann@example.org",
        "sessionId": chat["sessionId"], "bookedAt": first["bookedAt"],
    }  # fmt: skip
    assert told["bookings"][1]["sessionId"] is None
    for stranger in ({}, visitor(chat)):
        assert (await coming(desk, stranger)).status_code == 401
    with sqlite3.connect(tmp_path / "data" / "desk.db") as stored:
        stored.execute(
            "UPDATE bookings SET starts_at = 0, ends_at = 1 WHERE event_id = ?", [later["eventId"]]
        )
    assert [one["eventId"] for one in (await coming(desk, ana)).json()["bookings"]] == [sooner["eventId"]]


async def test_a_time_that_the_calendar_has_not_confirmed_is_not_shown_as_a_meeting(
    desk: RunningDesk, graph: GraphPeer
):
    graph.then(Fault(cut=True), Fault(status=503), on="calendar/events")
    assert (await book(desk, at(9))).status_code == 503
    (held,) = (await coming(desk, await desk.sign_in())).json()["bookings"]
    assert (held["state"], held["eventId"], held["customerName"]) == ("reserved", None, "Ann")


async def test_the_invitation_file_is_for_whoever_booked(desk: RunningDesk, graph: GraphPeer):
    booked = (await book(desk, at(9), customerName="Ann; \\n,Ltd")).json()
    reply = await desk.client.get(booked["icsUrl"])
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/calendar")
    event = Calendar.from_ical(reply.text).walk("VEVENT")[0]
    assert event["SUMMARY"] == "[AIChatDesk] Demo with Ann; \\n,Ltd"
    assert event.decoded("DTSTART") == datetime.fromisoformat(booked["start"])
    assert event["UID"] == graph.meetings[0].shown()["iCalUId"]
    plain = booked["icsUrl"].partition("?")[0]
    for url in (plain, f"{plain}?token=x", f"{plain}?token=%C3%A9", f"{booked['icsUrl'][:-1]}"):
        assert (await desk.client.get(url)).status_code == 404
    path = plain.replace("invite.ics", "cancel")
    await desk.client.post(path, headers=await desk.sign_in())
    assert "STATUS:CANCELLED" in (await desk.client.get(booked["icsUrl"])).text


async def test_a_deleted_chat_leaves_no_name_behind_and_the_meeting_stands(
    desk: RunningDesk, graph: GraphPeer, tmp_path: Path
):
    chat = await desk.start_chat()
    booked = (await book(desk, at(9), sessionId=chat["sessionId"], customerName="Annabelle")).json()
    admin = await desk.sign_in()
    assert (await desk.client.delete(f"/api/chat/{chat['sessionId']}", headers=admin)).status_code == 200
    assert (await desk.client.get(booked["icsUrl"])).status_code == 404
    with sqlite3.connect(tmp_path / "data" / "desk.db") as stored:
        assert "Annabelle" not in "\n".join(stored.iterdump())
    assert at(9)["start"] not in await starts(desk)
    path = f"/api/v1/calendar/bookings/{booked['eventId']}/cancel"
    assert (await desk.client.post(path, headers=visitor(chat))).status_code == 403
    assert (await desk.client.post(path, headers=admin)).status_code == 200
    await until(lambda: not graph.live())


async def test_a_confirmation_goes_to_a_verified_address_and_to_no_other(
    tmp_path: Path, models: FakeModelServer, graph: GraphPeer
):
    async with SendGridPeer() as sendgrid:
        mail = {
            "SENDGRID_API_KEY": KEY,
            "SENDGRID_FROM_EMAIL": SENDER,
            "SENDGRID_BASE_URL": sendgrid.base_url,
        }
        settings = graph.settings() | mail | {"WIDGET_IDENTITY_SECRET": SECRET}
        async with running_desk(tmp_path / "data", models.base_url, **settings) as desk:
            typed, known = await desk.start_chat(), await desk.start_chat()
            body = {"token": signed(email="Ann@example.org")}
            path = f"/api/v1/chats/{known['sessionId']}/identify"
            assert (await desk.client.post(path, json=body, headers=visitor(known))).status_code == 200
            for hour, more in (
                (9, {}),
                (10, {"sessionId": typed["sessionId"]}),
                (11, {"sessionId": known["sessionId"], "customerEmail": "victim@example.org"}),
            ):
                assert (await book(desk, at(hour), **more)).status_code == 200
            booked = await book(desk, at(12), sessionId=known["sessionId"])
            again = await book(desk, at(12), sessionId=known["sessionId"])
            assert booked.json() == again.json()
            await until(lambda: sendgrid.mails)
            async with asyncio.timeout(60):
                while (await desk.desk.database.read(counts))["waiting"]:
                    await asyncio.sleep(0.02)
            [sent] = sendgrid.mails
            assert sent["personalizations"][0]["to"][0]["email"] == "ann@example.org"
            assert booked.json()["meetingLink"] in part(sent)
            assert "12:00 PM (UTC)" in part(sent)
            [file] = sent["attachments"]
            event = Calendar.from_ical(base64.b64decode(file["content"])).walk("VEVENT")[0]
            assert event.decoded("DTSTART") == datetime.fromisoformat(booked.json()["start"])


async def test_without_credentials_there_is_no_calendar(tmp_path: Path, models: FakeModelServer):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        assert (await desk.client.get("/api/calendar/status")).json() == {"configured": False}
        for reply in (
            await desk.client.get("/api/calendar/slots"),
            await desk.client.get("/api/calendar/slots?date=x"),
            await desk.client.post("/api/calendar/book", json={}),
        ):
            assert (reply.status_code, reply.json()) == (503, {"error": "Calendar not configured"})
        told = await coming(desk, await desk.sign_in())
        assert told.json() == {"configured": False, "bookings": []}


async def test_a_desk_without_the_extra_says_what_to_install(graph: GraphPeer, tmp_path: Path):
    check = (
        "import sys, asyncio; sys.modules['msal'] = None\n"
        "from aichatdesk.entry.describe import describe_api\n"
        "from aichatdesk.entry.settings import load_settings\n"
        "from aichatdesk.entry.wiring import open_desk\n"
        "async def main():\n"
        "    async with open_desk(load_settings()): pass\n"
        "asyncio.run(main())\n"
    )
    environ = {
        "AICHATDESK_DATA_DIR": str(tmp_path / "other"), "LLM_BASE_URL": "http://127.0.0.1:9/v1", "LLM_MODEL": "x",
        "EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1", "EMBEDDING_MODEL": "x",
    }  # fmt: skip
    environ |= {name: str(value) for name, value in graph.settings().items()}
    source = Path(__file__).resolve().parents[2] / "src"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", check],
        env=environ | {"PYTHONPATH": str(source)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Misconfigured" in done.stderr
    assert "install aichatdesk[graph]" in done.stderr
