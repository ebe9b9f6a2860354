"""Take off a suggested reply what small models put around it, and notice when they go in circles."""

import re

from aichatdesk.assistant.sentences import SentenceStream, spans

# A model that goes on with the transcript has written its reply.
STOPS = ("\nVisitor:", "\nAgent:", "\nTranscript:")
_PREFIX = re.compile(
    r"\A\s*(?:(?:agent|assistant|reply|visitor|[^\n:]{0,40}\b(?:next|suggested) reply\b[^\n:]{0,40})\s*:\s*)+",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\A[\"“„«](?P<inside>[^\"“”„«»]*)[\"”“»]\Z")
_LAST_SENTENCE = re.compile(r"\A.*[.!?。！？…](?=\s|\Z|(?<=[。！？]))", re.DOTALL)
# Less than this of a sentence says nothing.
_SHORTEST_PART = 20
# "Thank you." may come twice.
_SHORTEST_REPEATED = 16


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
    if cut_short:
        whole = _LAST_SENTENCE.match(reply)
        reply = whole[0] if whole else reply if len(reply) >= _SHORTEST_PART else ""
    return _once(reply)


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
