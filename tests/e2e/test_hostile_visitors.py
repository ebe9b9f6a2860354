"""What a stranger writes is shown to people at the desk as text, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from e2e.dashboard_pages import open_dashboard
from peers.fake_model_server import FakeModelServer
from peers.running_desk import running_desk

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

        evil = {"filename": SCRIPT, "url": "https://far.example/x.png", "type": "image/png"}
        body = {"chatId": chat["chatId"], "content": "x", "attachments": [evil]}
        assert (await desk.client.post("/api/messages", json=body)).status_code == 201
        rated = {"rating": 1, "comment": SCRIPT}
        path = f"/api/v1/chats/{chat['sessionId']}/rating"
        token = {"X-Visitor-Token": chat["visitorToken"]}
        assert (await desk.client.put(path, json=rated, headers=token)).is_success

        page, watch = await open_dashboard(browser, desk.base_url)
        await page.locator("a[data-session]").first.click()
        column = page.locator("section[data-session]")
        await expect(column.get_by_text("document.title").last).to_be_visible()
        await expect(page.get_by_text("<img src=x").first).to_be_visible()
        for element in await page.locator("a[data-session], dd, h2, section[data-session] a").all():
            await element.hover()
        assert await page.locator("img").count() == 0
        addresses = await page.locator("a").evaluate_all("all => all.map(one => one.href)")
        allowed = (f"{desk.base_url}/dashboard", "https://far.example/", "mailto:")
        assert [one for one in addresses if not one.startswith(allowed)] == []
        await page.get_by_role("searchbox").fill("document.title")
        await expect(page.get_by_role("list", name="Found").get_by_role("listitem")).to_have_count(1)
        await page.keyboard.press("Control+k")
        await expect(page.get_by_role("dialog")).to_contain_text("<img src=x")
        assert "taken over" not in await page.title()
        await watch.saw_nothing_bad()
        reply = await page.request.get(f"{desk.base_url}/dashboard/")
        policy = reply.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
