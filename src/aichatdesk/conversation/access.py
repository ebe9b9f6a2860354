"""Who may open a chat from outside the desk."""

import hmac

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat
from aichatdesk.conversation.start_chat import hash_token
from aichatdesk.core.errors import Forbidden
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.storage.database import Transaction


def require_visitor(tx: Transaction, session_id: SessionId, token: str | None) -> Chat:
    """The chat that this visitor's secret opens.

    Raises:
        ChatNotFound: No such chat.
        Forbidden: The secret is missing or another chat's.
    """
    chat = repository.chat_by_session(tx, session_id)
    if not hmac.compare_digest(hash_token(token or ""), chat.token_hash):
        raise Forbidden("X-Visitor-Token is missing or does not belong to this chat.")
    return chat
