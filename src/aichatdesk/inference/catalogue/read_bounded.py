"""Open files that somebody names, without trusting them: regular files only, and never more than a limit."""

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from aichatdesk.core.errors import Forbidden, NotFound, TooLarge
from aichatdesk.core.text import shorten
from aichatdesk.inference.catalogue.found_model import ModelUnreadable


def shown(name: object, limit: int = 200) -> str:
    """A name from a file or an argument as one printable line."""
    text = "".join(mark if mark.isprintable() else "\ufffd" for mark in str(name))
    return shorten(text, limit)


def open_regular(path: Path) -> BinaryIO:
    """The file, opened for reading.

    Raises:
        NotFound, Forbidden: There is none, or we may not read it.
        ModelUnreadable: It is a folder, a pipe, a socket or a device.
    """
    try:
        # A pipe that nobody writes to would hold the opening up for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(
            f"{shown(path)} does not exist; name a config.json, its folder, or a GGUF file."
        ) from error
    except PermissionError as error:
        raise Forbidden(f"{shown(path)} may not be read by this user; change its permissions.") from error
    except (OSError, ValueError) as error:
        raise ModelUnreadable(shown(path), [f"It cannot be opened ({shown(error)})."]) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ModelUnreadable(shown(path), ["It is not a regular file; name a config.json or a GGUF file."])
    return os.fdopen(handle, "rb")


def read_json(path: Path, *, limit: int) -> dict[str, Any]:
    """The JSON object in this file.

    Raises:
        TooLarge: It has more than `limit` bytes.
        ModelUnreadable: It is not JSON, not an object, or nested too deeply.
    """
    value = read_json_value(path, limit=limit)
    if not isinstance(value, dict):
        raise ModelUnreadable(shown(path), ["Its JSON is not an object."])
    return value


def read_json_value(path: Path, *, limit: int) -> Any:
    """As `read_json`, of any kind."""
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise TooLarge(
            f"{shown(path)} has more than {limit // 2**20} MB; that is not the file that was meant."
        )
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ModelUnreadable(shown(path), ["Its JSON is nested too deeply."]) from error
    except ValueError as error:
        raise ModelUnreadable(shown(path), [f"It is not JSON ({shown(error)})."]) from error


def read_json_if_there(path: Path, *, limit: int) -> dict[str, Any] | None:
    """As `read_json`; None where there is no such file."""
    try:
        return read_json(path, limit=limit)
    except NotFound:
        return None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")
