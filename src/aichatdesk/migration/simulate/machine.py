"""Drive the simulated machine: let its steps take their time and hand out their tokens."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aichatdesk.migration.simulate.answer import Answer, Length, Moments
from aichatdesk.migration.simulate.figures import Figures
from aichatdesk.migration.simulate.schedule import Schedule
from aichatdesk.migration.simulate.simulated_time import Lag, SimulatedTime
from aichatdesk.migration.spark.batching import Batcher, Timing, Work

# Simulated seconds that the process may be behind on average before it says so: less is not felt.
_FELT = 0.25
# Of a single answer's words.
_LATE = 1.0


@dataclass(frozen=True, slots=True)
class MachineSize:
    """What a model server was started with; `overhead` is what each request takes before it is queued."""

    slots: int
    chunk_tokens: int
    overhead: float = 0.0


class Machine:
    """Answers in the time that the model takes there.

    The steps lie on a time line of their own (`Schedule`). So a process that cannot keep up hands tokens out later,
    which `lag` tells, but moves nothing on that line.
    """

    def __init__(
        self,
        timing: Timing,
        size: MachineSize,
        time: SimulatedTime,
        figures: Figures,
        *,
        warn: Callable[[str], None],
    ) -> None:
        self.lag = Lag()
        self._size = size
        self._schedule = Schedule(Batcher(timing, slots=size.slots, chunk_tokens=size.chunk_tokens))
        self._time = time
        self._figures = figures
        self._warn = warn
        self._warned_of: set[str] = set()
        self._answers: dict[int, Answer] = {}
        self._next_id = 0
        self._work_came = asyncio.Event()

    @property
    def running(self) -> int:
        """Answers that have a slot."""
        return self._schedule.running

    @property
    def waiting(self) -> int:
        """Answers that have none yet."""
        return self._schedule.waiting

    @contextlib.contextmanager
    def answer(self, prompt_tokens: int, length: Length) -> Iterator[Answer]:
        """An answer under way; its slot is free as soon as the context is left."""
        self._next_id += 1
        work_id, now = self._next_id, self._time.now()
        answer = Answer(
            Moments(now, now + self._size.overhead),
            length,
            now=self._time.now,
            over=lambda: self._forget(work_id),
        )
        self._answers[work_id] = answer
        self._schedule.submit(Work(work_id, prompt_tokens, length.most), answer.moments.ready)
        self._work_came.set()
        try:
            yield answer
        finally:
            self._forget(work_id)
            if answer.reason in {None, "abort"}:
                self._figures.counts["cancelled"] += 1
            else:
                self._figures.note_answer(answer, prompt_tokens)
            self._note_late(answer.late)

    def break_off(self) -> None:
        """End all answers that are under way, because the server stops."""
        for answer in list(self._answers.values()):
            answer.break_off()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            start = self._schedule.next_start()
            if start is None:
                self._work_came.clear()
                await self._work_came.wait()
                continue
            await self._time.until(start)
            if self._schedule.next_start() != start:
                continue  # who should have begun here has gone
            timed = self._schedule.step()
            for work_id in timed.begun:
                self._answers[work_id].moments.begun = timed.begins
            self._note_lag(await self._time.until(timed.ends))
            for work_id in timed.step.tokens:
                if work_id in self._answers:
                    self._answers[work_id].token_is_due(timed.ends)

    def _forget(self, work_id: int) -> None:
        if self._answers.pop(work_id, None) is not None:
            self._schedule.cancel(work_id)

    def _note_lag(self, seconds: float) -> None:
        self.lag.note(seconds)
        if self.lag.mean > _FELT:
            self._warn_once(
                "behind",
                f"the simulation is {self.lag.mean:.2g} simulated seconds behind: this machine does not keep up "
                "with its steps. What visitors feel is too slow now; the times of /simulation are right. "
                "Give a lower --speed.",
            )

    def _note_late(self, seconds: float) -> None:
        if seconds > _LATE:
            self._warn_once(
                "late",
                f"words come {seconds:.2g} simulated seconds later than their tokens are due: their source is too slow. "
                "What visitors feel is too slow; the times of /simulation leave it out. Give --text echo.",
            )

    def _warn_once(self, kind: str, said: str) -> None:
        if kind not in self._warned_of:
            self._warned_of.add(kind)
            self._warn(said)
