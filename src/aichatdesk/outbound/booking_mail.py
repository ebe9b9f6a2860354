"""The confirmation of a booking, for an address that is known to be the visitor's."""

from zoneinfo import ZoneInfo

from aichatdesk.conversation.domain import Chat, ChatNotFound
from aichatdesk.conversation.read_chat import get_chat
from aichatdesk.desk.desk_settings import all_settings
from aichatdesk.desk.office_hours import office_hours
from aichatdesk.outbound.booking import Booking
from aichatdesk.outbound.free_slots import spoken
from aichatdesk.outbound.invite_file import FILE_NAME, MEDIA_TYPE, invite_file
from aichatdesk.outbound.lay_out_mail import link, page, paragraph
from aichatdesk.outbound.mail import Attached, Letter, put_mail
from aichatdesk.platform.storage.database import Transaction


def mail_booking(tx: Transaction, booking: Booking) -> None:
    """Confirm a meeting to its visitor; an address that anybody may have typed gets nothing from us."""
    chat = _chat(tx, booking)
    if chat is None or not chat.email_is_verified or chat.user_email.lower() != booking.email:
        return
    put_mail(
        tx,
        booking.email,
        booking_mail(booking, office_hours(all_settings(tx)).zone),
        key=f"booking:{booking.id}",
        title="Confirmation of a booking, to a visitor",
        attachments=[Attached(FILE_NAME, MEDIA_TYPE, invite_file(booking))],
        chat_id=chat.id,
    )


def booking_mail(booking: Booking, zone: ZoneInfo) -> Letter:
    """`zone` is the company's, in which the time is told."""
    when = spoken(booking.span.start, zone)
    booked = f"Your {booking.meeting_type.value} is booked: {when}."
    attached = "The attached file puts it into your calendar."
    address = booking.meeting_link or ""
    return Letter(
        subject=f"Your {booking.meeting_type.value} on {when}",
        text="\n\n".join(part for part in (booked, address, attached) if part),
        html=page(
            f"Your {booking.meeting_type.value} is booked",
            paragraph(when),
            f"<p>{link(address, 'Join the meeting')}</p>" if address else "",
            paragraph(attached),
        ),
    )


def _chat(tx: Transaction, booking: Booking) -> Chat | None:
    try:
        return get_chat(tx, booking.chat_id) if booking.chat_id else None
    except ChatNotFound:
        return None
