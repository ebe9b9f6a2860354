"""Opaque ids: 24 lower-case hex characters, laid out like the ObjectIds of the old server."""

import re
import secrets
import time
import uuid
from typing import NewType

from aichatdesk.core.errors import Invalid

ChatId = NewType("ChatId", str)
SessionId = NewType("SessionId", str)
MessageId = NewType("MessageId", str)
AgentId = NewType("AgentId", str)
TeamId = NewType("TeamId", str)
CategoryId = NewType("CategoryId", str)
DocumentId = NewType("DocumentId", str)
ChunkId = NewType("ChunkId", int)
GenerationId = NewType("GenerationId", int)
JobId = NewType("JobId", str)

_HEX_ID = re.compile(r"[0-9a-f]{24}")


def new_id() -> str:
    """Make an id that sorts by second of creation and cannot be guessed from another (64 random bits)."""
    return f"{int(time.time()):08x}{secrets.token_hex(8)}"


def new_session_id() -> SessionId:
    """Make the unguessable public handle of a chat (UUID version 4)."""
    return SessionId(str(uuid.uuid4()))


def require_id(value: object, name: str) -> str:
    """Return `value` if it is a well-formed id.

    Raises:
        Invalid: It is not 24 hex characters; the sentence names the field.
    """
    if isinstance(value, str) and _HEX_ID.fullmatch(value.lower()):
        return value.lower()
    raise Invalid(f"Invalid {name}: expected 24 hexadecimal characters.", field=name)
