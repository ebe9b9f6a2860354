"""`timeit` runs its argument as a statement, which lets a test put any code into the sandboxed process."""

import asyncio
import contextlib
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from aichatdesk.platform.sandbox.run_limited import Limits, Sandbox, SandboxFailed
from peers.loopback_server import until

CONFINED = "from aichatdesk.platform.sandbox.run_limited import confine; confine()\n"


async def run(code: str, *, limits: Limits | None = None, payload: bytes = b"") -> dict[str, object]:
    """What `code` prints as JSON; timeit's own report is silenced."""
    silenced = f"{code}\nimport sys, os; sys.stdout.flush(); os._exit(0)"
    return await Sandbox(limits).run("timeit", ["-n1", "-r1", silenced], payload)


async def test_a_result_comes_back_as_the_object_that_was_printed():
    assert await run("print('{\"a\": 1}')") == {"a": 1}


async def test_the_payload_arrives_byte_for_byte():
    data = os.urandom(3_000_000)
    code = "import sys, hashlib; d = sys.stdin.buffer.read(); print('{\"n\": %d}' % len(d))"
    assert await run(code, payload=data) == {"n": len(data)}


async def test_the_process_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JWT_SECRET", "very-secret")
    found = await run("import os, json; print(json.dumps(dict(os.environ)))")
    assert "JWT_SECRET" not in found
    assert "PATH" not in found


async def test_the_process_works_in_a_folder_of_its_own_that_is_gone_afterwards():
    found = await run("import os, json; open('left', 'w').close(); print(json.dumps({'cwd': os.getcwd()}))")
    assert found["cwd"] != str(Path.cwd())
    assert not Path(str(found["cwd"])).exists()


async def test_work_that_never_ends_is_stopped_by_name():
    with pytest.raises(SandboxFailed) as failed:
        await run("import time; time.sleep(3600)", limits=Limits(wall=timedelta(seconds=1)))
    assert failed.value.reason == "too_slow"


async def test_a_crash_is_told_by_name():
    with pytest.raises(SandboxFailed) as failed:
        await run("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert failed.value.reason == "crashed"


@pytest.mark.parametrize("printed", ["", "not json", "'{' * 100"])
async def test_anything_but_json_counts_as_a_crash(printed: str):
    with pytest.raises(SandboxFailed):
        await run(f"print({printed!r})")


async def test_more_memory_than_allowed_is_refused_inside_the_process():
    code = CONFINED + "try:\n  bytearray(900 * 1024 * 1024)\nexcept MemoryError:\n  print('{\"refused\": 1}')"
    assert await run(code) == {"refused": 1}


async def test_more_processor_time_than_allowed_ends_the_process():
    code = (
        "from datetime import timedelta\n"
        "from aichatdesk.platform.sandbox.run_limited import Limits, confine\n"
        "confine(Limits(cpu=timedelta(seconds=1)))\n"
        "while True: pass"
    )
    with pytest.raises(SandboxFailed) as failed:
        await run(code, limits=Limits(wall=timedelta(minutes=4)))
    assert failed.value.reason == "crashed"


async def test_a_large_file_cannot_be_written():
    code = CONFINED + (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n  f = open('big', 'wb'); [f.write(bytes(1 << 20)) for _ in range(100)]; f.flush()\n"
        "except OSError:\n  print('{\"refused\": 1}')"
    )
    assert await run(code) == {"refused": 1}


@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace needs the right to make one")
async def test_the_process_has_no_network_not_even_the_loopback():
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code = CONFINED + (
        "import socket\n"
        f"try:\n  socket.create_connection(('127.0.0.1', {port}), 2); print('{{\"open\": 1}}')\n"
        "except OSError:\n  print('{\"closed\": 1}')"
    )
    async with server:
        assert await run(code) == {"closed": 1}


async def test_at_most_two_processes_run_at_once():
    sandbox = Sandbox()
    code = (
        "import time, os, sys; a = time.time(); time.sleep(0.4);"
        'print(\'{"from": %f, "to": %f}\' % (a, time.time())); sys.stdout.flush(); os._exit(0)'
    )
    runs = await asyncio.gather(*(sandbox.run("timeit", ["-n1", "-r1", code], b"") for _ in range(5)))
    for one in runs:
        beside = [other for other in runs if other["from"] < one["to"] and one["from"] < other["to"]]
        moments = [max(one["from"], other["from"]) for other in beside]
        assert all(sum(r["from"] <= moment < r["to"] for r in runs) <= 2 for moment in moments)


async def test_a_cancelled_caller_leaves_no_process_behind(tmp_path: Path):
    sign = tmp_path / "pid"
    code = f"import os, time; open({str(sign)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(run(code))
    while not (sign.exists() and sign.read_text()):
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(sign.read_text()), 0)


async def test_output_without_end_does_not_fill_the_memory_of_the_server():
    code = "import os, sys\nfor _ in range(400): os.write(1, bytes(1 << 20))"
    # Of the process as a whole, other tests have their share.
    tracemalloc.start()
    try:
        with pytest.raises(SandboxFailed):
            await run(code)
        _, highest = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert highest < 96_000_000


def has_ended(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


async def test_children_of_stopped_work_are_stopped_too(tmp_path: Path):
    sign = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " stdout=subprocess.DEVNULL)\n"
        f"open({str(sign)!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    for seconds in (1.5, 6, 24, 96):  # until the work has begun in time
        with pytest.raises(SandboxFailed):
            await run(code, limits=Limits(wall=timedelta(seconds=seconds)))
        if sign.exists():
            break
    child = int(sign.read_text())
    try:
        await until(lambda: has_ended(child))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, 9)
