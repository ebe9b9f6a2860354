"""Who is asking, and the one table of what each role may do."""

from dataclasses import dataclass
from enum import StrEnum

from aichatdesk.core.errors import Forbidden
from aichatdesk.core.ids import AgentId


class Role(StrEnum):
    """The three roles of people at the desk."""

    ADMIN = "admin"
    MANAGER = "manager"
    AGENT = "agent"


class Action(StrEnum):
    """What an actor may ask for; every guarded route names one."""

    READ_CHATS = "read_chats"
    ANSWER_CHATS = "answer_chats"
    DELETE_CHATS = "delete_chats"
    READ_KNOWLEDGE = "read_knowledge"
    WRITE_KNOWLEDGE = "write_knowledge"
    MANAGE_KNOWLEDGE_INDEX = "manage_knowledge_index"
    READ_AGENTS = "read_agents"
    MANAGE_AGENTS = "manage_agents"
    DEACTIVATE_AGENTS = "deactivate_agents"
    EDIT_TEAMS = "edit_teams"
    MANAGE_TEAMS = "manage_teams"
    INVITE_AGENTS = "invite_agents"
    USE_CANNED_RESPONSES = "use_canned_responses"
    MANAGE_CANNED_RESPONSES = "manage_canned_responses"
    READ_METRICS = "read_metrics"
    READ_SETTINGS = "read_settings"
    CHANGE_SETTINGS = "change_settings"
    REVIEW_SUGGESTIONS = "review_suggestions"
    READ_OUTBOX = "read_outbox"
    MANAGE_OUTBOX = "manage_outbox"
    READ_AUDIT = "read_audit"


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated person at the desk, or the machine's owner at its own console."""

    id: AgentId
    name: str
    email: str
    role: Role


OWNER = Actor(AgentId("0" * 24), "Owner", "", Role.ADMIN)
"""The machine's owner, at its console or through the settings that the desk starts with."""

_EVERY_AGENT = frozenset(
    {
        Action.READ_CHATS,
        Action.ANSWER_CHATS,
        Action.READ_KNOWLEDGE,
        Action.WRITE_KNOWLEDGE,
        Action.READ_AGENTS,
        Action.USE_CANNED_RESPONSES,
        Action.READ_METRICS,
    }
)
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.AGENT: _EVERY_AGENT,
    Role.MANAGER: _EVERY_AGENT
    | {
        Action.MANAGE_AGENTS,
        Action.EDIT_TEAMS,
        Action.INVITE_AGENTS,
        Action.MANAGE_KNOWLEDGE_INDEX,
        Action.READ_SETTINGS,
        Action.REVIEW_SUGGESTIONS,
        Action.READ_OUTBOX,
    },
    Role.ADMIN: frozenset(Action),
}


def authorize(actor: Actor, action: Action) -> None:
    """Raise `Forbidden` unless the actor's role allows the action."""
    if action not in ALLOWED[actor.role]:
        raise Forbidden("Insufficient permissions", action=action.value)
