"""What a stranger writes is shown to people at the desk as text, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from e2e.dashboard_pages import open_dashboard
from peers.fake_model_server import FakeModelServer
from peers.running_desk import RunningDesk, running_desk, visitor

pytestmark = pytest.mark.browser

HOSTILE = (Path(__file__).parents[1] / "data" / "hostile_markup.txt").read_text("utf-8").splitlines()
SCREENS = (
    "/knowledge",
    "/knowledge/try?q=What+does+item+12+cost%3F",
    "/knowledge/suggestions",
    "/knowledge/gaps",
    "/analytics",
    "/people",
    "/people/teams",
    "/people/invites",
    "/settings/getting-started",
    "/settings/company",
    "/settings/categories",
    "/settings/canned-replies",
    "/settings/widget",
    "/settings/integrations",
    "/settings/outbox",
    "/settings/audit",
    "/migration",
)
SCRIPT = "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>"
QUOTES = "\"');document.title='taken over';('\" onmouseover=\"document.title='taken over'\" x=\""
LINK = "javascript:document.title='taken over'"


async def test_nothing_that_a_visitor_writes_runs_in_the_dashboard(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        start: dict[str, Any] = {
            "userName": f"Eve {SCRIPT}",
            "userEmail": f"eve@example.org {QUOTES}",
            "currentPage": LINK,
            "environment": {"language": SCRIPT, "platform": QUOTES, "currentUrl": LINK},
        }
        chat = (await desk.client.post("/api/chat", json=start)).json()
        for content in (SCRIPT, QUOTES, f"[click]({LINK})", LINK):
            await desk.client.post("/api/messages", json={"chatId": chat["chatId"], "content": content})
        for url in (LINK, "data:text/html,<script>1</script>"):
            body = {
                "chatId": chat["chatId"],
                "content": "x",
                "attachments": [{"filename": SCRIPT, "url": url}],
            }
            assert (await desk.client.post("/api/messages", json=body)).status_code == 400

        evil = {"filename": SCRIPT, "url": "https://far.example/x.png", "type": "image/png"}
        body = {"chatId": chat["chatId"], "content": "x", "attachments": [evil]}
        assert (await desk.client.post("/api/messages", json=body)).status_code == 201
        rated = {"rating": 1, "comment": SCRIPT}
        path = f"/api/v1/chats/{chat['sessionId']}/rating"
        token = {"X-Visitor-Token": chat["visitorToken"]}
        assert (await desk.client.put(path, json=rated, headers=token)).is_success

        page, watch = await open_dashboard(browser, desk.base_url)
        await page.locator("a[data-session]").first.click()
        column = page.locator("section[data-session]")
        await expect(column.get_by_text("document.title").last).to_be_visible()
        await expect(page.get_by_text("<img src=x").first).to_be_visible()
        for element in await page.locator("a[data-session], dd, h2, section[data-session] a").all():
            await element.hover()
        assert await page.locator("img").count() == 0
        addresses = await page.locator("a").evaluate_all("all => all.map(one => one.href)")
        allowed = (f"{desk.base_url}/dashboard", "https://far.example/", "mailto:")
        assert [one for one in addresses if not one.startswith(allowed)] == []
        await page.get_by_role("searchbox").fill("document.title")
        await expect(page.get_by_role("list", name="Found").get_by_role("listitem")).to_have_count(1)
        await page.keyboard.press("Control+k")
        await expect(page.get_by_role("dialog")).to_contain_text("<img src=x")
        assert "taken over" not in await page.title()
        await watch.saw_nothing_bad()
        reply = await page.request.get(f"{desk.base_url}/dashboard/")
        policy = reply.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


async def test_no_text_of_anybody_runs_or_calls_out_on_any_screen_of_the_dashboard(
    tmp_path: Path, models: FakeModelServer, browser: Browser
):
    assert len(HOSTILE) >= 60
    everything = "\n\n".join(HOSTILE)
    models.say(everything)
    async with running_desk(tmp_path / "data", models.base_url) as desk:
        admin = await desk.sign_in()
        chat = await _hostile_chats(desk)
        document = await desk.teach(
            f"{HOSTILE[12].replace('/', ' ')}.md", f"# {HOSTILE[0]}\n\n{everything}\n"
        )
        await _hostile_desk(desk, admin)

        page, watch = await open_dashboard(browser, desk.base_url, f"/inbox/{chat['sessionId']}", width=1600)
        page.on("dialog", lambda dialog: watch.errors.append(f"dialog: {dialog.message}"))
        await expect(page.locator("section[data-session]").get_by_text(HOSTILE[-1]).first).to_be_visible()
        await page.get_by_role("button", name="Take over").first.click()
        await page.get_by_role("button", name="Suggest", exact=True).click()
        await expect(page.get_by_role("region", name="Suggested reply")).to_contain_text("document.title")
        await _holds_only_text(page)
        for screen in (*SCREENS, f"/knowledge/documents/{document['id']}"):
            await page.goto(f"{desk.base_url}/dashboard{screen}")
            await expect(page.get_by_role("heading", level=1).first).to_be_visible()
            await expect(page.get_by_text("Loading …")).to_have_count(0)
            assert "/dashboard" + screen.partition("?")[0] in page.url, "the screen has moved"
            await _holds_only_text(page)
            await watch.saw_nothing_bad()
        assert await page.title() != "taken"


async def _hostile_chats(desk: RunningDesk) -> dict[str, str]:
    """A chat for each text, which is its visitor's name and all else that a visitor tells; the first says them all."""
    chats = []
    for text in HOSTILE:
        start = {"userName": text, "userEmail": text, "currentPage": text, "environment": {"platform": text}}
        reply = await desk.client.post("/api/chat", json=start)
        assert reply.status_code == 201, reply.text
        chats.append(reply.json())
        body = {
            "chatId": chats[-1]["chatId"],
            "content": text,
            "attachments": [{"filename": text, "url": "/uploads/x.pdf"}],
        }
        assert (await desk.client.post("/api/messages", json=body)).status_code == 201
    first = chats[0]
    for text in HOSTILE:
        await desk.client.post("/api/messages", json={"chatId": first["chatId"], "content": text})
    await desk.client.put(
        f"/api/v1/chats/{first['sessionId']}/rating",
        json={"rating": 1, "comment": "\n".join(HOSTILE)[:2000]},
        headers=visitor(first),
    )
    return first


