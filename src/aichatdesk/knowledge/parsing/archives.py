"""Refuse office files that unpack to something dangerous, by their table of contents alone."""

import io
import zipfile

from aichatdesk.knowledge.domain import Unreadable

_MOST_ENTRIES = 5000
_LARGEST_SUM = 200 * 1024 * 1024
_STEEPEST_RATIO = 100
_SMALL = 1024 * 1024


def check_archive(data: bytes) -> None:
    """Raise `Unreadable` for a zip bomb, an encrypted or a broken archive."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("broken_archive", "The file is broken: its archive cannot be opened.") from error
    total = sum(entry.file_size for entry in entries)
    steep = any(
        entry.file_size > _SMALL and entry.file_size > _STEEPEST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if len(entries) > _MOST_ENTRIES or total > _LARGEST_SUM or steep:
        raise Unreadable("zip_bomb", "The file unpacks to far more than it should; it was not read.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted", "The file is encrypted; remove its password and upload it again.")
