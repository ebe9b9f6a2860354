"""Begin a chat: the visitor gets its handle and the secret that opens it."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import PRIORITIES, ChatStarted, ChatStatus, Form, Mode
from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId, SessionId, new_id, new_session_id
from aichatdesk.core.mail_address import is_mail_address
from aichatdesk.core.text import clean, shorten
from aichatdesk.platform.storage.database import Transaction

TICKET_TYPES = ("chat", "bug", "feature", "question", "support")
LONGEST_NAME = 200
_LARGEST_ENVIRONMENT = 20_000
_NAMELESS = "Visitor"
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NewChat:
    """What a visitor says of themselves at the start.

    Attributes:
        form: What they were asked for; None is the older server's way, a name and an address of any form.
        question: Only looked at, not stored; it is sent as the first message.
    """

    user_name: str
    user_email: str
    ticket_type: str = "chat"
    user_priority: str | None = None
    mood: int | None = None
    metadata: Mapping[str, Any] | None = None
    language: str | None = None
    form: Form | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class StartedChat:
    """The new chat's keys; the token is told once and stored only as a hash."""

    id: ChatId
    session_id: SessionId
    visitor_token: str


def start_chat(tx: Transaction, new: NewChat) -> StartedChat:
    """Store a new chat in the assistant's hands.

    Raises:
        Invalid: Something that is required is missing, or a word is not one of its list.
    """
    name, email = _who(new)
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
            "user_name": shorten(name, LONGEST_NAME),
            "user_email": shorten(email, LONGEST_NAME),
            "status": ChatStatus.ACTIVE.value,
            "mode": Mode.AI.value,
            "category": "general",
            "priority": "medium",
            "ticket_type": new.ticket_type,
            "user_priority": new.user_priority,
            "mood": new.mood,
            "metadata": metadata,
            "language": _two_letters(new.language),
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


def _who(new: NewChat) -> tuple[str, str]:
    """The name and the address, which may be empty where the form does not ask for it."""
    name, email = clean(new.user_name).strip(), clean(new.user_email).strip()
    if new.form is None:
        if not name or not email:
            raise Invalid("Email and name are required")
        return name, email
    for field, asked, given in (
        ("userName", new.form.name, name),
        ("userEmail", new.form.email, email),
        ("question", new.form.question, clean(new.question).strip()),
    ):
        if asked == "required" and not given:
            raise Invalid(f"{field} is required.", field=field)
    if email and not is_mail_address(email):
        raise Invalid("userEmail is no e-mail address.", field="userEmail")
    return name or _NAMELESS, email


def _checked(new: NewChat) -> dict[str, Any]:
    if new.ticket_type not in TICKET_TYPES:
        raise Invalid(f"ticketType must be one of {', '.join(TICKET_TYPES)}.", field="ticketType")
    if new.user_priority is not None and new.user_priority not in PRIORITIES:
        raise Invalid(f"userPriority must be one of {', '.join(PRIORITIES)}.", field="userPriority")
    if new.mood is not None and not 1 <= new.mood <= 5:
        raise Invalid("mood must be a whole number from 1 to 5.", field="mood")
    return dict(new.metadata or {})


def _two_letters(language: str | None) -> str | None:
    """`de` of `de-AT`; what the page says counts until the visitor has written enough to tell."""
    match = _LANGUAGE.fullmatch(language or "")
    return match[1].lower() if match else None
