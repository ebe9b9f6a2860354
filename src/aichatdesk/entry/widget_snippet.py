"""The lines of HTML that put the widget on a web page."""

import re
from dataclasses import dataclass
from html import escape

from aichatdesk.core.errors import Invalid
from aichatdesk.desk.widget_settings import checked_widget, web_address
from aichatdesk.entry.keep_loaders import LOADER_PATH, Loader

_NONCE = re.compile(r"[A-Za-z0-9+/_-]{1,200}={0,2}")
_PLAIN_LOADER = "/widget/loader.js"


@dataclass(frozen=True, slots=True)
class Looks:
    """What the page itself fixes of the widget; empty is what the desk's settings say."""

    color: str = ""
    position: str = ""
    theme: str = ""
    language: str = ""
    title: str = ""

    def attributes(self) -> list[tuple[str, str]]:
        """As the loader reads them; raises `Invalid`."""
        given = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        try:
            checked_widget(given)
        except Invalid as error:
            name = str(error.facts.get("field", "")).rpartition(".")[2]
            raise Invalid(error.message.removeprefix("widget."), field=name) from error
        return [(f"data-{name}", value) for name, value in given.items()]


@dataclass(frozen=True, slots=True)
class Snippet:
    """The HTML, the loader's address in it, and the hash by which browsers check it; empty without one."""

    html: str
    src: str
    integrity: str


def widget_snippet(url: str, loader: Loader, looks: Looks, *, sri: bool = True, nonce: str = "") -> Snippet:
    """For the desk at `url`.

    Args:
        sri: Name this version of the loader, which browsers then check; without it the page follows upgrades.
        nonce: The page's own, for a content security policy that asks for one.

    Raises:
        Invalid: Something given cannot stand in a snippet.
    """
    if nonce and not _NONCE.fullmatch(nonce):
        raise Invalid("nonce must be the base64 text of the page's content security policy.", field="nonce")
    base = _checked_url(url)
    src = f"{base}{LOADER_PATH}{loader.name}" if sri else f"{base}{_PLAIN_LOADER}"
    attributes = [("src", src)]
    # A script of another origin can be checked only if it is fetched with CORS.
    attributes += [("integrity", loader.integrity), ("crossorigin", "anonymous")] if sri else []
    attributes += [("nonce", nonce)] if nonce else []
    attributes += looks.attributes()
    written = " ".join(f'{name}="{escape(value, quote=True)}"' for name, value in attributes)
    return Snippet(f"<script async {written}></script>", src, loader.integrity if sri else "")


def _checked_url(url: str) -> str:
    try:
        address = web_address(url)
    except ValueError as error:
        raise Invalid("url must be the http:// or https:// address of the desk.", field="url") from error
    if any(mark in address for mark in "?#@"):
        raise Invalid("url must be the desk's bare address.", field="url")
    return address.rstrip("/")
