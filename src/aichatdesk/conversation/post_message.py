"""Say something in a chat, as its visitor or as a person at the desk."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.attachments import checked_attachments
from aichatdesk.conversation.domain import (
    LONGEST_REPLY,
    AgentReplied,
    Chat,
    ChatStatus,
    HandOverRequested,
    Message,
    Mode,
    Reason,
    Sender,
    VisitorMessagePosted,
    checked_content,
)
from aichatdesk.conversation.label_chat import note_profanity
from aichatdesk.conversation.profanity import is_profane
from aichatdesk.core.access import Actor
from aichatdesk.core.errors import Conflict, Invalid
from aichatdesk.core.ids import ChatId, MessageId, new_id
from aichatdesk.platform.storage.database import Transaction

_LONGEST_CLIENT_ID = 64


@dataclass(frozen=True, slots=True)
class Posted:
    """A stored message with its place in the caller's own log.

    `deduplicated` if it was there before; `unanswered` if it was, the assistant has the chat, and nobody has begun
    to answer.
    """

    message: Message
    seq: int
    deduplicated: bool = False
    unanswered: bool = False


def post_visitor_message(
    tx: Transaction,
    chat_id: ChatId,
    content: object,
    *,
    client_message_id: str | None = None,
    attachments: Sequence[Mapping[str, Any]] = (),
) -> Posted:
    """Store what a visitor said; sending the same `client_message_id` again changes nothing.

    A message to a closed chat reopens it; one that nobody at the desk owned goes back into their queue.

    Raises:
        ChatNotFound: No such chat.
        Invalid: The content is empty or too long, or the client's id is.
    """
    text = checked_content(content)
    key = _checked_client_id(client_message_id)
    chat = repository.chat_by_id(tx, chat_id)
    if before := _sent_before(tx, chat_id, key, Sender.USER):
        with_assistant = chat.status is ChatStatus.ACTIVE and chat.mode is Mode.AI
        return Posted(
            replace(before, client_message_id=client_message_id),
            int(before.metadata.get("seq", 0)),
            deduplicated=True,
            unanswered=with_assistant and not repository.is_answered(tx, before),
        )
    if chat.status is ChatStatus.CLOSED:
        _reopen(tx, chat)
        chat = repository.chat_by_id(tx, chat_id)
    message = Message(
        id=MessageId(new_id()),
        chat_id=chat_id,
        position=chat.staff_seq + 1,
        sender=Sender.USER,
        sender_name=None,
        content=text,
        sent_at=tx.now,
        attachments=checked_attachments(attachments),
        metadata={"seq": chat.public_seq + 1},
        client_message_id=client_message_id,
    )
    repository.insert_message(tx, message, client_key=key)
    event = repository.append_event(tx, chat_id, "message", {"message": message.shown()})
    if is_profane(text):
        note_profanity(tx, chat_id)
    tx.record(VisitorMessagePosted(chat_id, message.id))
    return Posted(message, event.public_seq or 0)


def post_agent_message(
    tx: Transaction,
    chat_id: ChatId,
    actor: Actor,
    content: object,
    *,
    internal: bool = False,
    client_message_id: str | None = None,
    attachments: Sequence[Mapping[str, Any]] = (),
) -> Posted:
    """Store what a person at the desk said; an internal note never reaches the visitor's log.

    The same agent's sending the same `client_message_id` again changes nothing.

    Raises:
        ChatNotFound: No such chat.
        Invalid: The content is empty or too long, or the client's id is.
    """
    text = checked_content(content, longest=LONGEST_REPLY)
    key = _agent_key(actor, _checked_client_id(client_message_id))
    chat = repository.chat_by_id(tx, chat_id)
    if before := _sent_before(tx, chat_id, key, Sender.AGENT):
        before = replace(before, client_message_id=client_message_id)
        return Posted(before, before.position, deduplicated=True)
    message = Message(
        id=MessageId(new_id()),
        chat_id=chat_id,
        position=chat.staff_seq + 1,
        sender=Sender.AGENT,
        sender_name=actor.name,
        content=text,
        sent_at=tx.now,
        attachments=checked_attachments(attachments),
        is_internal=internal,
        client_message_id=client_message_id,
    )
    repository.insert_message(tx, message, sender_id=actor.id, client_key=key)
    event = repository.append_event(
        tx, chat_id, "note" if internal else "message", {"message": message.shown()}, public=not internal
    )
    if not internal:
        tx.record(AgentReplied(chat_id, message.id, actor.id))
    return Posted(message, event.staff_seq)


def _reopen(tx: Transaction, chat: Chat) -> None:
    queued = chat.mode is Mode.HUMAN and chat.assigned_agent_id is None
    status = ChatStatus.WAITING if queued else ChatStatus.ACTIVE
    repository.change_chat(tx, chat.id, status=status.value, ended_at=None)
    repository.append_event(tx, chat.id, "reopened", {"status": status.value})
    if queued:
        tx.record(HandOverRequested(chat.id, Reason.VISITOR_ASKED))


def _checked_client_id(given: str | None) -> str | None:
    if given is not None and not 0 < len(given) <= _LONGEST_CLIENT_ID:
        raise Invalid(
            f"clientMessageId must have 1 to {_LONGEST_CLIENT_ID} characters.", field="clientMessageId"
        )
    return given


def _agent_key(actor: Actor, client_message_id: str | None) -> str | None:
    """A name of the agent's own, so that it never meets one that a visitor or another agent has chosen."""
    if client_message_id is None:
        return None
    return hashlib.sha256(f"{actor.id}:{client_message_id}".encode()).hexdigest()


def _sent_before(tx: Transaction, chat_id: ChatId, key: str | None, sender: Sender) -> Message | None:
    before = repository.message_by_client_key(tx, chat_id, key) if key else None
    if before is not None and before.sender is not sender:
        raise Conflict("This clientMessageId is taken; choose another.", field="clientMessageId")
    return before
