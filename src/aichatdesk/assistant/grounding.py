"""Whether a sentence says only what a passage says; a small model must not be able to lie for us.

The check is lexical and strict on purpose (`docs/decisions/0006-grounding.md`): a true sentence that it does not
recognise costs a quotation, a false one that it lets through costs trust.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aichatdesk.assistant.claim_faults import Claim, Said, fault_beside, fault_of_form
from aichatdesk.assistant.claim_words import words_of
from aichatdesk.assistant.sentences import Span
from aichatdesk.assistant.windows import Topic, Window, windows_of
from aichatdesk.knowledge.domain import Passage

_LEADING_VERDICT = re.compile(r"^(?:yes|no|ja|nein|oui|non|s[ií]|sì|sim|não|nee)\b[,.:!;]?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """Which passage supports a sentence, and where in the document's text."""

    passage: Passage
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Supported:
    """The sentence, without a leading yes or no, and what it rests on."""

    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Why the sentence must not be sent; one machine word."""

    reason: str


class Grounds:
    """What the sentences of one answer may rest on.

    Args:
        used: The passages that the model was shown.
        found: All that were found for the question; they tell what is more to the point.
        wholly: A sentence must speak of most of the question, not only of as much as any passage does; for when
            it is not sure that the documents answer it.
    """

    def __init__(
        self,
        used: Sequence[Passage],
        language: str,
        question: str = "",
        *,
        found: Sequence[Passage] = (),
        wholly: bool = False,
    ) -> None:
        self._language = language
        self._question = question
        self._wholly = wholly
        self._windows = windows_of(tuple(used), language)
        self._topic = Topic(question, windows_of(tuple(found or used), language), language)

    def judge(self, sentence: str, before: Citation | None = None) -> Supported | Unsupported:
        """Say whether one sentence is supported by one or two adjacent sentences of some passage.

        Those must also speak of what the question asks, or follow `before`, what the answer last rested on.
        """
        text = _without_verdict(sentence.strip().lstrip("-*•# ").strip())
        claim = Claim(
            words_of(text, self._language),
            self._language,
            self._topic,
            _said(before),
            self._wholly,
        )
        fault = fault_of_form(text, claim, self._question)
        if fault:
            return Unsupported(fault)
        best: tuple[float, Window] | None = None
        reason = "other_words"
        for window in self._windows:
            fault = fault_beside(claim, window)
            if fault is None:
                closeness = len(claim.words) / max(len(window.words), 1)
                if best is None or closeness > best[0]:
                    best = closeness, window
            elif fault != "other_words":
                reason = fault
        if best is None:
            return Unsupported(reason)
        return Supported(text, _cite(best[1].passage, best[1].span))


def _said(before: Citation | None) -> Said | None:
    if before is None:
        return None
    start = before.start - before.passage.start
    return Said(before.passage.chunk_id, Span(start, start + len(before.quote)))


def _cite(passage: Passage, span: Span) -> Citation:
    quote = passage.text[span.start : span.end]
    return Citation(passage, passage.start + span.start, passage.start + span.end, quote)


def _without_verdict(text: str) -> str:
    """The model's yes or no is its own claim; what follows can be checked."""
    rest = _LEADING_VERDICT.sub("", text, count=1)
    return rest[:1].upper() + rest[1:] if rest != text else text
