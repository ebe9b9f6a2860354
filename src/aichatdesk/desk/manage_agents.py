"""Change accounts: one's own, and those of the people one leads."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Conflict, Forbidden, Invalid, Unauthenticated
from aichatdesk.core.ids import AgentId
from aichatdesk.desk import repository, team_repository
from aichatdesk.desk.domain import (
    STATUSES,
    Agent,
    AgentNotFound,
    checked_email,
    checked_name,
    checked_password,
    checked_specialties,
)
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.rights import leads, require_teams_led
from aichatdesk.desk.teams import checked_manager, checked_teams
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Database, Transaction

_NEW_PASSWORD = "New password must be at least 8 characters"  # noqa: S105 - a sentence


def agents_led_by(tx: Transaction, actor: Actor, status: str | None) -> list[Agent]:
    """Everybody for an admin; for a manager the people they lead, and themselves."""
    found = repository.list_agents(tx, status=status if status in STATUSES else None)
    return [agent for agent in found if agent.id == actor.id or leads(tx, actor, agent)]


def change_own(tx: Transaction, actor: Actor, fields: Mapping[str, Any]) -> Agent:
    """Set one's own name and addresses; an empty name is ignored, an empty address clears it."""
    values: dict[str, Any] = {"name": checked_name(fields["name"])} if fields.get("name") else {}
    values |= _addresses(fields)
    repository.change_agent(tx, actor.id, **values)
    agent = repository.agent_by_id(tx, actor.id)
    note(tx, actor, Act.AGENT_CHANGED, agent.email, {"id": agent.id, "fields": sorted(values)})
    return agent


async def change_own_password(
    database: Database, passwords: Passwords, actor: Actor, current: object, new: object
) -> None:
    """Set one's own password; every other session ends.

    Raises:
        Invalid: A password is missing or the new one too short.
        Unauthenticated: The current one is wrong.
    """
    if not current or not new or not isinstance(current, str):
        raise Invalid("Current and new password required")
    secret = _checked_new_password(new)
    agent = await database.read(partial(repository.agent_by_id, agent_id=actor.id))
    right, _ = await passwords.check(current, agent.password_hash)
    if not right:
        raise Unauthenticated("Current password is incorrect")
    hashed = await passwords.hash(secret)

    def work(tx: Transaction) -> None:
        _set_password(tx, actor.id, hashed)
        note(tx, actor, Act.PASSWORD_CHANGED, agent.email, {"id": agent.id})

    await database.write(work)


async def reset_password(
    database: Database, passwords: Passwords, actor: Actor, agent_id: AgentId, new: object
) -> None:
    """Set the password of somebody one leads; their sessions end.

    Raises:
        AgentNotFound: No such account.
        Forbidden: It is not under the actor.
        Invalid: The password is too short.
    """
    await database.read(partial(_led, actor=actor, agent_id=agent_id, sentence=_RESET))
    hashed = await passwords.hash(_checked_new_password(new))

    def work(tx: Transaction) -> None:
        agent = _led(tx, actor, agent_id, _RESET)
        _set_password(tx, agent_id, hashed)
        note(tx, actor, Act.PASSWORD_RESET, agent.email, {"id": agent.id})

    await database.write(work)


async def change_agent(
    database: Database, passwords: Passwords, actor: Actor, agent_id: AgentId, fields: Mapping[str, Any]
) -> Agent:
    """Set what is given of an account one leads; only an admin gives another role.

    Raises:
        AgentNotFound: No such account.
        Forbidden: It is not under the actor, or a team is another's.
        Invalid: A field is malformed, or the address is taken.
        Conflict: It would leave the desk without an admin.
    """
    await database.read(partial(_led, actor=actor, agent_id=agent_id, sentence=_MANAGE))
    secret = fields.get("password")
    hashed = await passwords.hash(_checked_new_password(secret)) if secret else None

    def work(tx: Transaction) -> Agent:
        agent = _led(tx, actor, agent_id, _MANAGE)
        values = _changes(tx, actor, agent, fields)
        if values:
            repository.change_agent(tx, agent_id, **values)
        if hashed:
            _set_password(tx, agent_id, hashed)
        changed = repository.agent_by_id(tx, agent_id)
        fields_set = sorted([*values, *(["password"] if hashed else [])])
        role = {"role": changed.role.value} if "system_role" in values else {}
        note(tx, actor, Act.AGENT_CHANGED, changed.email, {"id": agent_id, "fields": fields_set, **role})
        return changed

    return await database.write(work)


