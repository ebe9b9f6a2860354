"""A fair queue before an endpoint: a few requests at once, visitors first, everybody told their place."""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import IntEnum

from aichatdesk.inference.errors import QueueFull


class Priority(IntEnum):
    """Who goes first; within one priority the owners take turns."""

    VISITOR = 0
    COPILOT = 1
    BACKGROUND = 2


@dataclass(slots=True, eq=False)
class _Waiting:
    """One in the queue; `changed` wakes it to look at its place again."""

    priority: Priority
    owner: str
    give_way: Callable[[], None] | None = None
    place: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Admission:
    """Admits at most `concurrency` requests at once.

    Nobody is handed a place: who waits looks for itself whether it is next and a place is free, and takes it
    in the same step. So a place is either free or held by a request that runs, whenever anybody leaves.

    A request is refused when `longest_queue` others of its priority or a higher one wait already.

    Background work gets a place only while half of the others are free besides, and is asked to give it back when
    somebody else comes and they are not.
    """

    def __init__(self, *, concurrency: int, longest_queue: int = 64) -> None:
        self._free = concurrency
        self._spare = concurrency // 2
        self._in_background: list[_Waiting] = []
        self._longest = longest_queue
        self._lanes: dict[Priority, OrderedDict[str, deque[_Waiting]]] = {
            priority: OrderedDict() for priority in Priority
        }

    @contextlib.asynccontextmanager
    async def admit(
        self,
        *,
        priority: Priority,
        owner: str,
        on_place: Callable[[int], None] | None = None,
        give_way: Callable[[], None] | None = None,
    ) -> AsyncIterator[None]:
        """Wait for a place, hold it for the context, then pass it on.

        Args:
            owner: Whose request this is; one owner with many requests cannot hold up the others.
            on_place: Called with the place in the queue (1 is next) each time it changes; what it raises
                comes out here.
            give_way: Called, perhaps more than once, when background work should end early; it may not raise.

        Raises:
            QueueFull: Too many wait already.
        """
        newcomer = _Waiting(priority, owner, give_way)
        await self._enter(newcomer, on_place)
        if priority is Priority.BACKGROUND:
            self._in_background.append(newcomer)
        try:
            yield
        finally:
            if priority is Priority.BACKGROUND:
                self._in_background.remove(newcomer)
            self._free += 1
            self._tell_places()

    async def _enter(self, newcomer: _Waiting, on_place: Callable[[int], None] | None) -> None:
        self._queue_up(newcomer)
        told = 0
        try:
            while newcomer.place > 1 or not self._has_room_for(newcomer):
                newcomer.changed.clear()
                if on_place and told != newcomer.place:
                    told = newcomer.place
                    on_place(told)
                await newcomer.changed.wait()
            self._free -= 1
            self._end_turn(newcomer)
        finally:
            self._forget(newcomer)
            self._tell_places()

    def _queue_up(self, newcomer: _Waiting) -> None:
        ahead = sum(waiting.priority <= newcomer.priority for waiting in self._in_order())
        if ahead >= self._longest and (ahead or not self._free):
            raise QueueFull(ahead)
        self._lanes[newcomer.priority].setdefault(newcomer.owner, deque()).append(newcomer)
        self._tell_places()

        if newcomer.priority is not Priority.BACKGROUND and self._free - 1 < self._spare:
            for held in self._in_background:
                if held.give_way:
                    held.give_way()

    def _has_room_for(self, newcomer: _Waiting) -> bool:
        return self._free > (self._spare if newcomer.priority is Priority.BACKGROUND else 0)

    def _end_turn(self, admitted: _Waiting) -> None:
        """Put the owner behind the others of its priority."""
        self._lanes[admitted.priority].move_to_end(admitted.owner)

    def _forget(self, gone: _Waiting) -> None:
        owners = self._lanes[gone.priority]
        owners[gone.owner].remove(gone)
        if not owners[gone.owner]:
            del owners[gone.owner]

    def _in_order(self) -> list[_Waiting]:
        """Everybody who waits, in the order in which they would be let in now."""
        order = []
        for owners in self._lanes.values():
            longest = max(map(len, owners.values()), default=0)
            order += [lane[turn] for turn in range(longest) for lane in owners.values() if turn < len(lane)]
        return order

    def _tell_places(self) -> None:
        for place, waiting in enumerate(self._in_order(), 1):
            if waiting.place != place or (place == 1 and self._free):
                waiting.place = place
                waiting.changed.set()
