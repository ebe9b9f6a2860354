"""Find chats and what was said in them."""

from collections.abc import Collection

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, Message
from aichatdesk.core.ids import ChatId, MessageId, SessionId
from aichatdesk.platform.storage.database import Transaction


def get_chat(tx: Transaction, chat_id: ChatId) -> Chat:
    """The chat with this id; raises `ChatNotFound`."""
    return repository.chat_by_id(tx, chat_id)


def find_chat(tx: Transaction, session_id: SessionId) -> Chat:
    """The chat behind a visitor's handle; raises `ChatNotFound`."""
    return repository.chat_by_session(tx, session_id)


def session_ids(tx: Transaction, chat_ids: Collection[ChatId]) -> dict[ChatId, SessionId]:
    """The handles of chats, without those that are gone."""
    return repository.session_ids(tx, chat_ids)


def get_message(tx: Transaction, message_id: MessageId) -> Message | None:
    """None if there is no such message."""
    return repository.message_by_id(tx, message_id)


def count_visitor_messages(tx: Transaction, chat_id: ChatId, *, up_to: int) -> int:
    """How often the visitor has written, counted up to a limit."""
    return repository.count_visitor_messages(tx, chat_id, up_to=up_to)


def all_messages(tx: Transaction, chat: Chat, *, internal: bool) -> list[Message]:
    """Everything said, oldest first; internal notes only for people at the desk."""
    return repository.messages_of(tx, chat.id, internal=internal)


def recent_messages(
    tx: Transaction, chat_id: ChatId, *, before: MessageId | None = None, limit: int
) -> list[Message]:
    """The newest public messages, at most `limit`, oldest of them first; internal notes never."""
    position = None
    if before is not None and (message := repository.message_by_id(tx, before)):
        position = message.position
    return repository.newest_messages(tx, chat_id, before_position=position, limit=limit)
