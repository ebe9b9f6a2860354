"""Follow a chat's log: what was missed, then what happens, with no gap and no repeat at the seam."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat, ChatEvent
from aichatdesk.conversation.live import AccountNews, LiveChats, Transient
from aichatdesk.conversation.staff_leave import LOOK_EVERY, StaffLeave
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import AgentId, SessionId
from aichatdesk.platform.storage.database import Database, Transaction

_PAGE = 500


def missed_events(
    tx: Transaction, session_id: SessionId, after: int, *, staff: bool, limit: int = _PAGE
) -> tuple[list[ChatEvent], int]:
    """The events after `after` (at most `limit`) and the log's last number.

    Raises:
        ChatNotFound: No such chat.
        Invalid: `after` is not a number that this log has given out.
    """
    chat = repository.chat_by_session(tx, session_id)
    last = last_seq(chat, staff=staff)
    if not 0 <= after <= last:
        raise Invalid(
            f"after must be from 0 to {last}, the last event of this chat.", field="after", last=last
        )
    return repository.events_after(tx, chat, after, staff=staff, limit=limit), last


def last_seq(chat: Chat, *, staff: bool) -> int:
    """The newest number of one audience's log."""
    return chat.staff_seq if staff else chat.public_seq


async def follow(
    database: Database,
    live: LiveChats,
    session_id: SessionId,
    *,
    after: int,
    staff: bool,
    agent_id: AgentId | None = None,
    leave: StaffLeave | None = None,
    ping_every: timedelta = timedelta(seconds=15),
) -> AsyncIterator[dict[str, Any] | None]:
    """Yield events from `after` on; None is a moment without news, transient ones have no `seq`.

    It goes on for ever, or until the agent's `leave` has ended. The agent who listens is `agent_id`, and does not
    hear of their own typing.

    Raises:
        Lagging: The reader is too slow; it should resume from the last number it saw.
    """
    # Listening starts before the log is read, so an event committed in between is in one of the two.
    with live.subscribe(session_id, staff=staff, agent_id=leave.agent_id if leave else None) as subscription:
        while True:
            missed, last = await database.read(
                partial(missed_events, session_id=session_id, after=after, staff=staff)
            )
            for event in missed:
                after = _number(event, staff=staff)
                yield event.shown(staff=staff)
            if after >= last:
                break
        while leave is None or await leave.holds():
            news = await subscription.next(min(ping_every, LOOK_EVERY) if leave else ping_every)
            if news is None:
                yield None
            elif isinstance(news, AccountNews):
                if leave:
                    leave.doubt()
            elif isinstance(news, Transient):
                if agent_id is None or news.data.get("agentId") != agent_id:
                    yield {"type": news.type, **news.data}
            elif isinstance(news, ChatEvent) and _number(news, staff=staff) > after:
                after = _number(news, staff=staff)
                yield news.shown(staff=staff)


def _number(event: ChatEvent, *, staff: bool) -> int:
    return event.staff_seq if staff else event.public_seq or 0
