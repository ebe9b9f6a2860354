"""What can be wrong with a claim: its form, or what it says beside one window of a passage."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aichatdesk.assistant.claim_words import (
    CONDITIONS,
    LIGHT,
    LIMITS,
    NEGATIONS,
    PRONOUNS,
    QUALIFIERS,
    RESTRICTIONS,
    Word,
    tells,
)
from aichatdesk.assistant.number_use import numbers_kept
from aichatdesk.assistant.question_kind import is_open, tells_what_is_asked
from aichatdesk.assistant.sentences import Span
from aichatdesk.assistant.windows import Topic, Window
from aichatdesk.core.ids import ChunkId

_MARKUP = re.compile(r"[<>{}\\`]|›")
_ENDS = (".", "!", "…", "。", "！", '"', "”", "»", ")")
# Where an adjective follows its noun.
_ADJECTIVE_AFTER = frozenset({"es", "fr", "it", "pt", "ca", "ro"})
_OF = frozenset("of von vom des der du de del della dello dei degli delle van".split())
_AND = frozenset("and or und oder y o et ou e".split())
_LIMIT_WORDS = 2
_ON_TOPIC = 0.75
# How much of a claim's neighbouring words must be neighbours, or nearly so, in what it rests on.
_FLUENT = 0.6
_STRIDE = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What the sentence before rested on: a place in a chunk's text."""

    chunk_id: ChunkId
    span: Span


@dataclass(frozen=True, slots=True)
class Claim:
    """The sentence, the question it answers, and what was let out before it."""

    words: tuple[Word, ...]
    language: str
    topic: Topic
    before: Said | None
    wholly: bool

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(word.key for word in self.words)

    @property
    def telling(self) -> list[Word]:
        return [word for word in self.words if tells(word, self.language)]


def fault_of_form(text: str, claim: Claim, question: str) -> str | None:
    """What is wrong with the sentence wherever it may come from, or None."""
    if text.endswith(("?", "？")):
        return "question"
    if _MARKUP.search(text):
        return "markup"
    if not text.endswith(_ENDS):
        return "fragment"
    if len(claim.telling) < 2:
        return "says_nothing"
    if claim.words[0].raw in CONDITIONS and claim.words[-1].clause == 0:
        return "fragment"
    if not tells_what_is_asked(question, claim.words):
        return "off_topic"
    adds = any(word.key not in claim.topic.keys for word in claim.telling)
    if is_open(question) and not adds:
        return "says_nothing"
    return None


def fault_beside(claim: Claim, window: Window) -> str | None:
    """What in the sentence the window does not say or leaves open, or None."""
    return (
        _other_words(claim, window)
        or _other_sense(claim, window)
        or _left_out(claim, window)
        or _off_topic(claim, window)
    )


def _other_words(claim: Claim, window: Window) -> str | None:
    """A fault if the sentence has a telling word more often than the window has it."""
    left = Counter(word.key for word in window.words)
    for word in claim.telling:
        left[word.key] -= 1
        if left[word.key] >= 0 or word.raw in LIGHT:
            continue
        # The title may say what its sentences are about, but only where that was asked.
        if word.key in window.title & claim.topic.keys and word.raw not in QUALIFIERS:
            continue
        return "other_number" if word.is_number else "other_name" if word.is_name else "other_words"
    return None


def _other_sense(claim: Claim, window: Window) -> str | None:
    """A fault if the same words are used to say something else."""
    if not _same_denials(claim, window.closest(claim.words)):
        return "other_polarity"
    if not numbers_kept(claim.words, window.sentences, claim.language):
        return "other_binding"
    if not _in_order([word.key for word in claim.words if word.is_number or word.is_name], window):
        return "other_order"
    return "garbled" if _garbled(claim, window) else None


def _left_out(claim: Claim, window: Window) -> str | None:
    """A fault if the window's sentence holds only under conditions, or of things, that the claim leaves out."""
    said = claim.keys | claim.topic.keys
    sentence = window.closest(claim.words)
    raw = {word.raw for word in claim.words}
    if any(word.raw in RESTRICTIONS and word.raw not in raw for word in sentence):
        return "condition_left_out"
    for phrase in _conditions(sentence, claim.language):
        if any(word.key not in (claim.keys if word.is_number else said) for word in phrase):
            return "condition_left_out"
    if any(_narrowed(word, sentence, said, claim.language) for word in claim.telling):
        return "other_thing"
    return "other_thing" if _owner_alone(claim, sentence) else None


