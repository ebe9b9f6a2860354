"""What a claim is compared with: a sentence of a passage, or two where the second speaks of the first."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from aichatdesk.assistant.claim_words import PRONOUNS, Word, tells, words_of
from aichatdesk.assistant.sentences import Span, spans
from aichatdesk.knowledge.domain import Passage


@dataclass(frozen=True, slots=True)
class Window:
    """One or two adjacent sentences of a passage, and the words of the section's title."""

    passage: Passage
    span: Span
    sentences: tuple[tuple[Word, ...], ...]
    title: frozenset[str]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of all its sentences."""
        return tuple(word for sentence in self.sentences for word in sentence)

    @property
    def own_keys(self) -> frozenset[str]:
        """What it speaks of itself."""
        return frozenset(word.key for word in self.words)

    @property
    def keys(self) -> frozenset[str]:
        """What it and its title speak of."""
        return self.own_keys | self.title

    def closest(self, claimed: Sequence[Word]) -> tuple[Word, ...]:
        """The sentence that shares most words with a claim."""
        keys = {word.key for word in claimed}
        return max(self.sentences, key=lambda sentence: len(keys & {word.key for word in sentence}))


@lru_cache(maxsize=64)
def windows_of(passages: tuple[Passage, ...], language: str) -> tuple[Window, ...]:
    """All windows of the passages in one language; headings are none."""
    windows = []
    for passage in passages:
        if passage.language != language:
            continue
        title = frozenset(word.key for word in words_of(passage.section, language))
        places = [place for place in spans(passage.text) if passage.text[place.start] != "#"]
        told = [words_of(passage.text[place.start : place.end], language) for place in places]
        windows += [
            Window(passage, place, (words,), title) for place, words in zip(places, told, strict=True)
        ]
        windows += [
            Window(passage, Span(first.start, second.end), (one, two), title)
            for (first, one), (second, two) in pairwise(zip(places, told, strict=True))
            if two and two[0].raw in PRONOUNS and "\n" not in passage.text[first.end : second.start]
        ]
    return tuple(windows)


class Topic:
    """What a question asks for, and how much of it each window speaks of."""

    def __init__(self, question: str, windows: Sequence[Window], language: str) -> None:
        words = [word for word in words_of(question, language) if tells(word, language)]
        self.keys = frozenset(word.key for word in words)
        self._names = frozenset(word.key for word in words if word.is_name)
        self._known = frozenset(key for window in windows for key in window.keys)
        counts = Counter(key for window in windows for key in window.own_keys & self.keys)
        self._weights = {key: math.log(1 + len(windows) / counts.get(key, 0.5)) for key in self.keys}
        self._most = max((self._told(window) for window in windows), default=0.0)

    def share(self, window: Window) -> float:
        """How much of the question a window speaks of, beside the window that speaks of most of it: 0..1."""
        return self._told(window) / self._most if self._most else 1.0

    def covered(self, window: Window) -> float:
        """How much of the question a window speaks of, words that nothing speaks of included: 0..1."""
        whole = sum(self._weights.values())
        return self._told(window) / whole if whole else 1.0

    def names_missing(self, window: Window) -> bool:
        """Whether the question names something that the documents know and this window does not."""
        return any(key in self._known for key in self._names - window.keys)

    def _told(self, window: Window) -> float:
        return sum(self._weights[key] for key in window.own_keys & self.keys)
