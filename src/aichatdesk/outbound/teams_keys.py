"""The public keys with which the Bot Framework signs: fetched when needed, kept for a day."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from aichatdesk.outbound.call_service import call_service, json_object
from aichatdesk.outbound.outbox import NotNow

_KEPT = timedelta(hours=24).total_seconds()
_UNKNOWN_KEY_PAUSE = timedelta(minutes=1).total_seconds()
_FAILURE_PAUSE = timedelta(seconds=5).total_seconds()
_SERVICE = "The Bot Framework's list of keys"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key; `endorsements` are the channels that it may sign for, None if the list does not say."""

    key: RSAKey
    endorsements: frozenset[str] | None


class SigningKeys:
    """The keys behind an OpenID metadata document."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        metadata_url: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._metadata_url = metadata_url
        self._now = monotonic
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def find(self, key_id: str) -> SigningKey | None:
        """The key of this name; an unknown name has the list fetched again, at most once a minute.

        Raises:
            NotNow: There is no list that is less than a day old, and none can be had.
        """
        if found := self._fresh().get(key_id):
            return found
        async with self._asking:
            if key_id not in self._fresh() and self._may_ask():
                self._asked_at = self._now()
                self._keys = await self._fetch()
                self._fetched_at = self._now()
        if not self._fresh():
            raise NotNow(f"{_SERVICE} does not answer.")
        return self._fresh().get(key_id)

    def _fresh(self) -> Mapping[str, SigningKey]:
        if self._fetched_at is None or self._now() - self._fetched_at > _KEPT:
            return {}
        return self._keys

    def _may_ask(self) -> bool:
        pause = _UNKNOWN_KEY_PAUSE if self._fresh() else _FAILURE_PAUSE
        return self._asked_at is None or self._now() - self._asked_at >= pause

    async def _fetch(self) -> Mapping[str, SigningKey]:
        metadata = await call_service(self._client, _SERVICE, "GET", self._metadata_url)
        place = json_object(metadata).get("jwks_uri")
        if not metadata.is_success or not isinstance(place, str) or not self._is_trusted(place):
            raise NotNow(f"{_SERVICE} has no usable jwks_uri.")
        listed = await call_service(self._client, _SERVICE, "GET", place)
        keys = json_object(listed).get("keys")
        found = _signing_keys(keys if listed.is_success and isinstance(keys, list) else [])
        if not found:
            raise NotNow(f"{_SERVICE} names no key.")
        return found

    def _is_trusted(self, place: str) -> bool:
        try:
            there, here = urlsplit(place), urlsplit(self._metadata_url)
        except ValueError:
            return False
        same = (there.scheme, there.netloc) == (here.scheme, here.netloc)
        return same or (there.scheme == "https" and bool(there.hostname))


def _signing_keys(listed: list[Any]) -> dict[str, SigningKey]:
    """The RSA keys by name; what cannot be read is passed over, as RFC 7517 asks."""
    found = {}
    for entry in listed:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
            continue
        name, endorsed = entry.get("kid"), entry.get("endorsements")
        try:
            key = RSAKey.import_key({"kty": "RSA", "n": entry["n"], "e": entry["e"]})
        except (JoseError, KeyError, TypeError, ValueError):
            continue
        if isinstance(name, str) and name:
            channels = frozenset(map(str, endorsed)) if isinstance(endorsed, list) else None
            found[name] = SigningKey(key, channels)
    return found
