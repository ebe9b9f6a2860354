"""A program that is killed at a moment of its own choosing, and a clock for whoever comes after it."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Later:
    """A clock ahead of time, so that delayed jobs are due."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=1)


def kill_while(program: str, step: str, path: Path, sign: Path) -> None:
    """Run a program with `path`, `sign` and `step` as its arguments, and kill it once it has made the file `sign`."""
    victim = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(sign), step],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    deadline = time.monotonic() + 200
    while not sign.exists() and victim.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert sign.exists()
