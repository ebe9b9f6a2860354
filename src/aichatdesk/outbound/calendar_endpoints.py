"""The HTTP routes of the calendar: the older server's three, and those to cancel and to keep a booking."""

import hmac
import re
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.domain import Chat
from aichatdesk.conversation.read_chat import find_chat, get_chat, session_ids
from aichatdesk.core.access import Action, Actor, authorize
from aichatdesk.core.clock import to_iso
from aichatdesk.core.errors import Forbidden, Invalid
from aichatdesk.core.ids import SessionId
from aichatdesk.outbound.book_slot import Asker, Calendar, CalendarNotConfigured
from aichatdesk.outbound.booking import Booking, BookingNotFound, MeetingType, checked_request
from aichatdesk.outbound.cancel_booking import cancel_booking
from aichatdesk.outbound.invite_file import FILE_NAME, MEDIA_TYPE, invite_file
from aichatdesk.outbound.keep_bookings import booking_of_event, coming_bookings
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.address import client_address
from aichatdesk.platform.http.common_shapes import AnyOptionalText, AnyText
from aichatdesk.platform.http.quota import Quota
from aichatdesk.platform.storage.database import Database, Transaction

Fields = dict[str, Any]
VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]

# `fromisoformat` also reads weeks and days without dashes.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOKINGS_AN_HOUR = 5
_LOOKS = 120
_LOOKS_WITHIN = timedelta(minutes=10)


class BookBody(BaseModel):
    """A slot as it was offered, and who wants it."""

    model_config = ConfigDict(extra="ignore")

    start: AnyText = None
    end: AnyText = None
    customerName: AnyText = None
    customerEmail: AnyText = None
    meetingType: Annotated[Any, WithJsonSchema({"enum": list(MeetingType)})] = None
    sessionId: AnyOptionalText = None
    notes: AnyOptionalText = None
    phone: AnyOptionalText = None
    company: AnyOptionalText = None


def calendar_routes(database: Database, calendar: Calendar | None) -> APIRouter:
    """Free slots and booking, for visitors; without a calendar they say so."""
    routes = APIRouter(prefix="/api/calendar", tags=["calendar"])
    books = Quota(_BOOKINGS_AN_HOUR, timedelta(hours=1), "Too many bookings from this address.")
    looks = Quota(_LOOKS, _LOOKS_WITHIN, "Too many questions about free slots from this address.")

    @routes.get("/status")
    async def status() -> Fields:
        """Whether there is a calendar."""
        return {"configured": calendar is not None}

    @routes.get("/slots")
    async def slots(
        request: Request,
        date: Annotated[
            str | None, Query(description="The first day, as YYYY-MM-DD; today by default.")
        ] = None,
    ) -> Fields:
        """The free slots of the next three working days, in the company's time."""
        there = _required(calendar)
        first = _day(date)
        looks.take(client_address(request))
        return {"days": await there.free_days(first)}

    @routes.post("/book")
    async def book(
        request: Request,
        body: Annotated[BookBody, Body(default_factory=BookBody)],
        visitor_token: VisitorToken = None,
    ) -> Fields:
        """Book a free slot; sending the same again is safe."""
        there = _required(calendar)
        wanted = checked_request(body.model_dump())
        address = client_address(request)
        chat = await _chat(database, body.sessionId, visitor_token)
        asker = Asker(
            chat_id=chat.id if chat else None,
            # A session's handle is known to nobody else; without one, the address has to do.
            proof=chat.session_id if chat else address,
            admit=partial(books.take, address),
        )
        return _shown(await there.book(wanted, asker))

    return routes


def booking_routes(database: Database, guard: Guard, calendar: Calendar | None) -> APIRouter:
    """What can be done with a booking."""
    no_calendar: dict[int | str, Fields] = {503: {"description": "Calendar not configured"}}
    not_signed_in: dict[int | str, Fields] = {401: {"description": "Neither an agent nor the visitor"}}
    routes = APIRouter(prefix="/api/v1/calendar/bookings", tags=["calendar"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_CHATS))])
    async def coming() -> Fields:
        """The meetings that visitors have booked and that are not over, soonest first."""
        found = await database.read(_coming)
        return {"configured": calendar is not None, "bookings": found}

    @routes.post("/{event_id}/cancel", responses=no_calendar | not_signed_in)
    async def cancel(event_id: str, request: Request, visitor_token: VisitorToken = None) -> Fields:
        """Call a meeting off, as an agent or as the visitor of the chat in which it was booked."""
        _required(calendar)
        actor: Actor | None = None
        if visitor_token is None:
            actor = await guard.actor(request)
            authorize(actor, Action.ANSWER_CHATS)

        def work(tx: Transaction) -> Fields:
            booking = booking_of_event(tx, event_id)
            if actor is None:
                _require_booker(tx, booking, visitor_token)
            cancel_booking(tx, booking, actor)
            return {"success": True, "eventId": event_id}

        return await database.write(work)

    @routes.get(
        "/{event_id}/invite.ics",
        response_class=Response,
        responses=no_calendar | {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
    )
    async def invite(event_id: str, token: Annotated[str, Query(max_length=200)] = "") -> Response:
        """The meeting as a calendar file, for whoever has its token."""
        _required(calendar)
        booking = await database.read(partial(booking_of_event, event_id=event_id))
        if not booking.invite_token or not hmac.compare_digest(token.encode(), booking.invite_token.encode()):
            raise BookingNotFound
        return Response(
            invite_file(booking),
            media_type=MEDIA_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
        )

    return routes


def _required(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise CalendarNotConfigured
    return calendar


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("date must be a day such as 2026-01-31.", field="date") from error


async def _chat(database: Database, session_id: Any, visitor_token: str | None) -> Chat | None:
    """The chat that a booking belongs to; a visitor's secret that is given must be this chat's."""
    if session_id in (None, ""):
        return None
    if not isinstance(session_id, str):
        raise Invalid("sessionId must be a text.", field="sessionId")
    session = SessionId(session_id)
    if visitor_token is None:
        return await database.read(partial(find_chat, session_id=session))
    return await database.read(partial(require_visitor, session_id=session, token=visitor_token))


def _require_booker(tx: Transaction, booking: Booking, visitor_token: str | None) -> None:
    if booking.chat_id is None:
        raise Forbidden("This booking belongs to no chat; ask the desk to cancel it.")
    require_visitor(tx, get_chat(tx, booking.chat_id).session_id, visitor_token)


def _shown(booking: Booking) -> Fields:
    path = f"/api/v1/calendar/bookings/{quote(booking.event_id or '', safe='')}/{FILE_NAME}"
    return {
        "success": True,
        "meetingLink": booking.meeting_link,
        "eventId": booking.event_id,
        "start": to_iso(booking.span.start),
        "end": to_iso(booking.span.end),
        "icsUrl": f"{path}?token={booking.invite_token}",
    }


def _coming(tx: Transaction) -> list[Fields]:
    found = coming_bookings(tx)
    sessions = session_ids(tx, {booking.chat_id for booking in found if booking.chat_id})
    return [_listed(booking, sessions.get(booking.chat_id) if booking.chat_id else None) for booking in found]


def _listed(booking: Booking, session_id: SessionId | None) -> Fields:
    return {
        "id": booking.id,
        "eventId": booking.event_id,
        "state": booking.state.value,
        "meetingType": booking.meeting_type.value,
        "start": to_iso(booking.span.start),
        "end": to_iso(booking.span.end),
        "meetingLink": booking.meeting_link,
        "customerName": booking.name,
        "customerEmail": booking.email,
        "sessionId": session_id,
        "bookedAt": to_iso(booking.created_at),
    }
