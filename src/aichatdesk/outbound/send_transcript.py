"""Send a visitor the transcript of a chat, if the address is known to be theirs."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import delete, func, insert, select

from aichatdesk.conversation.domain import Chat, ChatStatus
from aichatdesk.conversation.ports import Arranged, Transcripts
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId, new_id
from aichatdesk.outbound import confirm_address
from aichatdesk.outbound.confirm_address import (
    UsedLink,
    ask,
    confirm_page,
    is_confirmed,
    mailbox_of,
    may_be_asked,
)
from aichatdesk.outbound.mail import checked_address, put_mail
from aichatdesk.outbound.mail_replies import mail_missed_replies
from aichatdesk.outbound.tables import transcript_mails
from aichatdesk.outbound.transcript_mail import MOST_MESSAGES, transcript_key, transcript_mail
from aichatdesk.platform.storage.database import Transaction

_MOST_A_DAY = 5
_DAY = timedelta(days=1)

_SENT = Arranged("sent", "The transcript is on its way by e-mail.")
_SENT_BEFORE = Arranged("sent", "The transcript was sent before.")
_ANSWERED = Arranged("sent", "What was answered is on its way by e-mail.")
_ASKED = Arranged("confirm", "An e-mail asks to confirm the address; the transcript follows then.")
_NOT_ASKED = Arranged("none", "No transcript was asked for.")
_NO_ADDRESS = Arranged("none", "The chat has no valid e-mail address, so no transcript is sent.")
_UNVERIFIED = Arranged("none", "The e-mail address is not verified, so no transcript is sent.")
_TOO_MANY = Arranged("none", "This address got too many mails today, so no transcript is sent.")


@dataclass(frozen=True, slots=True)
class MailedTranscripts(Transcripts):
    """Sends to a verified address at once and asks any other first; without a public address nobody can be asked."""

    public_url: str

    def arrange(self, tx: Transaction, chat_id: ChatId, *, asked: bool | None, client: str) -> Arranged:
        """See `Transcripts.arrange`."""
        chat = get_chat(tx, chat_id)
        try:
            address = checked_address(chat.user_email)
        except Invalid:
            return _NO_ADDRESS
        if asked is False:
            return _NOT_ASKED
        if chat.email_is_verified or is_confirmed(tx, chat.id, address):
            return self._send(tx, chat, address)
        if not asked:
            return _NOT_ASKED
        if not self.public_url:
            return _UNVERIFIED
        if confirm_address.was_asked_just_now(tx, chat.id, address):
            return _ASKED
        if not may_be_asked(tx, address, client):
            return _TOO_MANY
        ask(tx, chat.id, address, client, partial(confirm_page, self.public_url))
        return _ASKED

    def confirm(self, tx: Transaction, token: str) -> Arranged:
        """The address has said yes: send what waits for it.

        Raises:
            UnknownLink, UsedLink: There is no such question any more.
        """
        chat_id, address = confirm_address.confirm(tx, token)
        chat = get_chat(tx, chat_id)
        if chat.user_email != address:
            raise UsedLink
        if chat.status is ChatStatus.CLOSED:
            return self._send(tx, chat, address)
        if mail_missed_replies(tx, chat, public_url=self.public_url):
            return _ANSWERED
        return Arranged("confirm", "The transcript will be sent when the chat has ended.")

    def _send(self, tx: Transaction, chat: Chat, address: str) -> Arranged:
        mailbox = mailbox_of(address)
        if _sent_today(tx, mailbox) >= _MOST_A_DAY:
            return _TOO_MANY
        messages = recent_messages(tx, chat.id, limit=MOST_MESSAGES + 1)
        new = put_mail(
            tx,
            address,
            transcript_mail(chat, messages, public_url=self.public_url),
            # One for each closing, however often and by whomever it is asked for.
            key=transcript_key(chat),
            title="Transcript, to a visitor",
            chat_id=chat.id,
        )
        if not new:
            return _SENT_BEFORE
        tx.connection.execute(
            delete(transcript_mails).where(transcript_mails.c.created_at < to_millis(tx.now - _DAY))
        )
        tx.connection.execute(
            insert(transcript_mails).values(
                id=new_id(), chat_id=chat.id, mailbox=mailbox, created_at=to_millis(tx.now)
            )
        )
        return _SENT


def _sent_today(tx: Transaction, mailbox: str) -> int:
    today = transcript_mails.c.created_at > to_millis(tx.now - _DAY)
    query = select(func.count()).where(transcript_mails.c.mailbox == mailbox, today)
    return tx.connection.execute(query).scalar_one()
