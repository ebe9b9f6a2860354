"""Pick the sentences of a passage that come closest to the question, word for word."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from aichatdesk.assistant.grounding import Citation
from aichatdesk.assistant.sentences import Span, spans
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.terms import content_terms

_LONGEST = 420
_PASSAGES = 3
_LEAD = 0.12
_ENDS = (".", "!", "?", "。", "！", "？", ":", "…")


def best_quotation(question: str, passages: Sequence[Passage], language: str) -> Citation | None:
    """One or two whole sentences of the best passages; None if there is nothing to quote."""
    considered = passages[:_PASSAGES]
    wanted = set(content_terms(question, language))
    rarity = _rarity(considered)
    best: tuple[float, Citation] | None = None
    for place, passage in enumerate(considered):
        for span in _candidates(passage.text):
            words = set(content_terms(passage.text[span.start : span.end], passage.language))
            told = sum(rarity.get(word, 0.0) for word in wanted & words)
            length = math.sqrt(max(len(words), 4))
            quote = passage.text[span.start : span.end]
            # A row of a table is hard to read without its head.
            score = passage.score * (1.0 - _LEAD * place) + 0.3 * told / length - 0.3 * ("|" in quote)
            if best is None or score > best[0]:
                best = score, Citation(passage, passage.start + span.start, passage.start + span.end, quote)
    return best[1] if best else None


def _candidates(text: str) -> list[Span]:
    """Whole sentences and pairs of neighbours, as long as they are short enough to be read at a glance."""
    places = [place for place in spans(text) if not _is_heading(text[place.start : place.end])]
    pairs = [
        Span(first.start, second.end)
        for first, second in pairwise(places)
        if "\n" not in text[first.end : second.start]
    ]
    return [place for place in places + pairs if place.end - place.start <= _LONGEST] or [
        Span(place.start, min(place.end, place.start + _LONGEST)) for place in places[:1]
    ]


def _is_heading(text: str) -> bool:
    return text.startswith("#") or (
        len(text) < 40 and not text.endswith(_ENDS) and not any(map(str.isdigit, text))
    )


def _rarity(passages: Sequence[Passage]) -> dict[str, float]:
    """How much a word tells among these passages' sentences."""
    counts: Counter[str] = Counter()
    total = 0
    for passage in passages:
        for place in spans(passage.text):
            counts.update(set(content_terms(passage.text[place.start : place.end], passage.language)))
            total += 1
    return {word: math.log(1 + total / count) for word, count in counts.items()}
