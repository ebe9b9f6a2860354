"""How chats stand, in lists and as a whole, for the API's description and for programs that read it.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from aichatdesk.conversation.domain import AnswerState, ChatStatus, Mode, Sender
from aichatdesk.conversation.event_shapes import (
    Attachment,
    Booking,
    Citation,
    LoggedEvent,
    Priority,
    Sentiment,
    TurnWhy,
)


class MissedEvents(BaseModel):
    """What happened after a number, and the number of the last event there is."""

    events: list[LoggedEvent]
    last: int


class AssignedAgent(BaseModel):
    """Who has a chat, as lists tell it."""

    id_: str = Field(alias="_id")
    name: str
    status: str = ""
    avatar: str = ""


class ChatMetadata(BaseModel):
    """What was noted at a chat's beginning, as the visitor's browser told it."""

    currentPage: str | None = None
    userAgent: str | None = None
    ipAddress: str | None = None
    country: str | None = None
    profanity: bool | None = None
    categoryId: str | None = None
    verifiedEmail: str | None = None
    subject: str | None = None
    environment: dict[str, Any] | None = None
    booking: Booking | None = None


class LastMessage(BaseModel):
    """What was said last; never a note."""

    sender: Sender
    content: str
    sentAt: str


class ChatRow(BaseModel):
    """A chat in the desk's list; `waitTime` is in minutes since it began, `seq` is the staff sequence."""

    id_: str = Field(alias="_id")
    sessionId: str
    userEmail: str
    userName: str
    status: ChatStatus
    category: str
    priority: Priority
    mode: Mode
    ticketType: str
    metadata: ChatMetadata
    startedAt: str
    createdAt: str
    updatedAt: str
    seq: int
    waitTime: int = 0
    userPriority: Priority | None = None
    mood: int | None = None
    sentiment: Sentiment | None = None
    summary: str = ""
    agentNotes: str = ""
    rating: float | None = None
    ratingComment: str = ""
    endedAt: str = ""
    assignedAgent: AssignedAgent | None = None
    lastMessage: LastMessage | None = None
    waitingSince: str | None = None


class FoundChat(ChatRow):
    """A chat that a search found, and where; the snippet is the message that holds the words, if one does."""

    matchSnippet: str | None
    matchType: Literal["message", "userName", "userEmail", "summary", "unknown"]


class SnapshotMessage(BaseModel):
    """A message of a snapshot; the last ones only the assistant's answers have."""

    id: str
    sender: Sender
    senderName: str | None
    content: str
    attachments: list[Attachment]
    isInternal: bool
    sentAt: str
    state: AnswerState | None = None
    citations: list[Citation] = []
    confidence: float | None = None
    helpful: bool | None = None
    feedbackComment: str | None = None
    why: TurnWhy | None = None


class SnapshotChat(BaseModel):
    """Where a chat stands; what follows `agentName` only staff see."""

    status: ChatStatus
    mode: Mode
    agentName: str | None
    rating: float | None = None
    agentId: str | None = None
    category: str = ""
    priority: Priority | None = None
    sentiment: Sentiment | None = None
    summary: str | None = None
    notes: str | None = None
    categoryId: str | None = None
    flagged: bool = False
    booking: Booking | None = None
    userName: str = ""
    userEmail: str = ""
    emailVerified: bool = False
    ratingComment: str | None = None


class Snapshot(BaseModel):
    """A whole chat and the number of the last event that it includes."""

    seq: int
    chat: SnapshotChat
    messages: list[SnapshotMessage]


class SentAttachment(Attachment):
    """A file of a chat, with the message that brought it."""

    messageId: str
    sender: Sender
    uploadedAt: str
