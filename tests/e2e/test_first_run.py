"""A desk's first run in a browser, and colleagues who join by an invite."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from e2e.dashboard_pages import LISTEN, Watch, accessible, does_not_scroll_sideways
from peers.fake_model_server import FakeModelServer
from peers.running_desk import running_desk

pytestmark = pytest.mark.browser

NOBODY = {"ADMIN_EMAIL": None, "ADMIN_PASSWORD": None}
LOOKS = (("light", "ltr"), ("dark", "rtl"))


async def test_a_new_desk_lets_in_whoever_has_its_code_and_nobody_else(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url, **NOBODY) as desk:
        code = (tmp_path / "data" / "setup-code").read_text()
        context = await browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
        page = await context.new_page()
        watch = Watch(page, desk.base_url)
        await page.add_init_script(LISTEN)
        await page.goto(f"{desk.base_url}/dashboard/")
        await expect(page.get_by_label("Setup code")).to_be_focused()
        await accessible(page, "first-run", LOOKS)
        await page.keyboard.type("WRON-GWRO-NGWR-ONGW")
        await page.keyboard.press("Enter")
        await page.get_by_label("Your name").fill("Kim <i>Admin</i>")
        await page.get_by_label("E-mail").fill("kim@example.org")
        password = page.get_by_label("Password").and_(page.locator("input"))
        await password.fill("secret-words")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Company")).to_be_focused()
        await page.keyboard.type("Fernhill Tools")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("The setup code is wrong")).to_be_visible()
        await page.get_by_label("Setup code").fill(code.lower().replace("-", " "))
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        # What was typed is still there; the desk says what is wrong with it, at its place.
        await expect(page.get_by_text("A name must not hold <, > or invisible characters.")).to_be_visible()
        await page.get_by_label("Your name").fill("Kim Admin")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Company")).to_have_value("Fernhill Tools")
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("heading", name="Getting started")).to_be_visible()
        steps = page.get_by_role("main").get_by_role("listitem")
        await expect(steps.get_by_role("img", name="Not done yet")).to_have_count(4)
        await desk.teach("warranty.txt", "The warranty lasts for two years.")
        chat = await desk.start_chat()
        await desk.send(chat, "How long is the warranty?")
        await page.reload()
        await expect(steps.get_by_role("img", name="Done", exact=True)).to_have_count(2)
        await steps.get_by_role("link", name="Invite").click()
        await page.get_by_role("dialog").get_by_role("button", name="Make the link").click()
        await page.get_by_role("button", name="Done").click()
        await page.goto(f"{desk.base_url}/dashboard/settings/getting-started")
        await expect(steps.get_by_role("img", name="Done", exact=True)).to_have_count(3)
        assert (await desk.client.get("/api/settings/public/companyName")).json() == {
            "value": "Fernhill Tools"
        }
        assert not (tmp_path / "data" / "setup-code").exists()

        stranger = await (await browser.new_context()).new_page()
        await stranger.goto(f"{desk.base_url}/dashboard/")
        await expect(stranger.get_by_role("button", name="Sign in")).to_be_visible()
        await watch.saw_nothing_bad()


async def test_an_invite_makes_as_many_accounts_as_it_may_and_says_when_it_makes_no_more(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        admin = await desk.sign_in()
        fields = {"label": "Night <b>shift</b>", "maxUses": 1}
        made = await desk.client.post("/api/agents/invite-links", json=fields, headers=admin)
        code = made.json()["link"]["code"]
        link = f"{desk.base_url}/dashboard/join/{code}"
        context = await browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
        page = await context.new_page()
        watch = Watch(page, desk.base_url)
        await page.add_init_script(LISTEN)
        await page.goto(link)
        await expect(page.get_by_text("Night <b>shift</b>")).to_be_visible()
        await accessible(page, "join", LOOKS)
        await does_not_scroll_sideways(page)
        await page.get_by_label("Your name").fill("Ole Brandt")
        await page.get_by_label("E-mail").fill("kim@example.org")
        await page.get_by_label("Password").and_(page.locator("input")).fill("ole-secret-words")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Email already registered")).to_be_visible()
        await page.get_by_label("E-mail").fill("ole@example.org")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Account of Ole Brandt")).to_be_visible()
        await page.goto(link)
        await expect(page.get_by_text("You are signed in as Ole Brandt")).to_be_visible()

        other = await (await browser.new_context()).new_page()
        await other.goto(link)
        await expect(other.get_by_text("Invite link has reached max uses")).to_be_visible()
        await other.get_by_role("button", name="Sign in instead").click()
        await expect(other.get_by_role("heading", name="Welcome back")).to_be_visible()
        await other.goto(f"{desk.base_url}/dashboard/join/..%2F..%2Fapi")
        await expect(other.get_by_text("This invite does not work")).to_be_visible()
        await watch.saw_nothing_bad()
