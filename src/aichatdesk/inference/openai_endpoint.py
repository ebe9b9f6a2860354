"""What chat and embedding clients share: one address, its errors told apart, and how often we ask again."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import httpx2

from aichatdesk.inference.breaker import Breaker
from aichatdesk.inference.errors import (
    ContextTooLong,
    ModelOverloaded,
    ModelRejected,
    ModelUnavailable,
)
from aichatdesk.inference.profiles import ProviderProfile
from aichatdesk.inference.retry import RetryPolicy, with_retries

T = TypeVar("T")

_CONTEXT_WORDS = ("context length", "context size", "context window", "maximum context", "exceed_context")
_BUSY = frozenset({429})
_LONGEST_ERROR_BODY = 20_000


class Endpoint:
    """One OpenAI-compatible address with its breaker and retry policy."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        base_url: str,
        profile: ProviderProfile,
        *,
        api_key: str = "",
        breaker: Breaker | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._client = client
        self.base_url = base_url.rstrip("/")
        self.profile = profile
        self.breaker = breaker or Breaker()
        self._policy = policy or RetryPolicy()
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    async def with_retries(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run one attempt under this endpoint's breaker and policy."""
        return await with_retries(attempt, endpoint=self.base_url, breaker=self.breaker, policy=self._policy)

    @property
    def root(self) -> str:
        """The server's address without the API's version, where its own routes are."""
        return self.base_url.removesuffix("/v1")

    async def post(self, url: str, body: dict[str, Any]) -> Any:
        """Send JSON once and return the JSON answered."""
        response = await self.open(url, body)
        try:
            content = await response.aread()
        except httpx2.HTTPError as error:
            raise self.unavailable(error) from error
        finally:
            await response.aclose()
        try:
            return json.loads(content)
        except ValueError as error:
            raise ModelUnavailable(self.base_url, "its answer is not JSON", retriable=False) from error

    async def open(self, url: str, body: dict[str, Any]) -> httpx2.Response:
        """Send JSON once and return the response, its body still to be read."""
        request = self._client.build_request("POST", url, json=body, headers=self._headers)
        try:
            response = await self._client.send(request, stream=True)
        except httpx2.HTTPError as error:
            raise self.unavailable(error) from error
        if response.is_success:
            return response
        try:
            detail = (await response.aread())[:_LONGEST_ERROR_BODY].decode(errors="replace")
        except httpx2.HTTPError:
            detail = ""
        finally:
            await response.aclose()
        raise self._refusal(response, detail)

    def unavailable(self, error: Exception) -> ModelUnavailable:
        """Our word for a failure on the way."""
        return ModelUnavailable(self.base_url, str(error) or type(error).__name__)

    def _refusal(self, response: httpx2.Response, detail: str) -> Exception:
        status = response.status_code
        if status in _BUSY:
            return ModelOverloaded(self.base_url, _retry_after(response))
        if status >= 500:
            return ModelUnavailable(self.base_url, f"it answered {status}")
        if status in {400, 413} and any(words in detail.lower() for words in _CONTEXT_WORDS):
            return ContextTooLong(self.base_url, detail[:300])
        return ModelRejected(self.base_url, status, detail[:300])


async def within(limit: timedelta, work: Awaitable[T], *, endpoint: str, waiting_for: str) -> T:
    """Await `work` for at most `limit`; a model that is too slow is as good as absent."""
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await work
    except TimeoutError as error:
        seconds = f"{limit.total_seconds():g} s"
        raise ModelUnavailable(endpoint, f"no {waiting_for} within {seconds}", retriable=False) from error


def _retry_after(response: httpx2.Response) -> timedelta | None:
    value = response.headers.get("retry-after", "")
    return timedelta(seconds=int(value)) if value.isascii() and value.isdigit() else None
