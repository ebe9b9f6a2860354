"""The notice that a visitor began a chat."""

from aichatdesk.conversation.domain import Chat
from aichatdesk.core.clock import to_iso
from aichatdesk.outbound.lay_out_mail import link, page, plain_rows, table
from aichatdesk.outbound.mail import Letter, one_line

_LONGEST_PAGE = 300


def new_chat_mail(chat: Chat, *, dashboard: str) -> Letter:
    """`dashboard` is where the desk is reached; empty leaves the link out."""
    rows = [
        ("Name", chat.user_name),
        ("E-mail", chat.user_email),
        ("Category", chat.category),
        ("Kind", chat.ticket_type),
        ("Subject", str(chat.metadata.get("subject") or "")),
        ("Page", one_line(str(chat.metadata.get("currentPage") or ""), _LONGEST_PAGE)),
        ("Began", to_iso(chat.started_at)),
    ]
    heading = "A new chat has begun"
    return Letter(
        subject=f"New Support Chat: {one_line(chat.user_name)} - {one_line(chat.category)}",
        text="\n\n".join(part for part in (f"{heading}.", plain_rows(rows), dashboard) if part),
        html=page(
            heading, table(rows), f"<p>{link(dashboard, 'Open the dashboard')}</p>" if dashboard else ""
        ),
    )
