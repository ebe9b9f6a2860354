"""Remove what this room holds of a chat that was erased."""

from sqlalchemy import delete

from aichatdesk.conversation.domain import ChatDeleted
from aichatdesk.outbound import keep_bookings, outbox
from aichatdesk.outbound.tables import address_confirmations, reply_mails, transcript_mails
from aichatdesk.outbound.teams_threads import forget_thread
from aichatdesk.platform.storage.database import Transaction


def forget_chat(tx: Transaction, deleted: ChatDeleted) -> None:
    """What was on its way stays here; what was sent is with others."""
    outbox.forget_chat(tx, deleted.chat_id)
    keep_bookings.forget_chat(tx, deleted.chat_id)
    for table in (address_confirmations, reply_mails, transcript_mails):
        tx.connection.execute(delete(table).where(table.c.chat_id == deleted.chat_id))
    forget_thread(tx, deleted.session_id)
