"""What chats look like on the wire, for the API's description and for programs that read it.

Nothing is checked against these while the desk runs; the tests hold every reply and every event against them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from aichatdesk.conversation.domain import AnswerState, ChatStatus, Mode, Reason, Sender

Sentiment = Literal["positive", "neutral", "negative"]
Priority = Literal["low", "medium", "high"]


class Attachment(BaseModel):
    """A file that hangs on a message; `url` is a path on this desk."""

    filename: str
    url: str
    type: str = ""
    originalName: str = ""
    size: int = 0


class SentMessage(BaseModel):
    """A message as events carry it."""

    id: str
    chatId: str
    sender: Sender
    senderName: str | None
    content: str
    attachments: list[Attachment]
    sentAt: str
    clientMessageId: str | None = None


class Citation(BaseModel):
    """Where a sentence was taken from; `start` and `end` are code points in the document's text."""

    n: int
    document: str
    documentId: str
    section: str
    start: int
    end: int
    quote: str


class Source(BaseModel):
    """A passage that the assistant was given; `score` is 0..1."""

    n: int
    document: str
    documentId: str
    section: str
    text: str
    start: int
    end: int
    score: float


class Logged(BaseModel):
    """An entry of the event log; `seq` is the number in the reader's own sequence."""

    seq: int
    at: str


class MessageEvent(Logged):
    """Somebody said something."""

    type: Literal["message"]
    message: SentMessage


class NoteEvent(Logged):
    """An internal note; staff only."""

    type: Literal["note"]
    message: SentMessage


class SourcesEvent(Logged):
    """The assistant begins an answer from these passages."""

    type: Literal["sources"]
    messageId: str
    questionId: str | None
    sources: list[Source]


class SentenceEvent(Logged):
    """One more sentence of an answer."""

    type: Literal["sentence"]
    messageId: str
    text: str
    citations: list[Citation]


class TurnWhy(BaseModel):
    """What a confidence rests on: two shares 0..1, and how many sentences were left out as unsupported."""

    retrieval: float
    grounding: float
    dropped: int


class FinishedEvent(Logged):
    """An answer is complete."""

    type: Literal["finished"]
    messageId: str
    confidence: float
    needsHuman: bool
    state: AnswerState
    language: str = ""
    why: TurnWhy | None = None


class FailedEvent(Logged):
    """There is no answer, or no more of it."""

    type: Literal["failed"]
    code: Reason
    messageId: str | None


class HandedOverEvent(Logged):
    """The chat waits for a person."""

    type: Literal["handed_over"]
    reason: Reason


class AgentJoinedEvent(Logged):
    """A person has taken the chat."""

    type: Literal["agent_joined"]
    agentName: str
    agentId: str


class NamedAgent(BaseModel):
    """Whom a chat was given to."""

    id: str
    name: str


class AssignedEvent(Logged):
    """The chat was given to somebody, or to nobody; staff only."""

    type: Literal["assigned"]
    agent: NamedAgent | None


class ReturnedEvent(Logged):
    """The assistant answers again."""

    type: Literal["returned_to_ai"]


class EndedEvent(Logged):
    """The chat was closed."""

    type: Literal["ended"]
    by: Literal["visitor", "agent", "absence"]


class ReopenedEvent(Logged):
    """A closed chat goes on."""

    type: Literal["reopened"]
    status: ChatStatus


class FlaggedEvent(Logged):
    """Something about the chat deserves a look; staff only."""

    type: Literal["flagged"]
    flagged: bool
    reason: str


class FeedbackEvent(Logged):
    """What the visitor thinks of an answer; null takes it back."""

    type: Literal["feedback"]
    messageId: str
    helpful: bool | None
    comment: str | None = None


class RatedEvent(Logged):
    """The visitor rated the chat, 1..5."""

    type: Literal["rated"]
    rating: float
    comment: str | None


class ContactEvent(Logged):
    """The visitor left a name or an address; staff only."""

    type: Literal["contact"]
    name: str
    email: str


class LabelledEvent(Logged):
    """What was noted about the chat; only what changed is there; staff only."""

    type: Literal["labelled"]
    summary: str = ""
    category: str = ""
    sentiment: Sentiment | None = None
    priority: Priority | None = None
    notes: str = ""
    categoryId: str | None = None
    userId: str = ""
    userName: str = ""
    userEmail: str = ""
    emailVerified: bool = False
    reasoning: str = ""


LoggedEvent = Annotated[
    MessageEvent
    | NoteEvent
    | SourcesEvent
    | SentenceEvent
    | FinishedEvent
    | FailedEvent
    | HandedOverEvent
    | AgentJoinedEvent
    | AssignedEvent
    | ReturnedEvent
    | EndedEvent
    | ReopenedEvent
    | FlaggedEvent
    | FeedbackEvent
    | RatedEvent
    | ContactEvent
    | LabelledEvent,
    Field(discriminator="type"),
]


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
    """A chat that a search found, and where."""

    matchSnippet: str
    matchType: str


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
    booking: dict[str, Any] | None = None


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


REPLIES: dict[tuple[str, str], Any] = {
    ("get", "/api/dashboard/chats"): list[ChatRow],
    ("get", "/api/dashboard/chats/search"): list[FoundChat],
    ("get", "/api/dashboard/chats/{session_id}/attachments"): list[SentAttachment],
    ("get", "/api/v1/chats/{session_id}"): Snapshot,
    ("get", "/api/v1/chats/{session_id}/events"): MissedEvents,
}
"""What each route answers, by method and path."""
