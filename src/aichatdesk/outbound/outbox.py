"""What other services are to be told: written with the change that calls for it, delivered until it is settled.

An item goes out at least once: a kill between the sending and the note of it sends it again. So each carries its own
id, which a sender passes on where the other service can tell a repetition by it; and an attempt is counted before it
is made, so that a sender knows when an earlier one may have got through.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

import structlog
from sqlalchemy import Row, delete, func, insert, select, update

from aichatdesk.core.access import Actor
from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import Conflict, DeskError, NotFound
from aichatdesk.core.ids import ChatId, new_id
from aichatdesk.outbound.outbox_lanes import first_in, is_first, next_place
from aichatdesk.outbound.tables import outbox
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.jobs.queue import GiveUp, TryLater, enqueue
from aichatdesk.platform.storage.database import Database, Transaction

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)
_PATIENCE = timedelta(hours=24)
_KEPT = timedelta(days=30)
_MOST_LISTED = 200
_log = structlog.get_logger(__name__)


class State(StrEnum):
    """How far an item has come."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell another service; `attempts` counts the one that is being made."""

    id: str
    kind: str
    key: str
    payload: Mapping[str, Any]
    chat_id: ChatId | None
    created_at: datetime
    attempts: int = 1


class Rejected(DeskError):
    """The other service will never take this; sending it again unchanged cannot help."""

    kind: ClassVar[str] = "invalid"


class NotNow(DeskError):
    """The other service does not take this now; `after` is when it asked to be tried again."""

    kind: ClassVar[str] = "unavailable"

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


# Sends one item and returns what the other service calls it; raises `Rejected` or `NotNow`.
Sender = Callable[[Item], Awaitable[str | None]]


def job_of(kind: str) -> str:
    """The kind of job that delivers items of one kind; each has a runner, so a silent service holds up no other."""
    return f"deliver_{kind}"


def put(
    tx: Transaction,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str,
    title: str,
    chat_id: ChatId | None = None,
    delay: timedelta = timedelta(0),
    lane: str | None = None,
) -> bool:
    """Add an item that becomes real with this transaction; False if its key was put in before.

    `title` is what the dashboard lists; it should tell no more of a person than it must. Items of one `lane` go out
    in the order in which they were put in: each waits until those before it are settled.
    """
    if is_known(tx, key):
        return False
    item_id = new_id()
    tx.connection.execute(
        insert(outbox).values(
            id=item_id,
            kind=kind,
            key=key,
            title=title[:200],
            chat_id=chat_id,
            payload=json.dumps(dict(payload), ensure_ascii=False),
            state=State.WAITING.value,
            attempts=0,
            created_at=to_millis(tx.now),
            lane=lane,
            place=next_place(tx, lane) if lane else None,
        )
    )
    _have_delivered(tx, item_id, kind, delay)
    return True


async def deliver(database: Database, senders: Mapping[str, Sender], payload: Mapping[str, Any]) -> None:
    """The durable job: send one item, or say when to try again; after a day it is dead.

    Raises:
        TryLater: The other service does not take it now.
        GiveUp: It is dead.
    """
    item = await database.write(partial(_begin, item_id=str(payload["id"])))
    if item is None:
        return
    match await _outcome(senders.get(item.kind, _nobody)(item)):
        case None | str() as reference:
            await database.write(partial(_settle, item_id=item.id, state=State.SENT, reference=reference))
        case Rejected() as error:
            await database.write(partial(_settle, item_id=item.id, state=State.DEAD, error=error.message))
            raise _dead(item, error) from error
        case NotNow() as error:
            await _later(database, item, error)
        case defect:
            _log.error("sending failed", kind=item.kind, id=item.id, exc_info=defect)
            await _later(database, item, NotNow("The desk failed to send this; its log says why."))


def is_known(tx: Transaction, key: str) -> bool:
    """Whether an item with this key was put in before; one that is settled is remembered for 30 days."""
    return tx.connection.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None


def is_waiting(tx: Transaction, key: str) -> bool:
    """Whether the item with this key is still to be sent."""
    found = select(outbox.c.id).where(outbox.c.key == key, outbox.c.state == State.WAITING)
    return tx.connection.execute(found).first() is not None


def put_since(tx: Transaction, chat_id: ChatId, key_prefix: str, since: datetime) -> bool:
    """Whether something of this kind was put in about a chat since then."""
    found = select(outbox.c.id).where(
        outbox.c.chat_id == chat_id,
        outbox.c.key.startswith(key_prefix, autoescape=True),
        outbox.c.created_at > to_millis(since),
    )
    return tx.connection.execute(found.limit(1)).first() is not None


def list_items(tx: Transaction, state: str | None = None) -> list[dict[str, Any]]:
    """The newest items, as the dashboard shows them; what they say is not among it."""
    query = select(outbox).order_by(outbox.c.created_at.desc(), outbox.c.id.desc()).limit(_MOST_LISTED)
    if state:
        query = query.where(outbox.c.state == state)
    return [_shown(row) for row in tx.connection.execute(query)]


def counts(tx: Transaction) -> dict[str, int]:
    """How many items there are in each state."""
    rows = tx.connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    found = {str(state): int(number) for state, number in rows}
    return {state.value: found.get(state.value, 0) for state in State}


