"""Text without what nobody sees: soft hyphens, joiners of words, marks that turn the direction of reading."""

import re

from aichatdesk.core.text import tidy

# Zero-width spaces and (non-)joiners stay: Thai, Persian and emoji are written with them.
_INVISIBLE = re.compile(r"[\u00ad\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"[\x0b\x0c]")


def legible(text: str) -> str:
    """Tidy text as a person would see it; a page break is a line end."""
    return tidy(_INVISIBLE.sub("", _BREAKS.sub("\n", text)))
