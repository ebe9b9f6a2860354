"""Refuse office files that are dangerous or of another kind, before anything in them is believed."""

import io
import zipfile
import zlib
from typing import NoReturn
from xml.parsers import expat

from aichatdesk.knowledge.domain import Unreadable

# What the `zipfile` module raises for archives that are broken, cut off or packed in an unknown way.
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)

_MOST_ENTRIES = 5000
_LARGEST_SUM = 200 * 1024 * 1024
_STEEPEST_RATIO = 100
_SMALL = 1024 * 1024
_AT_ONCE = 64 * 1024
_OFFICE_MARKS = ("word/", "xl/", "ppt/", "mimetype", "META-INF/")


def check_archive(data: bytes, folder: str) -> None:
    """Check the archive of an office file whose parts lie in `folder`.

    Raises:
        Unreadable: A zip bomb, encrypted, broken, of another office kind, or with a document type in its XML.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ARCHIVE_ERRORS as error:
        raise Unreadable("broken_archive", "The file is broken: its archive cannot be opened.") from error
    _check_contents(archive.infolist(), folder)
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            _refuse_document_type(archive, entry)


def _check_contents(entries: list[zipfile.ZipInfo], folder: str) -> None:
    total = sum(entry.file_size for entry in entries)
    steep = any(
        entry.file_size > _SMALL and entry.file_size > _STEEPEST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > _MOST_ENTRIES or total > _LARGEST_SUM or steep:
        raise Unreadable("zip_bomb", "The file unpacks to far more than it should; it was not read.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted", "The file is encrypted; remove its password and upload it again.")
    marks = {mark for mark in _OFFICE_MARKS for entry in entries if entry.filename.startswith(mark)}
    if marks and folder not in marks:
        raise Unreadable(
            "wrong_extension", "The file is of another kind than its name says; give it its own extension."
        )


def _refuse_document_type(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read only as far as the root element; what is broken behind it is for the reader to say."""
    parser = expat.ParserCreate()
    started = False

    def start(_name: str, _attributes: object) -> None:
        nonlocal started
        started = True

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        with archive.open(entry) as part:
            while not started and (piece := part.read(_AT_ONCE)):
                parser.Parse(piece)
    except (expat.ExpatError, *ARCHIVE_ERRORS):
        return


def _refuse(*_declaration: object) -> NoReturn:
    raise Unreadable(
        "document_type", "The file declares a document type, which no office program writes; it was not read."
    )
