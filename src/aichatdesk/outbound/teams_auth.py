"""Who may speak for Microsoft Teams to us, and the token with which we speak to it.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2
from joserfc import jws, jwt
from joserfc.errors import InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import RSAKey

from aichatdesk.core.errors import Forbidden, Unauthenticated
from aichatdesk.outbound.call_service import asked_pause, call_service, json_object, told
from aichatdesk.outbound.outbox import NotNow
from aichatdesk.outbound.service_address import ServiceAddresses, ServiceUrl
from aichatdesk.outbound.teams_keys import SigningKeys

CHANNEL = "msteams"
_ISSUER = "https://api.botframework.com"
_ALGORITHM = "RS256"
_LEEWAY = 300
_MEANT_FOR_US = frozenset({"iss", "aud", "serviceurl"})
_SCOPE = "https://api.botframework.com/.default"
_SIGN_IN = "Microsoft's sign-in"
_RENEWED_BEFORE = timedelta(minutes=5)
_SHORTEST_LIFE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """A token that is good: the one address it vouches for, and the channels (None: any) its key may sign for."""

    service_url: ServiceUrl
    endorsements: frozenset[str] | None

    def require(self, service_url: ServiceUrl, channel: str) -> None:
        """Raise `Forbidden` unless an activity with this address and channel may come with this token."""
        if service_url != self.service_url:
            raise Forbidden("The serviceUrl is not the one that the token vouches for.")
        if channel != CHANNEL or (self.endorsements is not None and channel not in self.endorsements):
            raise Forbidden("Only activities of Microsoft Teams are taken.")


class IncomingTokens:
    """Checks the tokens of the Bot Framework for one bot."""

    def __init__(self, keys: SigningKeys, app_id: str, addresses: ServiceAddresses) -> None:
        self._keys = keys
        self._addresses = addresses
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            exp={"essential": True},
            iss={"essential": True, "value": _ISSUER},
            aud={"essential": True, "value": app_id},
            serviceurl={"essential": True},
        )

    async def check(self, token: str) -> Pass:
        """What a token allows.

        Raises:
            Unauthenticated: It is forged or expired.
            Forbidden: It is the Bot Framework's, for another bot or purpose.
            NotNow: The keys cannot be had.
        """
        signing = await self._keys.find(_key_id(token))
        if signing is None:
            raise Unauthenticated("Invalid token")
        claims = self._decode(token, signing.key).claims
        return Pass(self._addresses.checked(claims["serviceurl"]), signing.endorsements)

    def _decode(self, token: str, key: RSAKey) -> jwt.Token:
        try:
            decoded = jwt.decode(token, key, algorithms=[_ALGORITHM])
            self._claims.validate(decoded.claims)
        except (InvalidClaimError, MissingClaimError) as error:
            if error.claim in _MEANT_FOR_US:
                raise Forbidden("The token is not meant for this bot.") from error
            raise Unauthenticated("Invalid token") from error
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated("Invalid token") from error
        return decoded


class BotToken:
    """Our own token for the connector, fetched with the bot's password and kept until shortly before its end."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        token_url: str,
        app_id: str,
        password: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._token_url = token_url
        self._credentials = {"client_id": app_id, "client_secret": password}
        self._now = monotonic
        self._token = ""
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> str:
        """A token that still holds for a while; raises `NotNow` where none is to be had."""
        async with self._asking:
            if not self._token or self._now() >= self._until:
                self._token, life = await self._fetch()
                self._until = self._now() + life.total_seconds()
            return self._token

    def drop(self, token: str) -> None:
        """Forget a token that was refused, unless it was replaced meanwhile."""
        if self._token == token:
            self._token = ""

    async def _fetch(self) -> tuple[str, timedelta]:
        form = {"grant_type": "client_credentials", "scope": _SCOPE, **self._credentials}
        response = await call_service(self._client, _SIGN_IN, "POST", self._token_url, data=form)
        found = json_object(response)
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not response.is_success or not isinstance(token, str) or not _is_sendable(token):
            reason = told(str(found.get("error") or response.reason_phrase), form["client_secret"])
            raise NotNow(
                f"{_SIGN_IN} gives no token ({response.status_code} {reason}); check MICROSOFT_APP_ID and "
                "MICROSOFT_APP_PASSWORD.",
                asked_pause(response, datetime.now(UTC)),
            )
        life = timedelta(seconds=seconds) if type(seconds) is int and 0 < seconds < 10**6 else _SHORTEST_LIFE
        return token, max(life - _RENEWED_BEFORE, life / 2)


def _key_id(token: str) -> str:
    """The name of the key that a token says it is signed with; nothing it says is believed yet."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise Unauthenticated("Invalid token") from error
    name = header.get("kid")
    if header.get("alg") != _ALGORITHM or not isinstance(name, str):
        raise Unauthenticated("Invalid token")
    return name


def _is_sendable(token: str) -> bool:
    return bool(token) and all("!" <= character <= "~" for character in token)