async def _hostile_desk(desk: RunningDesk, admin: dict[str, str]) -> None:
    """What people at the desk write themselves; somebody's account may be in a stranger's hands."""
    nasty = HOSTILE[12]
    # The desk takes no < and > in the names of teams, categories and people.
    name = next(text for text in HOSTILE if '"' in text and not set("<>") & set(text))[:60]
    made: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/api/agents/roles", {"name": name, "description": nasty, "icon": "📦"}),
        ("POST", "/api/agents/invite-links", {"label": nasty}),
        ("POST", "/api/categories", {"name": name, "icon": "📦", "prompt": nasty, "active": True}),
        ("POST", "/api/canned-responses", {"title": nasty, "content": nasty, "shortcut": "nasty"}),
        ("PUT", "/api/settings", {"companyName": nasty, "greeting": nasty, "widget": {"title": nasty[:60], "away": nasty}}),
        ("POST", "/api/agents", {"name": name, "email": "eve@example.org", "password": "long-enough-words"}),
    ]  # fmt: skip
    for method, path, body in made:
        reply = await desk.client.request(method, path, json=body, headers=admin)
        assert reply.is_success, (path, reply.text)


async def _holds_only_text(page: Page) -> None:
    """No element stands there that a text could have made, and none has what runs."""
    assert await page.locator("script:not([src]), object, embed, base, form[action], marquee").count() == 0
    handlers = """() => [...document.querySelectorAll("*")].flatMap(one => one.getAttributeNames())
      .filter(name => name.startsWith("on") || name === "srcdoc")"""
    assert await page.evaluate(handlers) == []
    addresses = await page.locator("a").evaluate_all("all => all.map(one => one.protocol)")
    assert set(addresses) <= {"http:", "https:", "mailto:"}
