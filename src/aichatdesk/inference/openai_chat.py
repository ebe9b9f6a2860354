"""A chat model behind an OpenAI-compatible address."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from aichatdesk.inference.chat import ChatTurn, Finished, Token
from aichatdesk.inference.chat_answer import ChatAnswer
from aichatdesk.inference.errors import ContextTooLong, ModelRejected, ModelUnavailable
from aichatdesk.inference.openai_endpoint import Endpoint
from aichatdesk.inference.profiles import thinks_at_once
from aichatdesk.inference.reasoning import ThinkFilter
from aichatdesk.inference.replies import ChatEvent, read_token_count

_CHARACTERS_PER_TOKEN = 3.2
_COUNT_TIMEOUT = timedelta(seconds=5)


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
        deadline = asyncio.get_running_loop().time() + profile.total_timeout.total_seconds()
        answer = await self._endpoint.with_retries(
            lambda: self._endpoint.within(
                profile.first_token_timeout, self._start(body, deadline), waiting_for="first token"
            )
        )
        reader = _Reader(thinks_at_once(self._model))
        async with contextlib.aclosing(answer):
            async for event in answer.events():
                if shown := reader.visible(event):
                    yield Token(shown)
        if rest := reader.rest():
            yield Token(rest)
        yield reader.finished

    async def count_tokens(self, text: str) -> int:
        """See `ChatModel.count_tokens`."""
        estimate = round(len(text) / _CHARACTERS_PER_TOKEN)
        if not self._endpoint.profile.tokenize_path:
            return estimate
        path = self._endpoint.root + self._endpoint.profile.tokenize_path
        asking = self._endpoint.post(path, {"content": text, "prompt": text, "model": self._model})
        try:
            return read_token_count(
                await self._endpoint.within(_COUNT_TIMEOUT, asking, waiting_for="count of tokens")
            )
        except (ModelUnavailable, ModelRejected, ContextTooLong, ValueError):
            return estimate

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

    async def _start(self, body: dict[str, Any], deadline: float) -> ChatAnswer:
        """Open the stream and read up to the first sign of the model, so that a retry loses nothing."""
        response = await self._endpoint.open(self._endpoint.base_url + "/chat/completions", body)
        answer = ChatAnswer(self._endpoint, response, deadline)
        try:
            await answer.read_on()
        except BaseException:
            await answer.aclose()
            raise
        return answer


class _Reader:
    """Takes the visible text and the end out of the events."""

    def __init__(self, thinks_at_once: bool) -> None:
        self._think = ThinkFilter(opened=thinks_at_once)
        self._text_began = False
        self.finished = Finished("stop")

    def visible(self, event: ChatEvent) -> str:
        """What of this event a visitor may see."""
        if event.thinks and not self._text_began:
            self._think = ThinkFilter()  # the server keeps the thoughts apart, so the text holds none
        self._text_began = self._text_began or bool(event.text)
        known = self.finished
        self.finished = Finished(
            event.finished or known.reason,
            known.prompt_tokens if event.prompt_tokens is None else event.prompt_tokens,
            known.completion_tokens if event.completion_tokens is None else event.completion_tokens,
        )
        return self._think.feed(event.text)

    def rest(self) -> str:
        """What was held back until the end was known."""
        return self._think.finish(cut_off=self.finished.reason == "length")
