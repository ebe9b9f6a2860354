"""What a stranger writes is shown to people at the desk as text, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from peers.fake_model_server import FakeModelServer
from peers.running_desk import ADMIN, running_desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

SCRIPT = "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>"
QUOTES = "\"');document.title='taken over';('\" onmouseover=\"document.title='taken over'\" x=\""
LINK = "javascript:document.title='taken over'"


async def test_nothing_that_a_visitor_writes_runs_in_the_dashboard(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        start: dict[str, Any] = {
            "userName": f"Eve {SCRIPT}",
            "userEmail": f"eve@example.org {QUOTES}",
            "currentPage": LINK,
            "environment": {"language": SCRIPT, "platform": QUOTES, "currentUrl": LINK},
        }
        chat = (await desk.client.post("/api/chat", json=start)).json()
        for content in (SCRIPT, QUOTES, f"[click]({LINK})", LINK):
            await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": content})
        for url in (LINK, "data:text/html,<script>1</script>"):
            body = {
                "chatId": chat["chatId"],
                "content": "x",
                "attachments": [{"filename": SCRIPT, "url": url}],
            }
            assert (await desk.client.post("/api/messages", json=body)).status_code == 400

        page = await (await browser.new_context()).new_page()
        failed: list[str] = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        await page.goto(f"{desk.base_url}/dashboard/")
        await page.get_by_label("E-mail").fill(ADMIN["email"])
        await page.get_by_label("Password").fill(ADMIN["password"])
        await page.get_by_role("button", name="Sign in").click()
        await page.locator("button.row").first.click()
        await expect(page.get_by_text("document.title").last).to_be_visible()
        await expect(page.get_by_text("<img src=x").first).to_be_visible()
        for element in await page.locator("button.row, .card dd, .card h2").all():
            await element.hover()
        assert await page.locator("img[src=x]").count() == 0
        assert await page.locator("a[href^=javascript]").count() == 0
        assert "taken over" not in await page.title()
        assert failed == []
        reply = await page.request.get(f"{desk.base_url}/dashboard/")
        policy = reply.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
