"""The words by which texts are found: lower case, stemmed, without accents, and pairs of characters where there are
no spaces.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

import Stemmer

from aichatdesk.knowledge.stop_words import stop_words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")
# What an apostrophe joins has at most this many letters: 's, 'll, d', qu'.
_JOINED = 2
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


def terms(text: str, language: str) -> list[str]:
    """The search terms of a text in order, repeats included."""
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if _UNSPACED.search(word):
            found += _pairs(word)
        else:
            found += [folded(stem(part, language)) for part in _parts(word)]
    return found


def content_terms(text: str, language: str) -> list[str]:
    """The terms that say something: without the language's empty words."""
    empty = _empty_terms(language)
    return [term for term in terms(text, language) if term not in empty]


def words_found(question: str, language: str, present: Collection[str]) -> list[str]:
    """The words of a question, as they were written, whose terms are among those of a text."""
    found = {}
    for word in _WORD.findall(unicodedata.normalize("NFKC", question)):
        matched = [term for term in content_terms(word, language) if term in present]
        if matched:
            # Without spaces there are no words to show but the pairs themselves.
            for shown in matched if _UNSPACED.search(word) else [word]:
                found[shown.lower()] = shown
    return list(found.values())


def forms_in(text: str, language: str, wanted: Collection[str]) -> list[str]:
    """The words of a text, as they stand there, that have one of the wanted terms."""
    found = {}
    for word in set(_WORD.findall(text)):
        matched = [term for term in terms(word, language) if term in wanted]
        if matched:
            for shown in matched if _UNSPACED.search(word) else [word]:
                found[shown.lower()] = shown
    return sorted(found.values())


@lru_cache(maxsize=len(_STEMMERS))
def _empty_terms(language: str) -> frozenset[str]:
    words = stop_words(language)
    return frozenset(folded(form) for word in words for form in (word, stem(word, language)))


def _parts(word: str) -> list[str]:
    """A word without what an apostrophe joins to it: l'installation, customer's."""
    parts = re.split("['’]", word)
    return [part for part in parts if len(part) > _JOINED] or ["".join(parts)]


@lru_cache(maxsize=50_000)
def folded(term: str) -> str:
    """The term without accents."""
    if term.isascii():
        return term
    parts = unicodedata.normalize("NFD", term)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def stem(word: str, language: str) -> str:
    """The stem of one lower-case word; the word itself in languages without a stemmer."""
    name = _STEMMERS.get(language)
    return _stem(word, name) if name else word


@lru_cache(maxsize=50_000)
def _stem(word: str, name: str) -> str:
    stemmed: str = _stemmer(name).stemWord(word)
    return stemmed


@lru_cache(maxsize=len(_STEMMERS))
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name, 0)


def _pairs(word: str) -> list[str]:
    pairs: list[str] = []
    for run in _UNSPACED.findall(word):
        pairs += [run[place : place + 2] for place in range(max(1, len(run) - 1))]
    pairs += _WORD.findall(_UNSPACED.sub(" ", word))
    return pairs
