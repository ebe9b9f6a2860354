"""Names of people: after "my name is", and those that are known from the chat."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from aichatdesk.knowledge.personal_spans import Span
from aichatdesk.knowledge.stop_words import stop_words

_INTRODUCED = re.compile(
    r"(?<!\w)(?:my name is|my name'?s|i am called|i'm called|mein name ist|mein name lautet|ich hei(?:ß|ss)e|je m['’]\s?appelle"
    r"|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|(?:o )?meu nome é|chamo-me|me chamo|mijn naam is|ik heet)\s+",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(r"[^\W\d_]\.(?=\s)|[^\W\d_](?:[\w'’-]*\w)?")
_MOST_WORDS = 5
_PARTICLES = frozenset(
    "von van der den de del della di da do dos das du la le los las y ter ten bin al zu zum zur el".split()
)
_LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "nl")
_NO_NAMES = frozenset(word for language in _LANGUAGES for word in stop_words(language)) | frozenset(
    """wrong spelled spelt misspelled missing incorrect correct written different there here falsch richtig geschrieben
    anders mal écrit incorrect escrito scritto sbagliato errado incorreto verkeerd onjuist fout gespeld bien bem bene
    goed gut""".split()
)
# What people put into a field for their name without telling it.
_NOBODY = frozenset(
    """visitor guest customer user client anonymous anonym test tester admin support agent team help desk me kunde kundin
    gast besucher visiteur invité utilisateur cliente visitante invitado usuario visitatore ospite utente convidado
    klant bezoeker mr mrs ms miss dr prof herr frau monsieur madame señor señora signor signora senhor senhora""".split()
)
# Names that are words as well: they count with a capital within a sentence.
_ALSO_WORDS = frozenset(
    """will mark may rose grant hope grace art bill jack june april august summer sunny joy faith dean drew gene guy
    iris ivy jade lane miles pat rich rob skip sue trey wade ray sandy victor frank ernst wolf engel sonne blanche
    claire clément juste luz sol paz mar consuelo dolores pilar alba bianca vita luce stella serena franca""".split()
)
_GREETING = re.compile(
    r"(?:^|\n|\b(?:hi|hello|hey|dear|thanks|mr|mrs|ms|hallo|liebe[rs]?|guten tag|herr|frau|danke|bonjour|salut|cher|chère|monsieur"
    r"|madame|hola|querid[oa]|estimad[oa]|señora?|ciao|gentile|car[oa]|signora?|olá|senhora?|beste|hoi|meneer|mevrouw))[\s,]*$",
    re.IGNORECASE,
)
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?…:]\s*|\n\s*)[\"“„'(]*$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LOOKED_BACK = 24
_MOST_NAMES = 12
_LONGEST_NAME = 80


def find_introductions(text: str) -> Iterator[Span]:
    """What follows "my name is" in the desk's languages."""
    for introduced in _INTRODUCED.finditer(text):
        end = _name_ends(text, introduced.end())
        if end > introduced.end():
            yield Span(introduced.end(), end, "name")


def find_known_names(text: str, names: Collection[str]) -> Iterator[Span]:
    """Names of people, whole or in part; a part that is also a word counts where it can only be the name."""
    for name in sorted(set(names))[:_MOST_NAMES]:
        pattern = _pattern(name[:_LONGEST_NAME])
        for match in pattern.finditer(text) if pattern else ():
            if _is_meant(text, match, name):
                yield Span(match.start(), match.end(), "name")


def _name_ends(text: str, start: int) -> int:
    """Where a name that begins here ends; `start` if none does."""
    word = _NAME_WORD.match(text, start)
    if word is None or word[0].lower() in _NO_NAMES:
        return start
    end = word.end()
    if not word[0][0].isupper():
        return end
    reached = end
    for _ in range(_MOST_WORDS):
        word = _NAME_WORD.match(text, reached + 1) if text[reached : reached + 1] == " " else None
        if word is None or not (word[0][0].isupper() or word[0] in _PARTICLES):
            break
        reached = word.end()
        if word[0][0].isupper():
            end = reached
    return end


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str] | None:
    """Every run of the name's words, the longest first; None where it names nobody."""
    if _UNSPACED.search(name):
        return re.compile(re.escape(name.strip())) if len(name.strip()) > 1 else None
    words = [word for word in _NAME_WORD.findall(name) if len(word) > 1]
    runs = [words[first:last] for first in range(len(words)) for last in range(first + 1, len(words) + 1)]
    telling = [run for run in runs if _tells(run)]
    telling.sort(key=len, reverse=True)
    if not telling:
        return None
    choices = "|".join(r"\s".join(map(re.escape, run)) for run in telling)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)


def _tells(run: list[str]) -> bool:
    own = [word for word in run if word.lower() not in _NOBODY | _PARTICLES]
    if len(run) == 1:
        return bool(own) and (run[0].lower() not in _NO_NAMES or run[0].lower() in _ALSO_WORDS)
    return bool(own) and run[-1] in own


def _is_meant(text: str, match: re.Match[str], name: str) -> bool:
    """Whether a word of the name stands for the person."""
    told = match[0]
    if " " in told or _UNSPACED.search(told):
        return True
    before = text[max(0, match.start() - _LOOKED_BACK) : match.start()]
    if told.lower() in _ALSO_WORDS:
        return told[0].isupper() and not _SENTENCE_BEGINS.search(before)
    # In small letters it may be a word, unless that is how the person writes it, or it is spoken to.
    return told[0].isupper() or name == name.lower() or _GREETING.search(before) is not None
