"""Cut text into sentences: a finished text with places, and a stream as it arrives."""

import re
from dataclasses import dataclass

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”]?|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|approx|incl|excl|no|nr|mr|mrs|ms|dr|prof|st|fig|vol|inc|ltd|co|p|pp"
    r"|z\.b|bzw|ca|ggf|usw|d\.h|u\.a|str|abs|sr|sra|ud|p\.ej|av|min|max|[a-z])\.$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)\s*\d{1,2}\.$")


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence's place in its text, without the white space around it."""

    start: int
    end: int


def _ends(text: str, *, final: bool) -> list[int]:
    """Where sentences end; without `final`, only where more text has already shown that they do."""
    ends = []
    for match in _END.finditer(text):
        end = match.end()
        if not final and end == len(text):
            break
        before = text[: match.end()].rstrip("\"'”’»)]")
        if match[0].startswith(".") and (_ABBREVIATION.search(before[-12:]) or _NUMBERED.search(before[-8:])):
            continue
        ends.append(end)
    return ends


def spans(text: str) -> list[Span]:
    """The sentences of a finished text; lines end sentences too."""
    found = []
    start = 0
    for end in [*_ends(text, final=True), len(text)]:
        piece = text[start:end]
        trimmed = piece.strip()
        if trimmed:
            begin = start + piece.index(trimmed[0])
            found.append(Span(begin, begin + len(trimmed)))
        start = end
    return found


class SentenceStream:
    """Collects streamed text and gives back each sentence once it is complete.

    Joining all that `feed` and `finish` return gives the text that was fed.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that this piece completes, white space included."""
        self._held += piece
        found = []
        start = 0
        for end in _ends(self._held, final=False):
            found.append(self._held[start:end])
            start = end
        self._held = self._held[start:]
        return found

    def finish(self) -> str:
        """What is left when no more comes."""
        rest, self._held = self._held, ""
        return rest
