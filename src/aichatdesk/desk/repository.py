"""Rows of accounts and categories."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from aichatdesk.core.access import Role
from aichatdesk.core.clock import from_millis, to_millis
from aichatdesk.core.ids import AgentId, new_id
from aichatdesk.desk.domain import AccountChanged, Agent, AgentNotFound
from aichatdesk.desk.tables import agents, categories
from aichatdesk.platform.storage.database import Transaction


def count_agents(tx: Transaction) -> int:
    """How many accounts there are, deactivated ones included."""
    return int(tx.connection.execute(select(func.count()).select_from(agents)).scalar_one())


def agent_by_id(tx: Transaction, agent_id: AgentId) -> Agent:
    """Raises `AgentNotFound`."""
    row = tx.connection.execute(select(agents).where(agents.c.id == agent_id)).one_or_none()
    if row is None:
        raise AgentNotFound
    return _agent(row)


def agent_by_email(tx: Transaction, email: str) -> Agent | None:
    """None if nobody has this address."""
    row = tx.connection.execute(select(agents).where(agents.c.email == email)).one_or_none()
    return _agent(row) if row else None


def active_agents_by_address(tx: Transaction, address: str) -> list[Agent]:
    """Active accounts that have this address, in lower case, as their own or as one in another product."""
    own = func.lower(agents.c.email) == address
    elsewhere = or_(
        func.lower(agents.c.teams_email) == address, func.lower(agents.c.office365_email) == address
    )
    query = select(agents).where(agents.c.active.is_(True), or_(own, elsewhere))
    return [_agent(row) for row in tx.connection.execute(query)]


def agents_by_ids(tx: Transaction, agent_ids: Collection[AgentId]) -> list[Agent]:
    """Those of the accounts that exist, deactivated ones included."""
    if not agent_ids:
        return []
    return [_agent(row) for row in tx.connection.execute(select(agents).where(agents.c.id.in_(agent_ids)))]


def list_agents(tx: Transaction, *, status: str | None = None, with_deactivated: bool = False) -> list[Agent]:
    """The accounts, by name; those that are deactivated only if wanted."""
    query = select(agents).order_by(agents.c.name)
    if not with_deactivated:
        query = query.where(agents.c.active.is_(True))
    if status:
        query = query.where(agents.c.status == status)
    return [_agent(row) for row in tx.connection.execute(query)]


def insert_agent(
    tx: Transaction,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    teams: Sequence[str] = (),
    manager_id: str | None = None,
    specialties: Sequence[str] = (),
) -> AgentId:
    """Store a new account."""
    agent_id = AgentId(new_id())
    now = to_millis(tx.now)
    tx.connection.execute(
        insert(agents).values(
            id=agent_id,
            email=email,
            name=name,
            password_hash=password_hash,
            system_role=role.value,
            roles=json.dumps(list(teams)),
            manager_id=manager_id,
            status="offline",
            specialties=json.dumps(list(specialties)),
            office365_email="",
            teams_email="",
            active=True,
            token_version=1,
            created_at=now,
            updated_at=now,
        )
    )
    return agent_id


def change_agent(tx: Transaction, agent_id: AgentId, **values: Any) -> None:
    """Set columns of one account and tell the house; whoever listens in its name is asked again."""
    tx.connection.execute(
        update(agents).where(agents.c.id == agent_id).values(updated_at=to_millis(tx.now), **values)
    )
    tx.record(AccountChanged(agent_id))


def note_seen(tx: Transaction, agent_id: AgentId) -> None:
    """The agent is at the desk now; nobody need be told."""
    tx.connection.execute(update(agents).where(agents.c.id == agent_id).values(last_seen=to_millis(tx.now)))


def note_assigned(tx: Transaction, agent_id: AgentId) -> None:
    """The agent was given a chat now."""
    tx.connection.execute(
        update(agents).where(agents.c.id == agent_id).values(last_assigned=to_millis(tx.now))
    )


def list_categories(tx: Transaction, *, all_of_them: bool) -> list[Row[Any]]:
    """Categories in their order; only the active ones unless all are wanted."""
    query = select(categories).order_by(categories.c.sort_order, categories.c.name)
    if not all_of_them:
        query = query.where(categories.c.active.is_(True))
    return list(tx.connection.execute(query))


def category_by_id(tx: Transaction, category_id: str) -> Row[Any] | None:
    """None if there is no such category."""
    return tx.connection.execute(select(categories).where(categories.c.id == category_id)).one_or_none()


def insert_category(
    tx: Transaction, *, name: str, prompt: str, icon: str, sort_order: int, active: bool
) -> str:
    """Store a new category."""
    category_id = new_id()
    now = to_millis(tx.now)
    tx.connection.execute(
        insert(categories).values(
            id=category_id,
            name=name,
            icon=icon,
            prompt=prompt,
            active=active,
            sort_order=sort_order,
            created_at=now,
            updated_at=now,
        )
    )
    return category_id


def change_category(tx: Transaction, category_id: str, **values: Any) -> None:
    """Set columns of one category."""
    tx.connection.execute(
        update(categories)
        .where(categories.c.id == category_id)
        .values(updated_at=to_millis(tx.now), **values)
    )


def delete_category(tx: Transaction, category_id: str) -> None:
    """Remove a category."""
    tx.connection.execute(delete(categories).where(categories.c.id == category_id))


def _moment(value: int | None) -> datetime | None:
    return from_millis(value) if value is not None else None


def _agent(row: Row[Any]) -> Agent:
    return Agent(
        id=AgentId(row.id),
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        role=Role(row.system_role),
        teams=tuple(json.loads(row.roles)),
        manager_id=row.manager_id,
        status=row.status,
        specialties=tuple(json.loads(row.specialties)),
        office365_email=row.office365_email,
        teams_email=row.teams_email,
        active=row.active,
        token_version=row.token_version,
        last_login=_moment(row.last_login),
        last_seen=_moment(row.last_seen),
        last_assigned=_moment(row.last_assigned),
        avatar=row.avatar,
    )
