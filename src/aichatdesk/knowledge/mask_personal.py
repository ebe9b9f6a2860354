"""Take out of a text what belongs to one person: addresses, numbers, secrets, names.

What replaces it is the same in every language, so that a reader sees what stood there. Corpus and figures:
`tests/data/personal_data.txt`.
"""

import re
from collections.abc import Collection, Iterable

from aichatdesk.knowledge.personal_names import find_introductions, find_known_names
from aichatdesk.knowledge.personal_numbers import find_ibans, find_numbers
from aichatdesk.knowledge.personal_spans import KINDS, PLAIN_LINK, Span
from aichatdesk.knowledge.personal_words import find_addresses, find_links, find_secrets

PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
_FEWEST_WORDS = 2
_FEWEST_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]+")


def mask_personal(text: str, *, names: Collection[str] = ()) -> str:
    """The text with `[e-mail]`, `[phone]`, `[card]`, `[IBAN]`, `[link]`, `[secret]` and `[name]` in place of such.

    `names` are those of the people who are known to speak.
    """
    masked: list[str] = []
    end = 0
    for span in find_personal(text, names=names):
        masked += text[end : span.start], f"[{span.kind}]"
        end = span.end
    return "".join(masked) + text[end:]


def says_something(masked: str) -> bool:
    """Whether enough words are left of a text for anybody to learn from."""
    words = _WORD.findall(PLACEHOLDER.sub(" ", masked))
    return len(words) >= _FEWEST_WORDS or sum(map(len, words)) >= _FEWEST_LETTERS


def find_personal(text: str, *, names: Collection[str] = ()) -> list[Span]:
    """Where it stands, in order and apart from each other."""
    taken: list[Span] = []
    for found in (
        find_links(text),
        find_addresses(text),
        find_secrets(text),
        find_ibans(text),
        find_numbers(text),
        find_introductions(text),
        find_known_names(text, names),
    ):
        taken = _joined(taken, found)
    return [span for span in taken if span.kind != PLAIN_LINK]


def _joined(taken: list[Span], found: Iterable[Span]) -> list[Span]:
    """What was found before wins over what overlaps it."""
    places = sorted([*((span, 0) for span in taken), *((span, 1) for span in found)])
    kept: list[tuple[Span, int]] = []
    for span, later in places:
        if kept and span.start < kept[-1][0].end:
            if kept[-1][1] and not later:
                kept[-1] = (span, later)
            continue
        kept.append((span, later))
    return [span for span, _ in kept]
