"""How the outbox stands with one service."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from aichatdesk.core.clock import from_millis
from aichatdesk.outbound.outbox import State
from aichatdesk.outbound.tables import outbox
from aichatdesk.platform.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many items wait, how many were given up, and when one last went out (of the last 30 days)."""

    waiting: int
    dead: int
    last_sent_at: datetime | None


def outbox_state(tx: Transaction, kind: str) -> OutboxState:
    """The state of one kind of item."""
    rows = tx.connection.execute(
        select(outbox.c.state, func.count().label("many"), func.max(outbox.c.settled_at).label("last"))
        .where(outbox.c.kind == kind)
        .group_by(outbox.c.state)
    ).all()
    many = {row.state: row.many for row in rows}
    last = next((row.last for row in rows if row.state == State.SENT), None)
    return OutboxState(
        many.get(State.WAITING.value, 0),
        many.get(State.DEAD.value, 0),
        from_millis(last) if last is not None else None,
    )
