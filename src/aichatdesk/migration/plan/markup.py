"""Build HTML from untrusted text: whatever is not markup already is escaped."""

import html
from collections.abc import Iterable
from typing import TypeAlias

_ALONE = frozenset({"meta", "br", "line", "rect", "circle", "path", "polyline", "polygon"})


class Markup(str):
    """HTML that was built here, and is not escaped again."""

    __slots__ = ()


Content: TypeAlias = "str | Iterable[str]"


def text(given: object) -> Markup:
    """Any value as text; control characters become visible marks."""
    shown = "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in str(given))
    return Markup(html.escape(shown))


def element(name: str, /, *content: Content, **attributes: object) -> Markup:
    """One element; a trailing `_` of an attribute's name is cut, other `_` become `-`; None leaves one out."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _ALONE and not content:
        return Markup(f"<{name}{told}>" if name in {"meta", "br"} else f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{joined(*content)}</{name}>")


def joined(*content: Content) -> Markup:
    """The parts after each other."""
    parts: list[str] = []
    for part in content:
        if isinstance(part, Markup):
            parts.append(part)
        elif isinstance(part, str):
            parts.append(text(part))
        else:
            parts.append(joined(*part))
    return Markup("".join(parts))
