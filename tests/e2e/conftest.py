"""The demo as anybody starts it, and a real Chromium in front of it."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Error, async_playwright, expect

# Several browsers and desks share two cores; what comes late is no fault here.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)

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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo with its real models and documents, one for all tests that share a worker."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {"PATH": os.environ["PATH"], "AICHATDESK_DATA_DIR": str(folder / "data"), **ADMIN}
    process = subprocess.Popen(
        [sys.executable, "-m", "aichatdesk.entry.cli.main", "demo", "--port", "0"],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    given_up = threading.Timer(600, process.kill)
    given_up.start()
    assert process.stdout is not None
    address, told = "", []
    for line in process.stdout:
        told.append(line)
        if "Shop page" in line:
            address = line.split()[-1].rstrip("/")
        if "Ctrl-C" in line:
            break
    given_up.cancel()
    assert address, "".join(told)
    yield address
    process.terminate()
    process.wait(120)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


async def tell_what_is_shown(browser: Browser) -> None:
    """Print what each page shows, for whoever reads why a test failed."""
    for page in (page for context in browser.contexts for page in context.pages):
        sys.stdout.write(f"--- {page.url}\n")
        for frame in page.frames:
            sys.stdout.write(await frame.locator("body").aria_snapshot(timeout=5_000) + "\n")


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None and not os.environ.get("CI"):
        pytest.skip("No Chromium: set CHROMIUM to its path.")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        make = started.new_context

        async def patient(**how: Any) -> BrowserContext:
            context = await make(**how)
            context.set_default_timeout(PATIENCE)
            return context

        started.new_context = patient  # type: ignore[method-assign]
        yield started
        if request.node.stash.get(FAILED, False):
            with contextlib.suppress(Error):
                await tell_what_is_shown(started)
        await started.close()
