"""Lanes of the outbox: items of one lane go out in the order of their places, one after the other."""

from typing import Any

from sqlalchemy import Row, func, select

from aichatdesk.outbound.tables import outbox
from aichatdesk.platform.storage.database import Transaction


def next_place(tx: Transaction, lane: str) -> int:
    """The place behind everything that is or was in a lane."""
    last = tx.connection.execute(select(func.max(outbox.c.place)).where(outbox.c.lane == lane)).scalar()
    return (last or 0) + 1


def first_in(tx: Transaction, lane: str) -> Row[Any] | None:
    """The item that is next to be sent in a lane; None if nothing waits there."""
    waiting = select(outbox).where(outbox.c.lane == lane, outbox.c.settled_at.is_(None))
    return tx.connection.execute(waiting.order_by(outbox.c.place).limit(1)).one_or_none()


def is_first(tx: Transaction, lane: str, item_id: str) -> bool:
    """Whether nothing in its lane comes before an item that waits."""
    first = first_in(tx, lane)
    return first is not None and first.id == item_id
