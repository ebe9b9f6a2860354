"""Joins what the rooms say of replies, bodies and events into the API's description."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from aichatdesk.assistant import reply_shapes as assistant
from aichatdesk.conversation import body_shapes as bodies_of_chats
from aichatdesk.conversation import reply_shapes as conversation
from aichatdesk.conversation.event_shapes import LoggedEvent, PassingEvent, StreamedEvent
from aichatdesk.conversation.frame_shapes import DeskFrame
from aichatdesk.desk import body_shapes as bodies_of_desk
from aichatdesk.desk import reply_shapes as desk
from aichatdesk.knowledge import reply_shapes as knowledge
from aichatdesk.outbound import reply_shapes as outbound

Shapes = Mapping[tuple[str, str], Any]

_REF = "#/components/schemas/{model}"
_REPLIES: Shapes = {
    **conversation.REPLIES,
    **desk.REPLIES,
    **knowledge.REPLIES,
    **assistant.REPLIES,
    **outbound.REPLIES,
}
_BODIES: Shapes = {**bodies_of_chats.BODIES, **bodies_of_desk.BODIES, **assistant.BODIES}
# No route answers with one of these alone: streams and sockets carry them.
_EVENTS: Mapping[str, Any] = {
    "LoggedEvent": LoggedEvent,
    "PassingEvent": PassingEvent,
    "StreamedEvent": StreamedEvent,
    "ReplyEvent": assistant.ReplyEvent,
    "DeskFrame": DeskFrame,
}
_STREAMS: Mapping[tuple[str, str], str] = {
    ("get", "/api/v1/chats/{session_id}/events"): "StreamedEvent",
    ("post", "/api/v1/chats/{session_id}/messages"): "StreamedEvent",
    ("post", "/api/v1/chats/{session_id}/suggested-reply"): "ReplyEvent",
}


def describe_replies(described: dict[str, Any]) -> None:
    """Give every route that a room speaks of the schema of its reply and body, for programs to read.

    Raises:
        KeyError: There is no such route.
        ValueError: Two different shapes have one name.
    """
    schemas = described["components"].setdefault("schemas", {})
    paths = described["paths"]
    for name, shape in _EVENTS.items():
        _add(schemas, name, _schema(schemas, shape))
    for (method, path), shape in _REPLIES.items():
        schema = _schema(schemas, shape)
        for reply in _successes(paths[path][method]):
            reply.setdefault("content", {}).setdefault("application/json", {})["schema"] = schema
    for (method, path), shape in _BODIES.items():
        # A body that the route reads by itself is none that the framework knows of.
        body = paths[path][method].setdefault("requestBody", {"content": {"application/json": {}}})
        body["content"]["application/json"]["schema"] = _schema(schemas, shape)
    for (method, path), event in _STREAMS.items():
        for reply in _successes(paths[path][method]):
            reply["content"]["text/event-stream"]["schema"] = {
                "type": "string",
                "description": f"Server-sent events; the data of each is a {event}.",
            }


def _successes(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return (reply for status, reply in operation["responses"].items() if status.startswith("2"))


def _schema(schemas: dict[str, Any], shape: Any) -> dict[str, Any]:
    """The schema of a shape; what has a name goes to the others of the description."""
    schema = TypeAdapter(shape).json_schema(ref_template=_REF)
    for name, one in schema.pop("$defs", {}).items():
        _add(schemas, name, one)
    if "title" in schema and schema.get("type") == "object":
        _add(schemas, schema["title"], schema)
        return {"$ref": _REF.format(model=schema["title"])}
    return schema


def _add(schemas: dict[str, Any], name: str, schema: dict[str, Any]) -> None:
    if schemas.setdefault(name, schema) != schema:
        raise ValueError(f"Two shapes in the API's description are called {name}.")
