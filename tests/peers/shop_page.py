"""A customer's web page with a strict content security policy, on an origin of its own, and what a visitor does there."""

from html import escape
from urllib.parse import urlsplit

from playwright.async_api import FrameLocator, Page, Request, expect
from starlette.requests import Request as Asked
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from peers.loopback_server import LoopbackServer

NONCE = "bWFkZS1mb3ItdGVzdHM"
_WORDS = "Spades, rakes and a good pair of gloves. " * 60
_SHIFTS = """
window.shifts = []; window.blocked = [];
new PerformanceObserver(list => { for (const one of list.getEntries()) window.shifts.push(one.value) })
  .observe({type: 'layout-shift', buffered: true});
document.addEventListener('securitypolicyviolation', event => window.blocked.push(event.blockedURI));
"""


class ShopPage(LoopbackServer):
    """Serves one page; it allows scripts and frames of the desk and nothing else."""

    def __init__(
        self,
        desk_url: str,
        *,
        page_language: str = "en",
        direction: str = "ltr",
        script: str = "",
        style: str = "",
        **data: str,
    ) -> None:
        super().__init__([Route("/{path:path}", self._page)])
        attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
        self._policy = f"default-src 'none'; script-src {desk_url} 'nonce-{NONCE}'; frame-src {desk_url}; base-uri 'none'"
        if style:
            self._policy += f"; style-src 'nonce-{NONCE}'"
        self._html = (
            f'<!doctype html><html lang="{page_language}" dir="{direction}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>Fernhill</title>'
            f'<script nonce="{NONCE}">{_SHIFTS}{script}</script>'
            f"{f'<style nonce={NONCE}>{style}</style>' if style else ''}</head>"
            f"<body><main><h1>Garden tools</h1><p>{_WORDS}</p></main>"
            f'<script async src="{desk_url}/widget/loader.js" {attributes}></script></body></html>'
        )

    async def _page(self, _request: Asked) -> Response:
        return HTMLResponse(self._html, headers={"Content-Security-Policy": self._policy})


class Watch:
    """Notes what a page must never do: ask a stranger, break, or be stopped by its own policy."""

    def __init__(self, page: Page, *hosts: str) -> None:
        self._hosts = {urlsplit(host).netloc for host in hosts} | {""}
        self.requests: list[str] = []
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        if urlsplit(request.url).netloc not in self._hosts:
            self.strangers.append(request.url)


async def open_widget(page: Page, url: str) -> FrameLocator:
    """The chat's frame, opened by its launcher."""
    await page.goto(url)
    await page.locator("button.launch").click()
    return page.frame_locator("iframe")


async def begin(frame: FrameLocator, name: str = "Ann Miller", email: str = "ann@example.org") -> None:
    """Fill in the form and start the chat."""
    await frame.locator("#field-name").fill(name)
    await frame.locator("#field-email").fill(email)
    await frame.locator(".prechat .primary").click()
    await settled(frame)


async def ask(frame: FrameLocator, text: str) -> None:
    """Write a message and send it."""
    await frame.locator(".composer textarea").fill(text)
    await frame.locator(".composer textarea").press("Enter")


async def scrolls_sideways(page: Page) -> list[str]:
    """What is wider than its window, in the page and in its frames."""
    wide = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
      ? [location.pathname] : []"""
    return [one for frame in page.frames for one in await frame.evaluate(wide)]


async def settled(frame: FrameLocator) -> None:
    """The chat follows its log."""
    await expect(frame.locator(".composer")).to_be_visible()
    await expect(frame.locator(".banner")).to_have_count(0)
