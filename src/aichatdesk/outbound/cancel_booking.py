"""Call a booked meeting off: at once for the desk, through the outbox for the calendar."""

import contextlib

from aichatdesk.conversation.domain import ChatNotFound
from aichatdesk.conversation.label_chat import note_booking_cancelled
from aichatdesk.core.access import Actor
from aichatdesk.core.clock import to_iso
from aichatdesk.core.errors import Conflict
from aichatdesk.outbound.booking import Booking, BookingState
from aichatdesk.outbound.graph import Graph
from aichatdesk.outbound.graph_errors import GraphError
from aichatdesk.outbound.keep_bookings import cancellation_key, note_cancelled
from aichatdesk.outbound.outbox import Item, NotNow, Rejected, put
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

CALENDAR_CANCEL = "calendar_cancel"
_COMMENT = "This meeting was cancelled."


def cancel_booking(tx: Transaction, booking: Booking, by: Actor | None) -> None:
    """Free the time and have the calendar told; a second time changes nothing.

    `by` is None where the visitor who booked it calls it off.

    Raises:
        Conflict: The meeting has begun.
    """
    if booking.state is BookingState.CANCELLED:
        return
    if booking.span.start <= tx.now:
        raise Conflict("This meeting has begun already.")
    note_cancelled(tx, booking)
    if by:
        note(tx, by, Act.MEETING_CALLED_OFF, booking.id, {"start": to_iso(booking.span.start)})
    put(
        tx,
        CALENDAR_CANCEL,
        {"calendar": booking.calendar, "eventId": booking.event_id},
        key=cancellation_key(booking),
        title=f"Cancel the meeting at {to_iso(booking.span.start)}",
    )
    if booking.chat_id and booking.event_id:
        # The chat may have been deleted meanwhile.
        with contextlib.suppress(ChatNotFound):
            note_booking_cancelled(tx, booking.chat_id, booking.event_id)


async def tell_calendar(graph: Graph, item: Item) -> str:
    """Send one cancellation of the outbox; Graph tells whoever was invited.

    Raises:
        NotNow: Graph does not take it now.
        Rejected: Graph will never take it.
    """
    event_id = str(item.payload["eventId"])
    try:
        await graph.cancel_event(str(item.payload["calendar"]), event_id, _COMMENT)
    except GraphError as error:
        if error.passing:
            raise NotNow(error.message, error.after) from error
        raise Rejected(error.message) from error
    return event_id
