"""The widget on a customer's page, in a real browser: every state for everybody, and nothing behind their back."""

import base64
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from peers.fake_model_server import FakeModelServer
from peers.graph import GraphPeer
from peers.look import faults_of, keep_image
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk, visitor
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer
from peers.shop_page import ShopPage, Watch, ask, begin, open_widget, scrolls_sideways, settled
from peers.signed_visitors import SECRET, signed

KNOWLEDGE = "# Plans\n\nThe Plus plan costs 19 EUR per month. It includes phone support on working days.\n"
QUESTION = "How much is the Plus plan per month?"
ANSWER = "The Plus plan costs 19 EUR per month."
MARKUP = "Please:\n\n1. open the **cover**\n2. read `E-42`\n\n```\nreset --all\n```\n[Manual](https://docs.example.org/m)"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = {"name": "machine.png", "mimeType": "image/png", "buffer": PNG}
WIDGET = {
    "greeting": "Hello! What can we do for your garden today?",
    "questions": ["How long is the warranty?", "How do I return an item?"],
    "privacyUrl": "https://fernhill.example/privacy",
}

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await (await browser.new_context()).new_page()


class Staff:
    """Somebody at the desk, over HTTP."""

    def __init__(self, desk: RunningDesk, headers: dict[str, str], row: dict[str, Any]) -> None:
        self._desk, self._headers, self.row = desk, headers, row
        self._session, self._chat = row["sessionId"], row.get("id") or row["_id"]

    @classmethod
    async def of_newest(cls, desk: RunningDesk) -> "Staff":
        headers = await desk.sign_in()
        rows = (await desk.client.get("/api/dashboard/chats", headers=headers)).json()
        return cls(desk, headers, max(rows, key=lambda row: row["startedAt"]))

    async def post(self, path: str, body: dict[str, Any]) -> None:
        reply = await self._desk.client.post(path, json=body, headers=self._headers)
        assert reply.status_code < 300, reply.text

    async def take_over(self) -> None:
        await self.post(f"/api/chat/{self._session}/takeover", {})

    async def say(self, text: str, files: Sequence[dict[str, str]] = ()) -> None:
        body = {"chatId": self._chat, "content": text, "sender": "agent", "attachments": list(files)}
        await self.post("/api/messages", body)

    async def type(self) -> None:
        await self.post(f"/api/v1/chats/{self._session}/typing", {"typing": True})


class States:
    """Looks at each state: without a finding of axe, and at 400 % zoom without scrolling sideways."""

    def __init__(self, page: Page, name: str) -> None:
        self._page, self._name = page, name
        self.seen: list[str] = []

    async def _fits(self) -> bool:
        return await scrolls_sideways(self._page) == []

    async def look(self, state: str) -> None:
        await keep_image(self._page, f"widget-{state}-{self._name}")
        assert await faults_of(self._page) == [], state
        size = self._page.viewport_size
        assert size is not None
        for width, height in ((320, 640), (320, 215)):
            await self._page.set_viewport_size({"width": width, "height": height})
            await until(self._fits)
        await self._page.set_viewport_size(size)
        self.seen.append(state)


@pytest.mark.parametrize(
    ("scheme", "language", "color"),
    [("light", "en", "#ffd400"), ("dark", "ar", "#101010")],
)
async def test_every_state_is_for_everybody_and_no_other_host_hears_of_it(
    tmp_path: Path, models: FakeModelServer, browser: Browser, scheme: str, language: str, color: str
):
    models.say(ANSWER)
    async with (
        GraphPeer(tmp_path) as graph,
        running_desk(tmp_path / "data", models.base_url, **graph.settings()) as desk,
        ShopPage(
            desk.base_url,
            page_language=language,
            direction="ltr" if language == "en" else "rtl",
            greeting="Can I help?",
            color=color,
            language=language,
        ) as shop,
    ):
        await desk.teach("support-plans.md", KNOWLEDGE)
        admin = await desk.sign_in()
        await desk.client.put("/api/settings", json={"widget": WIDGET}, headers=admin)
        body = {"name": "Orders", "prompt": "About orders.", "icon": "📦"}
        await desk.client.post("/api/categories", json=body, headers=admin)
        context = await browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 860})
        page = await context.new_page()
        watch = Watch(page, desk.base_url, shop.base_url)
        states = States(page, f"{scheme}-{language}")

        await page.goto(shop.base_url)
        await expect(page.locator(".greet")).to_be_visible()
        await states.look("launcher")
        await page.locator("button.launch").click()
        frame = page.frame_locator("iframe")
        await go_through(frame, context, desk, states)
        assert await frame.locator("html").get_attribute("dir") == ("ltr" if language == "en" else "rtl")
        assert len(states.seen) == 14
        assert (watch.strangers, watch.errors) == ([], [])
        assert await page.evaluate("window.blocked") == []


