"""What the assistant's routes answer and are sent, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from aichatdesk.assistant.suggested_reply_endpoints import ReplySource
from aichatdesk.conversation.domain import AnswerState, Reason
from aichatdesk.conversation.event_shapes import Citation, Priority, QueuedEvent, Sentiment, SentMessage
from aichatdesk.platform.http.common_shapes import Success


class QuerySource(BaseModel):
    """A document that an answer was written from; `similarity` is a cosine."""

    filename: str
    similarity: float


class QueryReply(BaseModel):
    """An answer in the older server's form; `confidence` is 0..1."""

    response: str
    confidence: float
    needsHuman: bool
    sources: list[QuerySource]
    language: str
    cached: bool


class StoredMessage(SentMessage):
    """A message that is stored; `deduplicated` where the same was stored before."""

    seq: int
    deduplicated: bool


class Answer(BaseModel):
    """A whole answer; `seq` is the number of its last event, `confidence` 0..1."""

    id: str
    content: str
    citations: list[Citation]
    sources: list[ReplySource]
    confidence: float
    needsHuman: bool
    state: AnswerState
    language: str
    seq: int


class SentReply(BaseModel):
    """What was said, what the assistant says to it, and whether the chat is with people."""

    message: StoredMessage
    answer: Answer | None
    handedOver: bool


class Summary(BaseModel):
    """What a chat is about, in a sentence."""

    summary: str


class ChatCategory(BaseModel):
    """What kind of question it is."""

    category: str


class SuggestedText(BaseModel):
    """A reply to take, change or leave."""

    suggestedReply: str


class ChatMood(BaseModel):
    """How the visitor feels, how urgent it is, and why the model thinks so."""

    sentiment: Sentiment
    priority: Priority
    reasoning: str


class SourcesOfReply(BaseModel):
    """The passages that a suggested reply is written from."""

    type: Literal["sources"]
    sources: list[ReplySource]


class DraftOfReply(BaseModel):
    """The piece of a suggested reply that is new."""

    type: Literal["draft"]
    text: str


class FinishedReply(BaseModel):
    """The whole suggested reply, tidied."""

    type: Literal["finished"]
    text: str


class FailedReply(BaseModel):
    """There is no suggested reply."""

    type: Literal["failed"]
    code: Reason


ReplyEvent = Annotated[
    QueuedEvent | SourcesOfReply | DraftOfReply | FinishedReply | FailedReply, Field(discriminator="type")
]
"""The data of each event of a suggested reply's stream."""


class OfChat(BaseModel):
    """Which chat."""

    chatId: str


class OfChatOrSession(BaseModel):
    """Which chat, by its id or its session's."""

    chatId: str = ""
    sessionId: str = ""


REPLIES: dict[tuple[str, str], Any] = {
    ("post", "/api/ai/query"): QueryReply,
    ("post", "/api/ai/summarize"): Summary,
    ("post", "/api/ai/categorize"): ChatCategory,
    ("post", "/api/ai/suggest-reply"): SuggestedText,
    ("post", "/api/ai/analyze-sentiment"): ChatMood,
    ("post", "/api/v1/chats/{session_id}/messages"): SentReply,
    ("post", "/api/v1/chats/{session_id}/stop"): Success,
    ("post", "/api/v1/chats/{session_id}/leave"): Success,
}
"""What each route answers, by method and path."""

BODIES: dict[tuple[str, str], Any] = {
    ("post", "/api/ai/summarize"): OfChat,
    ("post", "/api/ai/categorize"): OfChat,
    ("post", "/api/ai/suggest-reply"): OfChat,
    ("post", "/api/ai/analyze-sentiment"): OfChatOrSession,
}
"""What each route is sent, by method and path."""
