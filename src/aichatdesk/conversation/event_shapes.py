"""What happens in chats as the wire has it, for the API's description and for programs that read it.

Nothing is checked against these while the desk runs; the tests hold every event against them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from aichatdesk.conversation.domain import AnswerState, ChatStatus, Reason, Sender

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


class Booking(BaseModel):
    """The meeting that was booked in a chat last."""

    meetingType: Literal["call", "demo", "meeting"]
    start: str
    end: str
    meetingLink: str | None
    eventId: str
    bookedAt: str


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
    booking: Booking | None = None


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


class AcceptedEvent(BaseModel):
    """A message is stored, now or before; the first event of the stream that answers it."""

    type: Literal["accepted"]
    messageId: str
    seq: int
    deduplicated: bool


class QueuedEvent(BaseModel):
    """How many are before this answer."""

    type: Literal["queued"]
    place: int


class DraftEvent(BaseModel):
    """What the model is writing, before it is checked; only for those who asked for it."""

    type: Literal["draft"]
    text: str


class TypingEvent(BaseModel):
    """Somebody types, or has stopped; `agentId` only for people at the desk, and a visitor has none."""

    type: Literal["typing.start", "typing.stop"]
    name: str | None = None
    agentId: str = ""


class ResyncEvent(BaseModel):
    """The reader was too slow: fetch the chat anew."""

    type: Literal["resync_required"]


PassingEvent = Annotated[
    AcceptedEvent | QueuedEvent | DraftEvent | TypingEvent | ResyncEvent, Field(discriminator="type")
]
"""What is shown and never kept."""

StreamedEvent = Annotated[LoggedEvent | PassingEvent, Field(discriminator="type")]
"""The data of each event of a chat's stream."""
