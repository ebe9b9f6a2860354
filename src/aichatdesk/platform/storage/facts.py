"""Facts go up the house: a room records one, `entry/wiring.py` decides who hears it."""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar, cast

from aichatdesk.platform.storage.database import Fact, Transaction

F = TypeVar("F", bound=Fact)


class FactBoard:
    """Calls the subscribers of a fact's type, in order of subscription, inside its transaction."""

    def __init__(self) -> None:
        self._subscribers: dict[type[Fact], list[Callable[[Transaction, Fact], None]]] = defaultdict(list)

    def subscribe(self, kind: type[F], hear: Callable[[Transaction, F], None]) -> None:
        self._subscribers[kind].append(cast("Callable[[Transaction, Fact], None]", hear))

    def record(self, tx: Transaction, fact: Fact) -> None:
        for hear in self._subscribers[type(fact)]:
            hear(tx, fact)
