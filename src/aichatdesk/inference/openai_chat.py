"""A chat model behind an OpenAI-compatible address."""

import contextlib
import json
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2

from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.errors import ModelRejected, ModelUnavailable
from aichatdesk.inference.event_stream import EventStream
from aichatdesk.inference.openai_endpoint import Endpoint, within
from aichatdesk.inference.reasoning import ThinkFilter

_CHARACTERS_PER_TOKEN = 3.2


@dataclass(slots=True)
class _Running:
    """A response whose first piece has arrived; `ahead` was read while we waited for it."""

    response: httpx2.Response
    pieces: AsyncIterator[bytes]
    events: EventStream = field(default_factory=EventStream)
    ahead: deque[dict[str, Any]] = field(default_factory=deque)
    done: bool = False


class OpenAIChat:
    """The `ChatModel` port over `POST {base_url}/chat/completions`."""

    def __init__(self, endpoint: Endpoint, model: str) -> None:
        self._endpoint = endpoint
        self._model = model

    @property
    def name(self) -> str:
        """The model's name at its server."""
        return self._model

    async def stream(
        self,
        turns: Sequence[ChatTurn],
        *,
        answer_tokens: int,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        json_schema: Mapping[str, object] | None = None,
    ) -> AsyncGenerator[Token | Finished, None]:
        """See `ChatModel.stream`."""
        body = self._body(turns, answer_tokens, temperature, stop, json_schema)
        profile = self._endpoint.profile
        running = await self._endpoint.with_retries(
            lambda: within(
                profile.first_token_timeout,
                self._start(body),
                endpoint=self._endpoint.base_url,
                waiting_for="first token",
            )
        )
        async with contextlib.aclosing(running.response):
            async for step in self._relay(running):
                yield step

    async def count_tokens(self, text: str) -> int:
        """See `ChatModel.count_tokens`."""
        if not self._endpoint.profile.tokenize_path:
            return round(len(text) / _CHARACTERS_PER_TOKEN)
        path = self._endpoint.root + self._endpoint.profile.tokenize_path
        try:
            answer = await self._endpoint.post(path, {"content": text, "prompt": text, "model": self._model})
        except (ModelUnavailable, ModelRejected):
            return round(len(text) / _CHARACTERS_PER_TOKEN)
        return len(answer["tokens"])

    def _body(
        self,
        turns: Sequence[ChatTurn],
        answer_tokens: int,
        temperature: float,
        stop: Sequence[str],
        json_schema: Mapping[str, object] | None,
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
            "temperature": temperature,
            "stream": True,
            self._endpoint.profile.max_tokens_field: answer_tokens,
        }
        if self._endpoint.profile.usage_in_stream:
            body["stream_options"] = {"include_usage": True}
        if stop:
            body["stop"] = list(stop)
        if json_schema is not None and self._endpoint.profile.supports_json_schema:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": dict(json_schema)},
            }
        return body

    async def _start(self, body: dict[str, Any]) -> _Running:
        """Open the stream and read up to its first piece of text, so that a retry loses nothing."""
        response = await self._endpoint.open(self._endpoint.base_url + "/chat/completions", body)
        running = _Running(response, response.aiter_bytes())
        try:
            while not running.done and not any(map(_says_something, running.ahead)):
                await self._read_on(running)
        except BaseException:
            await response.aclose()
            raise
        return running

    async def _read_on(self, running: _Running) -> None:
        """Read the next bytes and queue the events they complete."""
        try:
            chunk = await anext(running.pieces, None)
        except httpx2.HTTPError as error:
            raise self._endpoint.unavailable(error) from error
        if chunk is None:
            raise ModelUnavailable(self._endpoint.base_url, "the stream broke off")
        for data in running.events.feed(chunk):
            if data == "[DONE]":
                running.done = True
                return
            running.ahead.append(self._event(data))

    def _event(self, data: str) -> dict[str, Any]:
        try:
            event: dict[str, Any] = json.loads(data)
        except ValueError as error:
            raise ModelUnavailable(self._endpoint.base_url, "an event of the stream is not JSON") from error
        if "error" in event:
            raise ModelUnavailable(self._endpoint.base_url, str(event["error"])[:300])
        return event

    async def _relay(self, running: _Running) -> AsyncIterator[Token | Finished]:
        think = ThinkFilter()
        reason: Literal["stop", "length"] = "stop"
        usage: dict[str, Any] = {}
        while True:
            while running.ahead:
                event = running.ahead.popleft()
                usage = event.get("usage") or usage
                for choice in event.get("choices") or ():
                    reason = "length" if choice.get("finish_reason") == "length" else reason
                    if shown := think.feed((choice.get("delta") or {}).get("content") or ""):
                        yield Token(shown)
            if running.done:
                break
            await within(
                self._endpoint.profile.between_tokens_timeout,
                self._read_on(running),
                endpoint=self._endpoint.base_url,
                waiting_for="next token",
            )
        if rest := think.finish():
            yield Token(rest)
        yield Finished(reason, usage.get("prompt_tokens"), usage.get("completion_tokens"))


def _says_something(event: dict[str, Any]) -> bool:
    return any(
        (choice.get("delta") or {}).get("content") or choice.get("finish_reason")
        for choice in event.get("choices") or ()
    )
