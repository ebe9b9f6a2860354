"""The demo as anybody starts it, and a real Chromium in front of it."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

ADMIN = {"ADMIN_EMAIL": "kim@fernhill.example", "ADMIN_PASSWORD": "secret-words"}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a demo with its real models and documents."""
    environment = {"PATH": os.environ["PATH"], "AICHATDESK_DATA_DIR": str(tmp_path / "data"), **ADMIN}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "aichatdesk.entry.cli.main",
        "demo",
        "--port",
        "0",
        env=environment,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    address = ""
    told = []
    async with asyncio.timeout(240):
        while line := (await process.stdout.readline()).decode():
            told.append(line)
            if "Shop page" in line:
                address = line.split()[-1].rstrip("/")
            if "Ctrl-C" in line:
                break
    assert address, "".join(told)
    yield address
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.wait(), 30)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None and not os.environ.get("CI"):
        pytest.skip("No Chromium: set CHROMIUM to its path.")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        await started.close()
