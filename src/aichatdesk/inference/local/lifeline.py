"""A model server must not outlive the process that started it, however that one ends."""

import os
import sys
import threading


def end_with_parent() -> None:
    """Watch standard input; the parent holds its other end, and its end of file is our signal."""
    threading.Thread(target=_wait_for_end, name="lifeline", daemon=True).start()


def _wait_for_end() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)
