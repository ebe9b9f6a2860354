"""Rows of teams, and the names of teams on accounts."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from aichatdesk.core.clock import to_millis
from aichatdesk.core.ids import new_id
from aichatdesk.desk import repository
from aichatdesk.desk.tables import teams
from aichatdesk.platform.storage.database import Transaction


def list_teams(tx: Transaction) -> list[Row[Any]]:
    """All teams by name."""
    return list(tx.connection.execute(select(teams).order_by(teams.c.name)))


def team_by_id(tx: Transaction, team_id: str) -> Row[Any] | None:
    """None if there is no such team."""
    return tx.connection.execute(select(teams).where(teams.c.id == team_id)).one_or_none()


def team_by_name(tx: Transaction, name: str) -> Row[Any] | None:
    """None if there is no such team."""
    return tx.connection.execute(select(teams).where(teams.c.name == name)).one_or_none()


def names_managed_by(tx: Transaction, agent_id: str) -> frozenset[str]:
    """The names of the teams that one manager leads."""
    return frozenset(
        tx.connection.execute(select(teams.c.name).where(teams.c.manager_id == agent_id)).scalars()
    )


def names_of(tx: Transaction, named: Collection[str]) -> tuple[list[str], list[str]]:
    """Team names for names or ids, in the order given, and what is neither."""
    known: dict[str, str] = {}
    for row in list_teams(tx):
        known |= {row.id: row.name, row.name: row.name}
    found = list(dict.fromkeys(known[one] for one in named if one in known))
    return found, [one for one in named if one not in known]


def insert_team(tx: Transaction, *, name: str, description: str, icon: str, manager_id: str | None) -> str:
    """Store a new team."""
    team_id = new_id()
    now = to_millis(tx.now)
    tx.connection.execute(
        insert(teams).values(
            id=team_id,
            name=name,
            description=description,
            icon=icon,
            manager_id=manager_id,
            created_at=now,
            updated_at=now,
        )
    )
    return team_id


def change_team(tx: Transaction, team_id: str, **values: Any) -> None:
    """Set columns of one team."""
    tx.connection.execute(
        update(teams).where(teams.c.id == team_id).values(updated_at=to_millis(tx.now), **values)
    )


def delete_team(tx: Transaction, team_id: str) -> None:
    """Remove a team; its name is free again."""
    tx.connection.execute(delete(teams).where(teams.c.id == team_id))


def rename_on_accounts(tx: Transaction, old: str, new: str | None) -> None:
    """Give the members of a team its new name, or none."""
    for agent in repository.list_agents(tx, with_deactivated=True):
        if old in agent.teams:
            kept = [new if name == old else name for name in agent.teams]
            repository.change_agent(tx, agent.id, roles=stored([name for name in kept if name]))


def stored(names: Sequence[str]) -> str:
    """Team names as an account keeps them."""
    return json.dumps(list(names))
