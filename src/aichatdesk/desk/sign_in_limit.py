"""How often one place may try passwords or sign up: counted before anything is hashed."""

from datetime import timedelta

from starlette.requests import HTTPConnection

from aichatdesk.platform.http.address import client_network
from aichatdesk.platform.http.quota import Quota

_MOST = 30


class SignInLimit:
    """Thirty tries a minute from one network, for signing in and signing up together."""

    def __init__(self) -> None:
        self._quota = Quota(_MOST, timedelta(minutes=1), "Too many sign-ins from this address.")

    def take(self, connection: HTTPConnection) -> None:
        """Count one; raises `TooMany` over the limit."""
        self._quota.take(client_network(connection))
