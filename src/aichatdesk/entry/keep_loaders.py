"""Every version of the widget's loader that this desk has ever served, each under the hash of its content.

A page that names a version with its hash (subresource integrity) must get that very file, also after an upgrade.
"""

import contextlib
import hashlib
import os
import re
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import aichatdesk
from aichatdesk.core.errors import NotFound, Unavailable

WEB = Path(aichatdesk.__file__).parent / "web"
LOADER_PATH = "/widget/loader/"
_NAME = re.compile(r"([0-9a-f]{64})\.js")


@dataclass(frozen=True, slots=True)
class Loader:
    """One version: its name among the kept ones, and what browsers check it by."""

    name: str
    integrity: str


class Loaders:
    """The packaged loader, and the folder in which it and its predecessors are kept."""

    def __init__(self, web_dir: Path, data_dir: Path) -> None:
        self._web_dir = web_dir
        self._kept = data_dir / "loaders"

    def current(self) -> Loader:
        """The packaged loader, kept from now on.

        Raises:
            Unavailable: The front end is not built.
        """
        content = packaged_loader(self._web_dir)
        loader = describe_loader(content)
        if not (self._kept / loader.name).is_file():
            self._keep(loader.name, content)
        return loader

    def file(self, name: str) -> Path:
        """A version that was served at any time; raises `NotFound`."""
        if _NAME.fullmatch(name):
            with contextlib.suppress(Unavailable):
                self.current()  # one that was built while we run
            if (path := self._kept / name).is_file():
                return path
        raise NotFound("There is no such loader.")

    def _keep(self, name: str, content: bytes) -> None:
        """Whole or not at all, for a snippet may name it for years."""
        self._kept.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._kept, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._kept / name)


def packaged_loader(web_dir: Path) -> bytes:
    """The loader's content; raises `Unavailable` where the front end is not built."""
    try:
        return (web_dir / "widget" / "loader.js").read_bytes()
    except FileNotFoundError as error:
        raise Unavailable(
            "The front end is not built: run `make setup` and start the server again."
        ) from error


def describe_loader(content: bytes) -> Loader:
    """A loader's name and integrity by its content."""
    name = f"{hashlib.sha256(content).hexdigest()}.js"
    return Loader(name, f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}")
