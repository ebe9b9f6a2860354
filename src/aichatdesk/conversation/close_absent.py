"""Close chats that the visitor has left, while the assistant has them."""

import contextlib
from datetime import timedelta

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import ChatNotFound, ChatStarted, ChatStatus, EventAppended, Mode, Sender
from aichatdesk.conversation.end_chat import end_chat
from aichatdesk.conversation.live import LiveChats
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.storage.database import Database, Transaction

GRACE = timedelta(minutes=3)


def close_if_absent(tx: Transaction, session_id: SessionId) -> None:
    """Close an active chat that is with the assistant; one that waits for a person stays open."""
    chat = repository.chat_by_session(tx, session_id)
    if chat.status is ChatStatus.ACTIVE and chat.mode is Mode.AI and not chat.assigned_agent_id:
        end_chat(tx, chat, by="absence")


def watch_new_chat(live: LiveChats, tx: Transaction, started: ChatStarted) -> None:
    """Start the clock of a chat that begins, for as long as its visitor has not connected."""
    tx.after_commit(lambda: live.watch_unattended(started.session_id))


def watch_changed_chat(live: LiveChats, tx: Transaction, appended: EventAppended) -> None:
    """Start the clock anew where the assistant gets a chat back, and where a visitor without connection speaks."""
    event = appended.event
    spoke = event.type == "message" and event.data["message"]["sender"] == Sender.USER.value
    if spoke or event.type in {"returned_to_ai", "reopened"}:
        tx.after_commit(lambda: live.watch_unattended(event.session_id))


async def watch_absence(database: Database, live: LiveChats, *, grace: timedelta = GRACE) -> None:
    """Close absent visitors' chats from now on, those that an earlier process left open included."""

    async def close(session_id: SessionId) -> None:
        with contextlib.suppress(ChatNotFound):
            await database.write(lambda tx: close_if_absent(tx, session_id))

    live.on_absence(grace, close, unattended=True)
    for chat in await database.read(repository.open_assistant_chats):
        live.watch_unattended(chat.session_id)