def _conditions(sentence: Sequence[Word], language: str) -> Iterator[list[Word]]:
    """The telling words of each clause or phrase that says when, or for whom, a sentence holds."""
    for place, word in enumerate(sentence):
        if word.raw not in CONDITIONS and word.raw not in LIMITS:
            continue
        rest = [
            other
            for other in sentence[place + 1 :]
            if other.clause == word.clause and tells(other, language) and other.raw not in LIMITS
        ]
        yield rest if word.raw in CONDITIONS else rest[:_LIMIT_WORDS]


def _narrowed(word: Word, sentence: Sequence[Word], said: frozenset[str], language: str) -> bool:
    """Whether the sentence speaks only of some kind of this thing: "wrong adapter", "Plus plan"."""
    places = [place for place, other in enumerate(sentence) if other.key == word.key]
    if word.is_number or not places:
        return False
    return all(
        any(
            not other.is_number
            and other.clause == sentence[place].clause
            and tells(other, language)
            and other.key not in said
            for other in _adjectives(place, sentence, language)
        )
        for place in places
    )


def _owner_alone(claim: Claim, sentence: Sequence[Word]) -> bool:
    """Whether a claim is made of a thing where the sentence speaks of a part of it: "the memory of the Mini"."""
    for place, word in enumerate(sentence):
        if word.raw not in _OF or not place:
            continue
        part = sentence[place - 1]
        thing = next((other for other in sentence[place + 1 :] if tells(other, claim.language)), None)
        if thing and thing.key in claim.keys and tells(part, claim.language) and part.key not in claim.keys:
            return True
    return False


def _adjectives(place: int, sentence: Sequence[Word], language: str) -> Sequence[Word]:
    """The neighbour that may say of which kind a thing is; the last of a list ("A and B last") does not."""
    if language in _ADJECTIVE_AFTER:
        return sentence[place + 1 : place + 2]
    if any(word.raw in _AND for word in sentence[max(0, place - 4) : max(0, place - 1)]):
        return ()
    return sentence[max(0, place - 1) : place]


def _off_topic(claim: Claim, window: Window) -> str | None:
    """A fault if other sentences speak far more of what was asked, and this does not go on from the last."""
    follows = _follows(claim.before, window)
    if claim.words[0].raw in PRONOUNS and not _antecedent_told(claim, window, follows=follows):
        return "other_thing"
    if claim.topic.names_missing(window) and not follows:
        return "off_topic"
    share = claim.topic.covered(window) if claim.wholly else claim.topic.share(window)
    return None if follows or share >= _ON_TOPIC else "off_topic"


def _follows(before: Said | None, window: Window) -> bool:
    """Whether a window stands in the same paragraph as what was said before."""
    if before is None or before.chunk_id != window.passage.chunk_id:
        return False
    between = sorted((before.span, window.span), key=lambda span: span.start)
    return "\n" not in window.passage.text[between[0].start : between[1].end]


def _antecedent_told(claim: Claim, window: Window, *, follows: bool) -> bool:
    """Whether "it" means the same in the answer as in the passage."""
    if claim.before is None:
        return True
    if claim.before.span == window.span and follows:
        return True
    return follows and window.sentences[-1][0].raw in PRONOUNS and claim.before.span.start < window.span.end


def _garbled(claim: Claim, window: Window) -> bool:
    """Whether the claim's words stand in another company than in the window; names least of all may."""
    near = {
        (one.key, other.key)
        for sentence in window.sentences
        for place, one in enumerate(sentence)
        for other in sentence[place + 1 : place + 1 + _STRIDE]
    }
    kept = [(one.key, other.key) in near for one, other in pairwise(claim.words)]
    stranger = any(
        word.is_name and not any(kept[max(0, place - 1) : place + 1])
        for place, word in enumerate(claim.words)
    )
    return stranger or sum(kept) < _FLUENT * len(kept)


def _in_order(keys: Sequence[str], window: Window) -> bool:
    """Names and numbers must follow each other as in the passage, or they may have changed places."""
    theirs = [word.key for word in window.words if word.is_number or word.is_name]
    for sequence in (theirs, *([word.key for word in sentence] for sentence in window.sentences)):
        rest = iter(sequence)
        if all(key in rest for key in dict.fromkeys(keys)):
            return True
    return False


def _same_denials(claim: Claim, sentence: Sequence[Word]) -> bool:
    """Whether the claim denies something as the sentence does, and where that denies twice, the same things."""
    ours, theirs = _denied(claim.words, claim.language), _denied(sentence, claim.language)
    if bool(ours) != bool(theirs):
        return False
    return len(theirs) < 2 or ours == [key for key in theirs if key in claim.keys]


def _denied(words: Sequence[Word], language: str) -> list[str]:
    """The next telling word after each negation."""
    return [
        next((other.key for other in words[place + 1 :] if tells(other, language)), "")
        for place, word in enumerate(words)
        if word.raw in NEGATIONS
    ]
