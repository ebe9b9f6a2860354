"""Addresses of the Bot Framework connector: which of them we speak to, and when two are the same."""

import re
from typing import NewType
from urllib.parse import SplitResult, urlsplit

from aichatdesk.core.errors import Forbidden

# One that was checked; make it with `ServiceAddresses.checked` alone.
ServiceUrl = NewType("ServiceUrl", str)
_PLAIN_URL = re.compile(r"https?://[a-z0-9.:\[\]-]+(?:/[\w.~%/-]*)?", re.ASCII | re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


class ServiceAddresses:
    """Knows the configured address; any other must be https."""

    def __init__(self, configured: str) -> None:
        self.configured = ServiceUrl(_normalised(configured) or "")
        self._origin = _origin(self.configured)

    def checked(self, url: object) -> ServiceUrl:
        """The address in its one spelling.

        Raises:
            Forbidden: It is no address that we speak to.
        """
        address = _normalised(url)
        if address is None or not (address.startswith("https://") or _origin(address) == self._origin):
            raise Forbidden("The serviceUrl is not an address that this bot speaks to.")
        return ServiceUrl(address)


def _normalised(url: object) -> str | None:
    """Lower-case host, no default port, no closing slash; None if it is not plainly a web address."""
    if not isinstance(url, str) or not _PLAIN_URL.fullmatch(url) or "/.." in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    place = f":{port}" if port is not None and port != _PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{_shown(host)}{place}{parts.path.rstrip('/')}"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _origin(url: str) -> tuple[str, str]:
    parts: SplitResult = urlsplit(url)
    return parts.scheme, parts.netloc
