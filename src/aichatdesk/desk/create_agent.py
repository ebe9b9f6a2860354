"""Make an account, the first admin's among them."""

from functools import partial

import structlog

from aichatdesk.core.access import Actor, Role
from aichatdesk.core.errors import Forbidden, Invalid
from aichatdesk.desk import repository
from aichatdesk.desk.domain import Agent, checked_email, checked_name, checked_password
from aichatdesk.desk.passwords import Passwords
from aichatdesk.platform.storage.database import Database, Transaction

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
) -> Agent:
    """Store a new account.

    Raises:
        Invalid: A field is missing or malformed, or the address is taken.
        Forbidden: A manager wants to make somebody above an agent.
    """
    if not email or not name or not password:
        raise Invalid("Email, name, and password are required")
    address, shown, secret = checked_email(email), checked_name(name), checked_password(password)
    if role not in tuple(Role):
        raise Invalid("Invalid systemRole", field="systemRole")
    wanted = Role(str(role))
    if by.role is not Role.ADMIN and wanted is not Role.AGENT:
        raise Forbidden("Managers can only create agents")
    hashed = await passwords.hash(secret)
    return await database.write(partial(_store, email=address, name=shown, password_hash=hashed, role=wanted))


async def ensure_first_admin(database: Database, passwords: Passwords, email: str, password: str) -> None:
    """Make the administrator that the settings name, if nobody has that address yet."""
    if not email:
        return
    address = checked_email(email)
    if await database.read(partial(repository.agent_by_email, email=address)):
        return
    hashed = await passwords.hash(checked_password(password))
    await database.write(partial(_store, email=address, name="Admin", password_hash=hashed, role=Role.ADMIN))
    _log.info("administrator made", email=address)


def _store(tx: Transaction, email: str, name: str, password_hash: str, role: Role) -> Agent:
    if repository.agent_by_email(tx, email):
        raise Invalid("Email already registered", field="email")
    made = repository.insert_agent(tx, email=email, name=name, password_hash=password_hash, role=role)
    return repository.agent_by_id(tx, made)
