"""The attachments of a message: read in the old server's three spellings, and checked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from aichatdesk.core.errors import Invalid
from aichatdesk.core.text import clean
from aichatdesk.platform.http.json_text import NotJson, parse_json

_MOST = 5
_LONGEST_TEXT = {"filename": 255, "type": 127}
_LONGEST_URL = 2000
_LARGEST_SIZE = 10**12
_OWN_FOLDER = "/uploads/"
# Browsers drop blanks and controls inside addresses, and take a backslash for a slash.
_MISREAD_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


def read_attachments(given: Any) -> list[dict[str, Any]]:
    """Objects out of an array, a JSON text, or an array of JSON texts; what cannot be read is dropped."""
    parsed = _parsed(given)
    items = parsed if isinstance(parsed, list) else [parsed]
    return [item for item in map(_parsed, items) if isinstance(item, dict)]


def checked_attachments(given: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Only the contract's four keys are kept, of at most five attachments; raises `Invalid`."""
    return tuple(kept for one in given[:_MOST] if (kept := _checked(one)))


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_json(value)
    except NotJson:
        return None


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    checks = {"filename": _text, "url": _url, "type": _text, "size": _size}
    return {key: check(key, given[key]) for key, check in checks.items() if given.get(key) is not None}


def _text(key: str, value: object) -> str:
    longest = _LONGEST_TEXT[key]
    if not isinstance(value, str) or len(text := clean(value).strip()) > longest:
        raise _bad(key, f"a text of at most {longest} characters")
    return text


def _url(key: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_URL or not _leads_to_a_file(value):
        raise _bad(key, f"an http or https address, or one under {_OWN_FOLDER}")
    return value


def _leads_to_a_file(url: str) -> bool:
    if _MISREAD_IN_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in {"http", "https"} and bool(parts.netloc)
    return url.startswith(_OWN_FOLDER) and ".." not in parts.path.split("/")


def _size(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST_SIZE:
        raise _bad(key, "a whole number of bytes")
    return value


def _bad(key: str, wanted: str) -> Invalid:
    return Invalid(f"The {key} of an attachment must be {wanted}.", field="attachments")
