"""Chats, messages and events, and the rules that need no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from aichatdesk.core.clock import to_iso
from aichatdesk.core.errors import Conflict, Invalid, NotFound
from aichatdesk.core.ids import AgentId, ChatId, MessageId, SessionId
from aichatdesk.core.text import clean
from aichatdesk.platform.storage.database import Fact

LONGEST_MESSAGE = 4000
# Old dashboards do not look whether a reply was taken, so whatever a person may have written should be.
LONGEST_REPLY = 20_000
PRIORITIES = ("low", "medium", "high")
# What an event that visitors see tells people at the desk besides.
_FOR_STAFF = frozenset({"why"})
CATEGORIES = ("billing", "technical", "general", "feature_request", "bug_report")


class ChatStatus(StrEnum):
    """Where a chat stands."""

    ACTIVE = "active"
    WAITING = "waiting"
    CLOSED = "closed"


class Mode(StrEnum):
    """Who answers: the assistant, or people."""

    AI = "ai"
    HUMAN = "human"


class Sender(StrEnum):
    """Who wrote a message; `user` is the visitor, as the wire contract has it."""

    USER = "user"
    AI = "ai"
    AGENT = "agent"


class AnswerState(StrEnum):
    """How far an assistant's answer has come."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    TRUNCATED = "truncated"
    INCOMPLETE = "incomplete"


class Reason(StrEnum):
    """Why a chat was handed over, or why there is no answer."""

    VISITOR_ASKED = "visitor_asked"
    NOT_SURE = "not_sure"
    NO_ANSWER = "no_answer"
    MODEL_UNAVAILABLE = "model_unavailable"
    QUEUE_FULL = "queue_full"
    AGENT_LEFT = "agent_left"
    INTERRUPTED = "interrupted"
    STOPPED = "stopped"


Asked = Literal["required", "optional", "hidden"]


@dataclass(frozen=True, slots=True)
class Form:
    """What a visitor is asked for before a chat begins."""

    name: Asked = "required"
    email: Asked = "required"
    question: Asked = "hidden"


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation with one visitor."""

    id: ChatId
    session_id: SessionId
    user_name: str
    user_email: str
    status: ChatStatus
    mode: Mode
    category: str
    priority: str
    ticket_type: str
    started_at: datetime
    created_at: datetime
    updated_at: datetime
    public_seq: int
    staff_seq: int
    token_hash: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    user_id: str | None = None
    assigned_agent_id: AgentId | None = None
    sentiment: str | None = None
    user_priority: str | None = None
    mood: int | None = None
    summary: str | None = None
    language: str | None = None
    ended_at: datetime | None = None
    rating: float | None = None
    rating_comment: str | None = None
    agent_notes: str | None = None

    @property
    def email_is_verified(self) -> bool:
        """Whether the page that holds the widget has vouched for the address; typing one proves nothing."""
        return bool(self.user_email) and self.metadata.get("verifiedEmail") == self.user_email


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `position` orders a chat's messages."""

    id: MessageId
    chat_id: ChatId
    position: int
    sender: Sender
    sender_name: str | None
    content: str
    sent_at: datetime
    attachments: Sequence[Mapping[str, Any]] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_internal: bool = False
    client_message_id: str | None = None
    state: AnswerState = AnswerState.COMPLETE
    helpful: bool | None = None
    feedback_comment: str | None = None

    def shown(self) -> dict[str, Any]:
        """The message as live events carry it."""
        shown: dict[str, Any] = {
            "id": self.id,
            "chatId": self.chat_id,
            "sender": self.sender.value,
            "senderName": self.sender_name,
            "content": self.content,
            "attachments": list(self.attachments),
            "sentAt": to_iso(self.sent_at),
        }
        if self.client_message_id:
            shown["clientMessageId"] = self.client_message_id
        return shown


@dataclass(frozen=True, slots=True)
class ChatEvent:
    """One entry of a chat's log; `public_seq` is None for what only staff may see."""

    session_id: SessionId
    chat_id: ChatId
    staff_seq: int
    public_seq: int | None
    type: str
    at: datetime
    data: Mapping[str, Any]

    def shown(self, *, staff: bool) -> dict[str, Any]:
        """The event as one audience sees it, with that audience's own sequence number."""
        seq = self.staff_seq if staff else self.public_seq
        data = {name: value for name, value in self.data.items() if staff or name not in _FOR_STAFF}
        return {"seq": seq, "type": self.type, "at": to_iso(self.at), **data}


@dataclass(frozen=True, slots=True)
class EventAppended(Fact):
    """An event entered a chat's log."""

    event: ChatEvent


@dataclass(frozen=True, slots=True)
class ChatStarted(Fact):
    """A visitor began a chat."""

    chat_id: ChatId
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class VisitorMessagePosted(Fact):
    """A visitor wrote something."""

    chat_id: ChatId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class AgentReplied(Fact):
    """A person at the desk answered a visitor."""

    chat_id: ChatId
    message_id: MessageId
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class AnswerJudged(Fact):
    """A visitor said whether an answer of the assistant helped; None takes it back."""

    chat_id: ChatId
    message_id: MessageId
    helpful: bool | None


@dataclass(frozen=True, slots=True)
class HandOverRequested(Fact):
    """A chat now waits for a person."""

    chat_id: ChatId
    reason: Reason


@dataclass(frozen=True, slots=True)
class ReturnedToAssistant(Fact):
    """An agent gave a chat back to the assistant."""

    chat_id: ChatId
    session_id: SessionId


@dataclass(frozen=True, slots=True)
class ChatEnded(Fact):
    """A chat was closed."""

    chat_id: ChatId


@dataclass(frozen=True, slots=True)
class ChatDeleted(Fact):
    """A chat was erased, and whatever else is known of it should be too; `files` are the names of its uploads."""

    chat_id: ChatId
    session_id: SessionId
    files: Sequence[str] = ()


class ChatNotFound(NotFound):
    """No such chat."""

    def __init__(self) -> None:
        super().__init__("Chat not found")


class OwnedByAnother(Conflict):
    """Another agent has this chat."""

    def __init__(self, agent_id: str, name: str) -> None:
        super().__init__(f"{name} has this chat already.", agent={"id": agent_id, "name": name})


class ChatAlreadyClosed(Conflict):
    """The chat was ended before."""

    def __init__(self) -> None:
        super().__init__("Chat already closed")


def shown_rating(rating: float | None) -> float | None:
    """A rating as the wire has it: whole numbers stay whole."""
    return int(rating) if rating is not None and rating.is_integer() else rating


def checked_content(content: object, *, longest: int = LONGEST_MESSAGE) -> str:
    """The text of a message, cleaned.

    Raises:
        Invalid: It is no text, empty, or over `longest` characters.
    """
    if not isinstance(content, str) or not clean(content).strip():
        raise Invalid("content is required", field="content")
    text = clean(content).strip()
    if len(text) > longest:
        raise Invalid(f"content has {len(text)} characters; at most {longest} are allowed.", field="content")
    return text