def deactivate_agent(tx: Transaction, actor: Actor, agent_id: AgentId) -> None:
    """Close an account and end its sessions; raises `Conflict` for the last admin's."""
    agent = repository.agent_by_id(tx, agent_id)
    _keep_an_admin(tx, agent)
    repository.change_agent(
        tx, agent_id, active=False, status="offline", token_version=agent.token_version + 1
    )
    note(tx, actor, Act.AGENT_DEACTIVATED, agent.email, {"id": agent_id})


def set_status(tx: Transaction, actor: Actor, agent_id: AgentId, status: object) -> Agent:
    """Say whether somebody is at the desk: oneself, or somebody one leads.

    Raises:
        Invalid: No such status.
        Forbidden: It is somebody else's.
        AgentNotFound: No such account, or it is deactivated.
    """
    if status not in STATUSES:
        raise Invalid("Invalid status", field="status")
    if agent_id != actor.id and actor.role is Role.AGENT:
        raise Forbidden("Insufficient permissions")
    agent = repository.agent_by_id(tx, agent_id)
    if not agent.active:
        raise AgentNotFound
    if agent_id != actor.id and not leads(tx, actor, agent):
        raise Forbidden("Insufficient permissions")
    repository.change_agent(tx, agent_id, status=status)
    if agent_id != actor.id:
        note(tx, actor, Act.AGENT_CHANGED, agent.email, {"id": agent_id, "fields": ["status"]})
    return repository.agent_by_id(tx, agent_id)


_MANAGE = "You can only manage agents in your teams"
_RESET = "You can only reset passwords for agents in your teams"


def _led(tx: Transaction, actor: Actor, agent_id: AgentId, sentence: str) -> Agent:
    agent = repository.agent_by_id(tx, agent_id)
    if not leads(tx, actor, agent):
        raise Forbidden(sentence)
    return agent


def _changes(tx: Transaction, actor: Actor, agent: Agent, fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = dict(_addresses(fields))
    if fields.get("name"):
        values["name"] = checked_name(fields["name"])
    if fields.get("email"):
        values["email"] = checked_email(fields["email"])
        other = repository.agent_by_email(tx, values["email"])
        if other is not None and other.id != agent.id:
            raise Invalid("Email already registered", field="email")
    if "roles" in fields:
        named = checked_teams(tx, fields["roles"])
        require_teams_led(tx, actor, set(named) ^ set(agent.teams), "You don't manage these roles")
        values["roles"] = team_repository.stored(named)
    if fields.get("specialties") is not None:
        values["specialties"] = json.dumps(checked_specialties(fields["specialties"]))
    if actor.role is Role.ADMIN:
        if "managerId" in fields:
            values["manager_id"] = checked_manager(tx, fields["managerId"])
        if fields.get("systemRole"):
            values |= _new_role(tx, agent, fields["systemRole"])
    return values


def _new_role(tx: Transaction, agent: Agent, role: object) -> dict[str, Any]:
    if role not in tuple(Role):
        raise Invalid("Invalid systemRole", field="systemRole")
    if role != Role.ADMIN:
        _keep_an_admin(tx, agent)
    return {"system_role": Role(str(role)).value}


def _keep_an_admin(tx: Transaction, agent: Agent) -> None:
    others = [one for one in repository.list_agents(tx) if one.role is Role.ADMIN and one.id != agent.id]
    if agent.role is Role.ADMIN and not others:
        raise Conflict("This is the only admin; make another one first.")


def _addresses(fields: Mapping[str, Any]) -> dict[str, str]:
    columns = {"office365Email": "office365_email", "teamsEmail": "teams_email"}
    return {
        column: checked_email(fields[name], name) if fields[name] else ""
        for name, column in columns.items()
        if fields.get(name) is not None
    }


def _checked_new_password(value: object) -> str:
    try:
        return checked_password(value)
    except Invalid as error:
        raise Invalid(_NEW_PASSWORD, field="newPassword") from error


def _set_password(tx: Transaction, agent_id: AgentId, hashed: str) -> None:
    agent = repository.agent_by_id(tx, agent_id)
    repository.change_agent(tx, agent_id, password_hash=hashed, token_version=agent.token_version + 1)
