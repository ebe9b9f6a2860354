"""What people do at the knowledge pages: add documents, look into them, try questions, decide what is learned."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from e2e.dashboard_pages import accessible, does_not_scroll_sideways, open_dashboard, sign_in
from peers.fake_model_server import FakeModelServer
from peers.loopback_server import until
from peers.running_desk import RunningDesk, running_desk

pytestmark = pytest.mark.browser

AGENT = {"email": "ann@example.org", "password": "secret-words"}
HANDBOOK = "# Handbook 🌿\n\nReturns are free 🎁 within 30 days.\n\n## Warranty\n\nThe Mini has a warranty of three years.\n"
# Each file is read by a process of its own, which takes its time on a machine that is busy.
READ = 120_000
LOOKS = (("light", "ltr"), ("dark", "rtl"))
HOSTILE = "<img src=x onerror=window.broken.push('ran')>"
DROP = """(main, files) => {
  const carried = new DataTransfer();
  for (const [name, text] of files)
    carried.items.add(new File([Uint8Array.from(atob(text), sign => sign.charCodeAt(0))], name));
  for (const type of ["dragenter", "dragover", "drop"])
    main.dispatchEvent(
      new DragEvent(type, {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""

FILL_THE_BROWSER = """for (let size = 4 * 1024 * 1024; size >= 64; size /= 2)
  try { localStorage.setItem(`full ${size}`, "x".repeat(size)); } catch {}"""


async def drop(page: Page, files: dict[str, bytes]) -> None:
    await page.get_by_role("main").evaluate(
        DROP, [[name, base64.b64encode(data).decode()] for name, data in files.items()]
    )


def added(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Added files").get_by_role("listitem").filter(has_text=name)


class HeldUploads:
    """A network on which uploads stand still until they are let through."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def held(scope: Scope, receive: Receive, send: Send) -> None:
            if scope.get("path") == "/api/knowledge/upload":
                await self.go.wait()
            await app(scope, receive, send)

        return held


async def names_of(desk: RunningDesk, headers: dict[str, str]) -> set[str]:
    reply = await desk.client.get("/api/knowledge", headers=headers)
    return {row["originalName"] for row in reply.json()}


async def answered(desk: RunningDesk, headers: dict[str, str], question: str, answer: str) -> dict[str, str]:
    """A chat in which an agent answers a visitor's question."""
    chat = await desk.start_chat()
    await desk.send(chat, question)
    taken = await desk.client.post(f"/api/chat/{chat['sessionId']}/takeover", headers=headers, json={})
    assert taken.status_code == 200, taken.text
    said: dict[str, Any] = {"chatId": chat["chatId"], "content": answer, "sender": "agent"}
    reply = await desk.client.post("/api/messages", headers=headers, json=said)
    assert reply.status_code == 201, reply.text
    return chat


async def test_dropped_files_are_added_and_each_one_that_is_not_says_why(
    desk: RunningDesk, models: FakeModelServer, browser: Browser
):
    await desk.teach("first.txt", "We are open from 9 to 5.")
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge")
    await expect(page.get_by_role("link", name="first.txt")).to_be_visible()
    await drop(page, {"faq.md": HANDBOOK.encode(), "photo.png": b"\x89PNG\r\n\x1a\n", "empty.txt": b" "})
    await expect(added(page, "faq.md")).to_contain_text("Embedded: 2 passages.", timeout=READ)
    await expect(added(page, "photo.png")).to_contain_text("Unsupported file type", timeout=READ)
    await expect(added(page, "empty.txt")).to_contain_text("No text content found", timeout=READ)
    models.embeddings_down = True
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Add documents").click()
    later = {
        "name": "later.md",
        "mimeType": "text/markdown",
        "buffer": b"Shipping costs 5 euros in all of Europe.",
    }
    await (await choosing.value).set_files([later])
    await expect(added(page, "later.md")).to_contain_text("Kept, and tried again by itself", timeout=READ)
    table = page.get_by_role("region", name="Documents")
    await expect(table.get_by_role("row").filter(has_text="later.md")).to_contain_text("Failed")
    await page.get_by_role("link", name="Try a question").click()
    await expect(added(page, "photo.png")).to_be_visible()
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("region", name="Added files")).to_be_hidden()
    await watch.saw_nothing_bad()


async def test_no_more_than_two_files_are_on_their_way_and_a_cancelled_one_is_not_added(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    network = HeldUploads()
    async with running_desk(tmp_path / "data", models.base_url, wrap=network, MAX_FILE_SIZE=1000) as desk:
        page, watch = await open_dashboard(browser, desk.base_url, "/knowledge")
        await expect(page.get_by_text("There are no documents yet")).to_be_visible()
        await drop(page, {f"file {n}.txt": b"Some words to be found." for n in range(4)})
        await expect(added(page, "file 1")).to_contain_text("Being read")
        await expect(added(page, "file 2")).to_contain_text("Waits its turn")
        await page.get_by_role("button", name="Cancel file 2.txt").click()
        await expect(added(page, "file 2")).to_contain_text("Nothing was added")
        await expect(added(page, "file 3")).to_contain_text("Waits its turn")
        await drop(page, {"file 4.txt": b"Many words. " * 20_000})
        network.go.set()
        for name in ("file 0", "file 1", "file 3"):
            await expect(added(page, name)).to_contain_text("Embedded", timeout=READ)
        await expect(added(page, "file 4")).to_contain_text("larger than the desk takes", timeout=READ)
        listed = page.get_by_role("region", name="Added files").get_by_role("listitem")
        await expect(listed.first).to_contain_text("file 4")
        await expect(page.get_by_text("5 files: 3 embedded, 1 not added, 1 cancelled")).to_be_visible()
        assert await names_of(desk, await desk.sign_in()) == {"file 0.txt", "file 1.txt", "file 3.txt"}
        await page.get_by_role("button", name="Try file 2.txt again").click()
        await expect(added(page, "file 2")).to_contain_text("Embedded", timeout=READ)
        await page.route("**/api/knowledge/upload", lambda route: route.abort())
        await drop(page, {f"lost {n}.txt": b"Words that come later." for n in range(2)})
        await page.get_by_role("button", name="Try 2 files again").click(trial=True)
        await page.unroute("**/api/knowledge/upload")
        await page.get_by_role("button", name="Try 2 files again").click()
        await expect(added(page, "lost 1")).to_contain_text("Embedded", timeout=READ)
        await watch.saw_nothing_bad()


async def test_documents_are_found_sorted_and_deleted_only_after_a_question(
    desk: RunningDesk, browser: Browser
):
    for number in (2, 10, 1):
        await desk.teach(f"part {number}.md", f"Part {number} speaks of pumps. " * number)
    await desk.teach("prices.txt", "The Mini costs 20 euros.")
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge")
    links = page.get_by_role("region", name="Documents").get_by_role("link")
    await expect(links).to_have_text(["prices.txt", "part 1.md", "part 10.md", "part 2.md"])
    await page.get_by_role("button", name="Document", exact=True).click()
    await expect(links).to_have_text(["part 1.md", "part 2.md", "part 10.md", "prices.txt"])
    await page.get_by_label("Search by name").fill("part")
    await page.reload()
    await expect(links).to_have_text(["part 1.md", "part 2.md", "part 10.md"])
    await page.get_by_role("checkbox", name="Select part 1.md").check()
    await page.get_by_role("checkbox", name="Select part 10.md").check()
    chosen = page.get_by_role("group", name="Chosen documents")
    await chosen.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete 2 documents?")
    await expect(dialog).to_contain_text("This cannot be undone")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(links).to_have_count(3)
    await chosen.get_by_role("button", name="Delete").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(links).to_have_text(["part 2.md"])
    await expect(page.get_by_role("main")).to_be_focused()
    assert await names_of(desk, await desk.sign_in()) == {"part 2.md", "prices.txt"}
    await watch.saw_nothing_bad()


async def test_all_documents_are_embedded_again_while_the_page_tells_how_far_it_is(
    desk: RunningDesk, models: FakeModelServer, browser: Browser
):
    for number in range(3):
        await desk.teach(f"part {number}.md", f"Part {number} speaks of pumps.")
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge")
    models.embeddings_down = True
    await page.get_by_role("button", name="Re-embed all").click()
    await page.get_by_role("dialog").get_by_role("button", name="Re-embed all").click()
    run = page.get_by_role("region", name="Embedding again")
    await expect(run).to_contain_text("0 of 3")
    await page.reload()
    await expect(run).to_contain_text("0 of 3")
    models.embeddings_down = False
    await expect(run).to_be_hidden(timeout=READ)
    await expect(page.get_by_role("button", name="Re-embed all")).to_be_enabled()
    await watch.saw_nothing_bad()


async def test_a_passage_is_shown_where_it_stands_whatever_signs_are_before_it(
    desk: RunningDesk, browser: Browser
):
    document = await desk.teach("handbook.md", HANDBOOK)
    page, watch = await open_dashboard(browser, desk.base_url, f"/knowledge/documents/{document['id']}")
    marks = page.get_by_role("region", name="Text").locator("mark")
    await expect(marks).to_have_text(
        ["Returns are free 🎁 within 30 days.", "The Mini has a warranty of three years."]
    )
    passages = page.get_by_role("region", name="Passages").get_by_role("button")
    await passages.first.focus()
    await expect(marks.first).to_have_attribute("data-active", "true")
    await page.keyboard.press("ArrowDown")
    await expect(passages.nth(1)).to_be_focused()
    await expect(marks.nth(1)).to_have_attribute("data-active", "true")
    await passages.first.hover()
    await expect(marks.first).to_have_attribute("data-active", "true")
    await page.get_by_role("button", name="Re-embed").click()
    await expect(page.get_by_text("Embedded again: 2 passages.")).to_be_visible()
    await watch.saw_nothing_bad()


async def test_an_edited_text_survives_reloading_and_leaving_and_replaces_nobodys_unseen(
    desk: RunningDesk, browser: Browser
):
    document = await desk.teach("hours.txt", "We are open from 9 to 5.")
    address = f"/api/knowledge/{document['id']}"
    headers = await desk.sign_in()
    page, watch = await open_dashboard(browser, desk.base_url, f"/knowledge/documents/{document['id']}")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Edit").click()
    text = page.get_by_label("Text")
    await text.fill("We are open from 10 to 6.")
    await page.reload()
    await expect(text).to_have_value("We are open from 10 to 6.")
    await page.get_by_role("link", name="Analytics").click()
    await page.get_by_role("dialog", name="Leave without saving?").get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name="Analytics")).to_be_visible()
    # What the page reads as it comes back is older than the colleague's change.
    async with page.expect_response(f"**{address}"):
        await page.go_back()
    await expect(text).to_have_value("We are open from 10 to 6.")
    changed = await desk.client.put(address, headers=headers, json={"content": "We are closed on Monday."})
    assert changed.status_code == 200
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Somebody changed the document meanwhile")).to_be_visible()
    assert (await desk.client.get(address, headers=headers)).json()["content"] == "We are closed on Monday."
    await page.get_by_role("button", name="Save over it").click()
    await expect(page.get_by_role("region", name="Text")).to_have_text("We are open from 10 to 6.")
    await expect(page.get_by_role("main")).to_be_focused()
    assert (await desk.client.get(address, headers=headers)).json()["content"] == "We are open from 10 to 6."
    await page.reload()
    await expect(page.get_by_role("button", name="Edit")).to_be_visible()
    await watch.saw_nothing_bad()


async def test_a_document_that_was_deleted_meanwhile_is_not_shown_and_what_is_written_to_it_is_not_lost(
    desk: RunningDesk, browser: Browser
):
    documents = [
        await desk.teach(f"hours {day}.txt", f"We open at 9 on {day}.") for day in ("Monday", "Friday")
    ]
    headers = await desk.sign_in()
    page, watch = await open_dashboard(browser, desk.base_url, f"/knowledge/documents/{documents[0]['id']}")
    await expect(page.get_by_role("region", name="Text")).to_contain_text("on Monday")
    assert (await desk.client.delete(f"/api/knowledge/{documents[0]['id']}", headers=headers)).is_success
    await page.get_by_role("button", name="Re-embed").click()
    await expect(page.get_by_text("This document is not there")).to_be_visible()

    await page.goto(f"{desk.base_url}/dashboard/knowledge/documents/{documents[1]['id']}")
    await page.get_by_role("button", name="Edit").click()
    await page.evaluate(FILL_THE_BROWSER)
    await page.get_by_label("Text").fill("We open at 10. " * 40)
    await expect(page.get_by_role("main")).to_contain_text("too long for this browser to keep")
    await page.evaluate("localStorage.clear()")
    await page.get_by_label("Text").fill("We open at 10 on Friday.")
    await expect(page.get_by_role("main")).to_contain_text("kept in this browser")
    assert (await desk.client.delete(f"/api/knowledge/{documents[1]['id']}", headers=headers)).is_success
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("main")).to_contain_text("not found")
    await expect(page.get_by_label("Text")).to_have_value("We open at 10 on Friday.")
    await watch.saw_nothing_bad()


async def test_the_bench_says_whether_the_assistant_would_answer_and_why(desk: RunningDesk, browser: Browser):
    await desk.teach("handbook.md", HANDBOOK)
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge/try")
    question = page.get_by_label("Question", exact=True)
    await question.fill("warranties of a Mini")
    await page.keyboard.press("Enter")
    verdict = page.get_by_role("region", name="What the assistant would do")
    await expect(verdict).to_contain_text("The assistant would answer")
    best = page.get_by_role("listitem").filter(has_text="three years")
    await expect(best.locator("mark")).to_have_text(["Mini", "warranty"])
    await expect(best).to_contain_text("no. 1, cosine")
    await question.fill("Do you sell gift cards?")
    await page.keyboard.press("Enter")
    await expect(verdict).to_contain_text("The assistant would not answer")
    await verdict.get_by_role("button", name="Teach the answer").click()
    await page.get_by_role("dialog").get_by_label("Answer").fill("Yes, gift cards from 10 euros on.")
    await page.get_by_role("dialog").get_by_role("button", name="Teach").click()
    await expect(page.get_by_text("can be edited like any other")).to_be_visible()
    await expect(verdict).to_contain_text("The assistant would answer")
    await page.get_by_role("group", name="Questions tried before").get_by_role("button").first.click()
    await best.get_by_role("link").click()
    await expect(page.locator("mark[data-active=true]")).to_have_text(
        "The Mini has a warranty of three years."
    )
    await watch.saw_nothing_bad()


async def test_suggestions_are_decided_by_keyboard_alone_and_nothing_else_is_learned(
    desk: RunningDesk, browser: Browser
):
    headers = await desk.sign_in()
    first = await answered(desk, headers, "Do you ship to Iceland?", "We ship to Iceland in 8 days with DHL.")
    await answered(desk, headers, "Can I pay by invoice?", "Companies can pay by invoice within 14 days.")
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge/suggestions")
    await expect(page.get_by_role("article")).to_have_count(2)
    await page.keyboard.press("j")
    await page.keyboard.press("r")
    await expect(page.get_by_role("article")).to_have_count(1)
    rest = page.get_by_role("article", name="Do you ship to Iceland?")
    await expect(rest).to_be_focused()
    await expect(rest.get_by_role("link", name="Open the chat")).to_have_attribute(
        "href", f"/dashboard/inbox/{first['sessionId']}"
    )
    await page.keyboard.press("e")
    await expect(rest.get_by_label("Answer")).to_be_focused()
    await rest.get_by_label("Answer").fill("We ship to Iceland within 9 working days.")
    await page.keyboard.press("Tab")
    for _ in range(3):
        await page.keyboard.press("Tab")
    await expect(rest.get_by_role("button", name="Accept as written")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing waits for a decision")).to_be_visible()
    await until(lambda: page.evaluate("document.activeElement !== document.body"))
    await page.get_by_role("button", name="Accepted 1").click()
    await page.get_by_role("link", name="Open the document").click()
    await expect(page.get_by_role("region", name="Text")).to_contain_text("within 9 working days")
    assert len(await names_of(desk, headers)) == 1
    await watch.saw_nothing_bad()


async def test_a_gap_is_answered_where_it_stands_or_dismissed(desk: RunningDesk, browser: Browser):
    await desk.teach("handbook.md", HANDBOOK)
    chats = [await desk.start_chat() for _ in range(2)]
    await desk.send(chats[0], "Do you sell gift cards?")
    await desk.send(chats[1], "Is the hotel near the station?")
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge/gaps")
    gap = page.get_by_role("article", name="Do you sell gift cards?")
    await expect(gap).to_contain_text("asked once", timeout=READ)
    await gap.get_by_text("1 example").click()
    await expect(gap.get_by_role("link", name="Open the chat")).to_have_attribute(
        "href", f"/dashboard/inbox/{chats[0]['sessionId']}"
    )
    await gap.get_by_role("button", name="Write an answer").click()
    await gap.get_by_label("Answer").fill("Yes, from 10 euros on, at every till.")
    await page.reload()
    await expect(gap.get_by_label("Answer")).to_have_value("Yes, from 10 euros on, at every till.")
    await gap.get_by_role("button", name="Teach this answer").click()
    await expect(gap).to_be_hidden()
    assert "Do you sell gift cards?" in await names_of(desk, await desk.sign_in())
    other = page.get_by_role("article", name="Is the hotel near the station?")
    await expect(other).to_be_visible(timeout=READ)
    await other.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_text("No question was left open")).to_be_visible()
    await watch.saw_nothing_bad()


async def test_an_agent_is_not_shown_what_only_managers_decide(desk: RunningDesk, browser: Browser):
    await desk.teach("handbook.md", HANDBOOK)
    headers = await desk.sign_in()
    made = await desk.client.post(
        "/api/agents", headers=headers, json={"name": "Ann", "systemRole": "agent", **AGENT}
    )
    assert made.status_code == 201, made.text
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge")
    await drop(page, {"of another.png": b"\x89PNG\r\n\x1a\n"})
    await expect(added(page, "of another.png")).to_contain_text("Unsupported", timeout=READ)
    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await sign_in(page, AGENT)
    await expect(page.get_by_role("region", name="Added files")).to_be_hidden()
    refused: list[str] = []
    page.on("response", lambda reply: refused.append(reply.url) if reply.status == 403 else None)
    await expect(page.get_by_role("link", name="handbook.md")).to_be_visible()
    for hidden in ("Re-embed all", "Teach an answer"):
        await expect(page.get_by_role("button", name=hidden)).to_be_hidden()
    await expect(page.get_by_role("link", name="Suggestions")).to_be_hidden()
    await page.goto(f"{desk.base_url}/dashboard/knowledge/suggestions")
    await expect(page.get_by_text("Suggestions are for managers and admins")).to_be_visible()
    await page.goto(f"{desk.base_url}/dashboard/knowledge")
    await page.get_by_role("checkbox", name="Select handbook.md").check()
    await page.get_by_role("group", name="Chosen documents").get_by_role("button", name="Re-embed").click()
    await page.get_by_role("dialog").get_by_role("button", name="Re-embed").click()
    await expect(page.get_by_text("1 document embedded again.")).to_be_visible()
    assert refused == []
    await watch.saw_nothing_bad()


async def test_every_page_is_accessible_in_each_look_and_runs_no_script_of_a_document(
    desk: RunningDesk, models: FakeModelServer, browser: Browser
):
    headers = await desk.sign_in()
    await answered(desk, headers, f"Do you ship to {HOSTILE} Iceland?", f"We ship to Iceland. {HOSTILE}")
    await desk.send(await desk.start_chat(), f"Do you sell {HOSTILE} cards?")
    hostile = await desk.teach(f"{HOSTILE.replace('/', '')}.txt", f"{HANDBOOK}\n<script>{HOSTILE}</script>")
    models.embeddings_down = True
    await desk.teach("later.md", "Shipping costs 5 euros.")
    models.embeddings_down = False
    page, watch = await open_dashboard(browser, desk.base_url, "/knowledge")
    await drop(page, {"photo.png": b"\x89PNG\r\n\x1a\n"})
    await expect(added(page, "photo.png")).to_contain_text("Unsupported", timeout=READ)
    await page.get_by_role("checkbox").nth(1).check()
    await accessible(page, "knowledge-documents", LOOKS)
    await page.get_by_role("button", name="Import a web page").click()
    await page.get_by_label("Address of the page").fill("http://127.0.0.1/secret")
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("is not on the public network")
    await accessible(page, "knowledge-import", LOOKS)
    for name, path, ready in (
        ("try", "try?q=warranty of the Mini", "best first"),
        ("suggestions", "suggestions", "Do you ship to"),
        ("gaps", "gaps", "Do you sell"),
        ("document", f"documents/{hostile['id']}?at=0", "passages"),
    ):
        await page.set_viewport_size({"width": 1280, "height": 860})
        await page.goto(f"{desk.base_url}/dashboard/knowledge/{path}")
        await expect(page.get_by_role("main")).to_contain_text(ready, timeout=READ)
        await accessible(page, f"knowledge-{name}", LOOKS)
        await page.set_viewport_size({"width": 320, "height": 700})
        await does_not_scroll_sideways(page)
        await accessible(page, f"knowledge-{name}-narrow", LOOKS[:1])
    await page.get_by_role("button", name="Edit").click()
    await accessible(page, "knowledge-edit", LOOKS)
    await watch.saw_nothing_bad()
