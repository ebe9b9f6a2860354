"""Limits for one purpose, such as signing in or beginning chats, beside the one for all requests."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aichatdesk.core.errors import TooMany

_MOST_REMEMBERED = 100_000


@dataclass(slots=True)
class _Window:
    ends: float
    count: int = 0


class FixedWindow:
    """Counts by key in windows that begin with the first count."""

    def __init__(self, length: timedelta, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._length = length.total_seconds()
        self._now = monotonic
        self._windows: dict[str, _Window] = {}

    def count(self, key: str) -> tuple[int, int]:
        """Count one; return how many there were in this window, and the seconds until it ends."""
        now = self._now()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            if len(self._windows) >= _MOST_REMEMBERED:
                self._windows = {name: one for name, one in self._windows.items() if one.ends > now}
            window = self._windows[key] = _Window(now + self._length)
        window.count += 1
        return window.count, max(0, math.ceil(window.ends - now))


class Quota:
    """How often one key, such as an address or a chat, may do one thing in a stretch of time."""

    def __init__(
        self, most: int, within: timedelta, sentence: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._sentence = sentence
        self._window = FixedWindow(within, monotonic)

    def take(self, key: str) -> None:
        """Count one; raise `TooMany` over the limit. The owner's own socket has no address and no limit."""
        if not key:
            return
        count, left = self._window.count(key)
        if count > self._most:
            raise TooMany(f"{self._sentence} Try again in {left} seconds.", retry_after=left)
