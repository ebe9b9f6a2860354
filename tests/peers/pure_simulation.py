"""What a batcher makes of some arrivals, reckoned without a clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.migration.spark.batching import Batcher, Work


@dataclass(frozen=True)
class Arrival:
    """A request: when it is there, and how long its prompt and its answer are."""

    at: float
    prompt_tokens: int
    answer_tokens: int


@dataclass
class Course:
    """When its prompt began to be read, and its first token and last one came."""

    begun: float = -1.0
    first: float = -1.0
    last: float = -1.0


def simulate(batcher: Batcher, arrivals: Sequence[Arrival]) -> list[Course]:
    """The course of each arrival; they come in the order of their times."""
    courses = [Course() for _ in arrivals]
    now, next_one = 0.0, 0
    while batcher.busy or next_one < len(arrivals):
        if not batcher.busy:
            now = max(now, arrivals[next_one].at)
        while next_one < len(arrivals) and arrivals[next_one].at <= now:
            arrival = arrivals[next_one]
            batcher.submit(Work(next_one, arrival.prompt_tokens, arrival.answer_tokens))
            next_one += 1
        step = batcher.step()
        for number in batcher.begun:
            courses[number].begun = now
        now += step.seconds
        for number in step.tokens:
            if courses[number].first < 0:
                courses[number].first = now
            courses[number].last = now
    return courses