async def go_through(frame: FrameLocator, context: BrowserContext, desk: RunningDesk, states: States) -> None:
    await expect(frame.locator(".tiles button")).to_have_count(1)
    await frame.locator(".prechat .primary").click()
    await expect(frame.locator("#fault-name")).not_to_be_empty()
    await states.look("form")

    await begin(frame)
    await frame.locator(".tiles button").click()
    await states.look("empty")
    await ask(frame, QUESTION)
    await expect(frame.locator(".sources")).to_be_visible()
    await frame.locator(".thumbs button").nth(1).click()
    await expect(frame.locator(".line .row-form")).to_be_visible()
    await states.look("answer")
    await frame.locator(".cite").first.click()
    await expect(frame.locator("mark")).to_have_text(ANSWER)
    await states.look("source")
    await frame.locator(".back").click()

    await frame.locator(".menu > button").click()
    await states.look("menu")
    await frame.locator(".menu-list li button").first.click()
    await expect(frame.locator(".slots button").first).to_be_visible()
    await states.look("slots")
    await frame.locator(".slots button").first.click()
    await states.look("book")
    await frame.locator(".book-form .primary").click()
    await expect(frame.locator(".page .call")).to_be_visible()
    await states.look("booked")
    await frame.locator(".back").click()

    await frame.locator("footer button").click()
    await expect(frame.locator(".status")).to_be_visible()
    await states.look("waiting")
    staff = await Staff.of_newest(desk)
    await staff.take_over()
    await staff.say(MARKUP)
    await staff.type()
    await expect(frame.locator(".agent ol li")).to_have_count(2)
    await expect(frame.locator(".lines .waiting")).to_be_visible()
    await frame.locator("input[type=file]").set_input_files([PICTURE])
    await expect(frame.locator(".uploads .done")).to_be_visible()
    await states.look("person")
    await frame.locator(".send").click()
    await expect(frame.locator(".visitor.sent img")).to_be_visible()

    await context.set_offline(True)
    await ask(frame, "Still there?")
    await expect(frame.locator(".visitor small")).to_be_visible()
    await states.look("offline")
    await context.set_offline(False)
    await expect(frame.locator(".banner")).to_have_count(0)
    await frame.locator(".menu > button").click()
    await frame.locator(".menu-list li button").last.click()
    await frame.locator(".stars label").nth(3).click()
    await expect(frame.locator(".end-card .row-form")).to_be_visible()
    await states.look("end")

    await frame.locator(".after .primary").click()
    await frame.locator(".sheet > .link").click()
    await frame.locator(".rows button").click()
    await expect(frame.locator(".page .line").first).to_be_visible()
    await states.look("earlier")


async def test_a_page_makes_no_request_and_moves_nothing_until_the_launcher_is_touched(
    desk: RunningDesk, page: Page
):
    async with ShopPage(desk.base_url, greeting="Can I help?") as shop:
        watch = Watch(page, desk.base_url, shop.base_url)
        await page.goto(shop.base_url)
        await expect(page.locator(".greet")).to_be_visible()
        await page.wait_for_timeout(500)
        assert [url.removeprefix(desk.base_url) for url in watch.requests] == [
            f"{shop.base_url}/",
            "/widget/loader.js",
        ]
        await page.get_by_role("button", name="Close").click()
        await expect(page.locator(".greet")).to_have_count(0)
        await page.locator("button.launch").hover()
        await until(lambda: any("/widget/?" in url for url in watch.requests))
        await expect(page.locator("iframe")).to_be_hidden()
        await page.locator("button.launch").click()
        await expect(page.frame_locator("iframe").locator(".prechat")).to_be_visible()
        assert await page.evaluate("window.shifts") == []
        await page.reload()
        await page.wait_for_timeout(500)
        await expect(page.locator(".greet")).to_have_count(0)  # it was put away


