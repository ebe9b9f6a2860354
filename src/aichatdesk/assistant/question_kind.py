"""What a question asks for: a quantity, a time, or anything that its own words do not tell."""

import re
from collections.abc import Iterable

from aichatdesk.assistant.claim_words import CONDITIONS, FREE, LIMITS, Word

# Questions that only a number answers.
_QUANTITY = re.compile(
    r"\b(?:how (?:much|many|long|often|far|big|large|heavy|old|soon|fast)|what time|what (?:is|are) the (?:price|cost|fee)s?"
    r"|wie ?(?:viele?|lange?|oft|teuer|schwer|groß|schnell)|was kostet|cu[áa]nt[oa]s?|combien|quant[oiae]|hoeveel|hoe lang)\b",
    re.IGNORECASE,
)
# Questions that a repetition of their own words does not answer.
_OPEN = re.compile(
    r"\b(?:what|when|where|which|who|whose|how|why|was|wann|wo|wohin|woher|wer|wen|wem|wie|welche[rsnm]?|warum|wieso"
    r"|qué|cuándo|dónde|cuál(?:es)?|quién(?:es)?|cómo|por qué|quand|où|quel(?:le)?s?|qui|comment|pourquoi|cosa|dove"
    r"|quale|quali|chi|come|perché|quando|onde|qual|quem|wat|wanneer|waar|welke|hoe|waarom)\b",
    re.IGNORECASE,
)
# Questions for a time, and words that tell one without a digit.
_TIME = re.compile(
    r"^(?:until |since |bis |desde |hasta |depuis )?(?:when|wann|cuándo|quand|quando|wanneer)\b",
    re.IGNORECASE,
)
_TIME_WORDS = frozenset(
    """
    day days week weeks month months year years hour hours minute minutes night morning monday tuesday wednesday
    thursday friday saturday sunday always never immediately now tag tage tagen woche wochen monat monate jahr jahre
    stunde stunden immer sofort día días semana semanas mes meses año años hora horas jour jours semaine mois an ans
    heure heures giorno giorni settimana mese mesi anno anni ora ore
    """.split()
)


def is_open(question: str) -> bool:
    """Whether repeating the question's own words is no answer."""
    return bool(_OPEN.search(question))


def tells_what_is_asked(question: str, words: Iterable[Word]) -> bool:
    """Whether words hold a number where one is asked for, and a time where that is."""
    told = list(words)
    if _QUANTITY.search(question) and not any(word.is_number or word.raw in FREE for word in told):
        return False
    return not _TIME.search(question.strip("¿ ")) or any(_tells_time(word) for word in told)


def _tells_time(word: Word) -> bool:
    return (
        word.is_number
        or word.raw in _TIME_WORDS
        or word.raw in CONDITIONS
        or word.raw in LIMITS - {"without"}
    )
