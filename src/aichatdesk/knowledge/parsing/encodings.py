"""Bytes to text: by their mark, by what they can only be, by what the page declares."""

import codecs
import re

_DECLARATION = re.compile(
    rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)|<meta[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
# Source: https://encoding.spec.whatwg.org/#names-and-labels; a label means its widest relative.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_OF_TEXT = re.compile(
    r"ascii|iso8859-\d+|cp\d+|koi8-\w|shift_jis\w*|euc_\w+|gb\w+|big5\w*|iso2022\w+|mac-\w+|tis-620"
)
_SEVEN_BIT = "iso2022"


def decoded(data: bytes, *declared: str | None) -> str:
    """Text by its byte order mark, else UTF-8, else the first declared encoding that is known, else a guess.

    The guess is UTF-8 for what is mostly that, and Windows-1252 for the rest.
    """
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked:
        return data.decode(marked, errors="replace")
    encoding = next(filter(None, map(_known, filter(None, declared))), None)
    order = ["utf-8", encoding] if encoding else ["utf-8"]
    if encoding and encoding.startswith(_SEVEN_BIT):
        order.reverse()
    for attempt in order:
        try:
            return data.decode(attempt)
        except UnicodeDecodeError:
            continue
    return _with_odd_bytes(data, encoding)


def declared_charset(data: bytes) -> str | None:
    """The charset that an HTML or XML text names in its first lines."""
    found = _DECLARATION.search(data[:_DECLARED_WITHIN])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _known(name: str) -> str | None:
    """Python's name of a declared encoding; None for UTF, which the bytes prove, and for what is no charset."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    return _WIDER.get(codec, codec) if _OF_TEXT.fullmatch(codec) else None


def _with_odd_bytes(data: bytes, encoding: str | None) -> str:
    text = data.decode("utf-8", errors="replace")
    odd = text.count("\ufffd")
    sound = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    if sound > odd:
        return text
    return data.decode(encoding or "cp1252", errors="replace")
