"""Who is connected to which chat, what they are told as it happens, and what follows when nobody is left."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aichatdesk.conversation.domain import ChatEvent
from aichatdesk.conversation.looking import Lookers, LookersChanged
from aichatdesk.core.ids import AgentId, SessionId
from aichatdesk.platform.realtime.hub import Hub, Subscription

DESK = "desk"
_MOST_REMEMBERED = 10_000

AbsenceAction = Callable[[SessionId], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Transient:
    """Something worth showing now and not worth keeping: a place in the queue, a draft, typing."""

    session_id: SessionId
    type: str
    data: Mapping[str, Any]
    audience: str


@dataclass(frozen=True, slots=True)
class AccountNews:
    """An agent's account was changed: whoever listens as that agent should ask again."""

    agent_id: AgentId


Live = ChatEvent | Transient | AccountNews | LookersChanged


@dataclass(frozen=True, slots=True, eq=False)
class _Clock:
    after: timedelta
    action: AbsenceAction
    unattended: bool


class LiveChats:
    """The live side of all chats in this process."""

    def __init__(self) -> None:
        self._hub: Hub[Live] = Hub()
        self._connections: Counter[SessionId] = Counter()
        self._gone: dict[SessionId, datetime] = {}
        self._absence: list[_Clock] = []
        self._timers: dict[SessionId, dict[_Clock, asyncio.TimerHandle]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self.lookers = Lookers(partial(self._hub.publish, DESK))

    def publish(self, event: ChatEvent) -> None:
        """Pass a committed event on to everybody who may see it; call on the event loop, in commit order."""
        if event.public_seq is not None:
            self._hub.publish(_topic(event.session_id, staff=False), event)
        self._hub.publish(_topic(event.session_id, staff=True), event)
        self._hub.publish(DESK, event)

    def publish_transient(
        self, session_id: SessionId, type_: str, data: Mapping[str, Any], *, staff: bool = False
    ) -> None:
        """Show something to one audience of a chat; whoever is not there misses it."""
        topic = _topic(session_id, staff=staff)
        self._hub.publish(topic, Transient(session_id, type_, data, topic))

    @contextlib.contextmanager
    def subscribe(
        self, session_id: SessionId, *, staff: bool = False, agent_id: AgentId | None = None
    ) -> Iterator[Subscription[Live]]:
        """Hear one chat as its visitor or as staff, and changes of the listening agent's account."""
        topics = [_topic(session_id, staff=staff), *([_account(agent_id)] if agent_id else [])]
        with self._hub.subscribe(*topics) as subscription:
            yield subscription

    @contextlib.contextmanager
    def subscribe_desk(self) -> Iterator[Subscription[Live]]:
        """Hear every chat, as the dashboards do."""
        with self._hub.subscribe(DESK) as subscription:
            yield subscription

    @contextlib.contextmanager
    def subscribe_account(self, agent_id: AgentId) -> Iterator[Subscription[Live]]:
        """Hear that an agent's account was changed."""
        with self._hub.subscribe(_account(agent_id)) as subscription:
            yield subscription

    def account_changed(self, agent_id: AgentId) -> None:
        """Have everybody who listens as this agent look again whether they may."""
        self._hub.publish(_account(agent_id), AccountNews(agent_id))

    def on_absence(self, after: timedelta, action: AbsenceAction, *, unattended: bool = False) -> None:
        """Run `action` for a chat whose last visitor connection has been gone for `after`.

        With `unattended`, also for one that never had a connection; see `watch_unattended`.
        """
        self._absence.append(_Clock(after, action, unattended))

    def connections(self, session_id: SessionId) -> int:
        """How many connections the visitor has now."""
        return self._connections[session_id]

    def last_here(self, session_id: SessionId) -> datetime | None:
        """When the visitor was connected last: now, or until then; None if not lately, as far as this process knows."""
        return datetime.now(UTC) if session_id in self._connections else self._gone.get(session_id)

    def announce(self, event: ChatEvent) -> None:
        """Tell the dashboards alone of something that is in no chat's log."""
        self._hub.publish(DESK, event)

    @contextlib.contextmanager
    def connected(self, session_id: SessionId) -> Iterator[None]:
        """Count one visitor connection for as long as the context lasts."""
        self._connections[session_id] += 1
        self._stop_timers(session_id)
        try:
            yield
        finally:
            self._connections[session_id] -= 1
            if self._connections[session_id] <= 0:
                del self._connections[session_id]
                self._note_gone(session_id)
                self.watch_absence(session_id)

    def _note_gone(self, session_id: SessionId) -> None:
        self._gone.pop(session_id, None)
        self._gone[session_id] = datetime.now(UTC)
        if len(self._gone) > _MOST_REMEMBERED:
            del self._gone[next(iter(self._gone))]

    def watch_absence(self, session_id: SessionId) -> None:
        """Start the clocks of absence for a chat that nobody is connected to any more."""
        self._start_timers(session_id, self._absence)

    def watch_unattended(self, session_id: SessionId) -> None:
        """Start the clocks of a chat that goes on without a connection, if there is none.

        Its visitor may be one who keeps no connection at all, so only the patient clocks run.
        """
        self._start_timers(session_id, [clock for clock in self._absence if clock.unattended])

    def end_streams(self) -> None:
        """Send everybody who follows a chat away, to resume once the desk is back."""
        self._hub.close()

    def close(self) -> None:
        """Stop all clocks."""
        for session_id in list(self._timers):
            self._stop_timers(session_id)
        for task in self._running:
            task.cancel()

    def _start_timers(self, session_id: SessionId, clocks: Sequence[_Clock]) -> None:
        if session_id in self._connections:
            return
        loop = asyncio.get_running_loop()
        for clock in clocks:
            timers = self._timers.setdefault(session_id, {})
            if before := timers.pop(clock, None):
                before.cancel()
            timers[clock] = loop.call_later(clock.after.total_seconds(), self._act, session_id, clock)

    def _act(self, session_id: SessionId, clock: _Clock) -> None:
        del self._timers[session_id][clock]
        if not self._timers[session_id]:
            del self._timers[session_id]
        if session_id not in self._connections:
            task = asyncio.ensure_future(clock.action(session_id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _stop_timers(self, session_id: SessionId) -> None:
        for timer in self._timers.pop(session_id, {}).values():
            timer.cancel()


def _topic(session_id: SessionId, *, staff: bool) -> str:
    return f"chat:{session_id}:{'staff' if staff else 'public'}"


def _account(agent_id: AgentId) -> str:
    return f"account:{agent_id}"
