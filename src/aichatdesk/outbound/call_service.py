"""One request to another service, and what its failures mean for an item that waits."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from aichatdesk.core.errors import Misconfigured
from aichatdesk.outbound.outbox import NotNow

_WITHIN = timedelta(seconds=10)
_LONGEST_DETAIL = 300
_MOST_DIGITS = 9


async def call_service(
    client: httpx2.AsyncClient,
    service: str,
    method: str,
    url: str,
    *,
    within: timedelta = _WITHIN,
    **request: Any,
) -> httpx2.Response:
    """The service's answer, whatever its status.

    Raises:
        NotNow: It does not answer, breaks off, or takes longer than `within`.
    """
    try:
        async with asyncio.timeout(within.total_seconds()):
            return await client.request(method, url, **request)
    except TimeoutError as error:
        raise NotNow(f"{service} did not answer within {within.total_seconds():.0f} seconds.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotNow(f"{service} cannot be reached: {str(error) or type(error).__name__}.") from error


def asked_pause(response: httpx2.Response, now: datetime) -> timedelta | None:
    """How long a service asks us to wait: `Retry-After` in seconds or as a date, else the end of its limit's window."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:_MOST_DIGITS]))
    if value:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        return max(timedelta(0), (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now)
    reset = response.headers.get("x-ratelimit-reset", "").strip()
    if response.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(timedelta(0), timedelta(seconds=int(reset[:10]) - now.timestamp()))
    return None


def json_object(response: httpx2.Response) -> dict[str, Any]:
    """The answer's JSON object; empty where it is none."""
    try:
        parsed = response.json()
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def told(detail: str, *secrets: str) -> str:
    """What may be stored of a service's own words: their beginning, and never a key of ours."""
    for secret in secrets:
        detail = detail.replace(secret, "***")
    return detail[:_LONGEST_DETAIL].encode(errors="replace").decode()


def require_sendable(name: str, secret: str) -> str:
    """The secret of a setting, if a header can carry it.

    Raises:
        Misconfigured: It holds a space, a line break or the like; the sentence does not tell it.
    """
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise Misconfigured(
            f"{name} holds a space, a line break or another character that cannot be sent; correct it."
        )
    return secret
