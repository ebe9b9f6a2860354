"""A booked meeting as a file for the visitor's own calendar."""

from datetime import UTC

from aichatdesk.outbound.booking import Booking, BookingState, subject

MEDIA_TYPE = "text/calendar"
FILE_NAME = "invite.ics"


def invite_file(booking: Booking) -> bytes:
    """The file (RFC 5545); with the name that Graph gave the meeting, so that its own invitation is no second one."""
    from icalendar import Calendar, Event, vCalAddress

    cancelled = booking.state is BookingState.CANCELLED
    event = Event()
    event.add("uid", booking.ical_uid or f"{booking.id}@aichatdesk")
    event.add("dtstamp", booking.created_at.replace(microsecond=0))
    event.add("dtstart", booking.span.start.astimezone(UTC))
    event.add("dtend", booking.span.end.astimezone(UTC))
    event.add("summary", subject(booking.meeting_type, booking.name))
    event.add("organizer", vCalAddress(f"mailto:{booking.calendar}"))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("sequence", 1 if cancelled else 0)
    if booking.meeting_link:
        event.add("location", booking.meeting_link)
        event.add("description", booking.meeting_link)
    calendar = Calendar()
    calendar.add("prodid", "-//AIChatDesk//aichatdesk//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
