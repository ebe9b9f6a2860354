"""Rows of bookings: a time is held here before the calendar is asked, so that two visitors never get one slot."""

import math
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, literal, select, update

from aichatdesk.core.clock import from_millis, to_millis
from aichatdesk.core.errors import TooMany
from aichatdesk.core.ids import ChatId, new_id
from aichatdesk.outbound.booking import (
    Booking,
    BookingNotFound,
    BookingState,
    MeetingType,
    SlotTaken,
    Wanted,
)
from aichatdesk.outbound.free_slots import Span
from aichatdesk.outbound.graph import Event
from aichatdesk.outbound.outbox import State
from aichatdesk.outbound.tables import bookings, outbox
from aichatdesk.platform.storage.database import Transaction

MOST_OPEN = 3
_MOST_LISTED = 200
_KEPT = timedelta(days=30)
_CANCELLATION = "calendar_cancel:"


def reserve(
    tx: Transaction, wanted: Wanted, *, calendar: str, fingerprint: str, chat_id: ChatId | None
) -> Booking:
    """Hold a time for somebody, before the calendar is asked.

    Raises:
        SlotTaken: Somebody else holds some of it.
        TooMany: This address has as many open bookings as it may.
    """
    _forget_old(tx)
    if any(held.meets(wanted.span) for held in held_times(tx, calendar, wanted.span)):
        raise SlotTaken
    _require_few_open(tx, wanted.email)
    booking_id = new_id()
    tx.connection.execute(
        insert(bookings).values(
            id=booking_id,
            state=BookingState.RESERVED.value,
            calendar=calendar,
            starts_at=to_millis(wanted.span.start),
            ends_at=to_millis(wanted.span.end),
            held_from=to_millis(wanted.span.start),
            meeting_type=wanted.meeting_type.value,
            customer_name=wanted.name,
            customer_email=wanted.email,
            fingerprint=fingerprint,
            invite_token=secrets.token_urlsafe(32),
            chat_id=chat_id,
            created_at=to_millis(tx.now),
        )
    )
    return _one(tx, bookings.c.id == booking_id)


def release(tx: Transaction, booking: Booking) -> None:
    """Give up a time that was held and for which no meeting was made."""
    reserved = bookings.c.state == BookingState.RESERVED
    tx.connection.execute(delete(bookings).where(bookings.c.id == booking.id, reserved))


def note_made(tx: Transaction, booking: Booking, event: Event) -> Booking:
    """Keep what the calendar calls the meeting."""
    return _change(
        tx,
        booking,
        state=BookingState.BOOKED.value,
        event_id=event.id,
        meeting_link=event.meeting_link,
        ical_uid=event.ical_uid,
    )


def note_cancelled(tx: Transaction, booking: Booking) -> Booking:
    """Call a booking off; its time is free at once."""
    return _change(tx, booking, state=BookingState.CANCELLED.value, held_from=None)


def held_times(tx: Transaction, calendar: str, within: Span) -> list[Span]:
    """What our own bookings hold in a calendar, also those that it does not know of yet."""
    return _times(tx, calendar, within, bookings.c.held_from.is_not(None))


def given_up_times(tx: Transaction, calendar: str, within: Span) -> list[Span]:
    """What the calendar still shows as busy although the meeting is called off: it is yet to be told."""
    told = select(outbox.c.id).where(
        outbox.c.key == literal(_CANCELLATION) + bookings.c.id, outbox.c.state == State.WAITING
    )
    return _times(tx, calendar, within, told.exists())


def cancellation_key(booking: Booking) -> str:
    """The key under which the calendar is told that a meeting is called off."""
    return f"{_CANCELLATION}{booking.id}"


def same_booking(tx: Transaction, fingerprint: str) -> Booking | None:
    """What the same request has brought before, unless it was called off."""
    row = tx.connection.execute(
        select(bookings).where(bookings.c.fingerprint == fingerprint, bookings.c.held_from.is_not(None))
    ).one_or_none()
    return _booking(row) if row else None


def reserved_booking(tx: Transaction, booking_id: str) -> Booking | None:
    """A booking of which it is not known whether its meeting was made."""
    row = tx.connection.execute(
        select(bookings).where(bookings.c.id == booking_id, bookings.c.state == BookingState.RESERVED)
    ).one_or_none()
    return _booking(row) if row else None


def booking_of_event(tx: Transaction, event_id: str) -> Booking:
    """A booking by what the calendar calls it; raises `BookingNotFound`."""
    return _one(tx, bookings.c.event_id == event_id)


def coming_bookings(tx: Transaction) -> list[Booking]:
    """The bookings whose time is held and not over, soonest first, at most 200."""
    query = select(bookings).where(bookings.c.held_from.is_not(None), bookings.c.ends_at > to_millis(tx.now))
    rows = tx.connection.execute(query.order_by(bookings.c.starts_at, bookings.c.id).limit(_MOST_LISTED))
    return [_booking(row) for row in rows]


def forget_chat(tx: Transaction, chat_id: ChatId) -> None:
    """Take out who booked in this chat; the meeting itself stays in the calendar."""
    tx.connection.execute(
        update(bookings)
        .where(bookings.c.chat_id == chat_id)
        .values(customer_name="", customer_email="", invite_token="", chat_id=None)
    )


def _require_few_open(tx: Transaction, email: str) -> None:
    ends = tx.connection.scalars(
        select(bookings.c.ends_at).where(
            bookings.c.customer_email == email,
            bookings.c.held_from.is_not(None),
            bookings.c.ends_at > to_millis(tx.now),
        )
    ).all()
    if len(ends) >= MOST_OPEN:
        left = math.ceil((from_millis(min(ends)) - tx.now).total_seconds())
        raise TooMany(
            f"This address has {MOST_OPEN} open bookings; cancel one, or wait until one is over.",
            retry_after=left,
        )


def _forget_old(tx: Transaction) -> None:
    tx.connection.execute(delete(bookings).where(bookings.c.ends_at < to_millis(tx.now - _KEPT)))


def _times(tx: Transaction, calendar: str, within: Span, condition: ColumnElement[bool]) -> list[Span]:
    rows = tx.connection.execute(
        select(bookings.c.starts_at, bookings.c.ends_at).where(
            bookings.c.calendar == calendar,
            bookings.c.starts_at < to_millis(within.end),
            bookings.c.ends_at > to_millis(within.start),
            condition,
        )
    )
    return [Span(from_millis(row.starts_at), from_millis(row.ends_at)) for row in rows]


def _change(tx: Transaction, booking: Booking, **values: Any) -> Booking:
    tx.connection.execute(update(bookings).where(bookings.c.id == booking.id).values(values))
    return _one(tx, bookings.c.id == booking.id)


def _one(tx: Transaction, condition: ColumnElement[bool]) -> Booking:
    row = tx.connection.execute(select(bookings).where(condition)).one_or_none()
    if row is None:
        raise BookingNotFound
    return _booking(row)


def _booking(row: Row[Any]) -> Booking:
    return Booking(
        id=row.id,
        state=BookingState(row.state),
        calendar=row.calendar,
        span=Span(from_millis(row.starts_at), from_millis(row.ends_at)),
        meeting_type=MeetingType(row.meeting_type),
        name=row.customer_name,
        email=row.customer_email,
        fingerprint=row.fingerprint,
        invite_token=row.invite_token,
        created_at=from_millis(row.created_at),
        chat_id=ChatId(row.chat_id) if row.chat_id else None,
        event_id=row.event_id,
        meeting_link=row.meeting_link,
        ical_uid=row.ical_uid,
    )
