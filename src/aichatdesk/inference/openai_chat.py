"""A chat model behind an OpenAI-compatible address."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from aichatdesk.inference.chat import ChatTurn, Finished, Token, ask_for_json
from aichatdesk.inference.cloud_models import chat_habits
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ContextTooLong, ModelRejected, ModelUnavailable
from aichatdesk.inference.profiles import thinks_at_once
from aichatdesk.inference.replies import read_chat_event, read_token_count
from aichatdesk.inference.stream_chat import CHARACTERS_PER_TOKEN, Asked, stream_answer

_COUNT_TIMEOUT = timedelta(seconds=5)


class OpenAIChat:
    """The `ChatModel` port over `POST {base_url}/chat/completions`."""

    def __init__(self, endpoint: Endpoint, model: str) -> None:
        self._endpoint = endpoint
        self._model = model
        self._habits = chat_habits(endpoint.profile.name, model)

    @property
    def name(self) -> str:
        """The model's name at its server."""
        return self._model

    def stream(
        self,
        turns: Sequence[ChatTurn],
        *,
        answer_tokens: int,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        json_schema: Mapping[str, object] | None = None,
    ) -> AsyncGenerator[Token | Finished, None]:
        """See `ChatModel.stream`."""
        asked = Asked(
            self._endpoint.base_url + "/chat/completions",
            self._body(turns, answer_tokens, temperature, stop, json_schema),
            read_chat_event,
            thinks_at_once(self._model),
            () if self._habits.stop else stop,
        )
        return stream_answer(self._endpoint, asked)

    async def count_tokens(self, text: str) -> int:
        """See `ChatModel.count_tokens`."""
        estimate = round(len(text) / CHARACTERS_PER_TOKEN)
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
        profile, habits = self._endpoint.profile, self._habits
        keeps_schema = profile.supports_json_schema and habits.json_schema
        if json_schema is not None and not keeps_schema:
            turns = ask_for_json(turns, json_schema)
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
            "stream": True,
            profile.max_tokens_field: min(answer_tokens, habits.longest_answer) + habits.hidden_tokens,
        }
        if profile.usage_in_stream:
            body["stream_options"] = {"include_usage": True}
        if habits.temperature:
            body["temperature"] = temperature
        if habits.effort:
            body["reasoning_effort"] = habits.effort
        if stop and habits.stop:
            body["stop"] = list(stop)
        if json_schema is not None and keeps_schema:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": dict(json_schema)},
            }
        return body
