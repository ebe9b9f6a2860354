"""Teams: groups of agents under one manager, called roles in the old server's routes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Forbidden, Invalid, NotFound
from aichatdesk.core.ids import AgentId, require_id
from aichatdesk.core.text import clean
from aichatdesk.desk import repository, team_repository
from aichatdesk.desk.domain import Agent, AgentNotFound, plain_name
from aichatdesk.desk.icons import checked_icon
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Transaction

DEFAULT_ICON = "👥"
_SHORTEST_NAME = 2
_LONGEST_NAME = 60
_LONGEST_DESCRIPTION = 500
_MOST_TEAMS = 50


class TeamNotFound(NotFound):
    """No such team."""

    def __init__(self) -> None:
        super().__init__("Role not found")


def checked_teams(tx: Transaction, value: object) -> list[str]:
    """Team names for a list of names or ids; raises `Invalid` with what is neither."""
    if value in (None, "", ()):
        return []
    if (
        not isinstance(value, list)
        or len(value) > _MOST_TEAMS
        or not all(isinstance(one, str) for one in value)
    ):
        raise Invalid("roles must be a list of team names or ids.", field="roles")
    found, unknown = team_repository.names_of(tx, value)
    if unknown:
        raise Invalid(f"Unknown roles: {', '.join(one[:_LONGEST_NAME] for one in unknown)}", field="roles")
    return found


def checked_manager(tx: Transaction, value: object) -> str | None:
    """The id of a manager or admin, or None where none is named; raises `Invalid` otherwise."""
    if not value:
        return None
    agent_id = AgentId(require_id(value, "managerId"))
    manager = _active_agent(tx, agent_id)
    if manager is None or manager.role is Role.AGENT:
        raise Invalid("managerId must be the id of a manager or an admin.", field="managerId")
    return agent_id


def icon_topic(
    tx: Transaction, fields: Mapping[str, Any], *, actor: Actor | None = None, team_id: str | None = None
) -> tuple[str, str] | None:
    """The name and description that an icon is to be picked for; None where the team has one or gets one.

    `team_id` is that of a team which `actor` is about to change. Raises as `create_team` and `change_team`.
    """
    given = checked_icon(fields.get("icon"))
    if actor is None or team_id is None:
        name = _checked_name(tx, fields.get("name"))
        return None if given else (name, _text(fields, "description", _LONGEST_DESCRIPTION))
    team = _team_of(tx, actor, team_id)
    if given or fields.get("name") is None:
        return None
    name = _checked_name(tx, fields["name"], own=team.id)
    description = _text(fields, "description", _LONGEST_DESCRIPTION) or team.description or ""
    return (name, description) if name != team.name else None


def create_team(
    tx: Transaction, actor: Actor, fields: Mapping[str, Any], *, picked: str | None = None
) -> Row[Any]:
    """Make a team of `name`, `description`, `icon` and `managerId`; `picked` is the icon where none is given.

    Raises:
        Invalid: The name is missing, too short or taken, or another field is malformed.
    """
    name = _checked_name(tx, fields.get("name"))
    made = team_repository.insert_team(
        tx,
        name=name,
        description=_text(fields, "description", _LONGEST_DESCRIPTION),
        icon=checked_icon(fields.get("icon")) or picked or DEFAULT_ICON,
        manager_id=checked_manager(tx, fields.get("managerId")),
    )
    note(tx, actor, Act.TEAM_CREATED, name, {"id": made})
    return _team(tx, made)


def change_team(
    tx: Transaction, actor: Actor, team_id: str, fields: Mapping[str, Any], *, picked: str | None = None
) -> Row[Any]:
    """Set what is given; a new name reaches the team's members. Only an admin names another manager.

    `picked` is the icon that goes with a new name where none is given.

    Raises:
        TeamNotFound: No such team.
        Forbidden: The team is another manager's.
        Invalid: A field is malformed, or the name is taken.
    """
    team = _team_of(tx, actor, team_id)
    values: dict[str, Any] = {}
    if fields.get("name") is not None:
        values["name"] = _checked_name(tx, fields["name"], own=team.id)
    if "description" in fields:
        values["description"] = _text(fields, "description", _LONGEST_DESCRIPTION)
    if icon := checked_icon(fields.get("icon")) or picked:
        values["icon"] = icon
    if "managerId" in fields and actor.role is Role.ADMIN:
        values["manager_id"] = checked_manager(tx, fields["managerId"])
    if values:
        team_repository.change_team(tx, team.id, **values)
    if values.get("name", team.name) != team.name:
        team_repository.rename_on_accounts(tx, team.name, values["name"])
    facts = {"id": team.id, "fields": sorted(values)}
    note(tx, actor, Act.TEAM_CHANGED, values.get("name", team.name), facts)
    return _team(tx, team.id)


def delete_team(tx: Transaction, actor: Actor, team_id: str) -> None:
    """Remove a team, from its members too; raises `TeamNotFound`."""
    team = _team(tx, team_id)
    team_repository.delete_team(tx, team.id)
    team_repository.rename_on_accounts(tx, team.name, None)
    note(tx, actor, Act.TEAM_DELETED, team.name, {"id": team.id})


def list_teams(tx: Transaction) -> list[dict[str, Any]]:
    """Every team with its manager's name and how many people are in it."""
    people = repository.list_agents(tx)
    names = {agent.id: agent.name for agent in people}
    return [
        {
            "id": team.id,
            "name": team.name,
            "description": team.description,
            "icon": team.icon,
            "managerName": names.get(team.manager_id, ""),
            "agentCount": sum(team.name in agent.teams for agent in people),
        }
        | ({"managerId": team.manager_id} if team.manager_id else {})
        for team in team_repository.list_teams(tx)
    ]


def _team(tx: Transaction, team_id: str) -> Row[Any]:
    team = team_repository.team_by_id(tx, team_id)
    if team is None:
        raise TeamNotFound
    return team


def _team_of(tx: Transaction, actor: Actor, team_id: str) -> Row[Any]:
    team = _team(tx, team_id)
    if actor.role is not Role.ADMIN and team.manager_id != actor.id:
        raise Forbidden("You can only edit roles you manage")
    return team


def _checked_name(tx: Transaction, value: object, own: str | None = None) -> str:
    name = plain_name(value.strip()) if isinstance(value, str) else ""
    if len(name) < _SHORTEST_NAME:
        raise Invalid("Role name required (min 2 chars)", field="name")
    if len(name) > _LONGEST_NAME:
        raise Invalid(f"A role's name has at most {_LONGEST_NAME} characters.", field="name")
    taken = team_repository.team_by_name(tx, name)
    if taken is not None and taken.id != own:
        raise Invalid("Role name already exists", field="name")
    return name


def _text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > longest:
        raise Invalid(f"{name} must be a text of at most {longest} characters.", field=name)
    return clean(value).strip()


def _active_agent(tx: Transaction, agent_id: AgentId) -> Agent | None:
    try:
        agent = repository.agent_by_id(tx, agent_id)
    except AgentNotFound:
        return None
    return agent if agent.active else None
