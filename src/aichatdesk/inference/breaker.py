"""A breaker for each endpoint: after enough failures we stop asking, and probe with one request."""

import time
from collections import deque
from collections.abc import Callable

_WINDOW = 30.0


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
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are refused now; one probe is let through after the pause."""
        return self._opened_at is not None

    def allows(self) -> bool:
        """Say whether a call may go out; when open, only a single probe may."""
        if self._opened_at is None:
            return True
        if self._probing or self._now() - self._opened_at < self._probe_after:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """A call was answered."""
        self._opened_at = None
        self._probing = False
        self._in_a_row = 0
        self._note(ok=True)

    def failed(self) -> None:
        """A call was not answered, or with a fault of the server."""
        self._in_a_row += 1
        self._note(ok=False)
        failures = sum(not ok for _, ok in self._recent)
        often = len(self._recent) >= 10 and failures * 2 >= len(self._recent)
        if self._probing or self._in_a_row >= self._limit or often:
            self._opened_at = self._now()
        self._probing = False

    def abandoned(self) -> None:
        """A call ended without telling anything about the server (the visitor left)."""
        self._probing = False

    def _note(self, *, ok: bool) -> None:
        now = self._now()
        self._recent.append((now, ok))
        while self._recent and now - self._recent[0][0] > _WINDOW:
            self._recent.popleft()
