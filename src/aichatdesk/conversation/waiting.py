"""Who waits for a person, at which place, and how long that takes as a rule."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain, groupby
from typing import Any

from sqlalchemy import func, select

from aichatdesk.conversation.domain import Chat, ChatStatus, Mode
from aichatdesk.conversation.tables import chat_events, chats
from aichatdesk.core.clock import to_millis
from aichatdesk.platform.storage.database import Transaction

_LOOKED_BACK = timedelta(days=7)
_FEWEST = 5
_MINUTE = 60_000
_BEGINS = ("handed_over", "reopened")
_ENDS = ("returned_to_ai", "ended")
_COMES = "agent_joined"


def place_of(tx: Transaction, chat: Chat) -> int | None:
    """The place among the chats that wait for a person, from 1, by how long they have waited; None if it does not."""
    if not _waits(chat):
        return None
    since = func.max(chat_events.c.at)
    queue = tx.connection.execute(
        select(chats.c.id)
        .join(chat_events, chat_events.c.chat_id == chats.c.id)
        .where(
            chats.c.status == ChatStatus.WAITING.value,
            chats.c.mode == Mode.HUMAN.value,
            chat_events.c.type.in_(_BEGINS),
        )
        .group_by(chats.c.id)
        .order_by(since, chats.c.id)
    ).scalars()
    return next((place for place, chat_id in enumerate(queue, start=1) if chat_id == chat.id), None)


def typical_minutes(tx: Transaction) -> float | None:
    """The median wait of the last seven days; None if fewer than five chats waited, or most of them in vain."""
    since = to_millis(tx.now - _LOOKED_BACK)
    rows = tx.connection.execute(
        select(chat_events.c.chat_id, chat_events.c.type, chat_events.c.at, chat_events.c.data)
        .where(chat_events.c.type.in_((*_BEGINS, *_ENDS, _COMES)), chat_events.c.at >= since)
        .order_by(chat_events.c.chat_id, chat_events.c.staff_seq)
    ).all()
    by_chat = [list(_waits_in(events, tx.now)) for _, events in groupby(rows, key=lambda row: row.chat_id)]
    enough = sum(bool(waits) for waits in by_chat) >= _FEWEST
    median = median_wait(chain.from_iterable(by_chat)) if enough else None
    return None if median is None else round(median / _MINUTE, 1)


def median_wait(waits: Iterable[tuple[int, bool]]) -> int | None:
    """The time within which half of those who wait are answered; None if the waits do not tell.

    A wait is its length and whether a person came. One that ended otherwise lasted at least so long.

    Source: Kaplan & Meier, JASA 1958.
    """
    # Who was answered at a moment was still waiting then, as was everybody who gave up at it.
    ordered = sorted(waits, key=lambda wait: (wait[0], not wait[1]))
    still_waiting, left = 1.0, len(ordered)
    for length, answered in ordered:
        if answered:
            still_waiting *= (left - 1) / left
            if still_waiting <= 0.5 + 1e-9:
                return length
        left -= 1
    return None


def _waits(chat: Chat) -> bool:
    return chat.status is ChatStatus.WAITING and chat.mode is Mode.HUMAN


def _waits_in(events: Iterable[Any], now: datetime) -> Iterable[tuple[int, bool]]:
    """The waits of one chat: how long each took, in milliseconds, and whether a person came."""
    begun: int | None = None
    for event in events:
        if event.type in _BEGINS:
            if begun is None and (event.type == "handed_over" or '"waiting"' in event.data):
                begun = event.at
        elif begun is not None:
            yield event.at - begun, event.type == _COMES
            begun = None
    if begun is not None:
        yield to_millis(now) - begun, False
