"""Answer from the prompt itself: the sentences in it that say most about the question, word for word."""

import re
from collections import Counter

from aichatdesk.assistant.sentences import spans
from aichatdesk.migration.simulate.chat_request import ChatRequest

_WORD = re.compile(r"\w{3,}")
_FENCE = re.compile(r"^(=== .+ ===)$\n(?P<within>.*?)^\1$", re.MULTILINE | re.DOTALL)
_SENTENCES = 2
_SHORTEST = 4
_LONGEST = 600
# Of a huge prompt, so much of its end is read.
_LONGEST_REFERENCE = 200_000


def echo_of(request: ChatRequest) -> str:
    """One or two sentences from what the last message holds beside its question, or else that question."""
    asked = next((turn.content for turn in reversed(request.turns) if turn.role == "user"), "")
    question, reference = _parted(asked)
    found = _closest(question, reference)
    text = " ".join(found) if found else f"You asked: {' '.join(question.split())[:_LONGEST]}"
    places = [place for stop in request.stop if stop and (place := text.find(stop)) >= 0]
    return text[: min(places)] if places else text


def _parted(asked: str) -> tuple[str, str]:
    """The question, and what stands beside it."""
    before, _, after = asked[-_LONGEST_REFERENCE:].rpartition("Question:")
    if not before:
        before, _, after = asked[-_LONGEST_REFERENCE:].rstrip().rpartition("\n\n")
    fenced = _FENCE.search(before)
    return after.strip(), fenced["within"] if fenced else before


def _closest(question: str, reference: str) -> list[str]:
    """The sentences that share most with the question; a word that is in few of them counts more."""
    sentences = [reference[span.start : span.end] for span in spans(reference)]
    sentences = [one for one in dict.fromkeys(sentences) if len(one.split()) >= _SHORTEST and one[0] != "#"]
    known = [_words(one) for one in sentences]
    spread = Counter(word for words in known for word in words)
    asked = _words(question)
    scores = [sum(1 / spread[word] for word in words & asked) for words in known]
    best = sorted(range(len(sentences)), key=lambda place: -scores[place])[:_SENTENCES]
    return [sentences[place] for place in best if scores[place] > 0]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
