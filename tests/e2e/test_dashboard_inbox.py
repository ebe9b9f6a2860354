"""The inbox in a real browser: what agents do all day, by mouse and by keyboard, and what must never be lost."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from e2e.dashboard_pages import accessible, does_not_scroll_sideways, open_dashboard
from peers.fake_model_server import FakeModelServer
from peers.look import keep_image
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk

pytestmark = pytest.mark.browser

LEE = {"name": "Lee", "email": "lee@example.org", "password": "other-words", "systemRole": "agent"}
TERMS = "# Returns\n\nYou can return an item within 30 days of delivery. It must be in its original box.\n"
ANSWER = "You can return an item within 30 days of delivery."
LISTEN_TO_NOTICES = """
window.notices = [];
window.Notification = class { constructor(title, {body}) { window.notices.push([title, body]); }
  static permission = "granted"; static async requestPermission() { return "granted"; } };
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""

IS_ASKED_BEFORE_A_RELOAD = "!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
# A list that is still measuring its rows goes back to the newest.
SCROLLED_TO_THE_OLDEST = """() => {
  document.querySelector("[aria-label='Messages with Ann']").scrollTop = 0;
  return [...document.querySelectorAll("button")].some(button => button.textContent === "Newest");
}"""
WORDS_CAN_BE_DROPPED = """field => {
  const carried = new DataTransfer();
  carried.setData("text/plain", "words");
  return field.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
async def desk(tmp_path: Path, models: FakeModelServer) -> AsyncIterator[RunningDesk]:
    async with running_desk(tmp_path / "data", models.base_url) as running:
        yield running


async def begin(desk: RunningDesk, name: str, *said: str, waits: bool = False) -> dict[str, str]:
    start = {"userName": name, "userEmail": f"{name.lower()}@example.org", "currentPage": "/prices"}
    chat = (await desk.client.post("/api/chat", json=start)).json()
    for content in said:
        await say(desk, chat, content)
    if waits:
        assert (await desk.client.post(f"/api/chat/{chat['sessionId']}/escalate")).is_success
    return chat


async def say(desk: RunningDesk, chat: dict[str, str], content: str, **more: Any) -> None:
    body = {"chatId": chat["chatId"], "content": content, **more}
    assert (await desk.client.post("/api/messages", json=body)).status_code == 201


async def take_over(desk: RunningDesk, chat: dict[str, str], headers: dict[str, str]) -> None:
    reply = await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=headers)
    assert reply.is_success, reply.text


async def heard(desk: RunningDesk, chat: dict[str, str]) -> list[str]:
    """What the visitor's own log has of people at the desk."""
    told = [one["message"] for one in await desk.events(chat) if one["type"] == "message"]
    return [one["content"] for one in told if one["sender"] == "agent"]


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"Chat with {name}", exact=True)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Chats").get_by_role("listitem").filter(has_text=name)


def field(page: Page, name: str, what: str = "Reply") -> Locator:
    return column(page, name).get_by_role("textbox", name=what, exact=True)


