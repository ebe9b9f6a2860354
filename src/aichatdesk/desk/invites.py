"""Invite links: whoever has one makes an agent's account of their own."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Row, insert, select, update

from aichatdesk.core.access import Actor, Role
from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import Gone, Invalid, NotFound
from aichatdesk.core.ids import new_id
from aichatdesk.core.text import clean
from aichatdesk.desk import team_repository
from aichatdesk.desk.create_agent import store_agent
from aichatdesk.desk.domain import Agent, checked_email, checked_name, checked_password
from aichatdesk.desk.passwords import Passwords
from aichatdesk.desk.rights import require_teams_led
from aichatdesk.desk.tables import invite_links
from aichatdesk.desk.teams import checked_manager, checked_teams
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.storage.database import Database, Transaction

_CODE_BYTES = 16
_LONGEST_LABEL = 100
_MOST_USES = 10_000
_LONGEST_NUMBER = 10


class InviteNotFound(NotFound):
    """No such link, or it was taken back."""

    def __init__(self) -> None:
        super().__init__("Invalid or expired invite link")


def create_invite(tx: Transaction, actor: Actor, fields: Mapping[str, Any]) -> Row[Any]:
    """Make a link of `label`, `defaultRoles` (or `roles`), `defaultManagerId`, `maxUses` and `expiresAt`.

    Raises:
        Invalid: A field is malformed.
        Forbidden: A manager invites to another's team.
    """
    named = checked_teams(tx, fields.get("defaultRoles") or fields.get("roles"))
    require_teams_led(tx, actor, named, "You don't manage")
    manager = checked_manager(tx, fields.get("defaultManagerId"))
    label = fields.get("label") or ""
    if not isinstance(label, str) or len(label) > _LONGEST_LABEL:
        raise Invalid(f"label must be a text of at most {_LONGEST_LABEL} characters.", field="label")
    invite_id = new_id()
    tx.connection.execute(
        insert(invite_links).values(
            id=invite_id,
            code=secrets.token_hex(_CODE_BYTES),
            label=clean(label).strip(),
            teams=json.dumps(named),
            manager_id=actor.id if actor.role is Role.MANAGER else manager,
            most_uses=_checked_uses(fields.get("maxUses")),
            uses=0,
            expires_at=_checked_end(fields.get("expiresAt"), tx.now),
            created_by=actor.id,
            active=True,
            created_at=to_millis(tx.now),
        )
    )
    made = tx.connection.execute(select(invite_links).where(invite_links.c.id == invite_id)).one()
    note(tx, actor, Act.INVITE_CREATED, made.label or None, {"id": invite_id, "teams": named})
    return made


def list_invites(tx: Transaction, actor: Actor) -> list[dict[str, Any]]:
    """The links that still stand, newest first; a manager sees their own."""
    query = select(invite_links).where(invite_links.c.active.is_(True))
    if actor.role is not Role.ADMIN:
        query = query.where(invite_links.c.created_by == actor.id)
    rows = tx.connection.execute(query.order_by(invite_links.c.created_at.desc(), invite_links.c.id.desc()))
    return [_shown(row) for row in rows]


def take_back(tx: Transaction, actor: Actor, invite_id: str) -> None:
    """End a link; raises `NotFound` if there is none, or it is another manager's."""
    row = tx.connection.execute(select(invite_links).where(invite_links.c.id == invite_id)).one_or_none()
    if row is None or (actor.role is not Role.ADMIN and row.created_by != actor.id):
        raise NotFound("Invite link not found")
    tx.connection.execute(update(invite_links).where(invite_links.c.id == invite_id).values(active=False))
    note(tx, actor, Act.INVITE_TAKEN_BACK, row.label or None, {"id": invite_id})


def open_invite(tx: Transaction, code: str) -> Row[Any]:
    """A link that can be used now.

    Raises:
        InviteNotFound: Unknown or taken back.
        Gone: Its time is over, or it was used as often as it may be.
    """
    row = tx.connection.execute(
        select(invite_links).where(invite_links.c.code == code, invite_links.c.active.is_(True))
    ).one_or_none()
    if row is None:
        raise InviteNotFound
    if row.expires_at is not None and row.expires_at <= to_millis(tx.now):
        raise Gone("Invite link has expired")
    if row.most_uses and row.uses >= row.most_uses:
        raise Gone("Invite link has reached max uses")
    return row


async def sign_up(
    database: Database, passwords: Passwords, code: str, *, name: object, email: object, password: object
) -> Agent:
    """Make an account with a link; the use is counted in the same transaction.

    Raises:
        InviteNotFound, Gone: As `open_invite`.
        Invalid: A field is missing or malformed, or the address is taken.
    """
    await database.read(partial(open_invite, code=code))
    if not name or not email or not password:
        raise Invalid("Name, email, and password required")
    address, shown, secret = checked_email(email), checked_name(name), checked_password(password)
    hashed = await passwords.hash(secret)

    def work(tx: Transaction) -> Agent:
        link = open_invite(tx, code)
        # Teams that were renamed or deleted since are left out.
        named, _ = team_repository.names_of(tx, json.loads(link.teams))
        agent = store_agent(
            tx,
            email=address,
            name=shown,
            password_hash=hashed,
            role=Role.AGENT,
            teams=named,
            manager_id=link.manager_id,
        )
        tx.connection.execute(
            update(invite_links).where(invite_links.c.id == link.id).values(uses=invite_links.c.uses + 1)
        )
        note(tx, agent.actor, Act.AGENT_SIGNED_UP, agent.email, {"id": agent.id, "invite": link.id})
        return agent

    return await database.write(work)


def _checked_uses(value: object) -> int:
    if value in (None, ""):
        return 0
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER:
        value = int(value)  # as a form sends it
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_USES:
        raise Invalid(
            f"maxUses must be a whole number from 0 to {_MOST_USES}; 0 is no limit.", field="maxUses"
        )
    return value


def _checked_end(value: object, now: datetime) -> int | None:
    if value in (None, ""):
        return None
    try:
        end = datetime.fromisoformat(str(value))
        millis = to_millis((end if end.tzinfo else end.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise Invalid("expiresAt must be a date like 2026-12-31T23:59:59Z.", field="expiresAt") from error
    if millis <= to_millis(now):
        raise Invalid("expiresAt is over already.", field="expiresAt")
    return millis


def _shown(row: Row[Any]) -> dict[str, Any]:
    named = json.loads(row.teams)
    return {
        "id": row.id,
        "code": row.code,
        "label": row.label,
        "defaultRoles": named,
        "roles": named,
        "defaultManagerId": row.manager_id,
        "maxUses": row.most_uses,
        "usedCount": row.uses,
        "expiresAt": to_iso(from_millis(row.expires_at)) if row.expires_at is not None else None,
        "createdAt": to_iso(from_millis(row.created_at)),
    }
