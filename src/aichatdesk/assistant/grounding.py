"""Whether a sentence says only what a passage says; a small model must not be able to lie for us.

The check is lexical and strict on purpose (`docs/decisions/0006-grounding.md`): a true sentence that it does not
recognise costs a quotation, a false one that it lets through costs trust.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from aichatdesk.assistant.sentences import Span, spans
from aichatdesk.knowledge.domain import Passage
from aichatdesk.knowledge.stop_words import stop_words
from aichatdesk.knowledge.terms import stem

_TOKEN = re.compile(
    r"[$€£¥%]|https?://\S+|[\w.+-]+@[\w-]+\.[\w.]+|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+",
    re.UNICODE,
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LEADING_VERDICT = re.compile(r"^(?:yes|no|ja|nein|oui|non|s[ií]|sì|sim|não|nee)\b[,.:!;]?\s+", re.IGNORECASE)
_NEGATIONS = frozenset(
    """
    not no never neither nor none nothing nobody without cannot can't don't doesn't didn't won't
    isn't aren't wasn't weren't shouldn't wouldn't couldn't hasn't haven't hadn't mustn't unable
    nicht kein keine keinen keinem keiner keines nie niemals nichts ohne ne pas jamais aucun aucune
    sans rien nunca ningún ninguna sin nada ni non mai nessun nessuna senza niente não nem nenhum
    nenhuma sem niet geen nooit zonder
    """.split()
)
# Words that change what a sentence promises; each must be in the passage too.
_QUALIFIERS = frozenset(
    """
    only all every each always ever any both must may might should could free least most up until
    till after before within more less fewer over under above below except unless instead also again
    first last same other another nur alle jede jeder jedes immer müssen darf mindestens höchstens
    bis nach vor innerhalb mehr weniger über unter außer seulement tous toutes toujours chaque
    gratuit moins plus jusqu après avant sauf solo todos todas siempre cada gratis menos más hasta
    después antes salvo
    """.split()
)
# Before a number these set a bound; leaving one out turns "up to 10" into "10".
_BOUNDS = frozenset(
    """
    least most up until within over under above below from about almost nearly mindestens höchstens
    bis ab innerhalb über unter etwa jusqu'à moins plus hasta menos más desde
    """.split()
)
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6",
    "sieben": "7", "acht": "8", "neun": "9", "zehn": "10", "deux": "2", "trois": "3", "dos": "2", "tres": "3",
}  # fmt: skip
# Answers to "how much" without a digit.
_FREE = frozenset("free gratis kostenlos gratuit gratuito gratuita gratuite never always".split())
# Words so general that they add no claim of their own.
_LIGHT = frozenset(
    """
    able according available contact customer document documents following help information need
    offer page policy product products provide section way website
    """.split()
)
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "%": "%"}
# Questions that only a number answers.
_QUANTITY = re.compile(
    r"\b(?:how (?:much|many|long|often|far|big|large|heavy|old|soon|fast)|what time|what (?:is|are) the (?:price|cost|fee)s?"
    r"|wie ?(?:viele?|lange?|oft|teuer|schwer|groß|schnell)|was kostet|cu[áa]nt[oa]s?|combien|quant[oiae]|hoeveel|hoe lang)\b",
    re.IGNORECASE,
)
# A sentence that begins with one of these speaks of what the sentence before it named.
_PRONOUNS = frozenset(
    """it its this these that those they their he she es er sie dies diese dieser dieses il elle ils elles ce cela
    lo la él ella ellos ellas esto esta este esse essa ele ela eles isso esso essa questo questa hij zij ze dit
    deze""".split()
)
_NEAR = 3


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


@dataclass(frozen=True, slots=True)
class _Word:
    raw: str
    key: str
    is_number: bool
    is_name: bool


@dataclass(frozen=True, slots=True)
class _Window:
    """One or two adjacent sentences of a passage."""

    passage: Passage
    span: Span
    sentences: tuple[tuple[_Word, ...], ...]

    @property
    def words(self) -> tuple[_Word, ...]:
        return tuple(word for sentence in self.sentences for word in sentence)


def judge(
    sentence: str, passages: Sequence[Passage], language: str, question: str = ""
) -> Supported | Unsupported:
    """Say whether one sentence is supported by one or two adjacent sentences of some passage.

    Those must also speak of what the question names, as far as the passage names it at all.
    """
    text = _without_verdict(sentence.strip().lstrip("-*•# ").strip())
    if text.endswith(("?", "？")):
        return Unsupported("question")
    if "›" in text:
        return Unsupported("heading")
    claimed = _words(text, language)
    if len([word for word in claimed if _tells(word, language)]) < 2:
        return Unsupported("says_nothing")
    reason = "no_passage"
    best: tuple[float, _Window] | None = None
    if _QUANTITY.search(question) and not any(word.is_number or word.raw in _FREE for word in claimed):
        return Unsupported("off_topic")
    asked = frozenset(word.key for word in _words(question, language) if _tells(word, language))
    for window in _windows(tuple(passages), language):
        fault = _fault(claimed, window, language) or _off_topic(asked, claimed, window, language)
        if fault is None:
            closeness = len(claimed) / max(len(window.words), 1)
            if best is None or closeness > best[0]:
                best = closeness, window
        elif fault != "other_words":
            reason = fault
    if best is None:
        return Unsupported(reason if reason != "no_passage" else "other_words")
    return Supported(text, _cite(best[1].passage, best[1].span))


def _fault(claimed: Sequence[_Word], window: _Window, language: str) -> str | None:
    """What in the sentence the window does not say, or None."""
    known = {word.key for word in window.words}
    title = {word.key for word in _words(window.passage.section, language)}
    for word in claimed:
        if word.key in known or not _tells(word, language):
            continue
        if word.is_number:
            return "other_number"
        if word.is_name and word.key not in title:
            return "other_name"
        if word.raw in _LIGHT or (word.key in title and word.raw not in _QUALIFIERS):
            continue
        return "other_words"
    if _negated(claimed) != _negated(_closest(claimed, window)):
        return "other_polarity"
    if not _numbers_bound(claimed, window, language):
        return "other_binding"
    if not _in_order([word.key for word in claimed if word.is_number or word.is_name], window):
        return "other_order"
    return None


def _off_topic(asked: frozenset[str], claimed: Sequence[_Word], window: _Window, language: str) -> str | None:
    """A fault if the passage names what was asked, but not in this window and not in this sentence."""
    rarest = _rarest(asked, window.passage, language)
    if not rarest or rarest & ({word.key for word in window.words} | {word.key for word in claimed}):
        return None
    return "off_topic"


@lru_cache(maxsize=256)
def _rarest(asked: frozenset[str], passage: Passage, language: str) -> frozenset[str]:
    """The question's words that fewest of the passage's sentences have; its title's words tell nothing."""
    title = {word.key for word in _words(passage.section, language)}
    counts = Counter(
        key
        for place in spans(passage.text)
        for key in {word.key for word in _words(passage.text[place.start : place.end], language)}
        if key in asked and key not in title
    )
    fewest = min(counts.values(), default=0)
    return frozenset(key for key, count in counts.items() if count == fewest)


