"""Requests of our own, bounded in time and size, where the desk's clients hide what must be seen."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.event_stream import EventStream
from aichatdesk.inference.replies import ChatEvent, read_chat_event, read_json

_LONGEST_BODY = 32_000_000
_LONGEST_STREAM = 4_000_000


class NoReply(Unavailable):
    """No HTTP answer came.

    Attributes:
        certificate: The fault of the TLS side, if it was one.
        is_other: Something is there, and what it says is no HTTP.
    """

    def __init__(
        self, reason: str, *, certificate: ssl.SSLError | None = None, is_other: bool = False
    ) -> None:
        super().__init__(reason)
        self.certificate = certificate
        self.is_other = is_other


class TooOften(Unavailable):
    """The server, or what stands before it, limits how often it may be asked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer, its body cut at 32 MB."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return read_json(self.body)
        except ValueError:
            return None

    @property
    def words(self) -> str:
        """The beginning of the body on one line."""
        return _beginning(self.body)

    @property
    def is_redirect(self) -> bool:
        return 300 <= self.status < 400


@dataclass(slots=True)
class Streamed:
    """A stream as it arrived; times are seconds since the request was sent.

    Attributes:
        pieces: When something of the model came, and the visible text in it.
        refusal: How a body began that came with another status than success.
        is_told: The fault is told by the server itself.
        given_up: Why we stopped reading before the server ended it; "" where it ended.
    """

    status: int = 0
    content_type: str = ""
    refusal: str = ""
    pieces: list[tuple[float, str]] = field(default_factory=list)
    thinks: bool = False
    reason: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    fault: str = ""
    is_told: bool = False
    given_up: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)

    @property
    def first(self) -> float:
        """When the first piece came; the end where none did."""
        return self.pieces[0][0] if self.pieces else self.seconds

    def take(self, event: ChatEvent, at: float) -> None:
        """Note one event."""
        self.fault = self.fault or event.fault
        self.is_told = self.is_told or bool(event.fault)
        self.thinks = self.thinks or event.thinks
        self.reason = event.finished or self.reason
        if event.prompt_tokens is not None:
            self.prompt_tokens = event.prompt_tokens
        if event.completion_tokens is not None:
            self.completion_tokens = event.completion_tokens
        if event.text or event.thinks:
            self.pieces.append((at, event.text))


class RawEndpoint:
    """Sends requests as they are given, with or without the key; `patience` stretches every limit of time."""

    def __init__(self, client: httpx2.AsyncClient, base_url: str, key: str, patience: float) -> None:
        self.patience = patience
        self._client = client
        self.base_url = base_url
        self._key = key

    @property
    def root(self) -> str:
        """The address without the API's version."""
        return self.base_url.removesuffix("/v1")

    async def get(self, url: str, *, seconds: float = 5) -> Reply:
        """Ask once.

        Raises:
            NoReply: Nothing came in time, or no HTTP.
        """
        return await self._send("GET", url, None, seconds, self._key)

    async def post(
        self, path: str, body: Mapping[str, Any], *, seconds: float = 10, key: str | None = None
    ) -> Reply:
        """Send JSON once; `key` replaces the configured one, "" leaves it out.

        Args:
            path: Below the address, or a whole one.

        Raises:
            NoReply: Nothing came in time, or no HTTP.
        """
        url = path if path.startswith(self.root) else self.base_url + path
        return await self._send("POST", url, body, seconds, self._key if key is None else key)

    async def stream(
        self, body: Mapping[str, Any], *, seconds: float = 15, most_pieces: int = 5000, until: str = "\0"
    ) -> Streamed:
        """Read a chat stream until it ends, breaks, or is too much; `until` in its text ends it too.

        Raises:
            NoReply: Not even the beginning came.
        """
        seen = Streamed()
        seconds *= self.patience
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                async for event in self._events(body, seen):
                    seen.take(event, time.monotonic() - began)
                    if len(seen.pieces) > most_pieces or until in seen.text:
                        seen.given_up = f"more than {most_pieces} pieces came"
                        break
        except TimeoutError:
            seen.given_up = f"it had not ended after {seconds:.3g} s"
        except httpx2.HTTPError as error:
            if not seen.status:
                raise no_reply(error) from error
            seen.fault = seen.fault or f"the stream broke off: {error or type(error).__name__}"
        except ValueError as error:
            seen.fault = f"an event cannot be read: {error}"
        seen.seconds = time.monotonic() - began
        return seen

    @contextlib.asynccontextmanager
    async def held(self, body: Mapping[str, Any]) -> AsyncIterator[None]:
        """Hold a stream open from its first piece on; leaving closes the connection."""
        async with contextlib.aclosing(self._events(body, Streamed())) as events:
            try:
                async for event in events:
                    if event.is_progress:
                        break
            except httpx2.HTTPError as error:
                raise no_reply(error) from error
            except ValueError as error:
                raise NoReply(f"an event cannot be read: {error}") from error
            yield

    async def _events(self, body: Mapping[str, Any], seen: Streamed) -> AsyncGenerator[ChatEvent, None]:
        stream, size = EventStream(), 0
        async with self._client.stream(
            "POST", self.base_url + "/chat/completions", json=body, headers=_headers(self._key)
        ) as response:
            seen.status = response.status_code
            seen.content_type = response.headers.get("content-type", "").partition(";")[0]
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if not response.is_success:
                    seen.refusal = _beginning(chunk)
                    return
                if size > _LONGEST_STREAM:
                    seen.given_up = f"more than {_LONGEST_STREAM / 1e6:g} MB came"
                    return
                for data in stream.feed(chunk):
                    if data.strip() == "[DONE]":
                        return
                    yield read_chat_event(data)

    async def _send(self, method: str, url: str, body: Any, seconds: float, key: str) -> Reply:
        began = time.monotonic()
        seconds *= self.patience
        content = bytearray()
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(method, url, json=body, headers=_headers(key)) as response,
            ):
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > _LONGEST_BODY:
                        break
        except TimeoutError as error:
            raise NoReply(f"no answer within {seconds:.3g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise no_reply(error) from error
        return Reply(response.status_code, response.headers, bytes(content), time.monotonic() - began)


def no_reply(error: BaseException) -> NoReply:
    """Our word for a failure on the way, with the TLS fault that lies under it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return NoReply(str(error), certificate=cause)
        cause = cause.__cause__ or cause.__context__
    is_other = isinstance(error, (httpx2.RemoteProtocolError, httpx2.ReadError))
    return NoReply(str(error) or type(error).__name__, is_other=is_other)


def _beginning(body: bytes) -> str:
    return " ".join(body[:1000].decode(errors="replace").split())[:200]


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}