def picture() -> bytes:
    """A PNG of two by two grey points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0aa\0aa")) + chunk(b"IEND", b"")


async def test_a_chat_goes_from_the_queue_to_its_end_with_everything_seen_at_once_on_both_sides(
    desk: RunningDesk, browser: Browser
):
    quiet = await begin(desk, "Quiet", "Hello")
    page, watch = await open_dashboard(browser, desk.base_url)
    await expect(row(page, "Quiet")).to_be_visible()
    ann = await begin(desk, "Ann", "Where is my parcel?", waits=True)
    await expect(page.get_by_role("list", name="All").get_by_role("listitem").first).to_contain_text("Ann")
    await expect(row(page, "Ann")).to_contain_text("Where is my parcel?")
    await expect(row(page, "Ann")).to_contain_text("Unread")
    await expect(page).to_have_title("(1) Inbox · AIChatDesk")
    await row(page, "Ann").get_by_role("link").click()
    await expect(column(page, "Ann")).to_contain_text("The visitor asked for a person.")
    await expect(row(page, "Ann")).not_to_contain_text("Unread")

    await column(page, "Ann").get_by_role("button", name="Take over", exact=True).click()
    await expect(column(page, "Ann")).to_contain_text("With you")
    await expect(page).to_have_title("Inbox · AIChatDesk")
    path = f"/api/v1/chats/{ann['sessionId']}/typing"
    token = {"X-Visitor-Token": ann["visitorToken"]}
    assert (await desk.client.post(path, json={"typing": True}, headers=token)).status_code == 204
    await expect(column(page, "Ann")).to_contain_text("Ann is typing")
    async with page.expect_request(lambda request: request.url.endswith(path)) as typed:
        await field(page, "Ann").press_sequentially("It comes")
    assert (await typed.value).post_data_json == {"typing": True}
    await field(page, "Ann").fill("It comes tomorrow: https://example.org/track.")
    await field(page, "Ann").press("Enter")
    await expect(column(page, "Ann").get_by_role("img", name="Delivered")).to_be_visible()
    link = column(page, "Ann").get_by_role("link", name="https://example.org/track")
    assert await link.get_attribute("rel") == "noopener noreferrer nofollow"
    await column(page, "Ann").get_by_text("Note", exact=True).click()
    await field(page, "Ann", "Note").fill("A good customer")
    await column(page, "Ann").get_by_role("button", name="Keep note").click()
    await expect(column(page, "Ann")).to_contain_text("Internal note")
    assert await heard(desk, ann) == ["It comes tomorrow: https://example.org/track."]

    await column(page, "Ann").get_by_role("button", name="More about this chat").click()
    await page.get_by_role("menuitem", name="End chat").click()
    await page.get_by_role("dialog").get_by_role("button", name="End chat").click()
    await expect(column(page, "Ann")).to_contain_text("The chat was ended.")
    await page.get_by_role("button", name="Closed 1").click()
    await expect(row(page, "Ann")).to_be_visible()
    await expect(row(page, "Quiet")).to_be_hidden()

    await column(page, "Ann").get_by_role("button", name="More about this chat").click()
    await page.get_by_role("menuitem", name="Delete chat").click()
    await page.get_by_role("button", name="Delete for good").click()
    await expect(column(page, "Ann")).to_be_hidden()
    # The desk may tell of it before it answers, and only then the page goes elsewhere.
    await expect(page).to_have_url(f"{desk.base_url}/dashboard/inbox")
    await page.go_back()
    await expect(page.get_by_role("main")).to_contain_text("This chat is not there")
    await page.get_by_role("button", name="Close this column").click()
    await expect(page.get_by_text("Pick a chat")).to_be_visible()
    gone = await desk.client.get(f"/api/chat/{ann['sessionId']}")
    assert (gone.status_code, (await desk.client.get(f"/api/chat/{quiet['sessionId']}")).status_code) == (
        404,
        200,
    )
    await watch.saw_nothing_bad()


async def test_the_whole_work_is_done_by_keyboard_alone(desk: RunningDesk, browser: Browser):
    bo = await begin(desk, "Bo", "Is it in stock?")
    ann = await begin(desk, "Ann", "Where is my parcel?", waits=True)
    page, watch = await open_dashboard(browser, desk.base_url, width=1700)
    await expect(row(page, "Ann")).to_be_visible()
    press = page.keyboard.press
    await press("j")
    await expect(row(page, "Ann").get_by_role("link")).to_be_focused()
    await press("Enter")
    await expect(column(page, "Ann")).to_contain_text("Where is my parcel?")
    await press("t")
    await expect(column(page, "Ann")).to_contain_text("With you")
    await press("r")
    await expect(field(page, "Ann")).to_be_focused()
    await page.keyboard.type("Here: it comes, jk.")
    await press("Enter")
    await press("Escape")
    await press("n")
    await expect(field(page, "Ann", "Note")).to_be_focused()
    await press("Escape")
    await press("j")
    await press("j")
    await expect(row(page, "Bo").get_by_role("link")).to_be_focused()
    await press("Shift+Enter")
    await expect(column(page, "Bo")).to_be_visible()
    await expect(page).to_have_url(f"{desk.base_url}/dashboard/inbox/{ann['sessionId']}+{bo['sessionId']}")
    await press("x")
    await expect(column(page, "Bo")).to_be_hidden()
    await press("/")
    await expect(page.get_by_role("searchbox", name="Search the chats")).to_be_focused()
    await page.keyboard.type("in stock")
    await expect(page.get_by_role("list", name="Found").get_by_role("listitem")).to_have_count(1)
    await press("Escape")
    await press("k")
    await press("b")
    await expect(column(page, "Ann")).to_contain_text("Returned to the assistant.")
    await press("Control+k")
    await page.get_by_label("Go to a page or a chat").fill("end chat")
    await press("Enter")
    asked = page.get_by_role("dialog", name="End this chat?")
    await expect(asked).to_be_visible()
    await asked.get_by_role("button", name="End chat").press("Enter")
    await expect(column(page, "Ann")).to_contain_text("The chat was ended.")
    # While it goes, keys are still the dialog's.
    await expect(asked).to_be_hidden()
    await press("g")
    await press("k")
    await expect(page.get_by_role("heading", name="Knowledge")).to_be_visible()
    await press("g")
    await press("i")
    await expect(column(page, "Ann")).to_be_visible()
    assert await heard(desk, ann) == ["Here: it comes, jk."]
    await watch.saw_nothing_bad()


async def test_columns_drafts_and_replies_outlive_a_reload_a_lost_line_and_signing_out(
    desk: RunningDesk, browser: Browser
):
    kim = await desk.sign_in()
    ann, bo = await begin(desk, "Ann", "Hello"), await begin(desk, "Bo", "Hello")
    for chat in (ann, bo):
        await take_over(desk, chat, kim)
    assert (await desk.client.post("/api/agents", json=LEE, headers=kim)).status_code == 201
    both = f"/inbox/{bo['sessionId']}+{ann['sessionId']}"
    page, watch = await open_dashboard(browser, desk.base_url, both, width=1700)
    await field(page, "Ann").fill("A draft for Ann")
    await page.get_by_role("button", name="Mine 2").click()

    lost: list[str] = []

    async def lose_the_reply(route: Route) -> None:
        """The desk takes the message, and its answer never arrives."""
        reply = await route.fetch()
        lost.append(await reply.text())
        await route.abort()

    await page.route("**/api/messages", lose_the_reply)
    await field(page, "Bo").fill("Sent once")
    await field(page, "Bo").press("Enter")
    await until(lambda: bool(lost))
    await page.unroute("**/api/messages")
    await page.route("**/api/messages", lambda route: route.abort())
    await field(page, "Bo").fill("Sent later")
    await field(page, "Bo").press("Enter")
    await expect(column(page, "Bo")).to_contain_text("Waits for the connection")
    await page.reload()
    await expect(column(page, "Bo")).to_contain_text("Sent later")
    await expect(column(page, "Bo")).to_contain_text("Waits for the connection")
    await expect(page.get_by_role("button", name="Mine 2")).to_have_attribute("aria-pressed", "true")
    names = await page.locator("section[data-session] h2").all_text_contents()
    assert names == ["Bo", "Ann"]

    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await page.unroute("**/api/messages")
    await page.get_by_label("E-mail").fill(LEE["email"])
    await page.get_by_label("Password").and_(page.locator("input")).fill(LEE["password"])
    await page.get_by_role("button", name="Sign in").click()
    await expect(field(page, "Ann")).to_have_value("")
    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    assert await heard(desk, bo) == ["Sent once"]  # nobody sends what another has written

    await page.get_by_label("E-mail").fill("kim@example.org")
    await page.get_by_label("Password").and_(page.locator("input")).fill("secret-words")
    await page.get_by_role("button", name="Sign in").click()
    await expect(field(page, "Ann")).to_have_value("A draft for Ann")
    await expect(column(page, "Bo").get_by_role("img", name="Delivered")).to_have_count(2)
    assert await heard(desk, bo) == ["Sent once", "Sent later"]
    assert watch.errors == []


async def test_an_answer_shows_its_sources_and_a_suggested_or_canned_reply_is_one_key_away(
    desk: RunningDesk, models: FakeModelServer, browser: Browser
):
    kim = await desk.sign_in()
    await desk.teach("terms.md", TERMS)
    ann = await begin(desk, "Ann")
    models.say(ANSWER)
    await desk.send(ann, "Can I return an item within 30 days of delivery?")
    answer = next(one for one in await desk.events(ann) if one["type"] == "finished")
    judged = f"/api/v1/chats/{ann['sessionId']}/messages/{answer['messageId']}/feedback"
    token = {"X-Visitor-Token": ann["visitorToken"]}
    assert (await desk.client.put(judged, json={"helpful": False}, headers=token)).is_success
    canned = {"title": "Refund", "content": "A refund takes five days.", "shortcut": "refund"}
    assert (await desk.client.post("/api/canned-responses", json=canned, headers=kim)).status_code == 201
    await take_over(desk, ann, kim)

    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{ann['sessionId']}")
    chat = column(page, "Ann")
    await expect(chat).to_contain_text("very sure,")
    await expect(chat).to_contain_text("Not helpful to the visitor")
    await chat.get_by_role("button", name="Source 1").click()
    sources = page.get_by_role("dialog", name="Sources")
    await expect(sources.locator("mark")).to_have_text(ANSWER)
    await expect(sources).to_contain_text("The passages fit the question by")
    await accessible(page, "inbox-sources", [("light", "ltr"), ("dark", "ltr")])
    await page.keyboard.press("Escape")

    await field(page, "Ann").press_sequentially("Well, /ref")
    await expect(page.get_by_role("option", name="Refund")).to_be_visible()
    await accessible(page, "inbox-canned", [("light", "ltr"), ("dark", "ltr")])
    async with page.expect_response(lambda one: one.url.endswith("/use")) as counted:
        await page.keyboard.press("Enter")
    assert (await counted.value).ok
    await expect(field(page, "Ann")).to_have_value("Well, A refund takes five days.")
    used = await desk.client.get("/api/canned-responses", headers=kim)
    assert used.json()[0]["usageCount"] == 1
    await field(page, "Ann").fill("")

    models.say("Yes, within 30 days. Shall I open a return?", delay=0.05)
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    card = page.get_by_role("region", name="Suggested reply")
    await expect(card).to_contain_text("Shall I open")
    await expect(card.get_by_role("button", name="Edit")).to_be_visible()
    await accessible(page, "inbox-suggestion", [("light", "ltr"), ("dark", "ltr")])
    await card.get_by_role("button", name="Edit").click()
    await expect(field(page, "Ann")).to_have_value("Yes, within 30 days. Shall I open a return?")
    await expect(card).to_be_hidden()
    await field(page, "Ann").fill("")
    await chat.get_by_role("button", name="Suggest").click()
    await card.get_by_role("button", name="Send as it is").click()
    await expect(field(page, "Ann")).to_be_focused()
    await expect(chat.get_by_role("img", name="Delivered")).to_be_visible()
    assert await heard(desk, ann) == ["Yes, within 30 days. Shall I open a return?"]
    await page.route("**/suggested-reply", lambda route: route.abort())
    await chat.get_by_role("button", name="Suggest").click()
    await expect(card.get_by_role("alert")).to_have_text("The connection broke off. Try again.")
    await card.get_by_role("button", name="Discard", exact=True).click()
    await expect(field(page, "Ann")).to_be_focused()

    await chat.get_by_role("button", name="Add this answer to the knowledge base").click()
    pair = page.get_by_role("dialog", name="Add to the knowledge base")
    await expect(pair.get_by_label("Question")).to_have_value(
        "Can I return an item within 30 days of delivery?"
    )
    models.embeddings_down = True
    await pair.get_by_role("button", name="Add", exact=True).click()
    await expect(pair.get_by_role("status")).to_contain_text("cannot be found yet")
    await watch.saw_nothing_bad()


async def test_two_agents_do_not_answer_one_visitor_without_knowing_of_each_other(
    desk: RunningDesk, browser: Browser
):
    kim = await desk.sign_in()
    assert (await desk.client.post("/api/agents", json=LEE, headers=kim)).status_code == 201
    lee = await desk.sign_in(email=LEE["email"], password=LEE["password"])
    ann = await begin(desk, "Ann", "Hello")
    here = f"/inbox/{ann['sessionId']}"
    first, watch = await open_dashboard(browser, desk.base_url, here)
    second, _ = await open_dashboard(browser, desk.base_url, here, account=LEE)
    await expect(column(first, "Ann")).to_contain_text("Lee looks at this chat too.")
    await expect(row(first, "Ann")).to_contain_text("Lee")

    async def lee_is_faster(route: Route) -> None:
        await take_over(desk, ann, lee)
        await route.continue_()

    await first.route("**/takeover", lee_is_faster)
    await column(first, "Ann").get_by_role("button", name="Take over", exact=True).click()
    await expect(column(first, "Ann").get_by_role("alert")).to_contain_text("Lee has this chat already.")
    await expect(column(first, "Ann").get_by_role("button", name="Take over", exact=True)).to_be_hidden()
    await field(first, "Ann").fill("Not from me")
    await field(first, "Ann").press("Enter")
    await expect(column(first, "Ann").get_by_role("form")).to_contain_text("You can leave a note.")
    await second.close()
    await expect(column(first, "Ann")).not_to_contain_text("looks at this chat too")
    assert await heard(desk, ann) == []
    await watch.saw_nothing_bad()


async def test_files_go_both_ways_and_what_is_known_of_a_visitor_stands_beside(
    desk: RunningDesk, models: FakeModelServer, browser: Browser
):
    kim = await desk.sign_in()
    before = await begin(desk, "Ann", "Do you sell tea?")
    assert (
        await desk.client.post(f"/api/messages/chat/{before['sessionId']}/end", json={"rating": 4})
    ).is_success
    ann = await begin(desk, "Ann", "Hello")
    await say(
        desk,
        ann,
        "x",
        attachments=[{"filename": "far.png", "url": "https://far.example/a.png", "type": "image/png"}],
    )
    category = {"name": "Orders", "prompt": "Ask for the number.", "icon": "📦"}
    assert (await desk.client.post("/api/categories", json=category, headers=kim)).status_code == 201
    await take_over(desk, ann, kim)
    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{ann['sessionId']}")
    chat, card = column(page, "Ann"), page.get_by_role("region", name="Visitor")
    await expect(chat.get_by_role("link", name="far.png")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )

    async with page.expect_file_chooser() as chooser:
        await chat.get_by_role("button", name="Attach files").click()
    await (await chooser.value).set_files(
        [
            {"name": "shot.png", "mimeType": "image/png", "buffer": picture()},
            {"name": "run.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"},
        ]
    )
    files = chat.get_by_role("list", name="Attached files")
    await expect(files.get_by_role("alert")).to_be_visible()
    await expect(files.get_by_role("button", name="Remove shot.png")).to_be_visible()
    await files.get_by_role("button", name="Remove run.exe").click()
    await page.reload()
    await expect(files).to_contain_text("shot.png")
    await chat.get_by_role("button", name="Send").click()
    await chat.get_by_role("button", name="Show shot.png").click()
    await expect(page.get_by_role("dialog").get_by_role("img", name="shot.png")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(card).to_contain_text("ann@example.org")
    await expect(card).to_contain_text("as typed")
    await card.get_by_label("Notes").fill("Likes tea")
    await expect(card.get_by_text("Saved", exact=True)).to_be_visible()
    await card.get_by_label("Category").select_option(label="📦 Orders")
    models.say("Ann asks for tea.")
    await chat.get_by_role("button", name="More about this chat").click()
    await page.get_by_role("menuitem", name="Sum up").click()
    await expect(card).to_contain_text("Ann asks for tea.")
    rows = (await desk.client.get("/api/dashboard/chats", headers=kim)).json()
    kept = next(one for one in rows if one["sessionId"] == ann["sessionId"])
    assert (kept["agentNotes"], bool(kept["metadata"]["categoryId"])) == ("Likes tea", True)
    await card.get_by_role("button", name="Do you sell tea?").click()
    earlier = page.get_by_role("dialog", name="Earlier chat, to read")
    await expect(earlier.get_by_text("The chat was ended.")).to_be_in_viewport()
    await expect(earlier.get_by_role("textbox")).to_have_count(0)
    await accessible(page, "inbox-earlier", [("light", "ltr"), ("dark", "ltr")])
    await watch.saw_nothing_bad()


async def test_what_is_attached_arrives_though_the_agent_looks_at_another_chat_meanwhile(
    desk: RunningDesk, browser: Browser
):
    ann, _ = await begin(desk, "Ann", "Hello"), await begin(desk, "Bo", "Hello")
    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{ann['sessionId']}")
    go = asyncio.Event()

    async def hold(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route("**/api/upload", hold)
    await attach(page, "Ann", "terms.txt")
    files = column(page, "Ann").get_by_role("list", name="Attached files")
    await expect(files.get_by_role("progressbar")).to_have_count(1)
    assert await page.evaluate(IS_ASKED_BEFORE_A_RELOAD)
    await row(page, "Bo").get_by_role("link").click()
    await expect(column(page, "Bo")).to_be_visible()
    go.set()
    await page.wait_for_function(f"() => !({IS_ASKED_BEFORE_A_RELOAD})")
    await page.go_back()
    await expect(files.get_by_role("listitem")).to_have_text(["terms.txt"])
    await page.unroute("**/api/upload")
    await page.route("**/api/upload", lambda route: route.abort())
    await attach(page, "Ann", "list.txt")
    await expect(files.get_by_role("alert")).to_have_text("The desk does not answer.")
    await page.unroute("**/api/upload")
    await files.get_by_role("button", name="Try list.txt again").click()
    await expect(files.get_by_role("listitem")).to_have_text(["terms.txt", "list.txt"])
    assert await field(page, "Ann").evaluate(WORDS_CAN_BE_DROPPED)
    await watch.saw_nothing_bad()


async def attach(page: Page, name: str, file: str) -> None:
    async with page.expect_file_chooser() as chooser:
        await column(page, name).get_by_role("button", name="Attach files").click()
    await (await chooser.value).set_files({"name": file, "mimeType": "text/plain", "buffer": b"Some words."})


async def test_notes_are_saved_once_the_desk_answers_and_never_over_those_of_a_colleague_unseen(
    desk: RunningDesk, browser: Browser
):
    kim = await desk.sign_in()
    ann = await begin(desk, "Ann", "Hello")
    address = f"/api/chat/{ann['sessionId']}/notes"
    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{ann['sessionId']}")
    card = page.get_by_role("region", name="Visitor")
    notes = card.get_by_label("Notes")

    async def kept() -> str:
        rows = (await desk.client.get("/api/dashboard/chats", headers=kim)).json()
        return str(rows[0]["agentNotes"])

    await page.route("**/notes", lambda route: route.abort())
    await notes.fill("Likes tea")
    await expect(card).to_contain_text("The desk does not answer.")
    await page.unroute("**/notes")
    await expect(card.get_by_text("Saved", exact=True)).to_be_visible()
    assert await kept() == "Likes tea"

    await page.route("**/notes", lambda route: route.abort())
    await notes.fill("Likes green tea")
    assert (await desk.client.put(address, json={"notes": "Likes coffee"}, headers=kim)).is_success
    await expect(card.get_by_role("alert")).to_contain_text("Likes coffee")
    await page.unroute("**/notes")
    await page.reload()
    await expect(notes).to_have_value("Likes green tea")
    await expect(card.get_by_role("alert")).to_contain_text("Likes coffee")
    assert await kept() == "Likes coffee"
    lines = page.get_by_role("region", name="Messages with Ann")
    await expect(lines.get_by_text("Hello")).to_be_visible()
    await accessible(page, "inbox-notes", [("light", "ltr"), ("dark", "rtl")])
    await card.get_by_role("button", name="Keep both").click()
    await expect(card.get_by_text("Saved", exact=True)).to_be_visible()
    assert await kept() == "Likes coffee\nLikes green tea"
    await watch.saw_nothing_bad()


async def test_in_a_long_chat_words_run_their_own_way_and_the_way_to_the_newest_stands_in_the_middle(
    desk: RunningDesk, browser: Browser
):
    ann = await begin(desk, "Ann", *(f"Line {number}" for number in range(40)))
    await desk.send(ann, "هل تبيعون بطاقات الهدايا؟")
    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{ann['sessionId']}")
    lines = page.get_by_role("region", name="Messages with Ann")
    answer = lines.get_by_text("Assistant", exact=True).locator("xpath=../..").locator("p").first
    await expect(answer).to_have_css("direction", "rtl")
    await expect(answer).to_be_in_viewport()
    newest = column(page, "Ann").get_by_role("button", name="Newest")
    await lines.hover()
    await page.mouse.wheel(0, -100_000)
    await expect(newest).to_be_visible()
    button, room = await newest.bounding_box(), await lines.bounding_box()
    assert button is not None
    assert room is not None
    assert abs(button["x"] + button["width"] / 2 - room["x"] - room["width"] / 2) < 8
    await newest.click()
    await expect(newest).to_be_hidden()
    await expect(lines).to_be_focused()
    await watch.saw_nothing_bad()


async def test_the_newest_stays_in_sight_until_its_reader_scrolls_away(desk: RunningDesk, browser: Browser):
    ann = await begin(desk, "Ann", *(f"Line {number}" for number in range(40)))
    page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{ann['sessionId']}")
    lines = page.get_by_role("region", name="Messages with Ann")
    newest = column(page, "Ann").get_by_role("button", name="Newest")
    oldest = lines.get_by_text("Line 0", exact=True)
    await say(desk, ann, "It is a long word. " * 60)
    await say(desk, ann, "Line 41")
    await expect(lines.get_by_text("Line 41", exact=True)).to_be_in_viewport()
    await expect(newest).to_be_hidden()
    # As help for the blind scrolls, with no wheel, key or finger; not before the list has been drawn.
    await page.wait_for_function(SCROLLED_TO_THE_OLDEST, polling=200)
    await expect(oldest).to_be_in_viewport()
    await say(desk, ann, "Line 42")
    await expect(row(page, "Ann")).to_contain_text("Line 42")
    await expect(oldest).to_be_in_viewport()
    await newest.click()
    await expect(lines.get_by_text("Line 42", exact=True)).to_be_in_viewport()
    await page.set_viewport_size({"width": 1280, "height": 500})
    await expect(lines.get_by_text("Line 42", exact=True)).to_be_in_viewport()
    await say(desk, ann, "Line 43")
    await expect(lines.get_by_text("Line 43", exact=True)).to_be_in_viewport()
    await watch.saw_nothing_bad()


@pytest.mark.parametrize("width", [1700, 320])
async def test_the_inbox_is_accessible_in_every_light_and_direction_and_fits_a_phone(
    desk: RunningDesk, browser: Browser, width: int
):
    kim = await desk.sign_in()
    ann = await begin(desk, "Ann", "Where is my parcel? " * 20, waits=True)
    bo = await begin(desk, "Bo-" + "very-long-name-" * 12, "x" * 300)
    await take_over(desk, bo, kim)
    note = {"chatId": bo["chatId"], "content": "A note", "sender": "agent", "isInternal": True}
    assert (await desk.client.post("/api/messages", json=note, headers=kim)).status_code == 201
    page, watch = await open_dashboard(browser, desk.base_url, width=width, height=800)
    await expect(row(page, "Ann")).to_be_visible()
    await accessible(page, f"inbox-queue-{width}")
    await does_not_scroll_sideways(page)
    await page.goto(f"{desk.base_url}/dashboard/inbox/{ann['sessionId']}+{bo['sessionId']}")
    await expect(column(page, "Ann").get_by_text("asked for a person")).to_be_visible()
    await accessible(page, f"inbox-chats-{width}")
    await does_not_scroll_sideways(page)
    if width == 320:
        await page.set_viewport_size({"width": 320, "height": 256})  # as at 400 % zoom
        await does_not_scroll_sideways(page)
        await field(page, "Ann").scroll_into_view_if_needed()
        await expect(field(page, "Ann")).to_be_in_viewport()
        await page.set_viewport_size({"width": 320, "height": 800})
        await column(page, "Ann").get_by_role("button", name="Visitor").click()
        await expect(page.get_by_role("dialog", name="Visitor")).to_contain_text("ann@example.org")
        await accessible(page, "inbox-card-320", [("light", "ltr"), ("dark", "rtl")])
        await page.keyboard.press("Escape")
        await column(page, "Ann").get_by_role("button", name="Back to the chats").click()
        await expect(row(page, "Ann")).to_be_visible()
    await watch.saw_nothing_bad()


async def test_notices_are_given_only_to_who_asked_for_them_and_a_broken_desk_is_told_of(
    desk: RunningDesk, browser: Browser
):
    kim = await desk.sign_in()
    ann = await begin(desk, "Ann", "Hello")
    await take_over(desk, ann, kim)
    page, watch = await open_dashboard(browser, desk.base_url)
    await page.add_init_script(LISTEN_TO_NOTICES)
    await page.goto(f"{desk.base_url}/dashboard/knowledge")
    await expect(page.get_by_role("link", name="Inbox")).to_be_visible()
    await say(desk, ann, "Not told of")
    await page.get_by_role("link", name="Inbox").click()
    await expect(row(page, "Ann")).to_contain_text("Not told of")
    assert await page.evaluate("[window.notices, window.tones]") == [[], 0]

    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("menuitemcheckbox", name="Desktop notices").click()
    await page.get_by_role("menuitemcheckbox", name="Sound").click()
    await keep_image(page, "account-menu")
    await page.get_by_role("menuitemradio", name="Away").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Account of Admin, away")).to_be_visible()
    trial = await page.evaluate("window.tones")
    await say(desk, ann, "Are you there?")
    await begin(desk, "Bo", "A person, please", waits=True)
    await expect(row(page, "Bo")).to_contain_text("Waiting")
    await until(lambda: page.evaluate(f"window.notices.length > 1 && window.tones >= {3 * trial}"))
    told = await page.evaluate("window.notices")
    assert told == [["Ann", "Are you there?"], ["Bo waits for a person", "A person, please"]]
    assert trial > 0
    assert await page.evaluate("window.tones") == 3 * trial
    await watch.saw_nothing_bad()

    await page.route(
        "**/api/dashboard/chats", lambda route: route.fulfill(status=503, json={"error": "Busy."})
    )
    await page.reload()
    await expect(page.get_by_role("navigation", name="Chats").get_by_role("alert")).to_contain_text("Busy.")
    await page.unroute("**/api/dashboard/chats")
    await page.get_by_role("button", name="Try again").first.click()
    await expect(row(page, "Ann")).to_be_visible()
