"""Begin a chat: the visitor gets its handle and the secret that opens it."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import PRIORITIES, ChatStarted, ChatStatus, Mode
from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId, SessionId, new_id, new_session_id
from aichatdesk.core.text import clean, shorten
from aichatdesk.platform.storage.database import Transaction

TICKET_TYPES = ("chat", "bug", "feature", "question", "support")
_LONGEST_NAME = 200
_LARGEST_ENVIRONMENT = 20_000


@dataclass(frozen=True, slots=True)
class NewChat:
    """What a visitor says of themselves at the start."""

    user_name: str
    user_email: str
    ticket_type: str = "chat"
    user_priority: str | None = None
    mood: int | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StartedChat:
    """The new chat's keys; the token is told once and stored only as a hash."""

    id: ChatId
    session_id: SessionId
    visitor_token: str


def start_chat(tx: Transaction, new: NewChat) -> StartedChat:
    """Store a new chat in the assistant's hands.

    Raises:
        Invalid: A name or address is missing, or a word is not one of its list.
    """
    metadata = json.dumps(_checked(new), ensure_ascii=False)
    if len(metadata) > _LARGEST_ENVIRONMENT:
        raise Invalid("environment is too large.", field="environment")
    started = StartedChat(ChatId(new_id()), new_session_id(), secrets.token_urlsafe(32))
    now = to_millis(tx.now)
    repository.insert_chat(
        tx,
        {
            "id": started.id,
            "session_id": started.session_id,
            "token_hash": hash_token(started.visitor_token),
            "user_name": shorten(clean(new.user_name).strip(), _LONGEST_NAME),
            "user_email": shorten(clean(new.user_email).strip(), _LONGEST_NAME),
            "status": ChatStatus.ACTIVE.value,
            "mode": Mode.AI.value,
            "category": "general",
            "priority": "medium",
            "ticket_type": new.ticket_type,
            "user_priority": new.user_priority,
            "mood": new.mood,
            "metadata": metadata,
            "started_at": now,
            "created_at": now,
            "updated_at": now,
        },
    )
    tx.record(ChatStarted(started.id, started.session_id))
    return started


def hash_token(token: str) -> str:
    """The form in which a visitor's secret is stored; it has 256 random bits, so one hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checked(new: NewChat) -> dict[str, Any]:
    if not clean(new.user_name).strip() or not clean(new.user_email).strip():
        raise Invalid("Email and name are required")
    if new.ticket_type not in TICKET_TYPES:
        raise Invalid(f"ticketType must be one of {', '.join(TICKET_TYPES)}.", field="ticketType")
    if new.user_priority is not None and new.user_priority not in PRIORITIES:
        raise Invalid(f"userPriority must be one of {', '.join(PRIORITIES)}.", field="userPriority")
    if new.mood is not None and not 1 <= new.mood <= 5:
        raise Invalid("mood must be a whole number from 1 to 5.", field="mood")
    return dict(new.metadata or {})
