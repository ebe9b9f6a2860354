"""A place in a text, and what of a person stands there."""

from typing import NamedTuple

KINDS = ("e-mail", "phone", "card", "IBAN", "link", "secret", "name")
# A link that tells nothing; it is left alone, with whatever in it looks like a number.
PLAIN_LINK = ""


class Span(NamedTuple):
    """Code points from `start` up to `end`; `kind` is one of `KINDS`, or `PLAIN_LINK`."""

    start: int
    end: int
    kind: str
