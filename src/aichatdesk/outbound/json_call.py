"""One call to another service that speaks JSON: limited in time and size, its failures told apart."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from aichatdesk.outbound.outbox import NotNow

_TIME = timedelta(seconds=10)
_LARGEST_REPLY = 1_000_000
_LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `body` is an empty object where it is no JSON object, `after` what Retry-After asks for."""

    status: int
    body: Mapping[str, Any]
    after: timedelta | None

    @property
    def is_success(self) -> bool:
        """Whether the service did what it was asked."""
        return 200 <= self.status < 300


async def call(
    client: httpx2.AsyncClient,
    method: str,
    url: str,
    *,
    service: str,
    token: str = "",
    body: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None,
    time: timedelta = _TIME,
) -> Reply:
    """Ask once, whatever the answer; `service` is what an error calls it.

    Raises:
        NotNow: There was no whole answer in time.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = dict(form) if form is not None else None
    try:
        async with (
            asyncio.timeout(time.total_seconds()),
            client.stream(method, url, json=body, data=data, headers=headers) as response,
        ):
            content = await _read(response)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotNow(f"{service} does not answer ({type(error).__name__}).") from error
    except TimeoutError as error:
        raise NotNow(f"{service} does not answer within {time.total_seconds():g} s.") from error
    return Reply(response.status_code, _object(content), _retry_after(response))


async def _read(response: httpx2.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _LARGEST_REPLY:
            return b""
    return bytes(content)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _retry_after(response: httpx2.Response) -> timedelta | None:
    """The wait that was asked for, at most an hour: in seconds, or as a date."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), _LONGEST_REST)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    return min(max(wait, timedelta(0)), _LONGEST_REST)
