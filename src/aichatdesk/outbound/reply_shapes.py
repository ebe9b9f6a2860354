"""What the outbox and the calendar look like on the wire, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any

from pydantic import BaseModel


class OutboxItem(BaseModel):
    """Something that goes out, and how far it has come."""

    id: str
    kind: str
    title: str
    chatId: str | None
    state: str
    attempts: int
    lastError: str | None
    reference: str | None
    createdAt: str
    settledAt: str | None


class Outbox(BaseModel):
    """The newest items, and how many there are by state."""

    items: list[OutboxItem]
    counts: dict[str, int]


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


REPLIES: dict[tuple[str, str], Any] = {
    ("get", "/api/v1/outbox"): Outbox,
    ("get", "/api/calendar/slots"): FreeDays,
}
"""What each route answers, by method and path."""
