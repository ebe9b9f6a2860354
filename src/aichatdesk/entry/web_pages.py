"""The built front end: the loader, the widget's page, the dashboard and the demo's shop."""

import contextlib
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from aichatdesk.core.errors import Misconfigured, NotFound
from aichatdesk.entry.keep_loaders import LOADER_PATH, Loaders

_BASE = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
_DASHBOARD = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; media-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_FRAMED = _BASE + "font-src 'self'; base-uri 'none'; form-action 'none'"
_SHOP = _BASE + "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The owner's own old pages, with scripts inside them; they may still speak to nobody but this desk.
_OLD_PAGES = (
    "default-src 'self' 'unsafe-inline' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
# Addresses without a file's ending: pages that the dashboard's own script shows. A wrong invite it explains itself.
_PAGE = re.compile(r"join/[ -~]{1,200}|(?!assets/)[A-Za-z0-9/_+-]{0,250}")
_FOREVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=300"
# The front end's build writes this word where the page's own nonce belongs.
_NONCE_PLACE = "__NONCE__"
_MISSING = (
    "<!doctype html><meta charset=utf-8><title>Not built</title>"
    "<h1>The front end is not built</h1><p>Run <code>make setup</code> and start the server again.</p>"
)


@dataclass(frozen=True, slots=True)
class DemoPage:
    """What the demo's shop page shows."""

    questions: tuple[str, ...]
    admin_email: str


def web_routes(web_dir: Path, loaders: Loaders, *, demo: DemoPage | None) -> APIRouter:
    """Static pages, each with a policy of its own; nothing is loaded from anywhere else."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def root() -> Response:
        if demo is None:
            return RedirectResponse("/dashboard/")
        return _page(web_dir / "shop" / "index.html", _SHOP)

    if demo is not None:

        @routes.get("/demo.json")
        async def about_the_demo() -> Any:
            return JSONResponse({"questions": list(demo.questions), "admin": {"email": demo.admin_email}})

    @routes.get("/shop/{name:path}")
    async def shop(name: str) -> Response:
        return _asset(web_dir / "shop", name)

    @routes.get("/widget/")
    async def widget() -> Response:
        return _page(web_dir / "widget" / "index.html", _FRAMED)

    @routes.get(LOADER_PATH + "{name}")
    def loader(name: str) -> Response:
        headers = {
            "Cache-Control": _FOREVER,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return FileResponse(loaders.file(name), headers=headers, media_type="text/javascript")

    @routes.get("/widget/{name:path}")
    async def widget_asset(name: str) -> Response:
        return _asset(web_dir / "widget", name)

    @routes.get("/dashboard/")
    async def dashboard() -> Response:
        return _page_with_nonce(web_dir / "dashboard" / "index.html", _DASHBOARD)

    @routes.get("/dashboard")
    async def dashboard_slash() -> Response:
        return RedirectResponse("/dashboard/")

    @routes.get("/dashboard/{name:path}")
    async def dashboard_asset(name: str) -> Response:
        if _PAGE.fullmatch(name):
            return _page_with_nonce(web_dir / "dashboard" / "index.html", _DASHBOARD)
        return _asset(web_dir / "dashboard", name)

    return routes


def old_page_routes(folder: str) -> APIRouter:
    """The pages of the older server under `/test`, if the owner names their folder.

    Raises:
        Misconfigured: There is no such folder.
    """
    routes = APIRouter(include_in_schema=False)
    if not folder:
        return routes
    root = Path(folder).resolve()
    if not root.is_dir():
        raise Misconfigured(f"TEST_PAGES_PATH: {folder} is no folder.")

    @routes.get("/test")
    async def slash() -> Response:
        return RedirectResponse("/test/")

    @routes.get("/test/{name:path}")
    async def page(name: str) -> Response:
        path = _file_in(root, name or "index.html")
        headers = {
            "Content-Security-Policy": _OLD_PAGES,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        }
        return FileResponse(path, headers=headers)

    return routes


def _page(path: Path, policy: str) -> Response:
    headers = _page_headers(policy)
    if not path.is_file():
        return HTMLResponse(_MISSING, 503, headers)
    return FileResponse(path, headers=headers, media_type="text/html")


def _page_with_nonce(path: Path, policy: str) -> Response:
    """A page whose scripts may make styles: they carry a nonce that is new each time."""
    nonce = secrets.token_urlsafe(16)
    headers = _page_headers(policy.format(nonce=nonce)) | {"Cache-Control": "no-store"}
    try:
        page = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return HTMLResponse(_MISSING, 503, headers)
    return HTMLResponse(page.replace(_NONCE_PLACE, nonce), headers=headers)


def _page_headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def _asset(folder: Path, name: str) -> Response:
    path = _file_in(folder.resolve(), name)
    if path.suffix == ".html":
        raise NotFound("There is no such file.")
    cache = _FOREVER if "assets" in path.parts else _SHORTLY
    headers = {
        "Cache-Control": cache,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return FileResponse(path, headers=headers)


def _file_in(root: Path, name: str) -> Path:
    """A file inside a folder, links followed; raises `NotFound` for anything else."""
    with contextlib.suppress(OSError, ValueError):  # too long a name, or one with a null in it
        path = (root / name).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    raise NotFound("There is no such file.")
