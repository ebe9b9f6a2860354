"""Show the others in a chat that somebody types, or does no more."""

from typing import Any, Literal

from aichatdesk.conversation.live import LiveChats
from aichatdesk.core.access import Actor
from aichatdesk.core.ids import SessionId

TypingFrame = Literal["typing.start", "typing.stop"]


def show_typing(live: LiveChats, session_id: SessionId, what: TypingFrame, actor: Actor | None) -> None:
    """None is the visitor, whom people at the desk see; an agent is seen by the visitor and by other agents.

    `name` is the agent's, null for the visitor. Agents also get `agentId`; their own typing they do not hear.
    """
    told: dict[str, Any] = {"sessionId": session_id, "name": actor.name if actor else None}
    if actor is not None:
        live.publish_transient(session_id, what, told)
        told = told | {"agentId": actor.id}
    live.publish_transient(session_id, what, told, staff=True)
