"""A file's name as a label that is safe to show and to put into a prompt."""

import re
import unicodedata
from pathlib import PurePath

_BLANKS = re.compile(r"\s+")


def label(name: str) -> str:
    """The last part of a path in one line of printable characters, without direction marks."""
    line = _BLANKS.sub(" ", unicodedata.normalize("NFC", PurePath(name).name))
    return "".join(filter(str.isprintable, line)).strip() or "unnamed"
