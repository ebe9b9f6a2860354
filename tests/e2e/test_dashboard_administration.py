"""People, settings, the widget's designer and the lists of the administration, as those who use them see them."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.dashboard_pages import accessible, does_not_scroll_sideways, open_dashboard
from peers.fake_model_server import FakeModelServer
from peers.graph import GraphPeer
from peers.loopback_server import until
from peers.made_things import Things
from peers.running_desk import RunningDesk, running_desk

pytestmark = pytest.mark.browser

MIA = {"email": "mia@example.org", "password": "mia-secret-words"}
OLE = {"email": "ole@example.org", "password": "ole-secret-words"}
PAGES = (
    "/people",
    "/people/new",
    "/people/teams",
    "/people/invites",
    "/settings/account",
    "/settings/getting-started",
    "/settings/company",
    "/settings/categories",
    "/settings/canned-replies",
    "/settings/widget",
    "/settings/integrations",
    "/settings/outbox",
    "/settings/audit",
)


async def test_a_person_who_is_made_gets_in_with_the_password_that_is_shown_once(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        page, watch = await open_dashboard(browser, desk.base_url, "/people")
        await page.keyboard.press("Control+k")
        await page.get_by_label("Go to a page or a chat").fill("new pers")
        await page.keyboard.press("Enter")
        form = page.get_by_role("dialog", name="New person")
        await expect(form.get_by_label("Name")).to_be_focused()
        await page.keyboard.type("Ole Brandt")
        await page.keyboard.press("Tab")
        await page.keyboard.type("kim@example.org")
        await page.keyboard.press("Enter")
        await expect(form.get_by_text("Email already registered")).to_be_visible()
        await form.get_by_label("E-mail").fill(OLE["email"])
        await form.get_by_label("Billing").check()
        await page.keyboard.press("Enter")
        shown = page.get_by_role("dialog", name="Password of Ole Brandt")
        password = await shown.locator("code").inner_text()
        await desk.sign_in(email=OLE["email"], password=password)
        await shown.get_by_role("button", name="Done").click()
        people = page.get_by_role("list", name="People")
        row = people.get_by_role("listitem").filter(has_text="Ole Brandt")
        await expect(row).to_be_visible()
        await expect(shown).to_have_count(0)
        assert password not in await page.content()

        await choose(row, "Change Ole Brandt", "Set a new password")
        form = page.get_by_role("dialog", name="New password for Ole Brandt")
        await form.get_by_text("Type one").click()
        await form.locator("input[type=password]").fill("short")
        await form.get_by_role("button", name="Set the password").click()
        await expect(form.get_by_text("at least 8 characters").last).to_be_visible()
        await form.locator("input[type=password]").fill(OLE["password"])
        await form.get_by_role("button", name="Set the password").click()
        await expect(form).to_be_hidden()
        await desk.sign_in(**OLE)

        await choose(row, "Change Ole Brandt", "Deactivate")
        form = page.get_by_role("dialog", name="Deactivate Ole Brandt?")
        await expect(form.get_by_text("go back into the queue")).to_be_visible()
        await form.get_by_role("button", name="Deactivate").click()
        await expect(row).to_be_hidden()
        refused = await desk.client.post("/api/agents/login", json=OLE)
        assert refused.status_code == 401
        await watch.saw_nothing_bad()


async def test_nobody_is_offered_what_their_role_may_not_do_and_links_there_explain(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        await fill(desk)
        page, watch = await open_dashboard(browser, desk.base_url, "/people/invites", account=OLE)
        await expect(page.get_by_text("This page is for managers and admins")).to_be_visible()
        pages = page.get_by_role("navigation", name="Pages")
        await expect(pages.get_by_role("link", name="People")).to_have_count(0)
        await page.goto(f"{desk.base_url}/dashboard/settings/audit")
        await expect(page.get_by_text("This page is for admins")).to_be_visible()
        settings = page.get_by_role("navigation", name="Settings")
        await expect(settings.get_by_role("link")).to_have_text(
            ["My account", "Canned replies", "Booked calls"]
        )
        await settings.get_by_role("link", name="Canned replies").click()
        await expect(page.get_by_role("heading", name="Canned replies")).to_be_visible()
        await expect(page.get_by_role("button", name="New canned reply")).to_have_count(0)

        page, other = await open_dashboard(browser, desk.base_url, "/people", account=MIA)
        await expect(page.get_by_role("listitem").filter(has_text="Ole Brandt")).to_be_visible()
        await expect(page.get_by_role("listitem").filter(has_text="kim@example.org")).to_have_count(0)
        await page.goto(f"{desk.base_url}/dashboard/settings/widget")
        await expect(page.get_by_text("Admins change it")).to_be_visible()
        await expect(page.get_by_label("Greeting")).to_be_disabled()
        await expect(page.get_by_role("button", name="Copy the line")).to_be_enabled()
        await watch.saw_nothing_bad()
        await other.saw_nothing_bad()


async def test_nothing_that_was_typed_is_left_behind_without_asking(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/account")
        nav = page.get_by_role("navigation", name="Settings")
        await nav.get_by_role("link", name="Company and hours").click()
        name = page.get_by_label("Name", exact=True)
        await name.fill("Fernhill")
        asked = page.get_by_role("dialog", name="Leave without saving?")
        await nav.get_by_role("link", name="Outbox").click()
        await asked.get_by_role("button", name="Stay").click()
        await expect(name).to_have_value("Fernhill")
        await expect(asked).to_be_hidden()
        await page.go_back()
        await asked.get_by_role("button", name="Stay").click()
        await expect(page).to_have_url(f"{desk.base_url}/dashboard/settings/company")
        await expect(name).to_have_value("Fernhill")
        await page.get_by_role("switch", name="Saturday").press(" ")
        await page.get_by_label("Saturday to").fill("00:00")
        await page.context.set_offline(True)
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("The desk does not answer. Check the connection").first).to_be_visible()
        await expect(name).to_have_value("Fernhill")
        await page.context.set_offline(False)
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("region", name="Unsaved changes")).to_be_hidden()
        stored = await desk.client.get("/api/settings", headers=await desk.sign_in())
        assert stored.json()["companyName"] == "Fernhill"
        assert stored.json()["calendarHours"]["sat"] == ["09:00", "24:00"]
        assert "sun" not in stored.json()["calendarHours"]

        await page.get_by_label("Saturday from").fill("")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("sat must be two times in order")).to_be_visible()
        await nav.get_by_role("link", name="Outbox").click()
        await asked.get_by_role("button", name="Discard changes").click()
        await expect(page.get_by_role("heading", name="Outbox")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_label("Saturday from")).to_have_value("09:00")
        await watch.saw_nothing_bad()


async def test_nobody_undoes_unseen_what_another_has_saved_meanwhile(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        other = await desk.sign_in()
        category = {"name": "Orders", "prompt": "Ask for the number.", "icon": "📦"}
        made = (await desk.client.post("/api/categories", json=category, headers=other)).json()
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/widget")
        save, saved = page.get_by_role("button", name="Save"), page.get_by_text("Saved.", exact=True)

        async def widget(**fields: object) -> dict[str, object]:
            if fields:
                await desk.client.put("/api/settings", json={"widget": fields}, headers=other)
            return (await desk.client.get("/api/settings", headers=other)).json()["widget"]

        await page.get_by_label("Greeting").fill("Mine")
        await page.get_by_role("switch", name="Rating at the end").press(" ")
        await widget(title="Theirs", features={"attachments": False})
        await save.click()
        await expect(saved).to_be_visible()
        kept = await widget()
        assert (kept["title"], kept["greeting"]) == ("Theirs", "Mine")
        assert kept["features"] == {"attachments": False, "calls": True, "transcript": True, "rating": False}

        await page.get_by_label("Title").fill("My own")
        await widget(**kept | {"title": "Theirs again"})
        await save.click()
        await expect(page.get_by_text("Somebody else has changed the same meanwhile")).to_be_visible()
        await expect(page.get_by_label("Title")).to_have_value("My own")
        assert (await widget())["title"] == "Theirs again"
        await save.click()
        await expect(saved).to_be_visible()
        assert (await widget())["title"] == "My own"

        await page.goto(f"{desk.base_url}/dashboard/settings/categories/{made['_id']}/edit")
        form = page.get_by_role("dialog", name="Edit Orders")
        await form.get_by_label("Prompt").fill("What took an hour to write.")
        await desk.client.delete(f"/api/categories/{made['_id']}", headers=other)
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_text("Category not found")).to_be_visible()
        await expect(form.get_by_label("Prompt")).to_have_value("What took an hour to write.")
        await watch.saw_nothing_bad()


async def test_a_role_that_is_lowered_is_lost_on_the_open_page_too(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        admin, things = await desk.sign_in(), await Things.of(desk)
        new = {"name": "Mia Sorensen", "systemRole": "admin", **MIA}
        mia = (await desk.client.post("/api/agents", json=new, headers=admin)).json()["agent"]["id"]
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/company", account=MIA)
        await page.get_by_label("Name", exact=True).fill("Fernhill")
        await things.call("PUT", f"/api/agents/{mia}", admin, json={"systemRole": "agent"})
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("This page is for managers and admins")).to_be_visible()
        await expect(page.get_by_role("link", name="People")).to_have_count(0)
        assert (await desk.client.get("/api/settings", headers=admin)).json() == {}
        await watch.saw_nothing_bad()


async def test_no_booked_call_is_kept_from_agents_and_one_can_be_called_off(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with GraphPeer(tmp_path) as graph:
        async with running_desk(tmp_path / "data", models.base_url, **graph.settings()) as desk:
            await fill(desk)
            chat = await desk.start_chat()

            async def book(name: str, **more: str) -> None:
                (slot, *_) = (await desk.client.get("/api/calendar/slots")).json()["days"][0]["slots"]
                wanted = {"customerName": name, "customerEmail": "ann@example.org", "meetingType": "demo"}
                times = {"start": slot["start"], "end": slot["end"]}
                booked = await desk.client.post("/api/calendar/book", json=wanted | times | more)
                assert booked.status_code == 200, booked.text

            await book("مريم القحطاني", sessionId=chat["sessionId"])
            await book("Ann Berg")
            page, watch = await open_dashboard(browser, desk.base_url, "/settings/booked-calls", account=OLE)
            rows = page.get_by_role("main").get_by_role("listitem")
            await expect(rows).to_have_count(2)
            await expect(rows.first.get_by_role("link", name="Join")).to_have_attribute(
                "href", re.compile("^https://")
            )
            await expect(rows.first.get_by_role("link", name="Open the chat")).to_have_attribute(
                "href", f"/dashboard/inbox/{chat['sessionId']}"
            )
            await page.emulate_media(reduced_motion="reduce")
            await accessible(page, "settings-booked-calls", (("light", "ltr"), ("dark", "rtl")))
            await book("W" * 200)
            await page.set_viewport_size({"width": 320, "height": 640})
            await page.reload()
            await expect(rows).to_have_count(3)
            assert await page.evaluate(TOO_WIDE) == []
            await page.get_by_role("button", name="Cancel the demo with مريم القحطاني").click()
            await page.get_by_role("dialog").get_by_role("button", name="Call it off").click()
            await expect(rows).to_have_count(2)
            await until(lambda: len(graph.live()) == 2)
            await watch.saw_nothing_bad()


async def test_the_designer_shows_the_widget_as_visitors_will_see_it_and_writes_the_line_for_a_page(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/widget", width=1400)
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        widget = page.frame_locator("iframe[title='The widget']")
        await page.get_by_label("Greeting").fill("Hello <b>you</b>!")
        await expect(widget.get_by_text("Hello <b>you</b>!")).to_be_visible()
        await page.get_by_label("Colour", exact=True).fill("#f2b705")
        contrast = page.get_by_role("status", name="Contrast")
        await expect(contrast).to_contain_text("Black text on it: 11.")
        await expect(contrast).to_contain_text("too weak, so #")
        await page.get_by_role("radiogroup", name="E-mail address").get_by_text("Not asked").click()
        await expect(widget.get_by_label("E-mail")).to_have_count(0)
        await page.get_by_role("radiogroup", name="Colours of the preview").get_by_text("Dark").click()
        await expect(widget.locator("html")).to_have_attribute("data-theme", "dark")
        await page.get_by_role("radiogroup", name="Screen of the preview").get_by_text("Phone").click()
        await page.get_by_label("Privacy notice").fill("javascript:alert(1)")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("must be an http:// or https:// address").first).to_be_visible()
        await page.get_by_label("Privacy notice").fill("https://example.org/privacy")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("region", name="Unsaved changes")).to_be_hidden()
        config = (await desk.client.get("/api/v1/widget/config")).json()
        assert (config["greeting"], config["color"]) == ("Hello <b>you</b>!", "#f2b705")
        assert config["form"]["email"] == "hidden"

        line = page.get_by_role("region", name="The line for your page")
        await expect(line).to_have_text(
            f'<script async src="{desk.base_url}/widget/loader.js" data-color="#f2b705"></script>',
            use_inner_text=True,
        )
        await page.get_by_text("Pinned by its hash").click()
        await expect(line).to_contain_text('integrity="sha384-')
        await page.get_by_role("button", name="Copy the line").click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == await line.inner_text()
        await page.goto(f"{desk.base_url}/dashboard/settings/getting-started")
        step = page.get_by_role("listitem").filter(has_text="Put the widget on your page")
        await expect(step.get_by_role("img", name="Done", exact=True)).to_be_visible()
        await watch.saw_nothing_bad()


async def test_categories_keep_their_order_and_canned_replies_their_text(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        await fill(desk)
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/categories")
        rows = page.get_by_role("list", name="Categories").get_by_role("listitem")
        await expect(rows).to_have_count(3)
        await page.get_by_role("button", name="Move Returns up").click()
        await expect(rows.nth(1)).to_contain_text("Returns")
        async with page.expect_response("**/api/categories/*"):
            await page.get_by_role("switch", name="Offer Orders to visitors").press(" ")
        await expect(page.get_by_role("switch", name="Offer Orders to visitors")).not_to_be_checked()

        async def offered() -> bool:
            shown = (await desk.client.get("/api/categories")).json()
            return [one["name"] for one in shown] == ["Returns", "Repairs"]

        await until(offered)
        await page.get_by_role("button", name="Edit Repairs").click()
        form = page.get_by_role("dialog", name="Edit Repairs")
        await form.get_by_label("Icon", exact=True).fill("no emoji")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_text("icon must be one emoji.")).to_be_visible()
        await form.get_by_role("button", name="Icon 🔧").click()
        await form.get_by_role("button", name="Save").click()
        await expect(rows.nth(2)).to_contain_text("🔧")

        await page.goto(f"{desk.base_url}/dashboard/settings/canned-replies/new")
        form = page.get_by_role("dialog", name="New canned reply")
        await form.get_by_label("Title").fill("Thanks")
        await form.get_by_label("Text").fill("Thank you <script>for</script> writing.")
        await form.get_by_label("Shortcut").fill("no blanks here")
        await form.get_by_role("button", name="Make the reply").click()
        await expect(form.get_by_role("alert")).to_contain_text(
            "shortcut must have 2 to 20 letters or digits"
        )
        await form.get_by_label("Shortcut").fill("thx")
        await form.get_by_role("button", name="Make the reply").click()
        row = page.get_by_role("listitem").filter(has_text="/thx")
        await expect(row).to_contain_text("Thank you <script>for</script> writing.")
        await watch.saw_nothing_bad()


async def test_what_could_not_be_delivered_says_why_and_is_sent_again_or_discarded(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        things = await Things.of(desk)
        for _ in range(2):
            await things.make("item_id")
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/outbox")
        rows = page.get_by_role("list", name="Failed").get_by_role("listitem")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("is configured any more")
        await rows.first.get_by_role("button", name="Discard").click()
        await page.get_by_role("dialog").get_by_role("button", name="Discard").click()
        await expect(rows).to_have_count(1)
        await rows.first.get_by_role("button", name="Send again").click()
        await expect(page.get_by_text("it is tried again")).to_be_visible()

        await page.goto(f"{desk.base_url}/dashboard/settings/audit")
        entries = page.get_by_test_id("entry")
        await expect(entries.filter(has_text="Admin had an item sent again.")).to_be_visible()
        await expect(entries.filter(has_text="Admin discarded an item from the outbox.")).to_be_visible()
        await watch.saw_nothing_bad()


async def test_the_audit_list_can_be_read_to_its_end_and_searched_by_who_and_what(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        await fill(desk)
        admin = await desk.sign_in()
        for number in range(60):
            await desk.client.put("/api/settings", json={"companyName": f"{number}"}, headers=admin)
        await desk.sign_in(**MIA)
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/audit")
        entries = page.get_by_test_id("entry")
        await expect(entries.first).to_contain_text("Admin signed in.")
        scroller = page.get_by_role("region", name="Entries").locator("[data-virtuoso-scroller]")
        await scroller.focus()
        first = entries.filter(has_text="made the account kim@example.org, an admin")
        async with asyncio.timeout(60):
            while not await first.is_visible():
                await page.keyboard.press("End")
                await page.wait_for_timeout(50)
        await expect(first).to_contain_text("Owner made the account kim@example.org, an admin.")
        await page.get_by_role("combobox", name="Who").click()
        await page.get_by_role("option", name="Mia Sorensen").click()
        await expect(entries).to_have_count(1)
        await expect(entries).to_contain_text("Mia Sorensen signed in.")
        await page.get_by_role("combobox", name="What").fill("team: created")
        await page.get_by_role("option", name="Team: created").click()
        await expect(page.get_by_text("Nothing of that kind")).to_be_visible()
        await watch.saw_nothing_bad()


async def test_no_page_of_the_administration_shuts_anybody_out(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        await fill(desk)
        await (await Things.of(desk)).make("item_id")
        page, watch = await open_dashboard(browser, desk.base_url, "/settings/account")
        await page.emulate_media(reduced_motion="reduce")
        for path in PAGES:
            await page.goto(f"{desk.base_url}/dashboard{path}")
            await settled(page)
            looks = (("light", "ltr"), ("dark", "rtl"))
            await accessible(page, path.strip("/").replace("/", "-"), looks)
        await page.set_viewport_size({"width": 320, "height": 640})
        for path in PAGES:
            await page.goto(f"{desk.base_url}/dashboard{path}")
            await settled(page)
            await does_not_scroll_sideways(page)
            assert await page.evaluate(TOO_WIDE) == [], path
        for way in await page.get_by_role("navigation", name="Pages").locator("a, button").all():
            if await way.is_visible():
                await expect(way).to_be_in_viewport(ratio=1)
        await watch.saw_nothing_bad()


# The page itself never scrolls, its parts do: none of them may be wider than it is shown, save those meant to be.
TOO_WIDE = """[...document.querySelectorAll("main, main *")]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest("[data-scrolls], .unseen"))
  .map(one => one.outerHTML.slice(0, 120))"""


async def settled(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="…")).to_have_count(0)


async def choose(row: Locator, menu: str, item: str) -> None:
    await row.get_by_role("button", name=menu).click()
    await row.page.get_by_role("menuitem", name=item).click()


async def fill(desk: RunningDesk) -> None:
    """A manager with a team and an agent in it, and something of everything else."""
    admin = await desk.sign_in()

    async def make(path: str, **fields: object) -> dict[str, dict[str, str]]:
        reply = await desk.client.post(path, json=fields, headers=admin)
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    mia = await make("/api/agents", name="Mia Sorensen", systemRole="manager", **MIA)
    team = {"name": "Workshop", "icon": "🔧", "managerId": mia["agent"]["id"]}
    await make("/api/agents/roles", description="Everything with a screw in it.", **team)
    await make("/api/agents", name="Ole Brandt", roles=["Workshop"], **OLE)
    await make("/api/agents/invite-links", label="L" * 100)
    await make("/api/canned-responses", title="T" * 100, content="C" * 1000)
    await make("/api/agents/invite-links", label="Night shift", defaultRoles=["Workshop"], maxUses=3)
    for place, name in enumerate(("Orders", "Repairs", "Returns")):
        await make(
            "/api/categories", name=name, prompt="Ask for the number first.", icon="📦", sortOrder=place
        )
    await make(
        "/api/canned-responses", title="Greeting", content="Hello, thank you for writing.", shortcut="hi"
    )
