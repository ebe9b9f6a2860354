"""Fan-out to whoever listens now; payloads and topics mean nothing here.

Nothing is kept: a listener that missed something resumes from the log it came from.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Generic, TypeVar

P = TypeVar("P")

_LONGEST_BACKLOG = 1000


class Lagging(Exception):
    """This listener reads too slowly; it was dropped and should resume from the log."""


class Subscription(Generic[P]):
    """What one listener has not read yet."""

    def __init__(self, longest: int) -> None:
        self._waiting: asyncio.Queue[P | None] = asyncio.Queue()
        self._longest = longest
        self._dropped = False

    def offer(self, payload: P) -> None:
        """Queue one payload, or drop the listener if it is too far behind."""
        if self._waiting.qsize() >= self._longest:
            self._dropped = True
        if not self._dropped:
            self._waiting.put_nowait(payload)

    def end(self) -> None:
        """Let the listener read what it has, and no more."""
        self._dropped = True
        self._waiting.put_nowait(None)  # wakes one that waits

    async def next(self, within: timedelta | None = None) -> P | None:
        """The next payload, or None if nothing came in time.

        Raises:
            Lagging: The listener was dropped or the hub closed, and all it had queued is read.
        """
        if self._dropped and self._waiting.empty():
            raise Lagging
        try:
            async with asyncio.timeout(within.total_seconds() if within else None):
                return await self._waiting.get()
        except TimeoutError:
            return None


class Hub(Generic[P]):
    """Passes each payload to the listeners of its topic, in the order of publication."""

    def __init__(self, *, longest_backlog: int = _LONGEST_BACKLOG) -> None:
        self._listeners: defaultdict[str, set[Subscription[P]]] = defaultdict(set)
        self._longest = longest_backlog
        self._closed = False

    def close(self) -> None:
        """End all listening, now and later; whoever listened resumes from the log, perhaps elsewhere."""
        self._closed = True
        for listener in {one for listeners in self._listeners.values() for one in listeners}:
            listener.end()

    def publish(self, topic: str, payload: P) -> None:
        """Offer the payload to everybody who listens to the topic; call on the event loop."""
        for listener in tuple(self._listeners.get(topic, ())):
            listener.offer(payload)

    @contextlib.contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription[P]]:
        """Listen to some topics for as long as the context lasts."""
        subscription: Subscription[P] = Subscription(self._longest)
        if self._closed:
            subscription.end()
        for topic in topics:
            self._listeners[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in topics:
                self._listeners[topic].discard(subscription)
                if not self._listeners[topic]:
                    del self._listeners[topic]
