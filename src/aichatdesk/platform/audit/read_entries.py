"""Read the audit list, newest first."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from aichatdesk.core.clock import from_millis, to_iso
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.tables import audit_entries
from aichatdesk.platform.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: those before one, of one actor, of one act; None is no condition."""

    before: int | None = None
    actor: str | None = None
    act: Act | None = None


def entries(tx: Transaction, wanted: Wanted, *, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """A page of entries, and the number before which the next page begins; None where there is no more."""
    query = select(audit_entries).order_by(audit_entries.c.id.desc()).limit(limit + 1)
    if wanted.before is not None:
        query = query.where(audit_entries.c.id < wanted.before)
    if wanted.actor is not None:
        query = query.where(audit_entries.c.actor_id == wanted.actor)
    if wanted.act is not None:
        query = query.where(audit_entries.c.action == wanted.act.value)
    rows = tx.connection.execute(query).all()
    page = rows[:limit]
    return [_shown(row) for row in page], page[-1].id if len(rows) > limit else None


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": to_iso(from_millis(row.at)),
        "actor": {"id": row.actor_id, "name": row.actor_name} if row.actor_id else None,
        "action": row.action,
        "target": row.target,
        "facts": json.loads(row.facts),
    }
