"""What dashboards hear over their socket, for the API's description and for programs that read it.

Nothing is checked against these while the desk runs; the tests hold frames against them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from aichatdesk.conversation.chat_shapes import ChatRow
from aichatdesk.conversation.event_shapes import NamedAgent, SentMessage


class FrameOfChat(BaseModel):
    """Something happened in a chat; `seq` is its number in the staff sequence."""

    sessionId: str
    chatId: str
    seq: int
    timestamp: str


class MessageFrame(FrameOfChat):
    """Somebody said something; the older dashboards' name of it comes besides."""

    type: Literal["chat.message", "dashboard.message.new"]
    message: SentMessage | None = None
    messageId: str = ""


class CreatedFrame(FrameOfChat):
    """There is a chat more; it is absent where it was deleted meanwhile."""

    type: Literal["dashboard.chat.created"]
    chat: ChatRow | None = None


class UpdatedFrame(FrameOfChat):
    """A chat stands differently, by an event or by what was noted, which then stands here too."""

    type: Literal["dashboard.chat.updated"]
    event: str = ""
    chat: ChatRow | None = None


class ClosedFrame(FrameOfChat):
    """A chat is over; the older dashboards' name of it comes besides."""

    type: Literal["chat.closed", "dashboard.chat.closed"]


class DeletedFrame(FrameOfChat):
    """A chat and all that was said in it is gone."""

    type: Literal["dashboard.chat.deleted"]


class FlaggedFrame(FrameOfChat):
    """Something about a chat deserves a look."""

    type: Literal["chat.flagged"]
    reason: str


class LookingFrame(BaseModel):
    """Who looks at a chat now."""

    type: Literal["dashboard.chat.looking"]
    sessionId: str
    agents: list[NamedAgent]


class ErrorFrame(BaseModel):
    """What was sent cannot be done; `code` is a word for programs."""

    type: Literal["error"]
    error: str
    code: str


DeskFrame = Annotated[
    MessageFrame
    | CreatedFrame
    | UpdatedFrame
    | ClosedFrame
    | DeletedFrame
    | FlaggedFrame
    | LookingFrame
    | ErrorFrame,
    Field(discriminator="type"),
]
"""What a dashboard hears after `dashboard.connect`."""
