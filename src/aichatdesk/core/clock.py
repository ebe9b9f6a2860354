"""Time: one injected clock, and one way to write a moment."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def to_iso(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with milliseconds and `Z`, as the wire contract has it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970, the form in which tables store moments."""
    return round(moment.timestamp() * 1000)


def from_millis(value: int) -> datetime:
    """The inverse of `to_millis`."""
    return datetime.fromtimestamp(value / 1000, UTC)