async def test_a_whole_chat_by_keyboard_alone(tmp_path: Path, models: FakeModelServer, page: Page):
    models.say(ANSWER)
    async with running_desk(tmp_path / "data", models.base_url) as desk, ShopPage(desk.base_url) as shop:
        await desk.teach("support-plans.md", KNOWLEDGE)
        await page.goto(shop.base_url)
        await expect(page.locator("button.launch")).to_be_visible()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        frame = page.frame_locator("iframe")
        await expect(frame.locator("#field-name")).to_be_focused()
        await page.keyboard.type("Ann")
        await page.keyboard.press("Tab")
        await page.keyboard.type("ann@example.org")
        await page.keyboard.press("Enter")
        field = frame.locator(".composer textarea")
        await expect(field).to_be_focused()
        await page.keyboard.type(QUESTION)
        await page.keyboard.press("Enter")
        await expect(frame.locator(".sources")).to_be_visible()
        await expect(frame.locator(".announcement")).to_contain_text(ANSWER)

        await frame.locator(".lines").focus()
        await page.keyboard.press("Tab")
        await expect(frame.locator(".cite")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(frame.locator(".back")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(frame.locator(".cite")).to_be_focused()

        await frame.get_by_role("button", name="More").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        await expect(frame.get_by_role("button", name="More")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(frame.get_by_role("button", name="End the chat")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(frame.locator(".end-card")).to_be_visible()
        await frame.get_by_role("radio", name="1 of 5").focus()
        await page.keyboard.press("ArrowRight")
        await expect(frame.get_by_role("radio", name="2 of 5")).to_be_checked()
        await expect(frame.get_by_text("Thank you for your rating.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("button.launch")).to_be_focused()
        await expect(page.locator("iframe")).to_be_hidden()


CALLS = """
window.heard = [];
window.AIChatDesk = [];
for (const name of ["ready", "open", "close", "message", "unread", "chatStarted", "chatEnded", "rated"])
  window.AIChatDesk.push(["on", name, detail => window.heard.push([name, detail])]);
window.AIChatDesk.push(["identify", "%s"]);
window.AIChatDesk.push(["open"]);
"""


async def test_the_page_around_calls_before_the_loader_is_there_and_hears_what_happens(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    token = signed(name="Ann Miller", email="ann@example.org")
    async with (
        running_desk(tmp_path / "data", models.base_url, WIDGET_IDENTITY_SECRET=SECRET) as desk,
        ShopPage(desk.base_url, script=CALLS % token) as shop,
    ):
        before = await desk.start_chat()
        await desk.client.post(
            f"/api/v1/chats/{before['sessionId']}/identify", json={"token": token}, headers=visitor(before)
        )
        await desk.send(before, "Do you sell rakes?")
        await page.goto(shop.base_url)
        frame = page.frame_locator("iframe[title=Chat]")
        # Whoever is known is asked for nothing that the page has said.
        await frame.locator(".prechat .primary").click()
        await settled(frame)
        await ask(frame, "Hello!")
        await expect(frame.locator(".answer")).to_be_visible()
        staff = await Staff.of_newest(desk)
        assert (staff.row["userName"], staff.row["userEmail"]) == ("Ann Miller", "ann@example.org")
        # What was said elsewhere, as the same signed visitor.
        await frame.get_by_role("button", name="More").click()
        await frame.get_by_role("button", name="Earlier chats").click()
        await frame.get_by_role("button", name="Do you sell rakes?").click()
        await expect(frame.locator(".page .visitor .bubble")).to_have_text("Do you sell rakes?")
        await expect(frame.locator(".page .primary")).to_have_count(0)
        await frame.locator(".back").click()
        await frame.locator(".back").click()

        await page.evaluate("AIChatDesk.close()")
        await expect(page.locator("iframe")).to_be_hidden()
        await staff.take_over()
        await staff.say("One moment.")
        await expect(page.locator("button.launch")).to_have_accessible_name("Chat (1)")
        await page.evaluate("AIChatDesk.toggle()")
        await expect(frame.locator(".agent .text")).to_have_text("One moment.")
        await expect(page.locator(".count")).to_be_hidden()

        # A page cannot forge what happened, nor a stranger's frame tell the chat anything.
        await page.evaluate(
            "postMessage({source: 'aichatdesk', type: 'event', name: 'rated', detail: {rating: 1}}, '*')"
        )
        await page.evaluate("document.body.append(document.createElement('iframe'))")
        stranger = next(one for one in page.frames if one.url == "about:blank")
        await stranger.evaluate("""() => {
          const host = [...parent.document.querySelectorAll('div')].find(one => one.shadowRoot);
          const chat = host.shadowRoot.querySelector('iframe').contentWindow;
          chat.postMessage({source: 'aichatdesk', type: 'draft', text: 'forged'}, '*');
        }""")
        await frame.get_by_role("button", name="More").click()
        assert await frame.locator(".composer textarea").input_value() == ""
        await frame.get_by_role("button", name="End the chat").click()
        await frame.locator(".stars label").nth(4).click()
        await until(lambda: page.evaluate("heard.some(([name]) => name === 'rated')"))
        heard = await page.evaluate("window.heard")
        names = [name for name, _ in heard]
        assert [name for name in names if name not in {"message", "unread"}] == [
            *("ready", "open", "chatStarted", "close", "open", "chatEnded", "rated"),
        ]
        assert [detail["from"] for name, detail in heard if name == "message"] == [
            *("visitor", "assistant", "agent"),
        ]
        assert [detail for name, detail in heard if name == "rated"] == [{"rating": 5}]
        assert {"count": 1} in [detail for name, detail in heard if name == "unread"]
        assert "One moment" not in str(heard)


async def test_what_is_written_and_attached_without_a_connection_arrives_once(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    models.say(ANSWER)
    async with running_desk(tmp_path / "data", models.base_url) as desk, ShopPage(desk.base_url) as shop:
        frame = await open_widget(page, shop.base_url)
        await begin(frame)
        await frame.locator("footer button").click()
        await expect(frame.locator(".status")).to_be_visible()
        staff = await Staff.of_newest(desk)
        await staff.take_over()
        await expect(frame.locator("header")).to_contain_text("Admin")

        await frame.locator("input[type=file]").set_input_files([PICTURE])
        await expect(frame.locator(".uploads .done")).to_be_visible()
        await page.context.set_offline(True)
        await expect(frame.locator(".banner.offline")).to_be_visible()
        await ask(frame, "First, with a picture")
        await ask(frame, "Second")
        await staff.say("Meanwhile")
        await page.context.set_offline(False)
        await page.reload()
        frame = page.frame_locator("iframe")
        await expect(frame.locator(".agent .text")).to_have_text(["Meanwhile"])
        await expect(frame.locator(".visitor.sent")).to_have_count(2)
        texts = await frame.locator(".visitor .bubble").all_inner_texts()
        assert texts == ["First, with a picture", "Second"]
        await expect(frame.locator(".visitor img")).to_have_count(1)
        source = await frame.locator(".visitor img").get_attribute("src")
        assert (await desk.client.get(source or "")).content == PNG


HAND_OVER = """kind => {
  const files = new DataTransfer();
  const bytes = Uint8Array.from(atob('%s'), one => one.charCodeAt(0));
  files.items.add(new File([bytes], 'image.png', {type: 'image/png'}));
  const init = {bubbles: true, cancelable: true};
  document.body.dispatchEvent(kind === 'paste'
    ? new ClipboardEvent('paste', {...init, clipboardData: files})
    : new DragEvent('drop', {...init, dataTransfer: files}));
}"""


async def test_who_was_asked_for_nothing_stops_an_answer_leaves_an_address_and_gets_the_chat_by_mail(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    models.say(ANSWER, first_delay=60)
    async with (
        SendGridPeer() as mail,
        running_desk(
            tmp_path / "data",
            models.base_url,
            SENDGRID_API_KEY=KEY,
            SENDGRID_FROM_EMAIL=SENDER,
            SENDGRID_BASE_URL=mail.base_url,
            AICHATDESK_PUBLIC_URL="https://desk.example",
        ) as desk,
        ShopPage(desk.base_url) as shop,
    ):
        await desk.teach("support-plans.md", KNOWLEDGE)
        form = {"name": "hidden", "email": "hidden", "question": "hidden"}
        admin = await desk.sign_in()
        await desk.client.put("/api/settings", json={"widget": {"form": form}}, headers=admin)
        me = (await desk.client.get("/api/agents/me", headers=admin)).json()["agent"]["id"]
        gone = {"status": "offline"}
        reply = await desk.client.patch(f"/api/agents/{me}/status", json=gone, headers=admin)
        assert reply.status_code == 200, reply.text
        frame = await open_widget(page, shop.base_url)
        await frame.locator("#field-question").fill(QUESTION)
        await frame.locator(".prechat .primary").click()
        await expect(frame.locator(".visitor.sent .bubble")).to_have_text(QUESTION)
        await frame.get_by_role("button", name="Stop").click()
        await expect(frame.locator(".notice")).to_have_text("You stopped this answer.")

        await frame.locator("footer button").click()
        await expect(frame.locator(".status")).to_contain_text("Nobody is at the desk right now.")
        await frame.locator("#leave-email").fill("eve@example")
        await frame.get_by_role("button", name="Save").click()
        await expect(frame.get_by_text("Please check the e-mail address.")).to_be_visible()
        await frame.locator("#leave-email").fill("eve@example.org")
        await frame.get_by_role("button", name="Save").click()
        await expect(frame.locator(".status")).to_contain_text("We will also reply to eve@example.org.")
        assert (await Staff.of_newest(desk)).row["userEmail"] == "eve@example.org"

        for kind in ("paste", "drop"):
            await frame.locator("html").evaluate(
                f"(_, kind) => ({HAND_OVER % base64.b64encode(PNG).decode()})(kind)", kind
            )
        await expect(frame.locator(".uploads .done")).to_have_count(2)
        await expect(frame.locator(".uploads bdi").first).to_contain_text("screenshot-")
        await frame.get_by_role("button", name="Remove").first.click()
        await frame.locator(".send").click()
        await expect(frame.locator(".visitor.sent img")).to_have_count(1)

        await frame.get_by_role("button", name="More").click()
        await frame.get_by_role("button", name="End the chat").click()
        await frame.get_by_role("button", name="E-mail me this chat").click()
        await expect(frame.get_by_text("Please confirm it in the e-mail")).to_contain_text("eve@example.org")
        await until(lambda: mail.to("eve@example.org"))


async def test_a_language_is_the_pages_then_the_chats_then_the_one_that_the_visitor_picks(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    models.say("Hallo.")
    async with (
        running_desk(tmp_path / "data", models.base_url) as desk,
        ShopPage(desk.base_url, page_language="fr") as shop,
    ):
        frame = await open_widget(page, shop.base_url)
        await expect(frame.locator("html")).to_have_attribute("lang", "fr")
        await begin(frame)
        await ask(frame, "Wie kann ich ein Gerät zurückgeben, das nicht mehr funktioniert?")
        await expect(frame.locator("html")).to_have_attribute("lang", "de")
        await frame.locator(".menu > button").click()
        await frame.locator("select").select_option("he")
        await expect(frame.locator("html")).to_have_attribute("dir", "rtl")
        await page.reload()
        await expect(page.frame_locator("iframe").locator("html")).to_have_attribute("lang", "he")
        names = await page.frame_locator("iframe").locator("html").evaluate("() => document.fonts.size")
        assert names == 0  # no font is fetched


HOSTILE = (Path(__file__).parents[1] / "data" / "hostile_markup.txt").read_text("utf-8").splitlines()
ACTIVE = "script, iframe, object, embed, base, meta, link, style, form, video, audio, svg:not(.icon), img:not([src^='/uploads/'])"


async def test_nothing_that_anybody_writes_runs_or_calls_out_in_the_widget(
    tmp_path: Path, models: FakeModelServer, page: Page
):
    assert len(HOSTILE) >= 60
    everything = "\n\n".join(HOSTILE)
    models.say(everything)
    async with running_desk(tmp_path / "data", models.base_url) as desk, ShopPage(desk.base_url) as shop:
        await desk.teach("<img src=x onerror=alert(1)>.md", f"# Plus plan per month\n\n{everything}\n")
        watch = Watch(page, desk.base_url, shop.base_url)
        frame = await open_widget(page, shop.base_url)
        await begin(frame, name=HOSTILE[12])
        await ask(frame, everything[:4000])
        await ask(frame, QUESTION)
        await expect(frame.locator(".answer")).to_have_count(2)
        staff = await Staff.of_newest(desk)
        await staff.take_over()
        for begin_at in range(0, len(HOSTILE), 5):
            few = HOSTILE[begin_at : begin_at + 5]
            await staff.say("\n\n".join(few), [{"filename": one, "url": "/uploads/x.pdf"} for one in few])
        await expect(frame.locator(".agent .file")).to_have_count(len(HOSTILE))
        assert await frame.locator(".lines").locator(ACTIVE).count() == 0
        links = await frame.locator(".lines a").evaluate_all("all => all.map(one => one.href)")
        fine = re.compile(rf"https://[^@]+|{re.escape(desk.base_url)}/uploads/x\.pdf")
        assert [link for link in links if not fine.fullmatch(link)] == []
        handlers = """all => all.flatMap(one => one.getAttributeNames())
          .filter(name => name.startsWith('on') || name === 'style' || name === 'srcdoc')"""
        assert await frame.locator(".lines *").evaluate_all(handlers) == []
        assert await frame.locator("html").evaluate("() => document.title") != "taken"
        assert await page.title() == "Fernhill"
        assert (watch.strangers, watch.errors) == ([], [])
