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
    UnusableAddress,
    UnusableKey,
)
from aichatdesk.inference.profiles import ProviderProfile
from aichatdesk.inference.replies import read_json
from aichatdesk.inference.retry import RetryPolicy, with_retries

T = TypeVar("T")

_CONTEXT_WORDS = (
    *("context length", "context size", "context window", "maximum context", "exceed_context"),
    *("context_length", "context limit", "prompt is too long", "max_model_len"),
)
# 529 is Anthropic's word for too much to do.
_BUSY = frozenset({429, 529})
_BUSY_WORDS = ("overloaded_error", "rate_limit_error")
# What the clouds say once an account has no money left; no wait helps.
_UNPAID = ("insufficient_quota", "credit balance is too low")
_UNPAID_STATUS = frozenset({400, 402, 403, 429})
_TOO_LARGE = 413
_LONGEST_ERROR_BODY = 20_000
_LONGEST_BODY = 64_000_000
_LONGEST_DETAIL = 300
_LONGEST_REST = timedelta(hours=1)
_HIGHEST_PORT = 65_535


class Endpoint:
    """One model server's address with its breaker and retry policy.

    Raises:
        UnusableAddress: The base URL cannot be asked.
        UnusableKey: The key cannot be sent.
    """

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
        self.base_url = _with_version(base_url.rstrip("/"), profile.version_path)
        self.name = _without_password(self.base_url)
        self.profile = profile
        self.breaker = breaker or Breaker()
        self._policy = policy or RetryPolicy()
        if not all("!" <= character <= "~" for character in api_key):
            raise UnusableKey(self.name)
        self._secrets = [secret for secret in (api_key, httpx2.URL(self.base_url).password) if secret]
        if api_key and profile.key_header == "Authorization":
            self.base_url = (
                self.name
            )  # one header cannot carry both, and the password would take the key's place
        self._headers = {"Content-Type": "application/json", **dict(profile.headers)}
        if api_key:
            self._headers[profile.key_header] = f"{profile.key_prefix}{api_key}"

    async def with_retries(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run one attempt under this endpoint's breaker and policy."""
        return await with_retries(attempt, endpoint=self.name, breaker=self.breaker, policy=self._policy)

    async def within(
        self, limit: timedelta, work: Awaitable[T], *, waiting_for: str, of: timedelta | None = None
    ) -> T:
        """Await `work` for at most `limit`; a model that is too slow is as good as absent.

        `of` is the whole time, where `limit` is only what is left of it.
        """
        try:
            async with asyncio.timeout(limit.total_seconds()):
                return await work
        except TimeoutError as error:
            seconds = f"{(of or limit).total_seconds():.3g} s"
            raise self.unavailable(f"no {waiting_for} within {seconds}", retriable=False) from error

    @property
    def root(self) -> str:
        """The server's address without the API's version, where its own routes are."""
        return self.base_url.removesuffix("/v1")

    async def post(self, url: str, body: dict[str, Any]) -> Any:
        """Send JSON once and return the JSON answered."""
        response = await self.open(url, body)
        try:
            return read_json(await self._read(response, _LONGEST_BODY))
        except ValueError as error:
            raise self.unavailable("its answer is not JSON", retriable=False) from error

    async def open(self, url: str, body: dict[str, Any]) -> httpx2.Response:
        """Send JSON once and return the response, its body still to be read."""
        # Half a surrogate pair cannot be sent as UTF-8; it becomes a question mark.
        content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
        request = self._client.build_request("POST", url, content=content, headers=self._headers)
        try:
            response = await self._client.send(request, stream=True)
        except httpx2.HTTPError as error:
            raise self.unavailable(_reason(error)) from error
        if response.is_success:
            return response
        try:
            detail = (await self._read(response, _LONGEST_ERROR_BODY)).decode(errors="replace")
        except ModelUnavailable:
            detail = ""
        raise self._refusal(response, detail)

    def unavailable(self, reason: str, *, retriable: bool = True) -> ModelUnavailable:
        """Our word for a failure on the way or in what came back."""
        return ModelUnavailable(self.name, self._told(reason), retriable=retriable)

    def fault(self, detail: str) -> ContextTooLong | ModelUnavailable:
        """Our word for what a server says about itself in the midst of an answer."""
        if _is_about_context(detail):
            return ContextTooLong(self.name, self._told(detail))
        if any(words in detail for words in _BUSY_WORDS):
            return ModelOverloaded(self.name, None)
        return self.unavailable(detail)

    def declined(self, reason: str) -> ModelRejected:
        """Our word for a model that was asked properly and will not answer."""
        return ModelRejected(self.name, 200, self._told(reason))

    async def _read(self, response: httpx2.Response, at_most: int) -> bytes:
        """The body up to about so many bytes; the response is closed."""
        content = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > at_most:
                    break
        except httpx2.HTTPError as error:
            raise self.unavailable(_reason(error)) from error
        finally:
            await response.aclose()
        return bytes(content)

    def _refusal(self, response: httpx2.Response, detail: str) -> Exception:
        status = response.status_code
        if status in _UNPAID_STATUS and any(words in detail for words in _UNPAID):
            return self.unavailable(f"the account has no credit left ({status})", retriable=False)
        if status in _BUSY:
            return ModelOverloaded(self.name, _retry_after(response))
        if status >= 500:
            return self.unavailable(f"it answered {status}")
        if status == _TOO_LARGE or (status == 400 and _is_about_context(detail)):
            return ContextTooLong(self.name, self._told(detail))
        if response.has_redirect_location:
            detail = "it redirects, which is not followed; correct its address"
        return ModelRejected(self.name, status, self._told(detail))

    def _told(self, detail: str) -> str:
        """What may be told of a server's words: their beginning as valid UTF-8, and never the key or a password."""
        told = detail
        for secret in self._secrets:
            told = told.replace(secret, "***")
        return told[:_LONGEST_DETAIL].encode(errors="replace").decode()


def _with_version(base_url: str, version_path: str) -> str:
    """The address with the API's version, where it names a server and no path."""
    return base_url if "/" in base_url.partition("://")[2] else base_url + version_path


def _without_password(base_url: str) -> str:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise UnusableAddress(str(error)) from error
    if (url.port or 0) > _HIGHEST_PORT:
        raise UnusableAddress(f"there is no port {url.port}")
    return str(url.copy_with(userinfo=b""))


def _is_about_context(detail: str) -> bool:
    return any(words in detail.lower() for words in _CONTEXT_WORDS)


def _reason(error: httpx2.HTTPError) -> str:
    return str(error) or type(error).__name__


def _retry_after(response: httpx2.Response) -> timedelta | None:
    value = response.headers.get("retry-after", "")
    if not (value.isascii() and value.isdigit()):
        return None
    return min(timedelta(seconds=int(value[:9])), _LONGEST_REST)
