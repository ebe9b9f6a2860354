"""Who is asking: the one dependency through which every guarded route learns its actor."""

import re
from typing import Protocol

from fastapi import Request
from starlette.requests import HTTPConnection

from aichatdesk.core.access import Action, Actor, authorize
from aichatdesk.core.errors import Forbidden, Unauthenticated
from aichatdesk.platform.http.cors import is_own_origin

COOKIE = "aichatdesk_session"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_OWN_NAMES = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE | re.ASCII)
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Authenticator(Protocol):
    """Tells whose token this is; raises `Unauthenticated` where it is nobody's any more."""

    async def authenticate(self, token: str) -> Actor: ...


class Guard:
    """Finds the actor of a request: the machine's owner at the console, a bearer token, or the cookie."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def require(self, action: Action) -> "Required":
        """A dependency that returns the actor, who must be allowed the action."""
        return Required(self, action)

    def require_from_elsewhere(self, action: Action) -> "RequiredFromElsewhere":
        """The same, for what this machine itself may ask without a token."""
        return RequiredFromElsewhere(self, action)

    async def actor(self, connection: HTTPConnection) -> Actor:
        """The actor of a request or socket.

        Raises:
            Unauthenticated: There is no valid token.
            Forbidden: A cookie came with a request from another site.
        """
        if (owner := owner_of(connection)) is not None:
            return owner
        token = bearer_token(connection)
        if token is None:
            token = connection.cookies.get(COOKIE)
            if token and _unsafe(connection) and not from_own_page(connection):
                raise Forbidden("This request came from another site.")
        if not token:
            raise Unauthenticated("Access token required")
        return await self._authenticator.authenticate(token)

    async def optional(self, request: Request) -> Actor | None:
        """The actor, or None where there is no valid token."""
        try:
            return await self.actor(request)
        except Unauthenticated:
            return None

    async def by_token(self, token: str) -> Actor:
        """The actor of a token that came in a frame."""
        return await self._authenticator.authenticate(token)


class Required:
    """Lets an actor through who is allowed one action; the API's description tells which."""

    def __init__(self, guard: Guard, action: Action) -> None:
        self._guard = guard
        self.action = action

    async def __call__(self, request: Request) -> Actor:
        actor = await self._guard.actor(request)
        authorize(actor, self.action)
        return actor


class RequiredFromElsewhere:
    """Lets this machine itself through, and everybody else as `Required` does."""

    def __init__(self, guard: Guard, action: Action) -> None:
        self._required = Required(guard, action)
        self.action = action

    async def __call__(self, request: Request) -> None:
        if not is_loopback(request):
            await self._required(request)


def owner_of(connection: HTTPConnection) -> Actor | None:
    """The machine's owner, where the request came over the owner's own socket; never from a header."""
    owner = connection.scope.get("aichatdesk.owner")
    return owner if isinstance(owner, Actor) else None


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def from_own_page(connection: HTTPConnection) -> bool:
    """Whether the page that sent this was served by this host."""
    return is_own_origin(connection.headers)


def is_loopback(connection: HTTPConnection) -> bool:
    """Whether this machine itself asks, at its own name, and not a proxy on it for somebody else."""
    headers = connection.headers
    return (
        connection.client is not None
        and connection.client.host in _LOOPBACK
        and _OWN_NAMES.fullmatch(headers.get("host", "")) is not None
        and not any(name in headers for name in _FORWARDED)
    )


def _unsafe(connection: HTTPConnection) -> bool:
    return connection.scope["type"] == "http" and connection.scope["method"] not in _SAFE_METHODS
