"""Files that people attach: checked by name and content, kept in the data folder under names nobody can guess."""

import asyncio
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aichatdesk.core.clock import Clock, to_millis
from aichatdesk.core.errors import Invalid, NotFound, TooLarge, Unavailable, UnsupportedMedia

MOST_FILES = 5
LARGEST_FILE = 10 * 1024 * 1024
_LEAST_FREE = 512 * 1024 * 1024
_LONGEST_NAME = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_STORED = re.compile(r"\d{10,16}-[0-9a-f]{16}-([A-Za-z0-9._-]{1,100})")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What belongs to an extension: the type that is sent with it, those that clients declare, how it begins."""

    type: str
    declared: frozenset[str]
    starts: tuple[bytes, ...] = ()
    shown: bool = False


def _kind(type_: str, *others: str, starts: tuple[bytes, ...] = (), shown: bool = False) -> _Kind:
    return _Kind(type_, frozenset({type_, *others}), starts, shown)


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_JPEG = _kind("image/jpeg", "image/jpg", starts=(b"\xff\xd8\xff",), shown=True)
_TEXT = _kind("text/plain", "text/x-log")
_KINDS = {
    "png": _kind("image/png", starts=(b"\x89PNG\r\n\x1a\n",), shown=True),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": _kind("image/gif", starts=(b"GIF87a", b"GIF89a"), shown=True),
    "pdf": _kind("application/pdf", starts=(b"%PDF-",)),
    "txt": _TEXT,
    "log": _TEXT,
    "zip": _kind("application/zip", "application/x-zip-compressed", starts=_ZIP),
    "doc": _kind("application/msword", starts=(b"\xd0\xcf\x11\xe0",)),
    "docx": _kind(_DOCX, starts=_ZIP),
}
ALLOWED = ", ".join(name.upper() for name in _KINDS)


class WrongKind(UnsupportedMedia):
    """A file of a kind that is not taken, or that is not what its name says."""

    def __init__(self, sentence: str) -> None:
        super().__init__("Invalid file type", message=sentence, allowed_types=ALLOWED)


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it arrived."""

    name: str
    declared: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is kept; `name` is its address under `/uploads/`."""

    name: str
    original_name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Served:
    """Where a kept file is, and how it may be shown: only pictures inside a page."""

    path: Path
    type: str
    download_name: str
    shown: bool


class Uploads:
    """The folder of attached files."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    async def keep(self, files: list[Given]) -> list[Stored]:
        """Keep all of the files or none.

        Raises:
            Invalid: There is none, or there are too many.
            WrongKind: One is of another kind than is taken, or than its name says.
            TooLarge: One is too large.
            Unavailable: The disk is nearly full.
        """
        if not files:
            raise Invalid("No files uploaded", message="Please select at least one file to upload")
        if len(files) > MOST_FILES:
            sentence = f"Maximum {MOST_FILES} files allowed per upload"
            raise Invalid("Too many files", message=sentence, max_files=MOST_FILES)
        kinds = [_checked(file) for file in files]
        return await asyncio.to_thread(self._write, files, kinds)

    def find(self, name: str) -> Served:
        """A kept file by its address; raises `NotFound`."""
        match = _STORED.fullmatch(name)
        path = self._folder / name
        if match is None or not path.is_file():
            raise NotFound("There is no such file.")
        kind = _KINDS[_extension(name)]
        return Served(path, kind.type, match[1], kind.shown)

    def forget(self, names: Iterable[str]) -> None:
        """Remove kept files by their addresses; one that is gone already is no fault."""
        for name in names:
            if _STORED.fullmatch(name):
                (self._folder / name).unlink(missing_ok=True)

    def _write(self, files: list[Given], kinds: list[_Kind]) -> list[Stored]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(self._folder).free < _LEAST_FREE:
            raise Unavailable("The disk of this desk is nearly full; files cannot be taken now.")
        kept = []
        for file, kind in zip(files, kinds, strict=True):
            name = f"{to_millis(self._clock.now())}-{secrets.token_hex(8)}-{_safe(file.name)}"
            (self._folder / name).write_bytes(file.data)
            kept.append(Stored(name, file.name, kind.type, len(file.data)))
        return kept


def _checked(file: Given) -> _Kind:
    kind = _KINDS.get(_extension(file.name))
    if kind is None or file.declared.partition(";")[0].strip().lower() not in kind.declared:
        raise WrongKind(f"File type not supported. Allowed: {', '.join(f'.{name}' for name in _KINDS)}")
    if len(file.data) > LARGEST_FILE:
        largest = f"{LARGEST_FILE // 1024 // 1024}MB"
        raise TooLarge("File too large", message=f"Maximum file size is {largest}", max_size=largest)
    begins = file.data.startswith(kind.starts) if kind.starts else b"\x00" not in file.data
    if not file.data or not begins:
        raise WrongKind(f"The content of {_safe(file.name)} is not what its name says.")
    return kind


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _safe(name: str) -> str:
    """The name with plain characters only, its extension kept."""
    stem, _, extension = _UNSAFE.sub("_", name).rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(extension) - 1]}.{extension}"
