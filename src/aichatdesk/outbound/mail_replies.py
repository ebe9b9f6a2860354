"""Mail an agent's replies to a visitor who is not there: those of a while together, each once.

Whom we may write to is decided as for transcripts: a verified address gets them, one that was only typed is asked
first, once a chat, and a mail that asks holds nothing of what was said.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, func, insert, select

from aichatdesk.conversation.domain import AgentReplied, Chat, ChatNotFound, ChatStatus, Message, Sender
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId, SessionId, new_id
from aichatdesk.outbound.confirm_address import (
    ask,
    confirm_page,
    is_confirmed,
    mailbox_of,
    may_be_asked,
    was_asked,
)
from aichatdesk.outbound.mail import checked_address, put_mail
from aichatdesk.outbound.outbox import is_known
from aichatdesk.outbound.reply_mail import may_we_mail_mail, reply_mail
from aichatdesk.outbound.tables import reply_mails
from aichatdesk.outbound.transcript_mail import transcript_key
from aichatdesk.platform.jobs.queue import enqueue
from aichatdesk.platform.storage.database import Database, Transaction

MAIL_REPLIES = "mail_replies"
_PAUSE = timedelta(minutes=2)
_DAY = timedelta(days=1)
_MOST_A_DAY = 20
_LOOKED_BACK = 100


@dataclass(frozen=True, slots=True)
class ReplyMails:
    """Knows who is there; without a public address nobody can be asked."""

    database: Database
    live: LiveChats
    public_url: str

    def hear(self, tx: Transaction, replied: AgentReplied) -> None:
        """Hear an agent's reply; if the visitor is not connected, look again after a while."""
        chat = get_chat(tx, replied.chat_id)
        if self.live.connections(chat.session_id) or not chat.user_email:
            return
        payload = {"chatId": chat.id, "sessionId": chat.session_id}
        enqueue(tx, MAIL_REPLIES, payload, key=f"{MAIL_REPLIES}:{chat.id}", delay=_PAUSE)

    async def look(self, payload: Mapping[str, Any]) -> None:
        """The durable job: mail what the visitor has not come back for."""
        here = self.live.last_here(SessionId(payload["sessionId"]))
        work = partial(self._mail, chat_id=ChatId(payload["chatId"]), last_here=here)
        with suppress(ChatNotFound):
            await self.database.write(work)

    def _mail(self, tx: Transaction, chat_id: ChatId, last_here: datetime | None) -> None:
        mail_missed_replies(tx, get_chat(tx, chat_id), public_url=self.public_url, last_here=last_here)


def mail_missed_replies(
    tx: Transaction, chat: Chat, *, public_url: str, last_here: datetime | None = None
) -> bool:
    """Mail what agents wrote since the visitor was there; False if there is nothing, or nobody we may write to.

    An address that may not be written to yet is asked, if it can be and was not before.
    """
    try:
        address = checked_address(chat.user_email)
    except Invalid:
        return False
    missed = _missed(tx, chat, last_here)
    if not missed or _sent_today(tx, address) >= _MOST_A_DAY:
        return False
    if not chat.email_is_verified and not is_confirmed(tx, chat.id, address):
        _ask(tx, chat, address, public_url)
        return False
    last = missed[-1]
    letter = reply_mail(chat, missed, public_url=public_url)
    key = f"replies:{chat.id}:{last.id}"
    put_mail(tx, address, letter, key=key, title="Replies, to a visitor", chat_id=chat.id)
    tx.connection.execute(delete(reply_mails).where(reply_mails.c.created_at < to_millis(tx.now - 2 * _DAY)))
    tx.connection.execute(
        insert(reply_mails).values(
            id=new_id(),
            chat_id=chat.id,
            mailbox=mailbox_of(address),
            up_to=last.position,
            created_at=to_millis(tx.now),
        )
    )
    return True


def _missed(tx: Transaction, chat: Chat, last_here: datetime | None) -> list[Message]:
    """Replies of the last day after all that the visitor has read, written, or got by mail."""
    if chat.status is ChatStatus.CLOSED and is_known(tx, transcript_key(chat)):
        return []
    since = tx.now - _DAY if last_here is None else max(last_here, tx.now - _DAY)
    read_up_to = _mailed_up_to(tx, chat.id)
    missed: list[Message] = []
    for message in recent_messages(tx, chat.id, limit=_LOOKED_BACK):
        if message.sender is Sender.USER:
            missed = []
        elif message.sender is Sender.AGENT and message.position > read_up_to and message.sent_at > since:
            missed.append(message)
    return missed


def _ask(tx: Transaction, chat: Chat, address: str, public_url: str) -> None:
    client = str(chat.metadata.get("ipAddress") or "")
    if not public_url or was_asked(tx, chat.id, address) or not may_be_asked(tx, address, client):
        return
    ask(tx, chat.id, address, client, partial(confirm_page, public_url), about=may_we_mail_mail)


def _mailed_up_to(tx: Transaction, chat_id: ChatId) -> int:
    last = select(func.max(reply_mails.c.up_to)).where(reply_mails.c.chat_id == chat_id)
    return tx.connection.execute(last).scalar() or 0


def _sent_today(tx: Transaction, address: str) -> int:
    today = reply_mails.c.created_at > to_millis(tx.now - _DAY)
    query = select(func.count()).where(reply_mails.c.mailbox == mailbox_of(address), today)
    return tx.connection.execute(query).scalar_one()
