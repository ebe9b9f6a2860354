"""What the routes of chats answer, for the API's description and for programs that read it.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from aichatdesk.conversation.chat_shapes import ChatRow, FoundChat, MissedEvents, SentAttachment, Snapshot
from aichatdesk.conversation.domain import AnswerState, ChatStatus, Mode, Sender
from aichatdesk.conversation.event_shapes import Attachment, Citation, NamedAgent, Priority
from aichatdesk.platform.http.common_shapes import Success


class StartedChat(BaseModel):
    """The new chat's keys; `visitorToken` is told only here."""

    sessionId: str
    chatId: str
    mode: Mode
    visitorToken: str


class AgentCard(BaseModel):
    """Who has a chat, as visitors see it."""

    id: str
    name: str
    status: str
    avatar: str = ""


class ChatState(BaseModel):
    """Where a chat stands."""

    id: str
    sessionId: str
    status: ChatStatus
    mode: Mode
    category: str
    assignedAgent: AgentCard | None


class ShownChat(BaseModel):
    """One chat."""

    chat: ChatState


class ListedMessage(BaseModel):
    """A message in a chat's list: the assistant's have `state` and `citations`, others a name."""

    id_: str = Field(alias="_id")
    sender: Sender
    content: str
    attachments: list[Attachment]
    isInternal: bool
    sentAt: str
    senderName: str | None = None
    state: AnswerState = AnswerState.COMPLETE
    citations: list[Citation] = []


class AskedAgent(BaseModel):
    """Whom a visitor's wish for a person has reached; the name is not always told."""

    id: str
    name: str = ""


class Escalated(BaseModel):
    """What became of a visitor's wish for a person: somebody has the chat, or it waits."""

    message: str
    agent: AskedAgent | None = None
    status: Literal["waiting"] = "waiting"


class TakenOver(Success):
    """Who has the chat now."""

    agent: NamedAgent
    message: str


class ToldSuccess(Success):
    """It is done, in a sentence."""

    message: str


class DeletedChat(Success):
    """How many messages were deleted with a chat."""

    deletedMessages: int


class PostedMessage(BaseModel):
    """A message that was said; `deduplicated` where the same was stored before."""

    id: str
    chatId: str
    sender: Sender
    senderName: str | None
    content: str
    sentAt: str
    isInternal: bool
    seq: int
    deduplicated: bool
    clientMessageId: str = ""


class Posted(Success):
    """A message is stored."""

    message: PostedMessage


class EndedChat(Success):
    """A chat is over; `transcript` says whether it will come by mail."""

    message: str
    transcript: str


class Transcript(Success):
    """What will come of a wish for a transcript, as a word and as a sentence."""

    outcome: Literal["sent", "confirm", "none"]
    transcript: str


class Visitor(BaseModel):
    """Who a visitor is, as the page that holds the widget says."""

    id: str | None
    name: str
    email: str
    emailVerified: bool


class Identified(Success):
    """Who the visitor is from now on."""

    user: Visitor


class Named(BaseModel):
    """A program of the visitor's; the version is empty where it is not known."""

    name: str
    version: str


class Device(BaseModel):
    """What the visitor holds or sits at."""

    type: Literal["desktop", "mobile", "tablet"]


class Place(BaseModel):
    """Where a visitor is, as far as it is known without asking anybody."""

    country: str
    region: str
    city: str
    timezone: str
    lat: float = 0
    lon: float = 0


class VisitorInfo(BaseModel):
    """What the visitor's browser tells."""

    userName: str
    userEmail: str
    browser: Named
    os: Named
    device: Device
    location: Place
    currentPage: str
    ipAddress: str
    sessionStarted: str


class UploadedFile(BaseModel):
    """A file that is kept; `size` is in bytes."""

    filename: str
    originalName: str
    url: str
    type: str
    size: int


class Uploaded(Success):
    """The files that are kept."""

    files: list[UploadedFile]
    message: str


class CountOfCategory(BaseModel):
    """How many chats were of one kind."""

    category: str | None
    count: int


class CountOfPriority(BaseModel):
    """How many chats were so urgent."""

    priority: Priority
    count: int


class DateRange(BaseModel):
    """The days that were asked for."""

    startDate: str
    endDate: str


class Overview(BaseModel):
    """How the chats of a period went."""

    totalChats: int
    aiResolved: int
    humanResolved: int
    avgResponseTimeMinutes: float
    avgRating: float
    totalRatings: int
    thumbsUp: int
    thumbsDown: int
    byCategory: list[CountOfCategory]
    byPriority: list[CountOfPriority]
    dateRange: DateRange


class AskedOften(BaseModel):
    """How often visitors began with the same words."""

    question: str
    count: int


REPLIES: dict[tuple[str, str], Any] = {
    ("post", "/api/chat"): StartedChat,
    ("get", "/api/chat/{session_id}"): ShownChat,
    ("delete", "/api/chat/{session_id}"): DeletedChat,
    ("get", "/api/chat/{session_id}/messages"): list[ListedMessage],
    ("post", "/api/chat/{session_id}/escalate"): Escalated,
    ("patch", "/api/chat/{session_id}/category"): Success,
    ("post", "/api/chat/{session_id}/takeover"): TakenOver,
    ("post", "/api/chat/{session_id}/return-to-ai"): ToldSuccess,
    ("put", "/api/chat/{session_id}/notes"): Success,
    ("post", "/api/messages"): Posted,
    ("post", "/api/messages/chat/{session_id}/end"): EndedChat,
    ("post", "/api/upload"): Uploaded,
    ("get", "/api/dashboard/chats"): list[ChatRow],
    ("get", "/api/dashboard/chats/search"): list[FoundChat],
    ("get", "/api/dashboard/chats/{session_id}/info"): VisitorInfo,
    ("get", "/api/dashboard/chats/{session_id}/attachments"): list[SentAttachment],
    ("get", "/api/analytics/overview"): Overview,
    ("get", "/api/analytics/common-questions"): list[AskedOften],
    ("get", "/api/v1/chats/{session_id}"): Snapshot,
    ("get", "/api/v1/chats/{session_id}/events"): MissedEvents,
    ("get", "/api/v1/chats/{session_id}/earlier/{other_session_id}"): Snapshot,
    ("post", "/api/v1/chats/{session_id}/identify"): Identified,
    ("post", "/api/v1/chats/{session_id}/transcript"): Transcript,
    ("get", "/api/v1/desk/chats/{session_id}"): ChatRow,
}
"""What each route answers, by method and path."""
