"""Plain-text hygiene that every room needs."""

import re
import unicodedata

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Normalise to NFC with `\\n` line ends, without control characters or lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _LONE_SURROGATES.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def tidy(text: str) -> str:
    """Clean, trim, and collapse runs of blanks to one and of empty lines to two line ends."""
    return _EMPTY_LINES.sub("\n\n", _BLANKS.sub(" ", clean(text))).strip()


def shorten(text: str, limit: int) -> str:
    """Cut to at most `limit` characters, marking the cut with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
