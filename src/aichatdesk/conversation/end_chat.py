"""Close a chat, or forget it altogether."""

from typing import Literal

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatAlreadyClosed, ChatDeleted, ChatEnded, ChatStatus
from aichatdesk.core.access import Actor
from aichatdesk.core.clock import to_millis
from aichatdesk.core.text import clean, shorten
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

EndedBy = Literal["visitor", "agent", "absence"]
_LONGEST_COMMENT = 2000


def end_chat(
    tx: Transaction,
    chat: Chat,
    *,
    by: EndedBy,
    rating: float | None = None,
    comment: str | None = None,
) -> None:
    """Close a chat (event `ended`).

    Raises:
        ChatAlreadyClosed: It was closed before.
    """
    if chat.status is ChatStatus.CLOSED:
        raise ChatAlreadyClosed
    values: dict[str, object] = {"status": ChatStatus.CLOSED.value, "ended_at": to_millis(tx.now)}
    if rating is not None:
        values["rating"] = rating
    if comment is not None:
        values["rating_comment"] = shorten(clean(comment), _LONGEST_COMMENT)
    repository.change_chat(tx, chat.id, **values)
    repository.append_event(tx, chat.id, "ended", {"by": by})
    tx.record(ChatEnded(chat.id))


def delete_chat(tx: Transaction, chat: Chat, actor: Actor) -> int:
    """Remove a chat and all that was said in it; return how many messages that were."""
    files = repository.files_only_in(tx, chat)
    removed = repository.delete_chat_rows(tx, chat.id)
    note(tx, actor, Act.CHAT_DELETED, chat.id, {"messages": removed})
    tx.record(ChatDeleted(chat.id, chat.session_id, tuple(files)))
    return removed
