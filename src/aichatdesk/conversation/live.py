"""Who is connected to which chat, what they are told as it happens, and what follows when nobody is left."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aichatdesk.conversation.domain import ChatEvent
from aichatdesk.core.ids import AgentId, SessionId
from aichatdesk.platform.realtime.hub import Hub, Subscription

DESK = "desk"

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


Live = ChatEvent | Transient | AccountNews


class LiveChats:
    """The live side of all chats in this process."""

    def __init__(self) -> None:
        self._hub: Hub[Live] = Hub()
        self._connections: Counter[SessionId] = Counter()
        self._absence: list[tuple[timedelta, AbsenceAction]] = []
        self._timers: dict[SessionId, list[asyncio.TimerHandle]] = {}
        self._running: set[asyncio.Task[None]] = set()

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

    def on_absence(self, after: timedelta, action: AbsenceAction) -> None:
        """Run `action` for a chat whose last visitor connection has been gone for `after`."""
        self._absence.append((after, action))

    def connections(self, session_id: SessionId) -> int:
        """How many connections the visitor has now."""
        return self._connections[session_id]

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
                self.watch_absence(session_id)

    def watch_absence(self, session_id: SessionId) -> None:
        """Start the clocks of absence for a chat that nobody is connected to."""
        if self._connections[session_id] > 0:
            return
        self._stop_timers(session_id)
        loop = asyncio.get_running_loop()
        self._timers[session_id] = [
            loop.call_later(after.total_seconds(), self._act, session_id, action)
            for after, action in self._absence
        ]

    def close(self) -> None:
        """Stop all clocks."""
        for session_id in list(self._timers):
            self._stop_timers(session_id)
        for task in self._running:
            task.cancel()

    def _act(self, session_id: SessionId, action: AbsenceAction) -> None:
        if self._connections[session_id] == 0:
            task = asyncio.ensure_future(action(session_id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _stop_timers(self, session_id: SessionId) -> None:
        for timer in self._timers.pop(session_id, ()):
            timer.cancel()


def _topic(session_id: SessionId, *, staff: bool) -> str:
    return f"chat:{session_id}:{'staff' if staff else 'public'}"


def _account(agent_id: AgentId) -> str:
    return f"account:{agent_id}"
