"""What a check is, and what it found."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Verdict = Literal["ok", "warn", "fail", "skipped"]
Side = Literal["chat", "embedding", "both"]
Bench = TypeVar("Bench")


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `remedy` says what to change, and `seen` why a check was skipped."""

    verdict: Verdict
    seen: str
    remedy: str = ""
    facts: dict[str, object] = field(default_factory=dict)


def ok(seen: str, **facts: object) -> Finding:
    """As it should be."""
    return Finding("ok", seen, facts=facts)


def warn(seen: str, remedy: str, **facts: object) -> Finding:
    """The desk works, but somebody should know."""
    return Finding("warn", seen, remedy, facts)


def fail(seen: str, remedy: str, **facts: object) -> Finding:
    """The desk would not work as promised."""
    return Finding("fail", seen, remedy, facts)


def skipped(why: str) -> Finding:
    """Nothing to judge here."""
    return Finding("skipped", why)


OUT_OF_TIME = skipped("the time for all checks was used up; give more with --patience 3")

# What to change where 429 comes, whatever was asked.
TOO_OFTEN = (
    "The server, or a proxy or gateway before it, limits how often it may be asked: raise that limit for the desk, which "
    "asks several times for one visitor, and run this again."
)

NO_CHAT = skipped("no chat server was given")
NO_EMBEDDING = skipped("no embedding server was given")


@dataclass(frozen=True, slots=True)
class Check(Generic[Bench]):
    """One named check.

    Attributes:
        needs: Checks that must not have failed, or this one could only fail for their reason.
        seconds: What it may take at most on a server that is not slow.
    """

    id: str
    title: str
    sends: str
    run: Callable[[Bench], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Result:
    """A check with its finding, as it is reported."""

    id: str
    title: str
    sent: str
    finding: Finding
    seconds: float
