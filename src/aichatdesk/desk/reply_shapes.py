"""What accounts, teams and the desk's lists look like on the wire, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any

from pydantic import BaseModel, Field

from aichatdesk.core.access import Role


class Account(BaseModel):
    """Somebody at the desk; `roles` are the names of teams."""

    id: str
    email: str
    name: str
    systemRole: Role
    roles: list[str]
    status: str
    office365Email: str = ""
    teamsEmail: str = ""
    managerId: str | None = None
    managerName: str | None = None
    specialties: list[str] = []
    lastLogin: str = ""
    avatar: str = ""


class SignedIn(BaseModel):
    """A session: the token is also in a cookie that scripts cannot read."""

    token: str
    agent: Account


class OwnAccount(BaseModel):
    """One's own account."""

    agent: Account


class Accounts(BaseModel):
    """The people one leads."""

    agents: list[Account]


class Team(BaseModel):
    """A team, called a role by the older server."""

    id: str
    name: str
    description: str
    icon: str
    managerName: str
    agentCount: int
    managerId: str | None = None


class Teams(BaseModel):
    """All teams."""

    roles: list[Team]


class Invite(BaseModel):
    """A link to sign up by; 0 uses are as many as people like."""

    id: str
    code: str
    label: str
    roles: list[str]
    defaultManagerId: str | None
    maxUses: int
    usedCount: int
    expiresAt: str | None
    createdAt: str


class Invites(BaseModel):
    """The links that work."""

    links: list[Invite]


class CannedResponse(BaseModel):
    """A reply that is written once and used often."""

    id: str
    title: str
    content: str
    category: str | None
    shortcut: str | None
    usageCount: int
    createdBy: str
    createdAt: str
    updatedAt: str


class Category(BaseModel):
    """A category that visitors pick, and what it tells the assistant."""

    id_: str = Field(alias="_id")
    name: str
    icon: str
    prompt: str
    active: bool
    sortOrder: int
    createdAt: str
    updatedAt: str


REPLIES: dict[tuple[str, str], Any] = {
    ("post", "/api/agents/login"): SignedIn,
    ("get", "/api/agents/me"): OwnAccount,
    ("get", "/api/agents"): Accounts,
    ("get", "/api/agents/roles"): Teams,
    ("get", "/api/agents/invite-links"): Invites,
    ("get", "/api/canned-responses"): list[CannedResponse],
    ("get", "/api/categories/all"): list[Category],
}
"""What each route answers, by method and path."""
