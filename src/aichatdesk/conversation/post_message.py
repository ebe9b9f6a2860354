"""Say something in a chat, as its visitor or as a person at the desk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import (
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
from aichatdesk.core.access import Actor
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId, MessageId, new_id
from aichatdesk.platform.storage.database import Transaction

_LONGEST_CLIENT_ID = 64
_MOST_ATTACHMENTS = 5


@dataclass(frozen=True, slots=True)
class Posted:
    """A stored message with its place in the caller's own log; `deduplicated` if it was there before."""

    message: Message
    seq: int
    deduplicated: bool = False


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
    if client_message_id is not None and not 0 < len(client_message_id) <= _LONGEST_CLIENT_ID:
        raise Invalid(
            f"clientMessageId must have 1 to {_LONGEST_CLIENT_ID} characters.", field="clientMessageId"
        )
    chat = repository.chat_by_id(tx, chat_id)
    if client_message_id and (before := repository.message_by_client_id(tx, chat_id, client_message_id)):
        return Posted(before, int(before.metadata.get("seq", 0)), deduplicated=True)
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
        attachments=_checked_attachments(attachments),
        metadata={"seq": chat.public_seq + 1},
        client_message_id=client_message_id,
    )
    repository.insert_message(tx, message)
    event = repository.append_event(tx, chat_id, "message", {"message": message.shown()})
    tx.record(VisitorMessagePosted(chat_id, message.id))
    return Posted(message, event.public_seq or 0)


def post_agent_message(
    tx: Transaction,
    chat_id: ChatId,
    actor: Actor,
    content: object,
    *,
    internal: bool = False,
    attachments: Sequence[Mapping[str, Any]] = (),
) -> Posted:
    """Store what a person at the desk said; an internal note never reaches the visitor's log.

    Raises:
        ChatNotFound: No such chat.
        Invalid: The content is empty or too long.
    """
    text = checked_content(content)
    chat = repository.chat_by_id(tx, chat_id)
    message = Message(
        id=MessageId(new_id()),
        chat_id=chat_id,
        position=chat.staff_seq + 1,
        sender=Sender.AGENT,
        sender_name=actor.name,
        content=text,
        sent_at=tx.now,
        attachments=_checked_attachments(attachments),
        is_internal=internal,
    )
    repository.insert_message(tx, message, sender_id=actor.id)
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
    repository.append_event(tx, chat.id, "reopened", {})
    if queued:
        tx.record(HandOverRequested(chat.id, Reason.VISITOR_ASKED))


def _checked_attachments(given: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Only the contract's four keys are kept, of at most five attachments."""
    kept: list[dict[str, Any]] = []
    for attachment in given[:_MOST_ATTACHMENTS]:
        one = {key: attachment[key] for key in ("filename", "url", "type", "size") if key in attachment}
        if one and len(json.dumps(one)) < 2000:
            kept.append(one)
    return tuple(kept)
