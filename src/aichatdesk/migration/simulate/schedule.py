"""The simulated machine's work on its own time line; nothing here waits."""

from collections import deque
from dataclasses import dataclass

from aichatdesk.migration.spark.batching import Batcher, Step, Work


@dataclass(frozen=True, slots=True)
class TimedStep:
    """A step, when it begins and ends, in simulated seconds, and whose prompts it began to read."""

    begins: float
    ends: float
    step: Step
    begun: tuple[int, ...]


class Schedule:
    """Puts a batcher's steps one after the other, and work into the first step after its arrival.

    It depends on the moments of arrival alone, so whoever drives it may lag behind without changing anything.
    """

    def __init__(self, batcher: Batcher) -> None:
        self._batcher = batcher
        self._arrivals: deque[tuple[float, Work]] = deque()
        self._laid_out = 0.0

    @property
    def running(self) -> int:
        """How many have a slot."""
        return self._batcher.running

    @property
    def waiting(self) -> int:
        """How many have none yet."""
        return self._batcher.waiting + len(self._arrivals)

    def submit(self, work: Work, at: float) -> None:
        """Take work that arrives at this moment, which is no earlier than that of the work before."""
        self._arrivals.append((at, work))

    def cancel(self, work_id: int) -> None:
        """Forget work at once; one that is over already is no matter."""
        self._batcher.cancel(work_id)
        self._arrivals = deque(one for one in self._arrivals if one[1].id != work_id)

    def next_start(self) -> float | None:
        """When the next step begins, as far as is known now; None while there is nothing to do."""
        if self._batcher.busy:
            return self._laid_out
        if self._arrivals:
            return max(self._laid_out, self._arrivals[0][0])
        return None

    def step(self) -> TimedStep:
        """Lay out the next step; only where `next_start` is known."""
        begins = self.next_start()
        if begins is None:
            raise ValueError("there is nothing to do")
        while self._arrivals and self._arrivals[0][0] <= begins:
            self._batcher.submit(self._arrivals.popleft()[1])
        step = self._batcher.step()
        self._laid_out = begins + step.seconds
        return TimedStep(begins, self._laid_out, step, self._batcher.begun)
