"""What accounts, teams and the desk's lists look like on the wire, for the API's description.

Nothing is checked against these while the desk runs; the tests hold every reply against them.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from aichatdesk.conversation.domain import ChatStatus, Mode, Sender
from aichatdesk.conversation.event_shapes import Priority
from aichatdesk.core.access import Role
from aichatdesk.desk.setting_shapes import DeskSettings
from aichatdesk.platform.http.common_shapes import Success, Told

Status = Literal["online", "offline", "away"]


class Account(BaseModel):
    """Somebody's own account; `roles` are the names of teams."""

    id: str
    email: str
    name: str
    role: Role
    systemRole: Role
    roles: list[str]
    status: Status
    office365Email: str
    teamsEmail: str
    managerId: str | None = None


class FullAccount(Account):
    """One's own account with everything that is known of it; what is not known is absent."""

    managerName: str | None
    specialties: list[str]
    lastLogin: str = ""
    avatar: str = ""


class SignedIn(BaseModel):
    """A session: the token is also in a cookie that scripts cannot read."""

    token: str
    agent: Account


class OwnAccount(BaseModel):
    """One's own account."""

    agent: FullAccount


class Profile(BaseModel):
    """What people change of their own accounts."""

    id: str
    email: str
    name: str
    office365Email: str
    teamsEmail: str


class ChangedProfile(BaseModel):
    """One's own account after a change."""

    agent: Profile


class Person(BaseModel):
    """Somebody at the desk, for whoever leads them; `managerName` is empty where there is no manager."""

    id: str
    email: str
    name: str
    systemRole: Role
    roles: list[str]
    managerName: str
    status: Status
    specialties: list[str]
    office365Email: str
    teamsEmail: str
    managerId: str | None = None
    lastLogin: str = ""


class People(BaseModel):
    """The people one leads."""

    agents: list[Person]


class ManagedPerson(BaseModel):
    """Somebody's account after it was made or changed."""

    id: str
    email: str
    name: str
    systemRole: Role
    roles: list[str]
    managerId: str | None
    status: Status


class ManagedAccount(BaseModel):
    """The account that was made or changed."""

    agent: ManagedPerson


class PersonAtDesk(BaseModel):
    """Somebody who takes chats now."""

    id: str
    name: str
    status: Status
    specialties: list[str]
    roles: list[str]


class PeopleAtDesk(BaseModel):
    """Who takes chats now."""

    agents: list[PersonAtDesk]


class PersonStatus(BaseModel):
    """Whether somebody is at the desk."""

    id: str
    name: str
    status: Status


class ChangedStatus(BaseModel):
    """Whether somebody is at the desk, after a change."""

    agent: PersonStatus


class Team(BaseModel):
    """A team, called a role by the older server; `managerName` is empty where there is no manager."""

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


class KeptTeam(BaseModel):
    """A team as it is stored."""

    id: str
    name: str
    description: str
    icon: str
    managerId: str | None


class ChangedTeam(BaseModel):
    """The team that was made or changed."""

    role: KeptTeam


class Invite(BaseModel):
    """A link to sign up by; 0 uses are as many as people like. `roles` and `defaultRoles` are the same teams."""

    id: str
    code: str
    label: str
    roles: list[str]
    defaultRoles: list[str]
    defaultManagerId: str | None
    maxUses: int
    usedCount: int
    expiresAt: str | None
    createdAt: str


class Invites(BaseModel):
    """The links that were not taken back."""

    links: list[Invite]


class NewInvite(Invite):
    """A new link, and the older server's address of the page behind it."""

    url: str


class MadeInvite(BaseModel):
    """The link that was made."""

    link: NewInvite


class OpenInvite(BaseModel):
    """A link that can be used, and the teams that it leads to."""

    valid: Literal[True]
    roles: list[str]
    label: str


class SignedUp(BaseModel):
    """The account that was made by a link."""

    message: str
    agentId: str


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


