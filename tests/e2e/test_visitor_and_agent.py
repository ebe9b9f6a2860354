"""A visitor's and an agent's whole conversation, in a real browser, with the real small models."""

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from e2e.dashboard_pages import Watch, does_not_scroll_sideways, open_dashboard
from peers.look import faults_of, keep_image

QUESTION = "How much is the Plus plan per month?"
ANSWERED = 120_000
KIM = {"email": "kim@fernhill.example", "password": "secret-words"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.timeout(900),
]


async def open_widget(page: Page, address: str) -> FrameLocator:
    await page.goto(address)
    await page.get_by_role("button", name="Fernhill support").click()
    return page.frame_locator("iframe")


async def begin(frame: FrameLocator, name: str = "Ann") -> None:
    await frame.get_by_label("Your name").fill(name)
    await frame.get_by_label("Your e-mail").fill("ann@example.org")
    await frame.get_by_role("button", name="Start the chat").click()
    await expect(frame.get_by_placeholder("Ask a question")).to_be_focused()


async def ask(frame: FrameLocator, text: str) -> None:
    await frame.get_by_placeholder("Ask a question").fill(text)
    await frame.get_by_placeholder("Ask a question").press("Enter")


async def accessible(page: Page, name: str) -> None:
    """No finding of axe, in the page and in its frames."""
    await keep_image(page, name)
    assert await faults_of(page) == [], name


async def test_a_visitor_asks_loses_the_network_comes_back_and_ends_with_a_person(
    demo: str, browser: Browser
):
    context = await browser.new_context(viewport={"width": 1280, "height": 860})
    page = await context.new_page()
    watch = Watch(page, demo)
    frame = await open_widget(page, demo)
    await begin(frame, "Greta")

    await ask(frame, QUESTION)
    answer = frame.locator(".answer").first
    await expect(answer).to_contain_text("19 EUR", timeout=ANSWERED)
    await expect(answer.locator(".sources")).to_be_visible(timeout=ANSWERED)
    await accessible(page, "widget-answer")

    await frame.locator(".cite").first.click()
    await expect(frame.locator("mark")).to_contain_text("19 EUR")
    await accessible(page, "widget-source")
    await page.keyboard.press("Escape")

    await context.set_offline(True)
    await expect(frame.locator(".banner")).to_be_visible()
    await ask(frame, "Do you sell gift cards?")
    await expect(frame.locator(".visitor small")).to_be_visible()
    await context.set_offline(False)
    await expect(frame.locator(".offer")).to_be_visible(timeout=ANSWERED)
    await expect(frame.locator(".banner")).to_be_hidden()
    await expect(frame.get_by_text("Do you sell gift cards?")).to_have_count(1)

    await page.reload()  # the chat was in view, so it comes back in view
    frame = page.frame_locator("iframe")
    await expect(frame.locator(".chat")).to_be_visible()
    await expect(frame.locator(".visitor")).to_have_count(2)
    await expect(frame.locator(".answer")).to_have_count(2)

    await frame.locator(".offer").click()
    await expect(frame.get_by_text("We have told our team")).to_be_visible()
    await accessible(page, "widget-hand-over")

    desk, desk_watch = await open_dashboard(browser, demo, account=KIM)
    sample = desk.get_by_role("navigation", name="Chats").get_by_role("listitem").filter(has_text="Mara")
    await expect(sample).to_contain_text("59 EUR")
    waiting = desk.get_by_role("navigation", name="Chats").get_by_role("listitem").filter(has_text="Greta")
    await expect(waiting).to_contain_text("Wait")
    await waiting.get_by_role("link").click()
    chat = desk.get_by_role("region", name="Chat with Greta", exact=True)
    await expect(chat.get_by_role("button", name="Source 1").first).to_be_visible()
    await chat.get_by_role("button", name="Take over", exact=True).click()
    await expect(chat).to_contain_text("With you")
    await chat.get_by_text("Note", exact=True).click()
    await chat.get_by_role("textbox", name="Note").fill("A good customer")
    await chat.get_by_role("button", name="Keep note").click()
    await expect(chat.get_by_text("A good customer")).to_be_visible()
    await chat.get_by_text("Reply", exact=True).click()
    await chat.get_by_role("textbox", name="Reply").fill("Hello Greta, we do not sell gift cards.")
    await chat.get_by_role("button", name="Send").click()
    await expect(chat.get_by_role("img", name="Delivered")).to_be_visible()
    await keep_image(desk, "dashboard")

    await expect(frame.locator(".agent .text")).to_have_text("Hello Greta, we do not sell gift cards.")
    await expect(frame.get_by_text("A good customer")).to_have_count(0)
    await chat.get_by_role("button", name="Return to assistant").click()
    await expect(chat.get_by_role("button", name="Take over", exact=True)).to_be_visible()
    await desk_watch.saw_nothing_bad()
    assert watch.strangers == []
    assert watch.errors == []


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 320)])
async def test_every_screen_is_accessible_in_the_dark_and_on_a_narrow_phone(
    demo: str, browser: Browser, scheme: str, width: int
):
    context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 760})
    page = await context.new_page()
    await page.goto(demo)
    await accessible(page, f"shop-{scheme}-{width}")
    await page.keyboard.press("Tab")
    frame = await open_widget(page, demo)
    await accessible(page, f"form-{scheme}-{width}")
    await begin(frame)
    await ask(frame, "Hello!")
    await expect(frame.locator(".answer")).to_be_visible(timeout=ANSWERED)
    await accessible(page, f"chat-{scheme}-{width}")
    await does_not_scroll_sideways(page)
