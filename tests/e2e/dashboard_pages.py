"""What every browser test of the dashboard does: sign in, watch for what must never happen, ask axe."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, Request, expect

from peers.look import faults_of, keep_image
from peers.loopback_server import until
from peers.running_desk import ADMIN

LISTEN = """
window.broken = [];
document.addEventListener("securitypolicyviolation", event =>
  window.broken.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
# What is on its way between two colours is neither; what goes on for ever cannot be ended, and says so.
TURN = """([scheme, direction]) => {
  document.documentElement.dir = direction;
  document.documentElement.dataset.mantineColorScheme = scheme;
  getComputedStyle(document.body).color;
  for (const one of document.getAnimations()) try { one.finish(); } catch {}
}"""
LOOKS = (("light", "ltr"), ("dark", "ltr"), ("light", "rtl"), ("dark", "rtl"))


class Watch:
    """Notes what a page must never do: ask another host, break, or go against its policy."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._host = urlsplit(address).netloc
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Request) -> None:
        # `blob:` and `data:` have no host: they are what the page itself has made.
        if urlsplit(request.url).netloc not in {self._host, ""}:
            self.strangers.append(request.url)

    async def saw_nothing_bad(self) -> None:
        assert self.strangers == []
        assert self.errors == []
        assert await self._page.evaluate("window.broken") == []


async def open_dashboard(
    browser: Browser,
    address: str,
    path: str = "/",
    *,
    account: dict[str, str] | None = None,
    width: int = 1280,
    height: int = 860,
) -> tuple[Page, Watch]:
    """A browser of its own, signed in (the admin, if nobody is named) and at `path` of the dashboard."""
    page = await (await browser.new_context(viewport={"width": width, "height": height})).new_page()
    watch = Watch(page, address)
    await page.add_init_script(LISTEN)
    await page.goto(f"{address}/dashboard{path}")
    await sign_in(page, account or ADMIN)
    return page, watch


async def sign_in(page: Page, account: dict[str, str]) -> None:
    await page.get_by_label("E-mail").fill(account["email"])
    await page.get_by_label("Password").and_(page.locator("input")).fill(account["password"])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("navigation", name="Pages")).to_be_visible()


async def accessible(page: Page, name: str, looks: Sequence[tuple[str, str]] = LOOKS) -> None:
    """No finding of axe, in light and dark, left to right and right to left."""
    await page.mouse.move(0, 0)
    await expect(page.get_by_role("tooltip")).to_have_count(0)
    for scheme, direction in looks:
        await page.evaluate(TURN, [scheme, direction])
        await keep_image(page, f"{name}-{scheme}-{direction}")
        assert await faults_of(page) == [], f"{name}, {scheme}, {direction}"
    await page.evaluate(TURN, ["light", "ltr"])


async def does_not_scroll_sideways(page: Page) -> None:
    """The page fits its window; what is wider scrolls inside a region of its own."""
    # A page may still be on its way to a new width.
    await until(
        lambda: page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    )
