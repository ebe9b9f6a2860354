"""One simulated answer: its tokens fall due by the machine's time, its words come from somewhere else."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aichatdesk.migration.spark.visitors import SENTENCE_TOKENS

Reason = Literal["stop", "length", "abort"]


@dataclass(slots=True)
class Moments:
    """When things happened to an answer, in simulated seconds.

    Attributes:
        ready: In the machine's queue.
        begun: In a slot, and its prompt is being read.
        first: Its first token that is no thought.
        sentence: So many of its tokens that its first sentence is likely to be whole.
        last: Its last token.
    """

    arrived: float
    ready: float
    begun: float | None = None
    first: float | None = None
    sentence: float | None = None
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """How long an answer may be and must be, in tokens; `thoughts` come before its text and count too."""

    most: int
    least: int = 0
    thoughts: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """What one token says."""

    text: str
    is_thought: bool = False


class Answer:
    """Lets each word out when its token is due; a word that comes later goes out at once, and is `late`.

    Args:
        now: The present moment in simulated seconds.
        over: Called once when nothing more will come.
    """

    def __init__(
        self, moments: Moments, length: Length, *, now: Callable[[], float], over: Callable[[], None]
    ) -> None:
        self.moments = moments
        self.tokens = 0
        self.late = 0.0
        self.reason: Reason | None = None
        self._length = length
        self._now = now
        self._over = over
        self._words: deque[str] = deque()
        self._received: list[str] = []
        self._all_received = False
        self._due: deque[float] = deque()
        self._out: deque[Piece] = deque()
        self._news = asyncio.Event()

    @property
    def wants_words(self) -> bool:
        """Whether its source should go on."""
        return self.reason is None and len(self._received) + self._length.thoughts < self._length.most

    def receive(self, word: str) -> None:
        """Take the word of one more token from the source."""
        self._received.append(word)
        self._words.append(word)
        if self._due:
            self.late = max(self.late, self._now() - self._due[0])
        self._let_out()

    def receive_end(self) -> None:
        """The source has no more; what is still missing to the least length is said again."""
        missing = self._length.least - self._length.thoughts - len(self._received)
        again = self._received or [" ."]
        self._words.extend(again[place % len(again)] for place in range(missing))
        self._all_received = True
        self._let_out()

    def token_is_due(self, moment: float) -> None:
        """The machine has brought one more token."""
        self._due.append(moment)
        self._let_out()

    def break_off(self) -> None:
        """End it before its end."""
        self._end("abort")

    async def pieces(self) -> list[Piece]:
        """What has come since the last call, as soon as there is something; empty at the end."""
        while not self._out and self.reason is None:
            self._news.clear()
            await self._news.wait()
        out = list(self._out)
        self._out.clear()
        return out

    def _let_out(self) -> None:
        while self._due and self.reason is None:
            if self.tokens < self._length.thoughts:
                self._give(Piece(" hm" if self.tokens else "Hm", is_thought=True))
            elif self._words:
                self._give(Piece(self._words.popleft()))
            elif self._all_received:
                self.moments.last = self._due.popleft()  # the token that ends an answer has no text
                self._end("stop")
            else:
                return
        if self._all_received and not self._words and self.tokens > self._length.thoughts:
            self._end("stop")

    def _give(self, piece: Piece) -> None:
        moments = self.moments
        moments.last = self._due.popleft()
        self.tokens += 1
        if not piece.is_thought and moments.first is None:
            moments.first = moments.last
        if self.tokens == self._length.thoughts + SENTENCE_TOKENS:
            moments.sentence = moments.last
        self._out.append(piece)
        self._news.set()
        if self.tokens >= self._length.most:
            self._end("length")

    def _end(self, reason: Reason) -> None:
        if self.reason is None:
            self.reason = reason
            self._news.set()
            self._over()
