"""Close a chat, or forget it altogether."""

from typing import Literal

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatAlreadyClosed, ChatDeleted, ChatEnded, ChatStatus
from aichatdesk.conversation.rate_chat import rate_chat
from aichatdesk.core.access import Actor
from aichatdesk.core.clock import to_millis
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

EndedBy = Literal["visitor", "agent", "absence"]


def end_chat(
    tx: Transaction,
    chat: Chat,
    *,
    by: EndedBy,
    rating: float | None = None,
    comment: str | None = None,
) -> None:
    """Close a chat (event `ended`), with the visitor's rating if there is one (event `rated`, before).

    Raises:
        ChatAlreadyClosed: It was closed before.
    """
    if chat.status is ChatStatus.CLOSED:
        raise ChatAlreadyClosed
    if rating is not None or comment is not None:
        rate_chat(
            tx,
            chat,
            rating=chat.rating if rating is None else rating,
            comment=chat.rating_comment if comment is None else comment,
        )
    repository.change_chat(tx, chat.id, status=ChatStatus.CLOSED.value, ended_at=to_millis(tx.now))
    repository.append_event(tx, chat.id, "ended", {"by": by})
    tx.record(ChatEnded(chat.id))


def delete_chat(tx: Transaction, chat: Chat, actor: Actor) -> int:
    """Remove a chat and all that was said in it; return how many messages that were."""
    files = repository.files_only_in(tx, chat)
    removed = repository.delete_chat_rows(tx, chat.id)
    note(tx, actor, Act.CHAT_DELETED, chat.id, {"messages": removed})
    tx.record(ChatDeleted(chat.id, chat.session_id, tuple(files)))
    return removed
