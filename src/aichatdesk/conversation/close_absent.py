"""Close chats that the visitor has left, while the assistant has them."""

from datetime import timedelta

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import ChatStatus, Mode
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


async def watch_absence(database: Database, live: LiveChats, *, grace: timedelta = GRACE) -> None:
    """Close absent visitors' chats from now on, those that an earlier process left open included."""

    async def close(session_id: SessionId) -> None:
        await database.write(lambda tx: close_if_absent(tx, session_id))

    live.on_absence(grace, close)
    for chat in await database.read(repository.open_assistant_chats):
        live.watch_absence(chat.session_id)
