"""A meeting that a visitor books: what is asked for, what is kept of it, and how the calendar shows it."""

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aichatdesk.core.clock import to_iso
from aichatdesk.core.errors import Conflict, Invalid, NotFound
from aichatdesk.core.ids import ChatId
from aichatdesk.core.mail_address import is_mail_address
from aichatdesk.core.text import tidy
from aichatdesk.outbound.free_slots import Span

_REQUIRED = ("start", "end", "customerName", "customerEmail", "meetingType")
_LONGEST = {"customerName": 200, "notes": 4000, "phone": 50, "company": 200}


class MeetingType(StrEnum):
    """What kind of meeting it is to be."""

    CALL = "call"
    DEMO = "demo"
    MEETING = "meeting"


class BookingState(StrEnum):
    """How far a booking has come: its time is held, the meeting is made, or it was called off."""

    RESERVED = "reserved"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class SlotTaken(Conflict):
    """The time is not to be had, or not any more."""

    def __init__(self) -> None:
        super().__init__("That slot is taken; choose another.")


class BookingNotFound(NotFound):
    """No such booking, or not for this caller."""

    def __init__(self) -> None:
        super().__init__("No such booking.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor asks for, checked."""

    span: Span
    name: str
    email: str
    meeting_type: MeetingType
    notes: str = ""
    phone: str = ""
    company: str = ""

    def fingerprint(self, asker: str) -> str:
        """The same for the same request of the same person, who is told by `asker`."""
        told = [to_iso(self.span.start), to_iso(self.span.end), self.name, self.email, self.meeting_type]
        told += [self.notes, self.phone, self.company, asker]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Booking:
    """What is kept of a booking; its id is the `transactionId` in Graph."""

    id: str
    state: BookingState
    calendar: str
    span: Span
    meeting_type: MeetingType
    name: str
    email: str
    fingerprint: str
    invite_token: str
    created_at: datetime
    chat_id: ChatId | None = None
    event_id: str | None = None
    meeting_link: str | None = None
    ical_uid: str | None = None


def checked_request(fields: Mapping[str, Any]) -> Wanted:
    """Read a request.

    Raises:
        Invalid: Something is missing or malformed.
    """
    if any(fields.get(name) in (None, "") for name in _REQUIRED):
        raise Invalid("start, end, customerName, customerEmail, and meetingType are required")
    meeting_type = fields["meetingType"]
    if meeting_type not in list(MeetingType):
        raise Invalid("meetingType must be call, demo or meeting.", field="meetingType")
    email = fields["customerEmail"]
    if not isinstance(email, str) or not is_mail_address(email.strip()):
        raise Invalid("customerEmail must be an e-mail address.", field="customerEmail")
    span = Span(_moment(fields, "start"), _moment(fields, "end"))
    texts = {name: _text(fields, name) for name in _LONGEST}
    name = " ".join(texts["customerName"].split())
    if not name:
        raise Invalid("customerName must not be empty.", field="customerName")
    return Wanted(
        span,
        name,
        email.strip().lower(),
        MeetingType(meeting_type),
        texts["notes"],
        texts["phone"],
        texts["company"],
    )


def subject(meeting_type: MeetingType, name: str) -> str:
    """How the meeting is called; a name that was erased is left out."""
    return f"[AIChatDesk] {meeting_type.value.title()}" + (f" with {name}" if name else "")


def event_details(wanted: Wanted) -> dict[str, Any]:
    """The meeting as Graph takes it, but for its time; what the visitor wrote is text there, never markup."""
    rows = {
        "Name": wanted.name,
        "Email": wanted.email,
        "Phone": wanted.phone,
        "Company": wanted.company,
        "Notes": wanted.notes,
    }
    lines = [
        f"<p><b>{label}:</b> {html.escape(text).replace(chr(10), '<br>')}</p>"
        for label, text in rows.items()
        if text
    ]
    attendee = {"emailAddress": {"address": wanted.email, "name": wanted.name}, "type": "required"}
    return {
        "subject": subject(wanted.meeting_type, wanted.name),
        "body": {"contentType": "HTML", "content": "".join(lines)},
        "attendees": [attendee],
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
    }


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a text.", field=name)
    text = tidy(value)
    if len(text) > _LONGEST[name]:
        raise Invalid(f"{name} may have at most {_LONGEST[name]} characters.", field=name)
    return text


def _moment(fields: Mapping[str, Any], name: str) -> datetime:
    value = fields[name]
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid(f"{name} must be a moment such as 2026-01-31T09:00:00.000Z.", field=name) from error
