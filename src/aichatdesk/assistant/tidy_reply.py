"""Take off a suggested reply what small models put around it, and notice when they go in circles."""

import re
from collections.abc import Iterable

from aichatdesk.assistant.sentences import SentenceStream, spans

# A model that goes on with the transcript has written its reply.
STOPS = ("\nVisitor:", "\nAgent:", "\nTranscript:")
_PREFIX = re.compile(r"\A\s*(?:(?:agent|assistant|reply|visitor)\s*:\s*)+", re.IGNORECASE)
_QUOTED = re.compile(r"\A[\"“„«](?P<inside>[^\"“”„«»]*)[\"”“»]\Z")
_LAST_SENTENCE = re.compile(r"\A.*[.!?。！？…](?=\s|\Z|(?<=[。！？]))", re.DOTALL)
# "Thank you." may come twice.
_SHORTEST_REPEATED = 16
_NUMBER = re.compile(r"\w*\d(?:[\w.,:]*\w)?")
_NUMBERED = re.compile(r"\A\s*\d{1,2}[.)]\s")


class Circles:
    """Listens to a reply as it is written, for a sentence that was there before."""

    def __init__(self) -> None:
        self._sentences = SentenceStream()
        self._said: set[str] = set()

    def closed_by(self, piece: str) -> bool:
        """Whether this piece ends a sentence that repeats another."""
        return any(_repeats(sentence, self._said) for sentence in self._sentences.feed(piece))


def tidy_reply(text: str, *, cut_short: bool) -> str:
    """A reply alone, each sentence once; one that was cut short ends with a whole sentence if it can."""
    reply = _PREFIX.sub("", text).strip()
    if quoted := _QUOTED.match(reply):
        reply = quoted["inside"].strip()
    if cut_short and (whole := _LAST_SENTENCE.match(reply)):
        reply = whole[0]
    return _once(reply)


def without_invented_numbers(reply: str, known: Iterable[str]) -> str:
    """A reply without the sentences that hold a price, a date or another number which no known text holds."""
    told = {number.casefold() for text in known for number in _NUMBER.findall(text)}
    kept: list[str] = []
    end = 0
    for span in spans(reply):
        sentence = _NUMBERED.sub("", reply[span.start : span.end])
        if told.issuperset(number.casefold() for number in _NUMBER.findall(sentence)):
            kept.append(reply[end : span.end])
        end = span.end
    return "".join(kept).strip()


def _once(reply: str) -> str:
    said: set[str] = set()
    kept: list[str] = []
    end = 0
    for span in spans(reply):
        if not _repeats(reply[span.start : span.end], said):
            kept.append(reply[end : span.end])
        end = span.end
    return "".join(kept).strip()


def _repeats(sentence: str, said: set[str]) -> bool:
    """Whether it was said before; it is from now on."""
    known = " ".join(sentence.split()).casefold()
    if len(known) < _SHORTEST_REPEATED:
        return False
    before = known in said
    said.add(known)
    return before
