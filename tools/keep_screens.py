#!/usr/bin/env python3
"""Keep the images of `make screens` that the documentation shows: each screen once, and a few in the dark as well."""

import sys
from pathlib import Path

_DARK_TOO = {"inbox-chats-1700", "inbox-sources", "analytics"}
_LIGHT, _DARK, _MIRRORED = "-light-ltr", "-dark-ltr", "-rtl"
# These stand in the README.
_ELSEWHERE = {"dashboard", "widget-answer", "widget-source", "widget-hand-over"}


def main(folder: Path) -> None:
    """Rename what is kept and delete the rest."""
    for image in sorted(folder.glob("*.png")):
        name = image.stem
        if name in _ELSEWHERE:
            image.rename(folder.parent / image.name)
        elif name.endswith(_LIGHT):
            image.rename(folder / f"{name.removesuffix(_LIGHT)}.png")
        elif name.endswith(_DARK) and name.removesuffix(_DARK) in _DARK_TOO:
            image.rename(folder / f"{name.removesuffix(_DARK)}-dark.png")
        elif name.endswith((_DARK, _MIRRORED)):
            image.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
