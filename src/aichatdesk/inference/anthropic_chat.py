"""A chat model behind Anthropic's Messages API."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from aichatdesk.inference.anthropic_events import read_call_event, read_message_event
from aichatdesk.inference.chat import ChatTurn, Finished, Token, ask_for_json, merge_turns
from aichatdesk.inference.cloud_models import chat_habits
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.stream_chat import CHARACTERS_PER_TOKEN, Asked, stream_answer

_HOTTEST = 1.0
_TOOL = "answer"


class AnthropicChat:
    """The `ChatModel` port over `POST {root}/v1/messages`.

    A model is kept to a schema by a tool that it must call, whose input has that schema; one that is not known to take
    such an order is told in words.
    """

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
        called = _call_of(json_schema) if json_schema is not None and self._habits.json_schema else {}
        if json_schema is not None and not called:
            turns = ask_for_json(turns, json_schema)
        # The API refuses a stop of blanks alone.
        sent = [one for one in stop if one.strip()]
        asked = Asked(
            self._endpoint.root + "/v1/messages",
            self._body(turns, answer_tokens, temperature, sent) | called,
            read_call_event if called else read_message_event,
            stop_here=[one for one in stop if not one.strip()],
        )
        return stream_answer(self._endpoint, asked)

    async def count_tokens(self, text: str) -> int:
        """See `ChatModel.count_tokens`; the API would count, but the text would leave the building for it."""
        return round(len(text) / CHARACTERS_PER_TOKEN)

    def _body(
        self, turns: Sequence[ChatTurn], answer_tokens: int, temperature: float, stop: Sequence[str]
    ) -> dict[str, Any]:
        orders = [turn.content for turn in turns if turn.role == "system" and turn.content.strip()]
        said = merge_turns([turn for turn in turns if turn.role != "system"])
        body: dict[str, Any] = {
            "model": self._model,
            "max_tokens": min(answer_tokens, self._habits.longest_answer) + self._habits.hidden_tokens,
            "messages": [{"role": turn.role, "content": turn.content} for turn in said],
            "stream": True,
        }
        if orders:
            body["system"] = "\n\n".join(orders)
        if self._habits.temperature:
            body["temperature"] = min(temperature, _HOTTEST)
        if stop:
            body["stop_sequences"] = list(stop)
        return body


def _call_of(json_schema: Mapping[str, object]) -> dict[str, Any]:
    """The fields that make the model call a tool once; empty where no tool can have that schema."""
    if json_schema.get("type") != "object":
        return {}
    tool = {"name": _TOOL, "description": "Takes the answer.", "input_schema": dict(json_schema)}
    return {
        "tools": [tool],
        "tool_choice": {"type": "tool", "name": _TOOL, "disable_parallel_tool_use": True},
    }
