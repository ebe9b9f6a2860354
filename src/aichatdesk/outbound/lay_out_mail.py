"""The plain looks of our mails. Whatever comes in is text; nothing that a person wrote becomes markup."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

_BODY = "font-family:Arial,sans-serif;font-size:15px;line-height:1.5;color:#1c1c1c;max-width:640px"


def page(heading: str, *parts: str) -> str:
    """A whole mail; the parts are markup already, made by the functions below."""
    return (
        f'<!doctype html><html><body style="{_BODY}">'
        f'<h1 style="font-size:19px">{escape(heading)}</h1>{"".join(parts)}</body></html>'
    )


def paragraph(text: str) -> str:
    """A paragraph, its line ends kept."""
    return f"<p>{_lines(text)}</p>"


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Names and values below each other; rows without a value are left out."""
    shown = "".join(
        f'<tr><td style="padding:2px 16px 2px 0;color:#666;vertical-align:top">{escape(name)}</td>'
        f"<td>{_lines(value)}</td></tr>"
        for name, value in rows
        if value
    )
    return f'<table style="border-collapse:collapse">{shown}</table>'


def quoted(author: str, moment: str, text: str, *notes: str) -> str:
    """What somebody said; the notes below it are markup already."""
    return (
        '<div style="margin:12px 0;padding-left:12px;border-left:3px solid #ddd">'
        f'<div style="color:#666;font-size:13px">{escape(author)}, {escape(moment)}</div>'
        f"<div>{_lines(text)}</div>{''.join(notes)}</div>"
    )


def link(address: str, words: str) -> str:
    """A link, or the bare words where the address is not one of the web."""
    if urlsplit(address).scheme not in {"http", "https"}:
        return escape(words)
    return f'<a href="{escape(address, quote=True)}">{escape(words)}</a>'


def plain_rows(rows: Sequence[tuple[str, str]]) -> str:
    """The rows of `table` for the plain text."""
    return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in rows if value)


def plain_quoted(author: str, moment: str, text: str, *notes: str) -> str:
    """The same as `quoted` for the plain text, indented so that nobody's words pass for ours."""
    lines = [*text.splitlines(), *notes]
    return "\n".join([f"{' '.join(author.split())}, {moment}:", *(f"    {line}" for line in lines)])


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
