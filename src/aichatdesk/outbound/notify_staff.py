"""Mails to the people at the desk: a chat has begun, a chat waits and nobody has it."""

from dataclasses import dataclass
from datetime import timedelta

from aichatdesk.conversation.domain import ChatStarted, HandOverRequested
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.core.clock import to_millis
from aichatdesk.outbound.hand_over_mail import hand_over_mail
from aichatdesk.outbound.mail import put_mail
from aichatdesk.outbound.new_chat_mail import new_chat_mail
from aichatdesk.outbound.outbox import put_since
from aichatdesk.platform.storage.database import Transaction

_NOT_AGAIN_WITHIN = timedelta(hours=1)
_LOOKED_BACK = 10


@dataclass(frozen=True, slots=True)
class StaffMail:
    """Where the desk's people read mail, and where the dashboard is; that is empty if it has no public address."""

    to: str
    dashboard: str = ""

    def tell_of_new_chat(self, tx: Transaction, started: ChatStarted) -> None:
        """Hear a chat's beginning."""
        letter = new_chat_mail(get_chat(tx, started.chat_id), dashboard=self.dashboard)
        key = f"new-chat:{started.chat_id}"
        put_mail(tx, self.to, letter, key=key, title="New chat, to the desk", chat_id=started.chat_id)

    def tell_of_hand_over(self, tx: Transaction, requested: HandOverRequested) -> None:
        """Hear a hand-over, after whoever assigns chats has heard it; at most one mail per chat and hour."""
        chat_id = requested.chat_id
        chat = get_chat(tx, chat_id)
        prefix = f"hand-over:{chat_id}:"
        if chat.assigned_agent_id or put_since(tx, chat_id, prefix, tx.now - _NOT_AGAIN_WITHIN):
            return
        said = recent_messages(tx, chat_id, limit=_LOOKED_BACK)
        letter = hand_over_mail(chat, requested.reason, said, dashboard=self.dashboard)
        key = f"{prefix}{to_millis(tx.now)}"
        put_mail(tx, self.to, letter, key=key, title="Chat waits, to the desk", chat_id=chat_id)
