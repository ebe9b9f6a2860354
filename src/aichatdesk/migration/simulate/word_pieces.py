"""Cut text into pieces of about a token each, by the rule that the desk counts tokens by."""

import re

_CHARACTERS_PER_TOKEN = 3.2
# One token for each character: CJK, Hangul, Thai.
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def cut_into_tokens(text: str) -> list[str]:
    """Pieces that joined give the text; one for every 3.2 characters, and one for each CJK character."""
    pieces: list[str] = []
    piece, size = "", 0.0
    for character in text:
        piece += character
        size += 1.0 if _WIDE.match(character) else 1 / _CHARACTERS_PER_TOKEN
        if size >= 1:
            pieces.append(piece)
            piece, size = "", size - 1
    return [*pieces, piece] if piece else pieces
