"""Joins what the rooms say of their replies into the API's description."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from aichatdesk.conversation import reply_shapes as conversation
from aichatdesk.desk import reply_shapes as desk
from aichatdesk.knowledge import reply_shapes as knowledge
from aichatdesk.outbound import reply_shapes as outbound

_REF = "#/components/schemas/{model}"


def describe_replies(described: dict[str, Any]) -> None:
    """Give every route that a room speaks of the schema of its reply, for programs to read.

    Raises:
        KeyError: There is no such route.
        ValueError: Two different shapes have one name.
    """
    schemas = described["components"].setdefault("schemas", {})
    replies: Mapping[tuple[str, str], Any] = {
        **conversation.REPLIES,
        **desk.REPLIES,
        **knowledge.REPLIES,
        **outbound.REPLIES,
    }
    for (method, path), shape in replies.items():
        schema = TypeAdapter(shape).json_schema(ref_template=_REF)
        named = schema.pop("$defs", {})
        if "title" in schema and schema.get("type") == "object":
            named[schema["title"]] = schema
            schema = {"$ref": _REF.format(model=schema["title"])}
        for name, one in named.items():
            if schemas.setdefault(name, one) != one:
                raise ValueError(f"Two shapes in the API's description are called {name}.")
        reply = described["paths"][path][method]["responses"]["200"]
        reply["content"]["application/json"]["schema"] = schema
