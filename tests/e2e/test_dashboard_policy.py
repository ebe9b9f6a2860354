"""The dashboard's pages keep their strict policy, with all that the component library puts on the screen."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from peers.fake_model_server import FakeModelServer
from peers.running_desk import ADMIN, running_desk

pytestmark = pytest.mark.browser

LISTEN = """
window.broken = [];
document.addEventListener("securitypolicyviolation", event =>
  window.broken.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


async def sign_in(page: Page, address: str) -> None:
    await page.goto(f"{address}/dashboard/")
    await page.get_by_label("E-mail").fill(ADMIN["email"])
    await page.get_by_label("Password").and_(page.locator("input")).fill(ADMIN["password"])
    await page.get_by_role("button", name="Sign in").click()


async def test_dialogs_menus_and_the_palette_need_no_unsafe_inline(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        page = await (await browser.new_context()).new_page()
        await page.add_init_script(LISTEN)
        failed: list[str] = []
        page.on("pageerror", lambda error: failed.append(str(error)))
        await sign_in(page, desk.base_url)
        await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        await page.get_by_role("button", name="Keys").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await page.evaluate("getComputedStyle(document.body).overflow") == "hidden"
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await page.get_by_role("button", name="Account of").click()
        await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Control+k")
        await page.get_by_label("Go to a page or a chat").fill("know")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Knowledge")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="Knowledge")).to_be_visible()
        colour = "getComputedStyle(document.documentElement).getPropertyValue('--mantine-color-fern-7')"
        assert "#0b6e5f" in await page.evaluate(colour)
        assert await page.evaluate("window.broken") == []
        assert failed == []

        first, second = [await page.request.get(f"{desk.base_url}/dashboard/") for _ in range(2)]
        policies = [reply.headers["content-security-policy"] for reply in (first, second)]
        assert policies[0] != policies[1]
        assert "unsafe" not in policies[0]
        assert "__NONCE__" not in await first.text()
