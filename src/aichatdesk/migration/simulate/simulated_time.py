"""Simulated seconds, and how far the process is behind them."""

import asyncio

# One delivery weighs so much in the running mean of the delay, so that a single hiccup is no news.
_SHARE = 0.05


class SimulatedTime:
    """Simulated seconds since the beginning; they pass `speed` times as fast as real ones."""

    def __init__(self, speed: float) -> None:
        if not speed > 0:
            raise ValueError("the speed must be above 0")
        self.speed = speed
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    def now(self) -> float:
        """The present moment."""
        return (self._loop.time() - self._began) * self.speed

    async def until(self, moment: float) -> float:
        """Wait until a moment and return by how much that was missed.

        The wait is counted from the beginning of the simulation, so that what was missed once adds up to nothing.
        """
        # Also where the moment has passed, the others get their turn.
        await asyncio.sleep(max(0.0, moment / self.speed - (self._loop.time() - self._began)))
        return max(0.0, self.now() - moment)


class Lag:
    """How much later than simulated something was done, in simulated seconds."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.mean = 0.0

    def note(self, seconds: float) -> None:
        """Take one delivery into account."""
        self.worst = max(self.worst, seconds)
        self.mean += (seconds - self.mean) * _SHARE
