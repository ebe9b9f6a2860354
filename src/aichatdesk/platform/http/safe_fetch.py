"""Fetch a page from the public network for a person at the desk, and nothing from anywhere else."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx2

from aichatdesk.core.errors import Invalid
from aichatdesk.platform.http.client import make_http_client

_MOST_REDIRECTS = 5
_LARGEST_BODY = 10 * 1024 * 1024
_TOTAL_TIME = timedelta(seconds=15)
_PORTS = frozenset({80, 443})
_READABLE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[\w.:%-]+", re.ASCII)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# Our own list: the one inside older Pythons has wrong ranges (CVE-2024-4032).
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class FetchRefused(Invalid):
    """The address leads somewhere we do not go, or brings something we do not read."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(f"Failed to fetch URL: {sentence}", reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page:
    """What was fetched; `url` is where the redirects ended, `charset` what the server names, if anything."""

    url: str
    content_type: str
    body: bytes
    charset: str = ""


async def fetch_page(
    url: str,
    *,
    resolve: Resolve | None = None,
    trusted_addresses: Collection[str] = (),
    ports: Collection[int] = _PORTS,
) -> Page:
    """Fetch one page; every address on the way must be public, and is the one that is connected to.

    Args:
        resolve: Finds the addresses of a host; the system's resolver by default.
        trusted_addresses: Addresses that may be reached although they are not public.

    Raises:
        FetchRefused: With a named reason.
    """
    target = url if "://" in url else f"https://{url}"
    try:
        async with asyncio.timeout(_TOTAL_TIME.total_seconds()):
            for _ in range(_MOST_REDIRECTS + 1):
                page = await _fetch_once(target, resolve or _system_resolve, trusted_addresses, ports)
                if isinstance(page, Page):
                    return page
                target = page
    except TimeoutError as error:
        raise FetchRefused("too_slow", f"no answer within {_TOTAL_TIME.total_seconds():g} s.") from error
    raise FetchRefused("too_many_redirects", f"more than {_MOST_REDIRECTS} redirects.")


async def _fetch_once(
    url: str, resolve: Resolve, trusted: Collection[str], ports: Collection[int]
) -> Page | str:
    """One request to a pinned address; a redirect gives the next URL."""
    parts, host, port = _split(url, ports)
    address = await _public_address(host, port, resolve, trusted)
    shown = f"[{address}]" if ":" in address else address
    pinned = urlunsplit((parts.scheme, f"{shown}:{port}", parts.path or "/", parts.query, ""))
    name = f"[{host}]" if ":" in host else host
    headers = {"Host": name if port in _PORTS else f"{name}:{port}", "Accept": "text/html, text/plain"}
    async with make_http_client(headers=headers) as client:
        try:
            request = client.build_request("GET", pinned, extensions={"sni_hostname": host})
            response = await client.send(request, stream=True)
            try:
                return await _read(response, url)
            finally:
                await response.aclose()
        except httpx2.InvalidURL as error:
            raise _bad_url() from error
        except httpx2.HTTPError as error:
            raise FetchRefused("unreachable", f"{host} does not answer ({type(error).__name__}).") from error


def _split(url: str, ports: Collection[int]) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError as error:  # also UnicodeError: a name that cannot exist
        raise _bad_url() from error
    if parts.scheme not in {"http", "https"} or not host or "\\" in url or parts.username:
        raise FetchRefused("bad_url", "only http and https addresses without a password are read.")
    if not _HOST.fullmatch(host):
        raise _bad_url()
    if port not in ports:
        raise FetchRefused("bad_port", f"port {port} is not one of the web's.")
    return parts, host, port


def _bad_url() -> FetchRefused:
    return FetchRefused("bad_url", "this is not a web address.")


async def _public_address(host: str, port: int, resolve: Resolve, trusted: Collection[str]) -> str:
    addresses = await resolve(host, port)
    if not addresses:
        raise FetchRefused("unknown_host", f"{host} is not known.")
    for address in addresses:
        if address not in trusted and not is_public(address):
            raise FetchRefused("private_address", f"{host} is not on the public network.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is on the public internet, whatever it is wrapped in."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not any(ip in network for network in _REFUSED if network.version == ip.version)


async def _read(response: httpx2.Response, url: str) -> Page | str:
    if response.status_code in _REDIRECTS and (place := response.headers.get("location")):
        return _joined(url, place)
    if not response.is_success:
        raise FetchRefused("http_error", f"HTTP {response.status_code}")
    declared = response.headers.get("content-type", "")
    content_type = declared.partition(";")[0].strip().lower()
    if content_type not in _READABLE_TYPES:
        raise FetchRefused(
            "unreadable_type", f"{content_type or 'an unnamed type'} is not read from the web."
        )
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise FetchRefused("too_large", f"the page has over {_LARGEST_BODY // 1024 // 1024} MB.")
    charset = _CHARSET.search(declared)
    return Page(url, content_type, bytes(body), charset[1] if charset else "")


def _joined(url: str, place: str) -> str:
    try:
        return urljoin(url, place)
    except ValueError as error:
        raise _bad_url() from error


async def _system_resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]