def _tells(word: _Word, language: str) -> bool:
    """Whether a word carries part of the claim."""
    if word.is_number or word.raw in _QUALIFIERS or word.raw in _SIGNS:
        return True
    return word.raw not in stop_words(language) and word.raw not in _NEGATIONS and len(word.raw) > 1


def _numbers_bound(claimed: Sequence[_Word], window: _Window, language: str) -> bool:
    """Each number must keep its unit, its bound, and what it is about."""
    return all(
        any(
            _same_use(claimed, place, sentence, other, language)
            for sentence in window.sentences
            for other, theirs in enumerate(sentence)
            if theirs.key == word.key
        )
        for place, word in enumerate(claimed)
        if word.is_number
    )


def _same_use(
    claimed: Sequence[_Word], place: int, sentence: Sequence[_Word], other: int, language: str
) -> bool:
    """Whether a number of the claim is used as the same number of a passage's sentence is."""
    unit = _neighbour(claimed, place, language)
    if unit is not None and all(
        word.key != unit.key for word in sentence[max(0, other - _NEAR) : other + _NEAR + 1]
    ):
        return False
    ours = {word.raw for word in claimed[max(0, place - _NEAR) : place] if word.raw in _BOUNDS}
    theirs = {word.raw for word in sentence[max(0, other - _NEAR) : other] if word.raw in _BOUNDS}
    after = {word.raw for word in sentence[other : other + _NEAR + 1]} & {"least", "most"}
    if not theirs <= ours or not after <= {word.raw for word in claimed}:
        return False
    rivals = _rivals(claimed, sentence, other, unit, language)
    return all(
        _reaches(word.key, sentence, other, rivals)
        for word in claimed
        if _tells(word, language) and not word.is_number
    )


