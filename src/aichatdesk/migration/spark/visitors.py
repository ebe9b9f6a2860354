"""Several visitors at once: how long each waits, simulated step by step."""

import heapq
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aichatdesk.migration.spark.batching import Batcher, Step, Work
from aichatdesk.migration.spark.roofline import Roofline

# A visitor sees the first checked sentence after about so many tokens.
SENTENCE_TOKENS = 20
_QUESTIONS = 160
_SEED = 7


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of all wait no longer than `p50`, nineteen of twenty no longer than `p95`; seconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        """From at least one measured time."""
        ordered = sorted(seconds)
        return cls(_quantile(ordered, 0.50), _quantile(ordered, 0.95))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: tokens of the prompt and of the answer, and those thought before it that nobody sees."""

    prompt_tokens: int
    answer_tokens: int
    thinking_tokens: int = 0

    @property
    def written_tokens(self) -> int:
        """All that the model writes."""
        return self.thinking_tokens + self.answer_tokens

    @property
    def sentence_at(self) -> int:
        """After how many written tokens the first sentence is whole."""
        return self.thinking_tokens + min(SENTENCE_TOKENS, self.answer_tokens)

    def varied(self, chance: random.Random) -> "Question":
        """A question like this one, its prompt and its answer up to half shorter or longer."""
        return Question(
            max(1, round(self.prompt_tokens * chance.uniform(0.5, 1.5))),
            max(1, round(self.answer_tokens * chance.uniform(0.5, 1.5))),
            self.thinking_tokens,
        )


@dataclass(frozen=True, slots=True)
class Server:
    """How a model is served: how many answers at once, and prompt tokens read in one step."""

    slots: int
    chunk_tokens: int


@dataclass(frozen=True, slots=True)
class Waits:
    """What visitors wait for, from the moment they ask.

    Attributes:
        queue: Until the model begins to read the question.
        first_token: Until the first visible token.
        first_sentence: Until the first whole sentence, which is what the desk shows first.
        answer: Until the end.
    """

    queue: Spread
    first_token: Spread
    first_sentence: Spread
    answer: Spread
    answers_per_minute: float


@dataclass(slots=True)
class Asked:
    """One question on its way; times are in seconds of the simulation, NaN where not reached."""

    at: float
    question: Question
    begun: float = float("nan")
    first_token: float = float("nan")
    first_sentence: float = float("nan")
    ended: float = float("nan")


@dataclass(slots=True)
class Run:
    """A simulation of questions that come at given times, and again after each answer if so wished."""

    roofline: Roofline
    server: Server
    asked: list[Asked] = field(default_factory=list)
    _written: dict[int, int] = field(default_factory=dict)
    _arrivals: list[tuple[float, int]] = field(default_factory=list)

    def ask(self, at: float, question: Question) -> None:
        """Let a question come at a moment."""
        heapq.heappush(self._arrivals, (at, len(self.asked)))
        self.asked.append(Asked(at, question))

    def until_all_are_answered(self, more: Iterator[Question]) -> None:
        """Answer everything; whoever has an answer asks the next of `more` at once."""
        batcher = Batcher(self.roofline, slots=self.server.slots, chunk_tokens=self.server.chunk_tokens)
        now = 0.0
        while batcher.busy or self._arrivals:
            if not batcher.busy:
                now = max(now, self._arrivals[0][0])
            self._submit(batcher, now)
            until = self._arrivals[0][0] - now if self._arrivals else float("inf")
            step = batcher.leap(until)
            self._note(batcher, step, now)
            now += step.seconds
            for question in itertools.islice(more, len(step.finished)):
                self.ask(now, question)

    def _submit(self, batcher: Batcher, now: float) -> None:
        while self._arrivals and self._arrivals[0][0] <= now:
            _, number = heapq.heappop(self._arrivals)
            one = self.asked[number]
            self._written[number] = 0
            batcher.submit(Work(number, one.question.prompt_tokens, one.question.written_tokens))

    def _note(self, batcher: Batcher, step: Step, now: float) -> None:
        for number in batcher.begun:
            self.asked[number].begun = now
        each = step.seconds / step.count
        for number in step.tokens:
            one, before = self.asked[number], self._written[number]
            after = self._written[number] = before + step.count
            if before <= one.question.thinking_tokens < after:
                one.first_token = now + each * (one.question.thinking_tokens + 1 - before)
            if before < one.question.sentence_at <= after:
                one.first_sentence = now + each * (one.question.sentence_at - before)
        for number in step.finished:
            self.asked[number].ended = now + step.seconds


def all_the_time(roofline: Roofline, server: Server, question: Question, visitors: int) -> Waits:
    """So many questions are under way at any moment: each visitor asks again as soon as the answer is there.

    Lengths vary by up to half of what is given, for prompt and answer apart, as those of real questions do.
    """
    run = Run(roofline, server)
    alone = (question.prompt_tokens / roofline.prefill_tokens_per_second) + question.written_tokens * (
        roofline.step_seconds(decoding=1, context_tokens=question.prompt_tokens, prefill_tokens=0)
    )
    chance = random.Random(_SEED)  # noqa: S311 - a simulation, not a secret
    questions = (question.varied(chance) for _ in range(visitors + _QUESTIONS))
    for first in itertools.islice(questions, visitors):
        run.ask(chance.uniform(0, alone), first)
    run.until_all_are_answered(questions)
    # The first come to an empty server and the last leave one behind.
    return _waits(run.asked[2 * visitors : -visitors], roofline.request_seconds)


def at_once(roofline: Roofline, server: Server, question: Question, visitors: int) -> Waits:
    """All visitors ask at the same moment."""
    run = Run(roofline, server)
    for _ in range(visitors):
        run.ask(0.0, question)
    run.until_all_are_answered(iter(()))
    return _waits(run.asked, roofline.request_seconds)


def _waits(asked: Sequence[Asked], request: float) -> Waits:
    """`request` is the way of a request, which comes once, before all that its visitor sees."""
    took = max(one.ended for one in asked) - min(one.at for one in asked)
    return Waits(
        Spread.of([one.begun - one.at for one in asked]),
        Spread.of([one.first_token - one.at + request for one in asked]),
        Spread.of([one.first_sentence - one.at + request for one in asked]),
        Spread.of([one.ended - one.at + request for one in asked]),
        60 * len(asked) / took,
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    """By linear interpolation between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
