"""A fair queue before an endpoint: a few requests at once, visitors first, everybody told their place."""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import IntEnum

from aichatdesk.inference.errors import QueueFull


class Priority(IntEnum):
    """Who goes first; within one priority the owners take turns."""

    VISITOR = 0
    COPILOT = 1
    BACKGROUND = 2


@dataclass(slots=True)
class _Waiting:
    ready: asyncio.Future[None]
    on_place: Callable[[int], None] | None
    told: int = 0


class Admission:
    """Admits at most `concurrency` requests at once and keeps at most `longest_queue` waiting."""

    def __init__(self, *, concurrency: int, longest_queue: int = 64) -> None:
        self._free = concurrency
        self._longest = longest_queue
        self._queues: dict[Priority, OrderedDict[str, deque[_Waiting]]] = {
            priority: OrderedDict() for priority in Priority
        }

    @contextlib.asynccontextmanager
    async def admit(
        self,
        *,
        priority: Priority,
        owner: str,
        on_place: Callable[[int], None] | None = None,
    ) -> AsyncIterator[None]:
        """Wait for a place, hold it for the context, then pass it on.

        Args:
            owner: Whose request this is; one owner with many requests cannot hold up the others.
            on_place: Called with the place in the queue (1 is next) each time it changes.

        Raises:
            QueueFull: Too many wait already.
        """
        await self._enter(priority, owner, on_place)
        try:
            yield
        finally:
            self._free += 1
            self._let_in()

    async def _enter(self, priority: Priority, owner: str, on_place: Callable[[int], None] | None) -> None:
        order = self._in_order()
        if self._free > 0 and not order:
            self._free -= 1
            return
        if len(order) >= self._longest:
            raise QueueFull(len(order))
        waiting = _Waiting(asyncio.get_running_loop().create_future(), on_place)
        self._queues[priority].setdefault(owner, deque()).append(waiting)
        self._tell_places()
        try:
            await waiting.ready
        except asyncio.CancelledError:
            if waiting.ready.done() and not waiting.ready.cancelled():
                self._free += 1
            else:
                self._forget(priority, owner, waiting)
            self._let_in()
            raise

    def _let_in(self) -> None:
        while self._free > 0 and (following := self._take()) is not None:
            self._free -= 1
            following.ready.set_result(None)
        self._tell_places()

    def _take(self) -> _Waiting | None:
        """The next one: highest priority, then the owner whose turn it is."""
        for owners in self._queues.values():
            if owners:
                owner, waiting = owners.popitem(last=False)
                first = waiting.popleft()
                if waiting:
                    owners[owner] = waiting
                return first
        return None

    def _forget(self, priority: Priority, owner: str, waiting: _Waiting) -> None:
        queue = self._queues[priority].get(owner)
        if queue is None or waiting not in queue:
            return
        queue.remove(waiting)
        if not queue:
            del self._queues[priority][owner]

    def _in_order(self) -> list[_Waiting]:
        """Everybody who waits, in the order in which they would be let in now."""
        order = []
        for owners in self._queues.values():
            lanes = [list(lane) for lane in owners.values()]
            longest = max(map(len, lanes), default=0)
            order += [lane[turn] for turn in range(longest) for lane in lanes if turn < len(lane)]
        return order

    def _tell_places(self) -> None:
        for place, waiting in enumerate(self._in_order(), 1):
            if waiting.on_place and waiting.told != place:
                waiting.told = place
                waiting.on_place(place)
