"""Accounts as the routes show them; each of the old server's routes has a shape of its own."""

from collections.abc import Mapping
from typing import Any

from aichatdesk.core.clock import to_iso
from aichatdesk.desk.domain import Agent


def signed_in(agent: Agent) -> dict[str, Any]:
    """After signing in."""
    shown: dict[str, Any] = {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "role": agent.role.value,
        "systemRole": agent.role.value,
        "roles": list(agent.teams),
        "status": agent.status,
        "office365Email": agent.office365_email,
        "teamsEmail": agent.teams_email,
    }
    return shown | ({"managerId": agent.manager_id} if agent.manager_id else {})


def own(agent: Agent, manager_name: str | None) -> dict[str, Any]:
    """One's own account."""
    shown = signed_in(agent) | {"managerName": manager_name, "specialties": list(agent.specialties)}
    return shown | _last_login(agent) | ({"avatar": agent.avatar} if agent.avatar is not None else {})


def profile(agent: Agent) -> dict[str, Any]:
    """One's own account after a change."""
    return {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "office365Email": agent.office365_email,
        "teamsEmail": agent.teams_email,
    }


def in_list(agent: Agent, names: Mapping[str, str], status: str) -> dict[str, Any]:
    """Among the others; `names` tells managers' names by id, `status` is what others should see."""
    shown: dict[str, Any] = {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "systemRole": agent.role.value,
        "roles": list(agent.teams),
        "managerName": names.get(agent.manager_id or "", ""),
        "status": status,
        "specialties": list(agent.specialties),
        "office365Email": agent.office365_email,
        "teamsEmail": agent.teams_email,
    }
    return shown | _last_login(agent) | ({"managerId": agent.manager_id} if agent.manager_id else {})


def managed(agent: Agent) -> dict[str, Any]:
    """After somebody made or changed it."""
    return {
        "id": agent.id,
        "email": agent.email,
        "name": agent.name,
        "systemRole": agent.role.value,
        "roles": list(agent.teams),
        "managerId": agent.manager_id,
        "status": agent.status,
    }


def _last_login(agent: Agent) -> dict[str, Any]:
    return {"lastLogin": to_iso(agent.last_login)} if agent.last_login else {}
