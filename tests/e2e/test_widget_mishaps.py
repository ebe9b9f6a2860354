"""What pages, networks and browsers do to the widget, in a real browser: nobody is trapped, and nothing is lost."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, FrameLocator, Page, Route, expect

from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk
from peers.shop_page import ShopPage, Watch, ask, begin, open_widget, settled
from peers.signed_visitors import SECRET, signed

PHONE = {"width": 390, "height": 700}
# What style sheets of pages hide and move by such rules without meaning the widget.
HIDING = "div:empty { display: none } body > div, html > div { display: none; transform: translateX(-300px) }"
PASTE = """(field, {picture, words}) => {
  const given = new DataTransfer();
  for (const [kind, text] of Object.entries(words)) given.setData(kind, text);
  if (picture) given.items.add(new File(['x'], 'image.png', {type: 'image/png'}));
  const event = new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: given});
  field.dispatchEvent(event);
  return event.defaultPrevented;
}"""

DROP = """page => {
  const given = new DataTransfer();
  given.items.add(new File(['x'], 'rack.png', {type: 'image/png'}));
  const event = new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: given});
  page.dispatchEvent(event);
  return event.defaultPrevented;
}"""
# As it is remembered when retention has deleted a chat meanwhile.
EXPIRED = """() => {
  const [chat] = JSON.parse(localStorage['aichatdesk.chats']);
  const old = {...chat, sessionId: '00000000-0000-4000-8000-000000000000', question: 'Long ago'};
  localStorage['aichatdesk.chats'] = JSON.stringify([chat, old]);
}"""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await (await browser.new_context()).new_page()


async def test_a_page_that_hides_its_own_things_and_changes_its_body_keeps_one_launcher_and_the_chat(
    desk: RunningDesk, page: Page
):
    async with ShopPage(desk.base_url, style=HIDING) as shop:
        frame = await open_widget(page, shop.base_url)
        box = await page.locator("button.launch").bounding_box()
        assert box is not None
        assert (round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)) == (1230, 670)
        await begin(frame)
        await frame.locator(".composer textarea").fill("Half a word")
        # As pages do that go to the next one without being loaded anew; the new body brings the line again.
        await page.evaluate("""loader => {
          document.documentElement.replaceChild(document.createElement('body'), document.body);
          const line = Object.assign(document.createElement('script'), {src: loader});
          document.body.append(line);
          return new Promise(resolve => line.onload = resolve);
        }""", f"{desk.base_url}/widget/loader.js")  # fmt: skip
        await expect(page.locator("button.launch")).to_have_count(1)
        await expect(frame.locator(".composer textarea")).to_have_value("Half a word")
        await page.evaluate("AIChatDesk.close()")
        await expect(page.locator("iframe")).to_be_hidden()


async def test_a_desk_that_does_not_answer_traps_nobody_on_a_phone(desk: RunningDesk, browser: Browser):
    context = await browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    page = await context.new_page()
    async with ShopPage(desk.base_url) as shop:
        await page.goto(shop.base_url)
        launcher = page.locator("button.launch")
        await expect(launcher).to_be_visible()
        await context.set_offline(True)
        await launcher.tap()
        await expect(launcher).to_have_attribute("aria-expanded", "true")
        await launcher.tap()
        await expect(launcher).to_have_attribute("aria-expanded", "false")
        await context.set_offline(False)
        await launcher.tap()
        field = page.frame_locator("iframe").locator("#field-name")
        await expect(field).to_be_visible()
        # Smaller letters make iPhones zoom in, and out of the page around.
        assert await field.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 16
        await page.frame_locator("iframe").get_by_role("button", name="Close the chat").tap()
        await expect(page.locator("iframe")).to_be_hidden()


async def test_a_chat_that_began_in_another_tab_goes_on_in_this_one(desk: RunningDesk, page: Page):
    # The launcher stands where lines end, also where only the body says so.
    async with ShopPage(desk.base_url, style="body { direction: rtl }") as shop:
        await open_widget(page, shop.base_url)
        await expect(page.locator("button.launch")).to_have_css("left", "20px")
        await page.evaluate("AIChatDesk.close()")
        other = await page.context.new_page()
        frame = await open_widget(other, shop.base_url)
        await begin(frame)
        await ask(frame, "Hello!")
        await expect(frame.locator(".answer .thumbs")).to_be_visible()
        await page.evaluate("AIChatDesk.open()")
        here = page.frame_locator("iframe")
        await expect(here.locator(".visitor.sent .bubble")).to_have_text("Hello!")
        await expect(here.locator(".answer")).to_be_visible()


async def test_a_chat_that_the_desk_has_deleted_loses_nothing_that_its_visitor_wrote(
    desk: RunningDesk, page: Page
):
    async with ShopPage(desk.base_url) as shop:
        frame = await open_widget(page, shop.base_url)
        await begin(frame)
        await ask(frame, "Hello!")
        await expect(frame.locator(".answer")).to_be_visible()
        # The desk is silent, the visitor's own line is not.
        await page.route("**/api/v1/chats/*/*", lambda route: route.abort())
        await page.reload()
        await expect(frame.locator(".banner")).to_have_text("Connecting …")
        await ask(frame, "My rack hums.")
        await expect(frame.locator(".visitor.waiting")).to_be_visible()
        await frame.locator(".composer textarea").fill("It is in the cellar.")
        headers = await desk.sign_in()
        row = (await desk.client.get("/api/dashboard/chats", headers=headers)).json()[0]
        deleted = await desk.client.delete(f"/api/chat/{row['sessionId']}", headers=headers)
        assert deleted.status_code == 200, deleted.text
        await page.unroute_all()

        await expect(frame.locator(".sheet .note").first).to_have_text("This chat has ended.")
        await expect(frame.locator("#field-question")).to_have_value("My rack hums.\nIt is in the cellar.")
        await expect(frame.locator("#field-name")).to_have_value("Ann Miller")
        await frame.locator(".prechat .primary").click()
        await expect(frame.locator(".visitor.sent .bubble")).to_have_text(
            "My rack hums.\nIt is in the cellar."
        )


async def test_files_alone_are_not_looked_up_and_half_a_word_is_not_sent(desk: RunningDesk, page: Page):
    async with ShopPage(desk.base_url) as shop:
        watch = Watch(page, desk.base_url, shop.base_url)
        frame = await open_widget(page, shop.base_url)
        await begin(frame)
        field = frame.locator(".composer textarea")
        await field.fill("にほ")
        # The key that ends a word of Japanese, as Safari tells it, and the one that gives it up.
        for key in ("{key: 'Enter', keyCode: 229}", "{key: 'Escape', isComposing: true}"):
            await field.evaluate(
                f"one => one.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, ...{key}}}))"
            )
        await expect(field).to_have_value("にほ")
        await expect(page.locator("iframe")).to_be_visible()
        await field.fill("")

        table = {"text/plain": "A\tB", "text/html": "<table><tr><td>A<td>B</table>"}
        assert not await field.evaluate(PASTE, {"words": table, "picture": True}), "it was not taken as text"
        markup = {"text/plain": "bold", "text/html": "<b onclick='alert(1)'>bold</b>"}
        assert not await field.evaluate(PASTE, {"words": markup, "picture": False})
        await expect(frame.locator(".uploads li")).to_have_count(0)
        copied = {"text/plain": "https://a.example/b.png", "text/html": "<img src='https://a.example/b.png'>"}
        assert await field.evaluate(PASTE, {"words": copied, "picture": True}), (
            "it was not taken as a picture"
        )
        await frame.get_by_role("button", name="Remove").click()

        note = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"It hums."}
        await frame.locator("input[type=file]").set_input_files([note])
        await expect(frame.locator(".uploads .done")).to_be_visible()
        await frame.locator(".send").click()
        await expect(frame.locator(".visitor.sent .file")).to_be_visible()
        await _is_calm(frame)
        assert watch.errors == []


async def test_a_dropped_file_does_not_replace_the_page_and_an_earlier_chat_that_has_expired_is_said_to_have_ended(
    desk: RunningDesk, page: Page
):
    async with ShopPage(desk.base_url) as shop:
        frame = await open_widget(page, shop.base_url)
        await expect(frame.locator(".prechat")).to_be_visible()
        assert await frame.locator("body").evaluate(DROP), "the browser would have opened it"
        await begin(frame)
        await _open_earlier(frame)
        await expect(frame.locator(".page .note")).to_have_text("There are no earlier chats yet.")
        await frame.locator(".back").click()
        await frame.locator("body").evaluate(EXPIRED)
        await _open_earlier(frame)
        await frame.get_by_role("button", name="Long ago").click()
        await expect(frame.locator(".page .note")).to_have_text("This chat has ended.")
        await frame.locator(".back").click()
        await frame.locator(".back").click()
        await _open_earlier(frame)
        await expect(frame.locator(".page .note")).to_have_text("There are no earlier chats yet.")


async def test_who_signs_in_next_on_the_page_gets_nothing_of_the_one_before(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    ann, bob = (signed(sub=sub, name=sub) for sub in ("Ann", "Bob"))
    async with (
        running_desk(tmp_path / "data", models.base_url, WIDGET_IDENTITY_SECRET=SECRET) as desk,
        ShopPage(desk.base_url) as shop,
    ):
        frame = await open_widget(page, shop.base_url)
        await frame.locator("#field-email").fill("ann@example.org")
        await page.evaluate(f"AIChatDesk.identify('{ann}')")
        await expect(frame.locator("#field-name")).to_have_count(0)
        await frame.locator(".prechat .primary").click()
        await settled(frame)
        await ask(frame, "Hello!")
        await expect(frame.locator(".answer")).to_be_visible()
        await page.evaluate(f"AIChatDesk.identify('{bob}')")
        await expect(frame.locator("#field-email")).to_have_value("")
        await frame.locator("#field-email").fill("bob@example.org")
        await frame.locator(".prechat .primary").click()
        await settled(frame)
        await _open_earlier(frame)
        await expect(frame.locator(".page .note")).to_have_text("There are no earlier chats yet.")
        headers = await desk.sign_in()
        rows = (await desk.client.get("/api/dashboard/chats", headers=headers)).json()
        assert {(row["userName"], row["userEmail"]) for row in rows} == {
            ("Ann", "ann@example.org"),
            ("Bob", "bob@example.org"),
        }


async def test_a_chat_that_only_the_desk_knows_as_anothers_is_left_too(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    ann, bob = (signed(sub=sub, name=sub) for sub in ("Ann", "Bob"))

    async def cut(route: Route) -> None:
        assert (await route.fetch()).ok
        await route.abort()

    async with (
        running_desk(tmp_path / "data", models.base_url, WIDGET_IDENTITY_SECRET=SECRET) as desk,
        ShopPage(desk.base_url) as shop,
    ):
        frame = await open_widget(page, shop.base_url)
        await page.route("**/identify", cut, times=1)
        await page.evaluate(f"AIChatDesk.identify('{ann}')")
        await frame.locator("#field-email").fill("ann@example.org")
        async with page.expect_event("requestfailed"):
            await frame.locator(".prechat .primary").click()
        await settled(frame)
        await page.evaluate(f"AIChatDesk.identify('{bob}')")
        await expect(frame.locator("#field-email")).to_have_value("")
        [row] = (await desk.client.get("/api/dashboard/chats", headers=await desk.sign_in())).json()
        assert row["userName"] == "Ann"


async def _open_earlier(frame: FrameLocator) -> None:
    await frame.get_by_role("button", name="More").click()
    await frame.get_by_role("button", name="Earlier chats").click()


async def _is_calm(frame: FrameLocator) -> None:
    """Nothing says that an answer is on its way."""
    await expect(frame.locator(".lines .waiting")).to_have_count(0)
    await expect(frame.get_by_role("button", name="Stop")).to_have_count(0)