def _rivals(
    claimed: Sequence[_Word], sentence: Sequence[_Word], other: int, unit: _Word | None, language: str
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


def _reaches(key: str, sentence: Sequence[_Word], other: int, rivals: Sequence[int]) -> bool:
    """Whether a word of the claim belongs to this number and not to one that stands between them."""
    places = [place for place, word in enumerate(sentence) if word.key == key]
    if not places:
        return True  # it is in the sentence before, or in the title
    return any(not any(min(place, other) < rival < max(place, other) for rival in rivals) for place in places)


def _neighbour(words: Sequence[_Word], place: int, language: str) -> _Word | None:
    """The word that says what a number counts: the next telling one, else the one before."""
    for word in [*words[place + 1 : place + 3], *reversed(words[max(0, place - 2) : place])]:
        if not word.is_number and word.raw not in _QUALIFIERS and _tells(word, language):
            return word
    return None


def _in_order(keys: Sequence[str], window: _Window) -> bool:
    """Names and numbers must follow each other as in the passage, or they may have changed places."""
    theirs = [word.key for word in window.words if word.is_number or word.is_name]
    for sequence in (theirs, *([word.key for word in sentence] for sentence in window.sentences)):
        rest = iter(sequence)
        if all(key in rest for key in dict.fromkeys(keys)):
            return True
    return False


def _closest(claimed: Sequence[_Word], window: _Window) -> tuple[_Word, ...]:
    keys = {word.key for word in claimed}
    return max(window.sentences, key=lambda sentence: len(keys & {word.key for word in sentence}))


def _negated(words: Sequence[_Word]) -> bool:
    return any(word.raw in _NEGATIONS for word in words)


def _words(text: str, language: str) -> tuple[_Word, ...]:
    return _cached_words(text, language)


@lru_cache(maxsize=4096)
def _cached_words(text: str, language: str) -> tuple[_Word, ...]:
    found = []
    starts = {span.start for span in spans(text)}
    for match in _TOKEN.finditer(text):
        raw = match[0].replace("’", "'")
        lowered = raw.lower()
        if _NUMBER.fullmatch(raw):
            found.append(_Word(lowered, _number(raw), is_number=True, is_name=False))
        elif raw in _SIGNS:
            found.append(_Word(raw, _SIGNS[raw], is_number=False, is_name=False))
        elif lowered in _NUMBER_WORDS:
            found.append(_Word(lowered, _NUMBER_WORDS[lowered], is_number=True, is_name=False))
        else:
            # German writes every noun with a capital, so there a capital names nothing.
            inside = match.start() not in starts and language != "de"
            named = inside and raw[0].isupper() and lowered not in stop_words(language)
            mixed = any(letter.isdigit() or letter in "@/_" for letter in raw)
            found.append(_Word(lowered, stem(lowered, language), is_number=False, is_name=named or mixed))
    return tuple(found)


def _number(raw: str) -> str:
    """One form for one number: 1,890 and 1890; 4.90 and 4,9."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", raw):
        return re.sub(r"[.,]", "", raw)
    whole, point, part = raw.replace(",", ".").rpartition(".")
    if not point or not part.isdigit():
        return raw
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


@lru_cache(maxsize=64)
def _windows(passages: tuple[Passage, ...], language: str) -> tuple[_Window, ...]:
    windows = []
    for passage in passages:
        if passage.language != language:
            continue
        places = [place for place in spans(passage.text) if passage.text[place.start] != "#"]
        told = [_words(passage.text[place.start : place.end], language) for place in places]
        windows += [_Window(passage, place, (words,)) for place, words in zip(places, told, strict=True)]
        windows += [
            _Window(passage, Span(first.start, second.end), (one, two))
            for (first, one), (second, two) in pairwise(zip(places, told, strict=True))
            if two and two[0].raw in _PRONOUNS and "\n" not in passage.text[first.end : second.start]
        ]
    return tuple(windows)


def _cite(passage: Passage, span: Span) -> Citation:
    quote = passage.text[span.start : span.end]
    return Citation(passage, passage.start + span.start, passage.start + span.end, quote)


def _without_verdict(text: str) -> str:
    """The model's yes or no is its own claim; what follows can be checked."""
    rest = _LEADING_VERDICT.sub("", text, count=1)
    return rest[:1].upper() + rest[1:] if rest != text else text
