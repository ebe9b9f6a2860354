"""Which kind of file this is: by its first bytes, and for text by its name."""

import re
from pathlib import PurePath

from aichatdesk.knowledge.domain import Unreadable
from aichatdesk.knowledge.parsing.names import label

READABLE = ("pdf", "txt", "md", "docx", "json", "csv", "html", "htm", "xlsx")
_ZIP = b"PK\x03\x04"
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (_ZIP, "zip"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
)
# Letters with which a text may begin too; in the other kinds, control characters follow them.
_MARKS_OF_LETTERS = (b"MZ", b"GIF8", b"Rar!")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BY_CONTENT = {"pdf": "pdf", "docx": "zip", "xlsx": "zip"}


def kind_of(name: str, head: bytes) -> str:
    """The kind by which to read a file, after its first bytes have confirmed its name.

    Raises:
        Unreadable: The kind is none that we read, or the content is not what the name says.
    """
    extension = PurePath(name).suffix.lower().removeprefix(".")
    supported = ", ".join(kind.upper() for kind in READABLE)
    if extension not in READABLE:
        shown = f".{extension}" if extension else "a file without an extension"
        raise Unreadable("unsupported", f"Unsupported file type: {shown}. Supported formats: {supported}")
    start = head[:1024].lstrip(b"\xef\xbb\xbf \r\n\t")
    if _mark(start) != _BY_CONTENT.get(extension):
        raise Unreadable("wrong_extension", f"The content of {label(name)} is not {extension.upper()}.")
    if (
        extension not in _BY_CONTENT
        and b"\x00" in head[:4096]
        and not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    ):
        raise Unreadable("wrong_extension", f"The content of {label(name)} is not text.")
    return "html" if extension == "htm" else extension


def _mark(start: bytes) -> str | None:
    if start.startswith(_MARKS_OF_LETTERS) and not _CONTROLS.search(start):
        return None
    return next((kind for mark, kind in _MARKS if start.startswith(mark)), None)
