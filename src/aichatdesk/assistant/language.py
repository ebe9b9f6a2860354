"""In which language to answer: that of the message where it is clear, else that of the chat."""

import re

from aichatdesk.inference.language import guess_language

_FEWEST_WORDS = 3
_CERTAIN = 0.5
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]{2}")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)


def answer_language(message: str, chat_language: str | None) -> str:
    """The two-letter code of the language to answer in."""
    for language, script in _SCRIPTS:
        if script.search(message):
            return language
    guessed, certainty = guess_language(message)
    short = len(message.split()) < _FEWEST_WORDS
    if chat_language and (short or certainty < _CERTAIN):
        return chat_language
    # A word or two of ASCII, without a chat to go by, is a guess among a hundred languages.
    return guessed if certainty >= _CERTAIN and not short else "en"
