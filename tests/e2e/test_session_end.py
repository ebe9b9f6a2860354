"""A session that ends while somebody works: what they were doing goes on after they have signed in again."""

import asyncio

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from e2e.dashboard_pages import accessible, open_dashboard
from peers.running_desk import ADMIN, RunningDesk

pytestmark = pytest.mark.browser

NEWER = {**ADMIN, "password": "newer-secret-words"}
OLE = {"email": "ole@example.org", "password": "ole-secret-words"}


async def end_sessions(desk: RunningDesk) -> None:
    """A new password ends every session of its account but the one that sets it."""
    change = {"currentPassword": ADMIN["password"], "newPassword": NEWER["password"]}
    headers = await desk.sign_in()
    reply = await desk.client.post("/api/agents/change-password", json=change, headers=headers)
    assert reply.status_code == 200


async def end_here(page: Page) -> None:
    """Save in the same moment; something else may meet the end of the session first and cover the button."""
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Save").dispatch_event("click")


def again(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Please sign in again")


async def enter(page: Page, account: dict[str, str]) -> None:
    await again(page).get_by_label("E-mail").fill(account["email"])
    await again(page).get_by_label("Password").and_(page.locator("input")).fill(account["password"])
    await again(page).get_by_role("button", name="Sign in").click()


async def test_what_is_saved_as_the_session_ends_is_stored_after_the_next_sign_in(
    desk: RunningDesk, browser: Browser
):
    page, watch = await open_dashboard(browser, desk.base_url, "/settings/company")
    name = page.get_by_label("Name", exact=True)
    await name.fill("Fernhill")
    await end_here(page)
    await expect(again(page).get_by_label("E-mail")).to_have_value(ADMIN["email"])
    await expect(again(page).get_by_label("Password").and_(page.locator("input"))).to_be_focused()
    await page.keyboard.press("Escape")
    await accessible(page, "sign-in-again")
    await enter(page, {**ADMIN, "password": "wrong"})
    await expect(again(page).get_by_role("alert")).to_be_visible()
    await enter(page, ADMIN)
    await expect(again(page)).to_be_hidden()
    await expect(page.get_by_role("region", name="Unsaved changes")).to_be_hidden()
    await expect(name).to_have_value("Fernhill")
    stored = await desk.client.get("/api/settings", headers=await desk.sign_in())
    assert stored.json()["companyName"] == "Fernhill"
    await watch.saw_nothing_bad()


async def test_a_chat_goes_on_where_it_was_for_the_same_account(desk: RunningDesk, browser: Browser):
    chat = await desk.start_chat()
    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{chat['sessionId']}")
    await page.get_by_role("button", name="Take over", exact=True).click()
    reply = page.get_by_role("textbox", name="Reply", exact=True)
    await reply.fill("It comes on")
    refused, late = asyncio.Event(), asyncio.Event()

    async def be_late(route: Route) -> None:
        """The refusal of the old session arrives when the new one stands."""
        answer = await route.fetch()
        assert answer.status == 403
        refused.set()
        await late.wait()
        await route.fulfill(response=answer)

    await page.route("**/events?after=*", be_late, times=1)
    await end_sessions(desk)
    await expect(again(page)).to_be_visible()
    said = await desk.send(chat, "Are you there?")
    assert said.status_code == 200
    await refused.wait()
    await enter(page, NEWER)
    await expect(again(page)).to_be_hidden()
    late.set()
    messages = page.get_by_role("region", name="Messages with Ann")
    await expect(messages).to_contain_text("Are you there?")
    await expect(reply).to_have_value("It comes on")
    await reply.press_sequentially(" Friday.")
    await reply.press("Enter")
    await expect(messages).to_contain_text("It comes on Friday.")
    await expect(reply).to_have_value("")
    await watch.saw_nothing_bad()


async def test_another_account_finds_nothing_of_the_one_before(desk: RunningDesk, browser: Browser):
    ole = {**OLE, "name": "Ole"}
    made = await desk.client.post("/api/agents", json=ole, headers=await desk.sign_in())
    assert made.status_code == 201
    page, watch = await open_dashboard(browser, desk.base_url, "/settings/company")
    await page.get_by_label("Name", exact=True).fill("Fernhill")
    await end_here(page)
    await enter(page, OLE)
    await expect(again(page)).to_be_hidden()
    await expect(page.get_by_role("button", name="Account of Ole")).to_be_visible()
    await expect(page.get_by_text("Fernhill")).to_have_count(0)
    stored = await desk.client.get("/api/settings", headers=await desk.sign_in())
    assert stored.json().get("companyName") != "Fernhill"
    await watch.saw_nothing_bad()
