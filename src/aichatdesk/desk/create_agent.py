"""Make an account, the first admin's among them."""

from collections.abc import Sequence
from functools import partial

import structlog

from aichatdesk.core.access import OWNER, Actor, Role
from aichatdesk.core.errors import Forbidden, Invalid
from aichatdesk.desk import repository
from aichatdesk.desk.domain import (
    AccountMade,
    Agent,
    checked_email,
    checked_name,
    checked_password,
    checked_specialties,
)
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.rights import require_teams_led
from aichatdesk.desk.teams import checked_manager, checked_teams
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Database, Transaction

_FIRST_ADMIN_KNOWS = ("billing", "technical", "general")
_log = structlog.get_logger(__name__)


async def create_agent(
    database: Database,
    passwords: Passwords,
    by: Actor,
    *,
    email: object,
    name: object,
    password: object,
    role: object,
    teams: object = (),
    manager_id: object = None,
    specialties: object = None,
) -> Agent:
    """Store a new account; one that a manager makes is under that manager if nothing else is said.

    Raises:
        Invalid: A field is missing or malformed, or the address is taken.
        Forbidden: A manager wants to make somebody above an agent, or for another's team.
    """
    if not email or not name or not password:
        raise Invalid("Email, name, and password are required")
    address, shown, secret = checked_email(email), checked_name(name), checked_password(password)
    if role not in tuple(Role):
        raise Invalid("Invalid systemRole", field="systemRole")
    wanted, known = Role(str(role)), checked_specialties(specialties)
    if by.role is not Role.ADMIN and wanted is not Role.AGENT:
        raise Forbidden("Managers can only create agents")

    def check(tx: Transaction) -> tuple[list[str], str | None]:
        named = checked_teams(tx, teams)
        require_teams_led(tx, by, named, "You don't manage these roles")
        return named, checked_manager(tx, manager_id)

    named, manager = await database.read(check)
    if by.role is Role.MANAGER:
        manager = by.id
    hashed = await passwords.hash(secret)

    def work(tx: Transaction) -> Agent:
        made = store_agent(
            tx,
            email=address,
            name=shown,
            password_hash=hashed,
            role=wanted,
            teams=named,
            manager_id=manager,
            specialties=known,
        )
        note(tx, by, Act.AGENT_CREATED, made.email, {"id": made.id, "role": made.role.value})
        return made

    return await database.write(work)


async def ensure_first_admin(database: Database, passwords: Passwords, email: str, password: str) -> None:
    """Make the administrator that the settings name, if nobody has that address yet."""
    if not email:
        return
    address = checked_email(email)
    if await database.read(partial(repository.agent_by_email, email=address)):
        return
    hashed = await passwords.hash(checked_password(password))

    def work(tx: Transaction) -> None:
        made = store_admin(tx, email=address, name="Admin", password_hash=hashed)
        note(tx, OWNER, Act.AGENT_CREATED, made.email, {"id": made.id, "role": made.role.value})

    await database.write(work)
    _log.info("administrator made", email=address)


def store_admin(tx: Transaction, *, email: str, name: str, password_hash: str) -> Agent:
    """Store the checked account of a desk's first administrator; raises as `store_agent`."""
    return store_agent(
        tx,
        email=email,
        name=name,
        password_hash=password_hash,
        role=Role.ADMIN,
        specialties=_FIRST_ADMIN_KNOWS,
    )


def store_agent(
    tx: Transaction,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    teams: Sequence[str] = (),
    manager_id: str | None = None,
    specialties: Sequence[str] = (),
) -> Agent:
    """Store a checked account; raises `Invalid` if the address is taken."""
    if repository.agent_by_email(tx, email):
        raise Invalid("Email already registered", field="email")
    made = repository.insert_agent(
        tx,
        email=email,
        name=name,
        password_hash=password_hash,
        role=role,
        teams=teams,
        manager_id=manager_id,
        specialties=specialties,
    )
    tx.record(AccountMade(made))
    return repository.agent_by_id(tx, made)
