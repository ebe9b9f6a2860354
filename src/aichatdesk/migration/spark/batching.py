"""Continuous batching, step by step: who gets a token, who waits, who has to be read first."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol


class Timing(Protocol):
    """How long a machine takes."""

    def step_seconds(self, *, decoding: int, context_tokens: float, prefill_tokens: int) -> float:
        """The time of one step.

        Args:
            decoding: Answers that get one more token.
            context_tokens: What these answers have before them in all, prompts included.
            prefill_tokens: Tokens of prompts that are read beside.
        """
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """One answer that is to be written; both lengths are at least 1."""

    id: int
    prompt_tokens: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one step brought, or `count` steps that are alike.

    Attributes:
        tokens: Whose answers grew, by one token at the end of each step.
        finished: Which of these are whole now.
    """

    seconds: float
    tokens: tuple[int, ...]
    finished: tuple[int, ...]
    count: int = 1


@dataclass(slots=True)
class _Slot:
    work: Work
    read: int = 0
    written: int = 0


class Batcher:
    """A server that writes several answers at once, as vLLM does, or in few slots, as Ollama does.

    It has no clock: whoever calls `step` lets the step's seconds pass. A prompt is read in pieces of at most
    `chunk_tokens` while the other answers go on; its last piece brings its first token.
    """

    def __init__(self, timing: Timing, *, slots: int, chunk_tokens: int) -> None:
        if slots < 1 or chunk_tokens < 1:
            raise ValueError("a server has at least one slot and reads at least one token")
        self._timing = timing
        self._slots = slots
        self._chunk_tokens = chunk_tokens
        self._queue: deque[Work] = deque()
        self._running: dict[int, _Slot] = {}
        self.begun: tuple[int, ...] = ()  # whose prompts the last step began to read

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        return bool(self._queue or self._running)

    @property
    def waiting(self) -> int:
        """How many have no slot yet."""
        return len(self._queue)

    @property
    def running(self) -> int:
        """How many have a slot."""
        return len(self._running)

    def submit(self, work: Work) -> None:
        """Take an answer into the queue; it begins with the next step if a slot is free."""
        self._queue.append(work)

    def cancel(self, work_id: int) -> None:
        """Forget an answer at once, wherever it is; one that is over already is no matter."""
        if self._running.pop(work_id, None) is None:
            self._queue = deque(work for work in self._queue if work.id != work_id)

    def step(self) -> Step:
        """Do one step; only where `busy`."""
        return self.leap(0.0)

    def leap(self, within: float) -> Step:
        """Do as many steps as are alike and over within so many seconds, but at least one; only where `busy`.

        Steps are alike while no prompt is read and no answer ends.
        """
        self._fill_slots()
        decoding = [slot for slot in self._running.values() if slot.read == slot.work.prompt_tokens]
        read, prefill = self._read_prompts(self._chunk_tokens - len(decoding))
        context = sum(slot.work.prompt_tokens + slot.written for slot in decoding)
        count, seconds = 1, self._seconds(len(decoding), context, prefill)
        if not prefill and within > seconds:
            left = min(slot.work.answer_tokens - slot.written for slot in decoding)
            count = max(1, int(min(left, within / seconds)))
            # The context grows by a token a step, so the mean step is the one in the middle.
            seconds = count * self._seconds(len(decoding), context + len(decoding) * (count - 1) / 2, 0)
        grown = [*decoding, *read]
        for slot in grown:
            slot.written += count
        finished = tuple(slot.work.id for slot in grown if slot.written == slot.work.answer_tokens)
        for work_id in finished:
            del self._running[work_id]
        return Step(seconds, tuple(slot.work.id for slot in grown), finished, count)

    def _seconds(self, decoding: int, context: float, prefill: int) -> float:
        return self._timing.step_seconds(decoding=decoding, context_tokens=context, prefill_tokens=prefill)

    def _fill_slots(self) -> None:
        while self._queue and len(self._running) < self._slots:
            work = self._queue.popleft()
            self._running[work.id] = _Slot(work)

    def _read_prompts(self, room: int) -> tuple[list[_Slot], int]:
        """Read prompts in the order of their arrival; those read to their end, and how much was read in all."""
        read, begun, prefill = [], [], 0
        for slot in self._running.values():
            left = slot.work.prompt_tokens - slot.read
            piece = min(left, max(1, room) - prefill)
            if left and piece > 0:
                if not slot.read:
                    begun.append(slot.work.id)
                slot.read += piece
                prefill += piece
                if piece == left:
                    read.append(slot)
        self.begun = tuple(begun)
        return read, prefill
