"""Read a chat request as vLLM does: what it refuses is refused, what it does not know is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aichatdesk.inference.chat import ChatTurn
from aichatdesk.knowledge.chunking import count_tokens
from aichatdesk.migration.simulate.replies import Refused

# What a chat template adds, roughly: markers around each message, and those that open the answer.
_TOKENS_PER_MESSAGE = 4
_TOKENS_BEFORE_ANSWER = 3
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked for.

    Attributes:
        limit: The longest answer in tokens, where one is given.
        least: Tokens that the answer has at least; `limit` where `ignore_eos` is set.
        schema: What the answer must be an instance of; `{"type": "object"}` for `json_object`.
    """

    turns: tuple[ChatTurn, ...]
    limit: int | None = None
    least: int = 0
    ignores_end: bool = False
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    stream: bool = False
    include_usage: bool = False
    schema: Mapping[str, Any] | None = None

    @property
    def prompt_tokens(self) -> int:
        """An estimate of the prompt's length: 3.2 characters to a token."""
        texts = sum(count_tokens(turn.content) + _TOKENS_PER_MESSAGE for turn in self.turns)
        return texts + _TOKENS_BEFORE_ANSWER


def read_chat_request(body: Mapping[str, Any]) -> ChatRequest:
    """The request in a body.

    Raises:
        Refused: It is none.
    """
    stop = body.get("stop") or []
    options = _object(body, "stream_options")
    if _whole(body, "n", 1) not in {None, 1}:
        raise Refused("The simulation gives one answer at a time: n must be 1.")
    limit = _whole(body, "max_completion_tokens", 1)
    return ChatRequest(
        turns=_turns(body.get("messages")),
        limit=_whole(body, "max_tokens", 1) if limit is None else limit,
        least=_whole(body, "min_tokens", 0) or 0,
        ignores_end=body.get("ignore_eos") is True,
        stop=tuple(_texts([stop] if isinstance(stop, str) else stop, "stop")),
        temperature=_number(body, "temperature"),
        stream=_flag(body, "stream"),
        include_usage=options.get("include_usage") is True,
        schema=_schema(_object(body, "response_format")),
    )


def _turns(messages: object) -> tuple[ChatTurn, ...]:
    if not isinstance(messages, list) or not messages:
        raise Refused("messages must be a list of at least one message.")
    turns = []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise Refused("Each message must be an object with a role.")
        role = _ROLES.get(message["role"], "user")
        turns.append(ChatTurn(role, _content(message.get("content"))))  # type: ignore[arg-type]
    return tuple(turns)


def _content(content: object) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise Refused("A message's content must be a text or a list of parts.")
    parts = [part.get("text") if isinstance(part, dict) else part for part in content]
    return "\n".join(_texts(parts, "content"))


def _schema(wanted: Mapping[str, Any]) -> Mapping[str, Any] | None:
    match wanted.get("type", "text"):
        case "text":
            return None
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            schema = _object(wanted, "json_schema").get("schema")
            if not isinstance(schema, dict):
                raise Refused("response_format.json_schema.schema must be an object.")
            return schema
        case other:
            raise Refused(f"response_format.type {other!r} is none of text, json_object, json_schema.")


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refused(f"{name} must be an object.")
    return value or {}


def _whole(body: Mapping[str, Any], name: str, least: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if type(value) is not int:
        raise Refused(f"{name} must be a whole number.")
    if value < least:
        raise Refused(f"{name} must be at least {least}, got {value}.")
    return value


def _number(body: Mapping[str, Any], name: str) -> float:
    value = body.get(name) or 0
    if type(value) not in {int, float} or not 0 <= value <= 1000:
        raise Refused(f"{name} must be a number and not negative.")
    return float(value)


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name) or False
    if not isinstance(value, bool):
        raise Refused(f"{name} must be true or false.")
    return value


def _texts(values: object, name: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Refused(f"{name} must be a text or a list of texts.")
    return values
