"""Offer free slots of the company's calendar, and book one of them.

A booking is held in our own database first, then made in the calendar, then noted. If the process dies in between,
or the calendar's answer is lost, a durable job finds out what has become of it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog

from aichatdesk.conversation.domain import ChatNotFound
from aichatdesk.conversation.label_chat import note_booking
from aichatdesk.core.clock import to_iso
from aichatdesk.core.errors import Unavailable
from aichatdesk.core.ids import ChatId
from aichatdesk.desk.desk_settings import all_settings
from aichatdesk.desk.office_hours import OfficeHours, calendar_email, office_hours
from aichatdesk.outbound import keep_bookings
from aichatdesk.outbound.booking import Booking, SlotTaken, Wanted, event_details
from aichatdesk.outbound.free_slots import Span, free, is_offered, offered_slots, shown_days, without
from aichatdesk.outbound.graph import Event, Graph
from aichatdesk.outbound.graph_errors import GraphError
from aichatdesk.platform.jobs.queue import TryLater, enqueue
from aichatdesk.platform.storage.database import Database, Transaction

SETTLE_BOOKING = "settle_booking"
# Longer than a request waits for the calendar, so that the job meets no booking that is being made.
_SETTLE_AFTER = timedelta(minutes=2)
_ASK_AGAIN_AFTER = timedelta(minutes=1)
_PATIENCE = timedelta(hours=24)
_log = structlog.get_logger(__name__)


class CalendarNotConfigured(Unavailable):
    """There is no calendar, or nobody whose it is."""

    def __init__(self) -> None:
        super().__init__("Calendar not configured")


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose calendar it is and when it is open, as the settings have it now."""

    calendar: str
    office: OfficeHours
    now: datetime


@dataclass(frozen=True, slots=True)
class Asker:
    """Who books: the chat, if any, and what tells this person from others; `admit` raises if it is too often."""

    chat_id: ChatId | None
    proof: str
    admit: Callable[[], None]


