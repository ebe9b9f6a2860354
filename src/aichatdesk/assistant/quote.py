"""Pick the sentences of a passage that come closest to the question, word for word."""

import math
from collections import Counter
from collections.abc import Sequence

from aichatdesk.assistant.claim_words import PRONOUNS, words_of
from aichatdesk.assistant.grounding import Citation
from aichatdesk.assistant.question_kind import tells_what_is_asked
from aichatdesk.assistant.sentences import Span, spans
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.terms import content_terms

# As much as is read at a glance.
_LONGEST = 300
_PASSAGES = 3
_LEAD = 0.12
_TOLD = 0.3
# A number where one is asked for, a time where that is.
_FITS = 0.15
_TABLE_ROW = 0.3
# A sentence that has this share of what is asked, and so many words of it, needs no other beside it.
_WHOLE = 0.8
_SEVERAL = 3
_ENDS = (".", "!", "?", "。", "！", "？", ":", "…")
_ASKS = ("?", "？")
# How an answer begins that was kept with its question.
_ANSWER = "A: "


def best_quotation(question: str, passages: Sequence[Passage], language: str) -> Citation | None:
    """The best sentence of the best passages with its neighbours; None if there is nothing to quote."""
    considered = passages[:_PASSAGES]
    wanted = set(content_terms(question, language))
    rarity = _rarity(considered)
    whole = sum(rarity.get(word, 0.0) for word in wanted)
    best: tuple[float, Passage, list[Span], int, bool] | None = None
    for rank, passage in enumerate(considered):
        places, asked = _told_and_asked(passage)
        for number, place in enumerate(places):
            sentence = passage.text[place.start : place.end]
            words = set(content_terms(f"{asked.get(number, '')} {sentence}", passage.language))
            told = sum(rarity.get(word, 0.0) for word in wanted & words)
            # A row of a table is hard to read without its head.
            score = (
                passage.score * (1.0 - _LEAD * rank)
                + _TOLD * told / math.sqrt(max(len(words), 4))
                + _FITS * tells_what_is_asked(question, words_of(sentence, passage.language))
                - _TABLE_ROW * ("|" in sentence)
            )
            if best is None or score > best[0]:
                stands_alone = (
                    len(wanted & words) >= _SEVERAL
                    and told >= _WHOLE * whole
                    and _names_its_subject(sentence, language)
                )
                best = score, passage, places, number, stands_alone
    return _cited(*best[1:]) if best else None


def _told_and_asked(passage: Passage) -> tuple[list[Span], dict[int, str]]:
    """The sentences that tell something, and what is asked right before some of them, by their number."""
    told: list[Span] = []
    asked: dict[int, str] = {}
    for place in spans(passage.text):
        sentence = passage.text[place.start : place.end]
        if _is_heading(sentence):
            continue
        if sentence.endswith(_ASKS):
            asked[len(told)] = sentence
        else:
            told.append(place)
    return told, asked


def _cited(passage: Passage, places: Sequence[Span], number: int, stands_alone: bool) -> Citation:
    """A sentence, with as much of its paragraph as is read at a glance unless it stands alone."""
    first = last = number
    grows = not stands_alone
    while grows:
        grows = False
        for one, other in ((first - 1, last), (first, last + 1)):
            if one < 0 or other >= len(places):
                continue
            text = passage.text[places[one].start : places[other].end]
            if "\n" not in text and len(text) <= _LONGEST:
                first, last, grows = one, other, True
                break
    start = places[first].start
    if passage.text.startswith(_ANSWER, start):
        start += len(_ANSWER)
    end = min(places[last].end, start + 2 * _LONGEST)
    return Citation(passage, passage.start + start, passage.start + end, passage.text[start:end])


def _names_its_subject(sentence: str, language: str) -> bool:
    words = words_of(sentence, language)
    return bool(words) and words[0].raw not in PRONOUNS


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
