"""What a room sees of the database: a function of a transaction goes in, its result comes out.

Work is a plain, synchronous function, so it cannot await a model while a transaction is open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Fact:
    """Something that has happened, as news for the floors above; subclasses are frozen dataclasses."""


FactRecorder = Callable[["Transaction", Fact], None]


@dataclass(slots=True)
class Transaction:
    """One unit of work: all of it becomes durable, or none."""

    connection: Connection
    now: datetime
    record_fact: FactRecorder
    _after_commit: list[Callable[[], None]] = field(default_factory=list)

    def record(self, fact: Fact) -> None:
        """Tell the subscribers of this kind of fact, inside this transaction."""
        self.record_fact(self, fact)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` on the event loop once this work is durable; never if it is rolled back."""
        self._after_commit.append(action)

    @property
    def actions(self) -> list[Callable[[], None]]:
        return self._after_commit


class Database(Protocol):
    """Runs units of work; the awaiting caller resumes only after the commit is on disk."""

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run read-only work on a consistent snapshot, beside any writer."""
        ...

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run work that changes things; return its result after a synced commit.

        An exception from `work` rolls back this work alone and is raised here.
        """
        ...
