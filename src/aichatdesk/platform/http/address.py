"""Where a request comes from: the peer, or what a trusted proxy says of it."""

import ipaddress
import re
from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "aichatdesk.address"
_COUNTRY_KEY = "aichatdesk.country"
_ONE_CLIENT = 64
_COUNTRY = re.compile(r"[A-Z]{2}")
# What proxies say where they do not know.
_NO_COUNTRY = frozenset({"XX", "ZZ"})


class ClientAddress:
    """Notes the client's address on each request; X-Forwarded-For counts only from a trusted proxy.

    So does `country_header`, in which some proxies name the country that the address belongs to.
    """

    def __init__(
        self, app: ASGIApp, *, trusted_proxies: Collection[str] = (), country_header: str = ""
    ) -> None:
        self._app = app
        self._trusted = frozenset(trusted_proxies)
        self._country_header = country_header.lower().encode("latin-1")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope[_KEY] = self._address(scope)
            scope[_COUNTRY_KEY] = self._country(scope)
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> str:
        if "aichatdesk.owner" in scope:
            return ""  # a client in this process may claim an address all the same
        peer = _peer(scope)
        if peer not in self._trusted:
            return peer
        forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1")
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        # From the right: the first address that is not one of our own proxies.
        return next((hop for hop in reversed(hops) if hop not in self._trusted), peer)

    def _country(self, scope: Scope) -> str | None:
        if not self._country_header or _peer(scope) not in self._trusted:
            return None
        told = dict(scope["headers"]).get(self._country_header, b"").decode("latin-1").strip().upper()
        return told if _COUNTRY.fullmatch(told) and told not in _NO_COUNTRY else None


def _peer(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else ""


def client_country(connection: HTTPConnection) -> str | None:
    """The client's country (ISO 3166, two letters), if a trusted proxy has named it."""
    country = connection.scope.get(_COUNTRY_KEY)
    return str(country) if country else None


def client_address(connection: HTTPConnection) -> str:
    """The client's address; empty where there is none, as over the owner's socket."""
    return address_in(connection.scope)


def client_network(connection: HTTPConnection) -> str:
    """What one client can hardly leave: its address, or the /64 that an IPv6 client has to itself."""
    address = client_address(connection)
    try:
        ip = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.IPv6Network((ip, _ONE_CLIENT), strict=False)) if ip.ipv4_mapped is None else address


def address_in(scope: Scope) -> str:
    """The same for a bare scope."""
    return str(scope.get(_KEY, ""))
