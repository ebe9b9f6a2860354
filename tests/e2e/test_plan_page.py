"""The page of a plan in a real browser: on a telephone and a desk, in light and dark, on paper, and with nobody to ask."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from aichatdesk.migration.plan.draw_page import plan_page
from aichatdesk.migration.plan.make_plan import make_plan
from aichatdesk.migration.plan.question import PlanQuestion
from aichatdesk.migration.spark.constants import load_constants
from peers.look import faults_of, keep_image

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("plan") / "plan.html"
    plan = make_plan(PlanQuestion(model="gpt-oss-120b"))
    choice = plan.chosen.choice
    longest = replace(choice, model=replace(choice.model, title="x" * 200, licence="y" * 60))
    plan = replace(plan, chosen=replace(plan.chosen, choice=longest))
    file.write_text(plan_page(plan, load_constants()), "utf-8")
    return file.as_uri()


async def opened(browser: Browser, address: str, width: int, scheme: str) -> tuple[Page, list[str]]:
    """The page, and whatever it said or asked for besides itself."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = await context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url) if request.url != address else None)
    await page.goto(address)
    return page, heard


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_no_screen_hides_anything_or_asks_the_network(
    width: int, scheme: str, browser: Browser, address: str
):
    page, heard = await opened(browser, address, width, scheme)
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    outside = """width => [...document.querySelectorAll('main *')].filter(one => !one.closest('.scroll, pre')
      && one.getBoundingClientRect().right > width + 1).map(one => one.outerHTML.slice(0, 80))"""
    assert await page.evaluate(outside, width) == []
    small = """() => [...document.querySelectorAll('svg text')].map(one => one.getBoundingClientRect().height)
      .filter(height => height < 9).length"""
    assert await page.evaluate(small) == 0
    assert heard == []
    await keep_image(page, f"plan-{scheme}-{width}")
    assert await faults_of(page) == []
    assert heard == []


async def test_all_that_is_folded_opens_by_keyboard_and_long_lines_scroll(browser: Browser, address: str):
    page, _ = await opened(browser, address, 800, "light")
    folded = page.locator("details:not([open]) > summary").first
    name = await folded.inner_text()
    await folded.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("details[open] > summary").filter(has_text=name)).to_have_count(1)
    frames = await page.locator("pre, .scroll").evaluate_all("all => all.every(one => one.tabIndex === 0)")
    assert frames


async def test_on_paper_nothing_is_cut_off_and_all_is_dark_on_light(
    browser: Browser, address: str, tmp_path: Path
):
    page, _ = await opened(browser, address, 1280, "dark")
    await page.emulate_media(media="print", color_scheme="dark")
    await page.set_viewport_size({"width": 720, "height": 1000})
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    cut = "() => [...document.querySelectorAll('.scroll, pre')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 120))"
    assert await page.evaluate(cut) == []
    await page.pdf(path=tmp_path / "plan.pdf", format="A4")
    assert (tmp_path / "plan.pdf").stat().st_size > 50_000
