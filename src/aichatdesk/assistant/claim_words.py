"""The words of a claim as grounding sees them: stems, numbers, names, and what a word does to a promise."""

import re
from dataclasses import dataclass
from functools import lru_cache

from aichatdesk.assistant.sentences import spans
from aichatdesk.knowledge.stop_words import stop_words
from aichatdesk.knowledge.terms import stem

_TOKEN = re.compile(
    r"[$€£¥%]|https?://\S+|[\w.+-]+@[\w-]+\.[\w.]+|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+|[,;:()–—|]",
    re.UNICODE,
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_CLAUSE_MARKS = frozenset(",;:()–—|")
NEGATIONS = frozenset(
    """
    not no never neither nor none nothing nobody without cannot can't don't doesn't didn't won't
    isn't aren't wasn't weren't shouldn't wouldn't couldn't hasn't haven't hadn't mustn't unable
    nicht kein keine keinen keinem keiner keines nie niemals nichts ohne ne pas jamais aucun aucune
    sans rien nunca ningún ninguna sin nada ni non mai nessun nessuna senza niente não nem nenhum
    nenhuma sem niet geen nooit zonder
    """.split()
)
# Words that change what a sentence promises; each must be in the passage too.
QUALIFIERS = frozenset(
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
BOUNDS = frozenset(
    """
    least most up until within over under above below from about almost nearly mindestens höchstens
    bis ab innerhalb über unter etwa jusqu'à moins plus hasta menos más desde
    """.split()
)
# What holds only within these words holds only with them.
RESTRICTIONS = frozenset(
    """
    only except unless nur außer sofern ausgenommen seulement uniquement sauf solo sólo solamente
    únicamente salvo excepto soltanto solamente tranne eccetto apenas somente exceto alleen behalve
    """.split()
)
# These begin a clause that says when, or for whom, the rest holds.
CONDITIONS = frozenset(
    """
    if unless when whenever once provided while wenn falls sofern sobald solange während si lorsque
    quand tant cuando mientras siempre se quando finché quando enquanto als indien zodra zolang
    """.split()
)
# These begin a few words that do the same.
LIMITS = frozenset(
    """
    within until till before after during up least most over under above below except without
    innerhalb bis vor nach während ab mindestens höchstens über unter außer ohne dans jusqu'à jusqu
    avant après pendant moins plus sauf sans hasta antes después durante dentro partir menos más
    salvo sin entro fino prima dopo meno più salvo senza até depois dentro menos mais sem binnen tot
    voor na tijdens vanaf minstens hoogstens zonder
    """.split()
)
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6",
    "sieben": "7", "acht": "8", "neun": "9", "zehn": "10", "deux": "2", "trois": "3", "dos": "2", "tres": "3",
}  # fmt: skip
# Answers to "how much" without a digit.
FREE = frozenset("free gratis kostenlos gratuit gratuito gratuita gratuite never always".split())
# Words so general that they add no claim of their own.
LIGHT = frozenset("able according available following help information provide".split())
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "%": "%"}
# A sentence that begins with one of these speaks of what the sentence before it named.
PRONOUNS = frozenset(
    """it its this these that those they their he she es er sie dies diese dieser dieses il elle ils elles ce cela
    lo la él ella ellos ellas esto esta este esse essa ele ela eles isso esso essa questo questa hij zij ze dit
    deze""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `key` is what is compared, `clause` counts the marks before it."""

    raw: str
    key: str
    clause: int
    is_number: bool = False
    is_name: bool = False


@lru_cache(maxsize=4096)
def words_of(text: str, language: str) -> tuple[Word, ...]:
    """The words of a text in order."""
    found = []
    clause = 0
    starts = {span.start for span in spans(text)}
    for match in _TOKEN.finditer(text):
        if match[0] in _CLAUSE_MARKS:
            clause += 1
            continue
        found.append(_word(match[0].replace("’", "'"), clause, language, inside=match.start() not in starts))
    return tuple(found)


def _word(raw: str, clause: int, language: str, *, inside: bool) -> Word:
    lowered = raw.lower()
    if _NUMBER.fullmatch(raw):
        return Word(lowered, _number(raw), clause, is_number=True)
    if raw in _SIGNS:
        return Word(raw, _SIGNS[raw], clause)
    if lowered in _NUMBER_WORDS:
        return Word(lowered, _NUMBER_WORDS[lowered], clause, is_number=True)
    # German writes every noun with a capital, so there a capital names nothing.
    named = inside and language != "de" and raw[0].isupper() and lowered not in stop_words(language)
    mixed = any(letter.isdigit() or letter in "@/_" for letter in raw)
    return Word(lowered, stem(lowered, language), clause, is_name=named or mixed)


def tells(word: Word, language: str) -> bool:
    """Whether a word carries part of the claim."""
    if word.is_number or word.raw in QUALIFIERS or word.raw in _SIGNS:
        return True
    return word.raw not in stop_words(language) and word.raw not in NEGATIONS and len(word.raw) > 1


def _number(raw: str) -> str:
    """One form for one number: 1,890 and 1890; 4.90 and 4,9."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", raw):
        return re.sub(r"[.,]", "", raw)
    whole, point, part = raw.replace(",", ".").rpartition(".")
    if not point or not part.isdigit():
        return raw
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole
