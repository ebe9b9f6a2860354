"""Whether each number of a claim is used as in the passage: its unit, its bound, and what it is about."""

from collections.abc import Sequence

from aichatdesk.assistant.claim_words import BOUNDS, QUALIFIERS, Word, tells

_NEAR = 3


def numbers_kept(claimed: Sequence[Word], sentences: Sequence[Sequence[Word]], language: str) -> bool:
    """True if some sentence uses every number of the claim in the same way."""
    return all(
        any(
            _same_use(claimed, place, sentence, other, language)
            for sentence in sentences
            for other, theirs in enumerate(sentence)
            if theirs.key == word.key
        )
        for place, word in enumerate(claimed)
        if word.is_number
    )


def _same_use(
    claimed: Sequence[Word], place: int, sentence: Sequence[Word], other: int, language: str
) -> bool:
    unit = _neighbour(claimed, place, language)
    if unit is not None and all(
        word.key != unit.key for word in sentence[max(0, other - _NEAR) : other + _NEAR + 1]
    ):
        return False
    ours = {word.raw for word in claimed[max(0, place - _NEAR) : place] if word.raw in BOUNDS}
    theirs = {word.raw for word in sentence[max(0, other - _NEAR) : other] if word.raw in BOUNDS}
    after = {word.raw for word in sentence[other : other + _NEAR + 1]} & {"least", "most"}
    if not theirs <= ours or not after <= {word.raw for word in claimed}:
        return False
    rivals = _rivals(claimed, sentence, other, unit, language)
    return all(
        _reaches(word.key, sentence, other, rivals)
        for word in claimed
        if tells(word, language) and not word.is_number
    )


def _rivals(
    claimed: Sequence[Word], sentence: Sequence[Word], other: int, unit: Word | None, language: str
) -> list[int]:
    """Places of other numbers with the same unit that the claim does not mention: 4 EUR beside 14 EUR."""
    mentioned = {word.key for word in claimed if word.is_number}
    found = []
    for place, word in enumerate(sentence):
        if place == other or not word.is_number or word.key in mentioned:
            continue
        their_unit = _neighbour(sentence, place, language)
        if unit is None or their_unit is None or their_unit.key == unit.key:
            found.append(place)
    return found


def _reaches(key: str, sentence: Sequence[Word], other: int, rivals: Sequence[int]) -> bool:
    """Whether a word of the claim belongs to this number and not to one that stands between them."""
    places = [place for place, word in enumerate(sentence) if word.key == key]
    if not places:
        return True  # it is in the sentence before, or in the title
    return any(not any(min(place, other) < rival < max(place, other) for rival in rivals) for place in places)


def _neighbour(words: Sequence[Word], place: int, language: str) -> Word | None:
    """The word that says what a number counts: the next telling one, else the one before."""
    for word in [*words[place + 1 : place + 3], *reversed(words[max(0, place - 2) : place])]:
        if not word.is_number and word.raw not in QUALIFIERS and tells(word, language):
            return word
    return None
