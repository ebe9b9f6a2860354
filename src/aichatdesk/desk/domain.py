"""People at the desk and their accounts, without a database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aichatdesk.conversation.domain import CATEGORIES
from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Invalid, NotFound
from aichatdesk.core.ids import AgentId
from aichatdesk.platform.storage.database import Fact

STATUSES = ("online", "offline", "away")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NO_NAME = re.compile("[<>\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 1024
_SHORTEST_NAME = 2
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Agent:
    """One account."""

    id: AgentId
    email: str
    name: str
    password_hash: str
    role: Role
    teams: Sequence[str]
    manager_id: str | None
    status: str
    specialties: Sequence[str]
    office365_email: str
    teams_email: str
    active: bool
    token_version: int
    last_login: datetime | None
    last_seen: datetime | None
    last_assigned: datetime | None
    avatar: str | None

    @property
    def actor(self) -> Actor:
        """The account as the one who asks."""
        return Actor(self.id, self.name, self.email, self.role)


@dataclass(frozen=True, slots=True)
class AccountChanged(Fact):
    """Something about an account is different: who it is, what it may do, or whether it is signed in."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class AccountMade(Fact):
    """There is an account more."""

    agent_id: AgentId


class AgentNotFound(NotFound):
    """No such account."""

    def __init__(self) -> None:
        super().__init__("Agent not found")


def checked_email(value: object, field: str = "email") -> str:
    """The address in lower case; raises `Invalid` with the field's name."""
    if not isinstance(value, str) or not _EMAIL.fullmatch(value.strip()) or len(value) > 254:
        raise Invalid("Invalid email format", field=field)
    return value.strip().lower()


def checked_name(value: object) -> str:
    """The name, trimmed; raises `Invalid`."""
    if not isinstance(value, str) or not _SHORTEST_NAME <= len(value.strip()) <= _LONGEST_NAME:
        raise Invalid(f"Name must be at least {_SHORTEST_NAME} characters", field="name")
    return plain_name(value.strip())


def plain_name(name: str) -> str:
    """The name of a person, team or category as it is; raises `Invalid`.

    Old widgets and dashboards write such names into their pages as they are, so markup must not be in one.
    """
    if _NO_NAME.search(name):
        raise Invalid("A name must not hold <, > or invisible characters.", field="name")
    return name


def checked_password(value: object) -> str:
    """The password as it is; raises `Invalid`."""
    if not isinstance(value, str) or not _SHORTEST_PASSWORD <= len(value) <= _LONGEST_PASSWORD:
        raise Invalid(f"Password must be at least {_SHORTEST_PASSWORD} characters", field="password")
    return value


def checked_specialties(value: object) -> tuple[str, ...]:
    """The kinds of question that somebody knows; raises `Invalid`."""
    if value in (None, "", ()):
        return ()
    if not isinstance(value, list) or not all(one in CATEGORIES for one in value):
        raise Invalid(f"specialties must be a list of these: {', '.join(CATEGORIES)}.", field="specialties")
    return tuple(dict.fromkeys(value))
