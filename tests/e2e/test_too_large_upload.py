"""A page that posts too much is told so: the browser gets the answer, not a broken connection."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from peers.running_desk import running_desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

POST = """async (size) => {
  const body = new FormData();
  body.append("file", new File(["x".repeat(size)], "a.txt"));
  const reply = await fetch("/api/knowledge/upload", { method: "POST", body });
  return [reply.status, (await reply.json()).error];
}"""


async def test_a_browser_that_posts_too_much_reads_why_it_is_refused(browser: Browser, tmp_path: Path):
    async with running_desk(tmp_path, "http://127.0.0.1:9", MAX_FILE_SIZE=10 * 1024 * 1024) as desk:
        page = await browser.new_page()
        await page.goto(f"{desk.base_url}/health")
        told = await page.evaluate(POST, 13 * 1024 * 1024)
    assert told == [413, "The body is too large: at most 10304 kB."]
