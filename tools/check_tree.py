#!/usr/bin/env python3
"""Refuse what must not be committed: addresses in locks, stray machine paths, large files."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 400_000
# Made by tools out of what else is here, and as large as that makes them.
MADE = re.compile(r".*package-lock\.json|web/protocol/openapi\.(json|ts)")
# Where a package is fetched from; a lock of npm names other addresses too (funding), which nothing fetches.
ADDRESSES = {
    re.compile(r"requirements/.*\.txt"): re.compile(r"https?://|file:"),
    re.compile(r".*package-lock\.json"): re.compile(r'"resolved"'),
}


def main() -> int:
    """Print one line for each fault; return 1 if there is any."""
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    faults = [fault for name in names if (ROOT / name).is_file() for fault in faults_of(name)]
    print("\n".join(faults) or f"{len(names)} files: nothing that must not be committed.")
    return 1 if faults else 0


def faults_of(name: str) -> list[str]:
    """What is wrong with one file, in sentences."""
    path = ROOT / name
    found = []
    if path.stat().st_size > LARGEST and not MADE.fullmatch(name):
        found.append(f"{name}: {path.stat().st_size} bytes; the limit is {LARGEST}.")
    for lock, address in ADDRESSES.items():
        if lock.fullmatch(name):
            lines = enumerate(path.read_text().splitlines(), 1)
            found += [
                f"{name}:{number}: a lock file must carry no address: {line.strip()[:80]}"
                for number, line in lines
                if address.search(line)
            ]
    return found


if __name__ == "__main__":
    sys.exit(main())
