"""What the routes of chats are sent and check themselves, for the API's description."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

_ATTACHMENT = {
    "type": "object",
    "properties": {
        "filename": {"type": "string"},
        "url": {"type": "string"},
        "type": {"type": "string"},
        "size": {"type": "integer", "description": "In bytes."},
    },
    "required": ["filename", "url"],
}

AnyAttachments = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [{"type": "array", "items": _ATTACHMENT, "maxItems": 5}, {"type": "null"}],
            "description": "What `POST /api/upload` has told of each file.",
        }
    ),
]


class EndOfChat(BaseModel):
    """What a visitor says at the end; browsers' beacons send the same as plain text."""

    rating: float | None = None
    ratingComment: str | None = None
    transcript: bool | None = Field(None, description="Whether the transcript is wanted by mail.")


BODIES: dict[tuple[str, str], Any] = {("post", "/api/messages/chat/{session_id}/end"): EndOfChat}
"""What each route is sent, by method and path."""