class CountedUse(BaseModel):
    """How often a reply was used."""

    message: str
    usageCount: int


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


class OfferedCategory(BaseModel):
    """A category as visitors see it; `prompt` is always empty here."""

    id_: str = Field(alias="_id")
    name: str
    icon: str
    prompt: Literal[""]


class ChatHit(BaseModel):
    """A chat whose visitor or summary holds the words."""

    id_: str = Field(alias="_id")
    sessionId: str
    userName: str
    userEmail: str
    status: ChatStatus
    mode: Mode
    priority: Priority
    startedAt: str
    summary: str = ""


class MessageHit(BaseModel):
    """A message that holds the words."""

    id_: str = Field(alias="_id")
    chatId: str
    sender: Sender
    content: str
    sentAt: str
    chatSessionId: str
    chatUserName: str
    senderName: str = ""


class PersonHit(BaseModel):
    """Somebody at the desk whose name or address holds the words."""

    id_: str = Field(alias="_id")
    name: str
    email: str
    systemRole: Role
    roles: list[str]
    status: Status


class TeamHit(BaseModel):
    """A team whose name or description holds the words."""

    id_: str = Field(alias="_id")
    name: str
    icon: str
    description: str


class FoundEverywhere(BaseModel):
    """What a search of the whole desk found."""

    chats: list[ChatHit]
    messages: list[MessageHit]
    agents: list[PersonHit]
    teams: list[TeamHit]


class PublicSetting(BaseModel):
    """A setting that anybody may read; null where it is not set, or not public."""

    value: str | None


REPLIES: dict[tuple[str, str], Any] = {
    ("post", "/api/agents/login"): SignedIn,
    ("post", "/api/agents/logout"): Told,
    ("get", "/api/agents/me"): OwnAccount,
    ("put", "/api/agents/me"): ChangedProfile,
    ("post", "/api/agents/change-password"): Told,
    ("get", "/api/agents/online"): PeopleAtDesk,
    ("get", "/api/agents"): People,
    ("post", "/api/agents"): ManagedAccount,
    ("put", "/api/agents/{agent_id}"): ManagedAccount,
    ("delete", "/api/agents/{agent_id}"): Told,
    ("post", "/api/agents/{agent_id}/reset-password"): Told,
    ("patch", "/api/agents/{agent_id}/status"): ChangedStatus,
    ("get", "/api/agents/roles"): Teams,
    ("post", "/api/agents/roles"): ChangedTeam,
    ("put", "/api/agents/roles/{team_id}"): ChangedTeam,
    ("delete", "/api/agents/roles/{team_id}"): Told,
    ("get", "/api/agents/invite-links"): Invites,
    ("post", "/api/agents/invite-links"): MadeInvite,
    ("delete", "/api/agents/invite-links/{invite_id}"): Told,
    ("get", "/api/agents/signup/{code}"): OpenInvite,
    ("post", "/api/agents/signup/{code}"): SignedUp,
    ("get", "/api/canned-responses"): list[CannedResponse],
    ("post", "/api/canned-responses"): CannedResponse,
    ("patch", "/api/canned-responses/{response_id}"): CannedResponse,
    ("delete", "/api/canned-responses/{response_id}"): Told,
    ("post", "/api/canned-responses/{response_id}/use"): CountedUse,
    ("get", "/api/categories"): list[OfferedCategory],
    ("get", "/api/categories/all"): list[Category],
    ("post", "/api/categories"): Category,
    ("put", "/api/categories/{category_id}"): Category,
    ("delete", "/api/categories/{category_id}"): Success,
    ("get", "/api/search"): FoundEverywhere,
    ("get", "/api/settings"): DeskSettings,
    ("put", "/api/settings"): Success,
    ("get", "/api/settings/public/{key}"): PublicSetting,
    ("post", "/api/v1/setup"): SignedIn,
}
"""What each route answers, by method and path."""
