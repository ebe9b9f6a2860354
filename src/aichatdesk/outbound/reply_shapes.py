"""What the outbox and the calendar look like on the wire, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any, Literal

from pydantic import BaseModel

from aichatdesk.outbound.booking import BookingState, MeetingType
from aichatdesk.outbound.outbox import State
from aichatdesk.platform.http.common_shapes import Success


class OutboxItem(BaseModel):
    """Something that goes out, and how far it has come."""

    id: str
    kind: str
    title: str
    chatId: str | None
    state: State
    attempts: int
    lastError: str | None
    reference: str | None
    createdAt: str
    settledAt: str | None


class OutboxCounts(BaseModel):
    """How many items there are in each state."""

    waiting: int
    sent: int
    dead: int


class Outbox(BaseModel):
    """The newest items, and how many there are by state."""

    items: list[OutboxItem]
    counts: OutboxCounts


class Slot(BaseModel):
    """A time that is free; `display` and `time` are by the company's clock."""

    start: str
    end: str
    display: str
    time: str


class DayOfSlots(BaseModel):
    """The free times of a day."""

    date: str
    label: str
    slots: list[Slot]


class FreeDays(BaseModel):
    """When the company has time."""

    days: list[DayOfSlots]


class RetriedItem(BaseModel):
    """An item that is sent again."""

    item: OutboxItem


class CalendarStatus(BaseModel):
    """Whether there is a calendar."""

    configured: bool


class MadeBooking(Success):
    """A meeting that is made; `icsUrl` is a path on this desk, for whoever has it."""

    meetingLink: str | None
    eventId: str
    start: str
    end: str
    icsUrl: str


class BookedMeeting(BaseModel):
    """A meeting that a visitor has booked; while it is `reserved`, the calendar has not confirmed it.

    `sessionId` is that of the chat in which it was booked, if there was one and it is still there. The visitor's name
    and address are empty where they were erased.
    """

    id: str
    eventId: str | None
    state: Literal[BookingState.RESERVED, BookingState.BOOKED]
    meetingType: MeetingType
    start: str
    end: str
    meetingLink: str | None
    customerName: str
    customerEmail: str
    sessionId: str | None
    bookedAt: str


class ComingBookings(BaseModel):
    """The meetings that are not over, soonest first, and whether there is a calendar to book in."""

    configured: bool
    bookings: list[BookedMeeting]


class CancelledBooking(Success):
    """A meeting that was called off."""

    eventId: str


REPLIES: dict[tuple[str, str], Any] = {
    ("get", "/api/v1/outbox"): Outbox,
    ("post", "/api/v1/outbox/{item_id}/retry"): RetriedItem,
    ("delete", "/api/v1/outbox/{item_id}"): Success,
    ("get", "/api/calendar/status"): CalendarStatus,
    ("get", "/api/calendar/slots"): FreeDays,
    ("post", "/api/calendar/book"): MadeBooking,
    ("get", "/api/v1/calendar/bookings"): ComingBookings,
    ("post", "/api/v1/calendar/bookings/{event_id}/cancel"): CancelledBooking,
}
"""What each route answers, by method and path."""