def retry(tx: Transaction, actor: Actor, item_id: str) -> dict[str, Any]:
    """Have a dead item sent again, with a day of patience anew; raises `NotFound` or `Conflict`."""
    row = _row(tx, item_id)
    if row.state != State.DEAD:
        raise Conflict("Only what is dead can be sent again.")
    values = {
        "place": next_place(tx, row.lane) if row.lane else None,
        "state": State.WAITING.value,
        # Not none: the service may have had it from an earlier attempt.
        "attempts": 1,
        "retried_at": to_millis(tx.now),
        "settled_at": None,
    }
    tx.connection.execute(update(outbox).where(outbox.c.id == item_id).values(values))
    _have_delivered(tx, item_id, row.kind)
    note(tx, actor, Act.OUTBOX_RETRIED, item_id, {"kind": row.kind})
    return _shown(_row(tx, item_id))


def discard(tx: Transaction, actor: Actor, item_id: str) -> None:
    """Forget an item that was not sent; raises `NotFound` or `Conflict`."""
    row = _row(tx, item_id)
    if row.state == State.SENT:
        raise Conflict("It is sent already.")
    held_others = row.lane and is_first(tx, row.lane, item_id)
    tx.connection.execute(delete(outbox).where(outbox.c.id == item_id))
    if held_others:
        _wake_first(tx, row.lane)
    note(tx, actor, Act.OUTBOX_DISCARDED, item_id, {"kind": row.kind})


def forget_chat(tx: Transaction, chat_id: ChatId) -> None:
    """Remove whatever was to be said about a chat."""
    tx.connection.execute(delete(outbox).where(outbox.c.chat_id == chat_id))


async def _nobody(item: Item) -> str | None:
    raise Rejected(f"Nothing that sends {item.kind} is configured any more.")


async def _outcome(sending: Awaitable[str | None]) -> str | BaseException | None:
    """What came of a sending. A defect is an outcome too, or its item would wait for ever without anybody's seeing it."""
    task = asyncio.ensure_future(sending)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        raise
    return task.exception() or task.result()


def _dead(item: Item, error: DeskError) -> GiveUp:
    _log.error("outbox item is dead", kind=item.kind, id=item.id, error=error.message)
    return GiveUp(error.message)


async def _later(database: Database, item: Item, error: NotNow) -> None:
    if error.after is None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(item.attempts - 1, 20))
    else:
        pause = max(error.after, _FIRST_PAUSE)
    if await database.write(partial(_postpone, item_id=item.id, pause=pause, error=error.message)):
        raise TryLater(error.message, pause) from error
    raise _dead(item, error) from error


def _postpone(tx: Transaction, item_id: str, pause: timedelta, error: str) -> bool:
    """Note why an item is still here; False if its next attempt would be past our patience."""
    row = tx.connection.execute(select(outbox).where(outbox.c.id == item_id)).one_or_none()
    if row is None:
        return True
    begun = from_millis(row.created_at if row.retried_at is None else row.retried_at)
    if tx.now + pause - begun > _PATIENCE:
        _settle(tx, item_id, State.DEAD, error=error)
        return False
    tx.connection.execute(update(outbox).where(outbox.c.id == item_id).values(last_error=error[:500]))
    return True


def _settle(
    tx: Transaction, item_id: str, state: State, *, error: str | None = None, reference: str | None = None
) -> None:
    values: dict[str, Any] = {"state": state.value, "settled_at": to_millis(tx.now)}
    if state is State.SENT:
        values |= {"payload": "{}", "reference": reference, "last_error": None}
    else:
        values["last_error"] = (error or "")[:500]
    settled = update(outbox).where(outbox.c.id == item_id).values(values).returning(outbox.c.lane)
    _wake_first(tx, tx.connection.execute(settled).scalar_one_or_none())
    # A dead item still holds what it would have said, so it does not stay for ever either.
    old = to_millis(tx.now - _KEPT)
    tx.connection.execute(delete(outbox).where(outbox.c.state != State.WAITING, outbox.c.settled_at < old))


def _wake_first(tx: Transaction, lane: str | None) -> None:
    """Have the next of a lane sent: its own job found others before it and ended."""
    if lane and (first := first_in(tx, lane)):
        _have_delivered(tx, first.id, first.kind)


def _have_delivered(tx: Transaction, item_id: str, kind: str, delay: timedelta = timedelta(0)) -> None:
    enqueue(tx, job_of(kind), {"id": item_id}, key=f"{job_of(kind)}:{item_id}", delay=delay)


def _begin(tx: Transaction, item_id: str) -> Item | None:
    """Count an attempt at an item that waits, if nothing in its lane comes before it."""
    lane = tx.connection.execute(select(outbox.c.lane).where(outbox.c.id == item_id)).scalar()
    if lane and not is_first(tx, lane, item_id):
        return None
    row = tx.connection.execute(
        update(outbox)
        .where(outbox.c.id == item_id, outbox.c.state == State.WAITING)
        .values(attempts=outbox.c.attempts + 1)
        .returning(outbox)
    ).one_or_none()
    if row is None:
        return None
    chat_id = ChatId(row.chat_id) if row.chat_id else None
    created_at = from_millis(row.created_at)
    return Item(row.id, row.kind, row.key, json.loads(row.payload), chat_id, created_at, row.attempts)


def _row(tx: Transaction, item_id: str) -> Row[Any]:
    row = tx.connection.execute(select(outbox).where(outbox.c.id == item_id)).one_or_none()
    if row is None:
        raise NotFound("No such item in the outbox.")
    return row


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "chatId": row.chat_id,
        "state": row.state,
        "attempts": row.attempts,
        "lastError": row.last_error,
        "reference": row.reference,
        "createdAt": to_iso(from_millis(row.created_at)),
        "settledAt": to_iso(from_millis(row.settled_at)) if row.settled_at is not None else None,
    }
