"""The words by which texts are found: lower case, stemmed, and pairs of characters where there are no spaces."""

import re
from functools import lru_cache

import Stemmer

from aichatdesk.knowledge.stop_words import stop_words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


def terms(text: str, language: str) -> list[str]:
    """The search terms of a text in order, repeats included."""
    found: list[str] = []
    for word in _WORD.findall(text.lower()):
        if _UNSPACED.search(word):
            found += _pairs(word)
        else:
            found.append(stem(word.split("'")[0].split("’")[0] or word, language))
    return found


def content_terms(text: str, language: str) -> list[str]:
    """The terms that say something: without the language's empty words."""
    empty = {stem(word, language) for word in stop_words(language)} | stop_words(language)
    return [term for term in terms(text, language) if term not in empty]


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
