"""What the desk's routes are sent, for the API's description; the use cases check it themselves."""

from typing import Any

from pydantic import BaseModel, Field

from aichatdesk.core.access import Role
from aichatdesk.desk.reply_shapes import Status
from aichatdesk.desk.setting_shapes import DeskSettings


class OwnChange(BaseModel):
    """What is to change of one's own account; an empty address clears it."""

    name: str = ""
    office365Email: str = ""
    teamsEmail: str = ""


class PasswordChange(BaseModel):
    """One's own password, and the one that is to be."""

    currentPassword: str
    newPassword: str = Field(min_length=8)


class PasswordReset(BaseModel):
    """The password that somebody one leads is to have."""

    newPassword: str = Field(min_length=8)


class PersonChange(BaseModel):
    """What is to change of an account; `roles` are names or ids of teams."""

    email: str = ""
    name: str = ""
    password: str = Field("", min_length=8)
    systemRole: Role = Role.AGENT
    roles: list[str] = []
    managerId: str | None = None
    specialties: list[str] = []
    office365Email: str = ""
    teamsEmail: str = ""


class StatusChange(BaseModel):
    """Whether somebody is at the desk."""

    status: Status


class NewTeam(BaseModel):
    """A team that is to be; without an icon, one is picked for it."""

    name: str = Field(min_length=2, max_length=60)
    description: str = ""
    icon: str | None = ""
    managerId: str | None = None


class TeamChange(BaseModel):
    """What is to change of a team; only an admin names another manager."""

    name: str = Field("", min_length=2, max_length=60)
    description: str = ""
    icon: str | None = ""
    managerId: str | None = None


class InviteWish(BaseModel):
    """What a link is to be like; `roles` is another name of `defaultRoles`, and 0 uses are as many as people like."""

    label: str = Field("", max_length=100)
    defaultRoles: list[str] = []
    roles: list[str] = []
    defaultManagerId: str | None = None
    maxUses: int = Field(0, ge=0, le=10_000)
    expiresAt: str | None = None


class SignUp(BaseModel):
    """The account that somebody makes by a link."""

    name: str
    email: str
    password: str = Field(min_length=8)


class NewCannedResponse(BaseModel):
    """A reply that is written once and used often."""

    title: str = Field(min_length=3, max_length=100)
    content: str = Field(min_length=10, max_length=1000)
    category: str | None = None
    shortcut: str | None = Field(None, pattern="^[A-Za-z0-9]{2,20}$")


class CannedResponseChange(BaseModel):
    """What is to change of it; null clears category and shortcut."""

    title: str = Field("", min_length=3, max_length=100)
    content: str = Field("", min_length=10, max_length=1000)
    category: str | None = None
    shortcut: str | None = Field(None, pattern="^[A-Za-z0-9]{2,20}$")


class CategoryChange(BaseModel):
    """What is to change of a category; with a new name and prompt but no icon, another is picked."""

    name: str = Field("", max_length=100)
    prompt: str = Field("", max_length=4000)
    icon: str | None = ""
    active: bool = True
    sortOrder: int = 0


BODIES: dict[tuple[str, str], Any] = {
    ("put", "/api/agents/me"): OwnChange,
    ("post", "/api/agents/change-password"): PasswordChange,
    ("put", "/api/agents/{agent_id}"): PersonChange,
    ("post", "/api/agents/{agent_id}/reset-password"): PasswordReset,
    ("patch", "/api/agents/{agent_id}/status"): StatusChange,
    ("post", "/api/agents/roles"): NewTeam,
    ("put", "/api/agents/roles/{team_id}"): TeamChange,
    ("post", "/api/agents/invite-links"): InviteWish,
    ("post", "/api/agents/signup/{code}"): SignUp,
    ("post", "/api/canned-responses"): NewCannedResponse,
    ("patch", "/api/canned-responses/{response_id}"): CannedResponseChange,
    ("put", "/api/categories/{category_id}"): CategoryChange,
    ("put", "/api/settings"): DeskSettings,
}
"""What each route is sent, by method and path."""
