"""A breaker for each endpoint: after enough failures we stop asking, and probe with one request."""

import time
from collections import deque
from collections.abc import Callable

_WINDOW = 30.0


class Call:
    """Leave for one call; exactly one of its outcomes is told."""

    def __init__(self, breaker: "Breaker") -> None:
        self._breaker = breaker

    def succeeded(self) -> None:
        """It was answered."""
        self._breaker._succeeded()

    def failed(self) -> None:
        """It was not answered, or with a fault of the server."""
        self._breaker._failed(self)

    def abandoned(self) -> None:
        """It ended without telling anything about the server (the visitor left)."""
        self._breaker._abandoned(self)


class Breaker:
    """Opens after 5 failures in a row, or when half of at least 10 calls in 30 s failed."""

    def __init__(
        self,
        *,
        failures_in_a_row: int = 5,
        probe_after: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures_in_a_row
        self._probe_after = probe_after
        self._now = monotonic
        self._in_a_row = 0
        self._recent: deque[tuple[float, bool]] = deque()
        self._opened_at: float | None = None
        self._resting_until = 0.0
        self._probe: Call | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are refused now; one probe is let through after the pause."""
        return self._opened_at is not None or self.rests_for > 0

    @property
    def rests_for(self) -> float:
        """Seconds for which the server has asked to be left alone."""
        return max(0.0, self._resting_until - self._now())

    def begin(self) -> Call | None:
        """Leave for a call, or None; when open, only a single probe gets it."""
        if self.rests_for > 0:
            return None
        call = Call(self)
        if self._opened_at is None:
            return call
        if self._probe or self._now() - self._opened_at < self._probe_after:
            return None
        self._probe = call
        return call

    def rest(self, seconds: float) -> None:
        """Let no call out for so long."""
        self._resting_until = max(self._resting_until, self._now() + seconds)

    def _succeeded(self) -> None:
        if self._opened_at is not None:
            self._recent.clear()
        self._opened_at = None
        self._probe = None
        self._in_a_row = 0
        self._note(ok=True)

    def _failed(self, call: Call) -> None:
        self._in_a_row += 1
        self._note(ok=False)
        failures = sum(not ok for _, ok in self._recent)
        often = len(self._recent) >= 10 and failures * 2 >= len(self._recent)
        is_probe = call is self._probe
        # Calls from before it opened may fail for long; they must not put off the next probe.
        if is_probe or (self._opened_at is None and (self._in_a_row >= self._limit or often)):
            self._opened_at = self._now()
        if is_probe:
            self._probe = None

    def _abandoned(self, call: Call) -> None:
        if call is self._probe:
            self._probe = None

    def _note(self, *, ok: bool) -> None:
        now = self._now()
        self._recent.append((now, ok))
        while self._recent and now - self._recent[0][0] > _WINDOW:
            self._recent.popleft()
