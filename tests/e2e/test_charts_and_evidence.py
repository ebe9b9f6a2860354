"""The components for evidence that no page shows yet: built with made-up data, in a real Chromium."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from peers.loopback_server import LoopbackServer, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("gallery")]

WEB = Path(__file__).parents[2] / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-made-for-a-test'; img-src 'self' data:; "
    "connect-src 'self'"
)
LISTEN = """
window.broken = [];
document.addEventListener("securitypolicyviolation", event =>
  window.broken.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


class Gallery(LoopbackServer):
    """Serves the built page as the desk serves its own, and some work that goes on."""

    def __init__(self, folder: Path) -> None:
        super().__init__([Route("/work", self._work), Route("/{name:path}", self._file)])
        self._folder = folder
        self._done = 0

    async def _work(self, _: Request) -> Response:
        self._done = min(self._done + 100, 400)
        return JSONResponse({"running": self._done < 400, "done": self._done, "total": 400})

    async def _file(self, request: Request) -> Response:
        path = self._folder / (request.path_params["name"] or "index.html")
        if not path.is_file():
            return Response(status_code=404)
        return FileResponse(path, headers={"Content-Security-Policy": POLICY})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    node = shutil.which("node", path=f"{WEB.parent / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: run make setup-dev."
    subprocess.run([node, str(WEB / "gallery.mjs"), str(folder)], check=True, cwd=WEB)
    return folder


@pytest.fixture
async def gallery(built: Path) -> AsyncIterator[Gallery]:
    async with Gallery(built) as server:
        yield server


async def faults_of(page: Page) -> list[str]:
    """What axe finds, in both directions."""
    found = []
    for direction in ("ltr", "rtl"):
        await page.evaluate("way => document.documentElement.dir = way", direction)
        result = await page.evaluate(f"{AXE.read_text()};axe.run()")
        found += [
            f"{direction} {fault['id']}: {fault['nodes'][0]['target']}" for fault in result["violations"]
        ]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_charts_keep_the_policy_and_axe_finds_nothing(gallery: Gallery, browser: Browser, scheme: str):
    context = await browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = await context.new_page()
    await page.add_init_script(LISTEN)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    await page.goto(f"{gallery.base_url}/")
    await expect(page.locator("svg.recharts-surface")).to_have_count(3)
    await expect(page.get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", "400 of 400 chunks (100 %)"
    )
    assert await faults_of(page) == []
    await page.set_viewport_size({"width": 320, "height": 640})
    await until(lambda: page.evaluate("document.documentElement.scrollWidth <= 320"))
    assert await page.evaluate("window.broken") == []
    assert broken == []


async def test_what_a_chart_shows_is_said_in_words_and_stands_in_a_table(gallery: Gallery, browser: Browser):
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{gallery.base_url}/")
    drawing = page.get_by_role("img", name="New against old. Right refusals are fewer: −9 %, −17 % to −1 %.")
    await expect(drawing).to_be_visible()
    await page.get_by_role("button", name="Table: New against old").focus()
    await page.keyboard.press("Enter")
    await expect(drawing).to_be_hidden()
    table = page.get_by_role("region", name="Table: New against old")
    await expect(table.get_by_role("row", name="Right refusals")).to_contain_text("−17 %")
    await expect(page.get_by_text("Nothing has been measured yet.")).to_be_visible()


async def test_a_drawing_that_cannot_be_loaded_leaves_its_table(gallery: Gallery, browser: Browser):
    page = await (await browser.new_context()).new_page()
    await page.route("**/*Plot-*.js", lambda route: route.abort())
    await page.goto(f"{gallery.base_url}/")
    await expect(page.get_by_text("The drawing could not be loaded")).to_have_count(3)
    await expect(page.get_by_role("row", name="Right refusals").first).to_be_visible()