class Calendar:
    """The company's calendar as visitors see it."""

    def __init__(
        self,
        database: Database,
        graph: Graph,
        fallback_calendar: str,
        tell: Callable[[Transaction, Booking], None] | None = None,
    ) -> None:
        """`tell` hears of each meeting that is made, in the transaction that notes it."""
        self._database = database
        self._graph = graph
        self._fallback = fallback_calendar
        self._tell = tell
        self._problem: str | None = None
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def problem(self) -> str | None:
        """Why the calendar could not be read the last time, for the desk's owner; None if it could."""
        return self._problem

    def email(self, tx: Transaction) -> str | None:
        """Whose calendar it is, as the settings have it now; None where nobody is named."""
        return calendar_email(all_settings(tx)) or self._fallback or None

    async def free_days(self, first: date | None) -> list[dict[str, Any]]:
        """The free slots of the next three working days from a day, or from today.

        Raises:
            Unavailable: There is no calendar, or it does not answer.
        """
        plan = await self._database.read(self._plan)
        slots = offered_slots(plan.office, first, plan.now)
        if not slots:
            return []
        whole = Span(slots[0].start, slots[-1].end)
        with _explained():
            busy = await self._busy(plan.calendar, whole)
        held = await self._database.read(
            partial(keep_bookings.held_times, calendar=plan.calendar, within=whole)
        )
        return shown_days(plan.office, free(slots, [*busy, *held]))

    async def book(self, wanted: Wanted, asker: Asker) -> Booking:
        """Book a slot that we would offer now; the same request of the same person brings the same booking.

        Raises:
            SlotTaken: It is not offered, or somebody else has it.
            TooMany: This person books too often.
            Unavailable: There is no calendar, or it does not answer; the booking may have been made all the same.
        """
        fingerprint = wanted.fingerprint(asker.proof)
        async with self._alone(fingerprint):
            known = await self._database.read(partial(keep_bookings.same_booking, fingerprint=fingerprint))
            if known and known.event_id:
                return known
            with _explained():
                if known:
                    event = await self._graph.find_event(known.calendar, known.id, known.span)
                    return await (self._made(known, event) if event else self._make(known, wanted))
                return await self._make(await self._reserve(wanted, asker, fingerprint), wanted)

    async def settle(self, payload: Mapping[str, Any]) -> None:
        """The durable job: find out whether the meeting of a held time was made, and keep or release it.

        Raises:
            TryLater: The calendar does not tell now.
        """
        find = partial(keep_bookings.reserved_booking, booking_id=str(payload["id"]))
        booking = await self._database.read(find)
        if booking is None:
            return
        async with self._alone(booking.fingerprint):
            booking = await self._database.read(find)
            if booking is None:
                return
            try:
                event = await self._graph.find_event(booking.calendar, booking.id, booking.span)
            except GraphError as error:
                if booking.created_at + _PATIENCE > await self._database.read(lambda tx: tx.now):
                    raise TryLater(error.message, error.after or _ASK_AGAIN_AFTER) from error
                _log.error("what became of a booking is not known", booking=booking.id, error=error.message)
                event = None
            if event:
                await self._made(booking, event)
            else:
                await self._database.write(partial(keep_bookings.release, booking=booking))

    async def _reserve(self, wanted: Wanted, asker: Asker, fingerprint: str) -> Booking:
        plan = await self._database.read(self._plan)
        if not is_offered(plan.office, wanted.span, plan.now):
            raise SlotTaken
        asker.admit()

        def hold(tx: Transaction) -> Booking:
            booking = keep_bookings.reserve(
                tx, wanted, calendar=plan.calendar, fingerprint=fingerprint, chat_id=asker.chat_id
            )
            enqueue(tx, SETTLE_BOOKING, {"id": booking.id}, delay=_SETTLE_AFTER)
            return booking

        return await self._database.write(hold)

    async def _make(self, booking: Booking, wanted: Wanted) -> Booking:
        """Look once more whether the time is free, and make the meeting; release the time if it was not made."""
        release = partial(keep_bookings.release, booking=booking)
        try:
            if not free([booking.span], await self._busy(booking.calendar, booking.span)):
                raise SlotTaken
            event = await self._graph.create_event(
                booking.calendar, booking.id, booking.span, event_details(wanted)
            )
        except SlotTaken:
            await self._database.write(release)
            raise
        except GraphError as error:
            if not error.maybe_done:
                await self._database.write(release)
            raise
        return await self._made(booking, event)

    async def _made(self, booking: Booking, event: Event) -> Booking:
        """Note a meeting that is made, also in the chat in which it was booked."""
        if event.meeting_link is None:
            # A meeting without a link is a meeting all the same.
            with contextlib.suppress(GraphError):
                event = await self._graph.get_event(booking.calendar, event.id)
        return await self._database.write(partial(self._note, booking=booking, event=event))

    def _note(self, tx: Transaction, booking: Booking, event: Event) -> Booking:
        made = keep_bookings.note_made(tx, booking, event)
        if made.chat_id:
            # The chat may have been deleted meanwhile.
            with contextlib.suppress(ChatNotFound):
                note_booking(tx, made.chat_id, _told_to_chat(made, tx.now))
        if self._tell:
            self._tell(tx, made)
        return made

    async def _busy(self, calendar: str, span: Span) -> list[Span]:
        try:
            busy = await self._graph.busy(calendar, span)
        except GraphError as error:
            self._problem = error.message
            raise
        self._problem = None
        given_up = await self._database.read(
            partial(keep_bookings.given_up_times, calendar=calendar, within=span)
        )
        return without(busy, given_up)

    def has_owner(self, tx: Transaction) -> bool:
        """Whether anybody's calendar is named to book in."""
        return bool(calendar_email(all_settings(tx)) or self._fallback)

    def _plan(self, tx: Transaction) -> Plan:
        settings = all_settings(tx)
        calendar = calendar_email(settings) or self._fallback
        if not calendar:
            raise CalendarNotConfigured
        return Plan(calendar, office_hours(settings), tx.now)

    def _alone(self, fingerprint: str) -> asyncio.Lock:
        """One at a time for each request, so that a second click finds what the first one has done."""
        return self._under_way.setdefault(fingerprint, asyncio.Lock())


def _told_to_chat(booking: Booking, now: datetime) -> dict[str, Any]:
    return {
        "meetingType": booking.meeting_type.value,
        "start": to_iso(booking.span.start),
        "end": to_iso(booking.span.end),
        "meetingLink": booking.meeting_link,
        "eventId": booking.event_id,
        "bookedAt": to_iso(now),
    }


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Tell visitors that the calendar does not answer, and the owner why."""
    try:
        yield
    except GraphError as error:
        _log.warning("calendar", error=error.message, maybe_done=error.maybe_done)
        sentence = "The calendar does not answer now; try again in a moment."
        if error.maybe_done:
            sentence = "The calendar has not confirmed the booking; try the same again in a moment."
        raise Unavailable(sentence, **error.facts) from error
