"""Tokens for Microsoft Graph by client credentials, kept by msal until they expire."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from aichatdesk.outbound.graph_errors import GraphError

if TYPE_CHECKING:
    from msal import ConfidentialClientApplication

Headers = Mapping[str, str | None] | None

_ANSWER_WITHIN = 8.0
# msal describes itself and this machine with each request; nobody needs that.
_SELF_DESCRIPTION = "x-client-"


@dataclass(frozen=True, slots=True)
class GraphAccount:
    """The application that is registered for the desk, and in which cloud."""

    client_id: str
    client_secret: str
    tenant_id: str
    base_url: str
    authority: str


class GraphTokens:
    """Gives the token that holds now; signs in when there is none."""

    def __init__(self, client: httpx2.AsyncClient, account: GraphAccount) -> None:
        self._client = client
        self._account = account
        self._application: ConfidentialClientApplication | None = None
        self._one_at_a_time = asyncio.Lock()

    async def token(self) -> str:
        """A token that is not known to be over.

        Raises:
            GraphError: Microsoft does not let the desk sign in, or does not answer.
        """
        from msal.exceptions import MsalError

        client = _FromThread(self._client, asyncio.get_running_loop())
        try:
            async with self._one_at_a_time:
                found = await asyncio.to_thread(self._acquire, client)
        # msal raises what its reading of an unexpected reply happens to raise.
        except (MsalError, ValueError, LookupError, TypeError, AttributeError, httpx2.HTTPError) as error:
            why = str(error)[:300] or type(error).__name__
            raise GraphError(f"Signing in at {self._account.authority} failed: {why}", status=401) from error
        token = found.get("access_token")
        if not isinstance(token, str):
            why = f"{found.get('error')}: {str(found.get('error_description'))[:300]}"
            raise GraphError(f"Microsoft did not let the desk sign in. {why}", status=401)
        return token

    def forget(self) -> None:
        """Sign in anew next time: Graph does not take the token any more."""
        self._application = None

    def _acquire(self, client: "_FromThread") -> Mapping[str, Any]:
        from msal import ConfidentialClientApplication

        application = self._application
        if application is None:
            application = self._application = ConfidentialClientApplication(
                self._account.client_id,
                client_credential=self._account.client_secret,
                authority=f"{self._account.authority}/{self._account.tenant_id}",
                # Else it asks a host of its own choice about the authority, and for the region of this machine.
                instance_discovery=False,
                azure_region=ConfidentialClientApplication.DISABLE_MSAL_FORCE_REGION,
                http_client=client,
            )
        found = application.acquire_token_for_client([f"{self._account.base_url}/.default"])
        return found if isinstance(found, Mapping) else {}


class _FromThread:
    """Our HTTP client as msal wants one: called in a thread, while the client itself lives on the event loop."""

    def __init__(self, client: httpx2.AsyncClient, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def get(self, url: str, *, params: Any = None, headers: Headers = None, **_: object) -> "_Reply":
        return self._send("GET", url, params, headers, None)

    def post(
        self, url: str, *, params: Any = None, data: Any = None, headers: Headers = None, **_: object
    ) -> "_Reply":
        return self._send("POST", url, params, headers, data)

    def close(self) -> None:
        """The client belongs to others."""

    def _send(self, method: str, url: str, params: Any, headers: Headers, data: Any) -> "_Reply":
        told = {
            name: value
            for name, value in (headers or {}).items()
            if value is not None and not name.lower().startswith(_SELF_DESCRIPTION)
        }
        # An empty `params` would take the query from the address.
        request = self._client.request(
            method, url, params=params or None, headers=told, data=data, timeout=_ANSWER_WITHIN
        )
        reply = asyncio.run_coroutine_threadsafe(request, self._loop).result()
        return _Reply(reply.status_code, reply.text, dict(reply.headers))


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply with the names that msal reads."""

    status_code: int
    text: str
    headers: Mapping[str, str]
