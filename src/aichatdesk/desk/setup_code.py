"""The code by which a new desk knows its owner: in the data folder while there is no account at all."""

import hmac
import os
import re
import secrets
from pathlib import Path

_FILE = "setup-code"
# Without the letters and digits that are taken for one another.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 4, 4
_CODE = re.compile(rf"[{_ALPHABET}]{{{_GROUP}}}(-[{_ALPHABET}]{{{_GROUP}}}){{{_GROUPS - 1}}}")
_SPACING = re.compile(r"[\s-]+")


class SetupCode:
    """The code of one data folder: 80 random bits, in a file that only its owner can read."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE

    def make(self) -> None:
        """Make a code, or keep the one that is there."""
        if self.read() is None:
            groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write("-".join(groups))
        self._path.chmod(0o600)

    def read(self) -> str | None:
        """The code; None where there is none."""
        try:
            text = self._path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        return text if _CODE.fullmatch(text) else None

    def is_right(self, given: str) -> bool:
        """Whether somebody has the code; dashes, blanks and the size of letters do not matter."""
        code = self.read()
        return code is not None and hmac.compare_digest(_bare(given), _bare(code))

    def remove(self) -> None:
        """There is an account now, and no need of a code."""
        self._path.unlink(missing_ok=True)


def _bare(code: str) -> bytes:
    return _SPACING.sub("", code).upper().encode(errors="replace")
