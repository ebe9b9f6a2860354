"""Exit codes, and the one place where an error becomes a line on stderr and a code."""

import contextlib
import sys
from collections.abc import Iterator
from enum import IntEnum

import typer

from aichatdesk.core.errors import DeskError, Misconfigured


class Exit(IntEnum):
    """What the code of a finished command means; the high ones are those of sysexits."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    CHECK_FAILED = 3
    NOT_FOUND = 4
    CONFLICT = 5
    UNAVAILABLE = 69
    CANNOT_WRITE = 73
    TEMPORARY = 75
    FORBIDDEN = 77
    CONFIG = 78


_BY_KIND = {
    "invalid": Exit.USAGE,
    "unsupported": Exit.USAGE,
    "too_large": Exit.USAGE,
    "unauthenticated": Exit.FORBIDDEN,
    "forbidden": Exit.FORBIDDEN,
    "not_found": Exit.NOT_FOUND,
    "conflict": Exit.CONFLICT,
    "busy": Exit.CONFLICT,
    "too_many": Exit.TEMPORARY,
    "unavailable": Exit.UNAVAILABLE,
    "misconfigured": Exit.CONFIG,
}


@contextlib.contextmanager
def reported() -> Iterator[None]:
    """Turn errors that we mean into lines on stderr and an exit code; let defects show themselves."""
    try:
        yield
    except DeskError as error:
        prefix = "config: " if isinstance(error, Misconfigured) else "error: "
        for line in error.message.splitlines():
            typer.echo(prefix + line, err=True)
        raise typer.Exit(_BY_KIND.get(error.kind, Exit.FAILURE)) from error
    except PermissionError as error:
        typer.echo(f"error: {error.filename}: permission denied.", err=True)
        raise typer.Exit(Exit.CANNOT_WRITE) from error
    except KeyboardInterrupt:
        sys.exit(130)
