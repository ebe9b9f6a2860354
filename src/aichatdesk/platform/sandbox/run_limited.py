"""Run a module on untrusted bytes in a process with little memory, little time and no network."""

import asyncio
import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aichatdesk.core.errors import DeskError

_AT_ONCE = 2
_LARGEST_RESULT = 64 * 1024 * 1024
# A process that has left our session may hold the pipe open; it is not waited for.
_LONGEST_END = timedelta(seconds=5)
_PIECE = 256 * 1024
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET, linux/sched.h


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may use; memory in bytes."""

    memory: int = 768 * 1024 * 1024
    cpu: timedelta = timedelta(seconds=20)
    wall: timedelta = timedelta(seconds=30)
    files: int = 64
    written: int = 64 * 1024 * 1024


class SandboxFailed(DeskError):
    """The process ended without a result; `reason` is `too_slow` or `crashed`."""

    kind = "unsupported"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The work was stopped: {reason}.", reason=reason)
        self.reason = reason


class Sandbox:
    """Starts one fresh process for each piece of work, at most two at a time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self, module: str, arguments: list[str], payload: bytes) -> dict[str, Any]:
        """Give `payload` to `python -m module arguments` and return the JSON object that it prints.

        Raises:
            SandboxFailed: It took too long, crashed, or printed something else.
        """
        async with self._places:
            with tempfile.TemporaryDirectory(prefix="aichatdesk-") as folder:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-I",
                    "-m",
                    module,
                    *arguments,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    cwd=folder,
                    env={"PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "TMPDIR": folder},
                    start_new_session=True,
                )
                return await self._result_of(process, payload)

    async def _result_of(self, process: asyncio.subprocess.Process, payload: bytes) -> dict[str, Any]:
        assert process.stdin is not None
        assert process.stdout is not None
        feeding = asyncio.create_task(_feed(process.stdin, payload))
        try:
            async with asyncio.timeout(self._limits.wall.total_seconds()):
                output = await _read_all(process.stdout)
                status = await process.wait()
        except TimeoutError as error:
            raise SandboxFailed("too_slow") from error
        finally:
            feeding.cancel()
            # The process leads a session of its own; what it has started ends with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await _gone(process.stdout, process)
        if status != 0:
            raise SandboxFailed("crashed")
        try:
            result: dict[str, Any] = json.loads(output)
        except ValueError as error:
            raise SandboxFailed("crashed") from error
        return result


async def _feed(stdin: asyncio.StreamWriter, payload: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it ended without reading everything
        stdin.write(payload)
        await stdin.drain()
        stdin.close()


async def _gone(stdout: asyncio.StreamReader, process: asyncio.subprocess.Process) -> None:
    """Wait until a killed process is gone.

    What it still wrote is read away first: asyncio takes a process for running while its pipe is full.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LONGEST_END.total_seconds()):
            while await stdout.read(_PIECE):
                pass
            await process.wait()


async def _read_all(stdout: asyncio.StreamReader) -> bytearray:
    """Everything up to the end, unless it is more than a result can be."""
    output = bytearray()
    while piece := await stdout.read(_PIECE):
        output += piece
        if len(output) > _LARGEST_RESULT:
            raise SandboxFailed("crashed")
    return output


def confine(limits: Limits | None = None) -> None:
    """Give up memory, time, files and network; called by the process itself before it reads its input."""
    limits = limits or Limits()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    seconds = int(limits.cpu.total_seconds())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written, limits.written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.files, limits.files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _leave_network()


def _leave_network() -> None:
    """A network namespace of its own has no way out; without the right to make one, the rest still holds."""
    if os.name == "posix" and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK)
