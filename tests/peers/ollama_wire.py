"""The bodies of Ollama's OpenAI-compatible answers; written from its documentation, as the peer that uses them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse

_CREATED = 1_760_000_000


@dataclass(frozen=True, slots=True)
class Generation:
    """How an answer ended, and the tokens that it cost."""

    reason: str
    prompt_tokens: int
    written: int

    @property
    def usage(self) -> dict[str, int]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.written,
            "total_tokens": self.prompt_tokens + self.written,
        }


# Each token and whether it is a thought kept apart; then how it ended.
Words = AsyncIterator[tuple[bool, str] | Generation]


def refusal(status: int, message: str) -> JSONResponse:
    error = {"message": message, "type": "api_error", "param": None, "code": None}
    return JSONResponse({"error": error}, status)


async def chunks(words: Words, model: str, counted: bool) -> AsyncIterator[bytes]:
    """The answer as server-sent events."""
    async for word in words:
        if isinstance(word, Generation):
            yield _event(model, [_choice({"content": ""}, word.reason)])
            if counted:
                yield _event(model, [], usage=word.usage)
            yield b"data: [DONE]\n\n"
        else:
            thought, text = word
            delta = {"content": "", "reasoning": text} if thought else {"content": text}
            yield _event(model, [_choice(delta, None)])


async def chat_body(words: Words, model: str) -> dict[str, Any]:
    """The answer in one piece; an empty object where the asker has left."""
    said: dict[bool, str] = {True: "", False: ""}
    async for word in words:
        if isinstance(word, Generation):
            message = {"role": "assistant", "content": said[False]}
            if said[True]:
                message["reasoning"] = said[True]
            choice = {"index": 0, "message": message, "finish_reason": word.reason}
            return _envelope(model, "chat.completion") | {"choices": [choice], "usage": word.usage}
        said[word[0]] += word[1]
    return {}


def example_of(schema: dict[str, Any]) -> str:
    """The shortest text that a grammar made of this schema lets through."""
    return json.dumps(_example(schema))


def _example(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {})
            return {name: _example(parts[name]) for name in schema.get("required", parts)}
        case "array":
            return [_example(schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "null":
            return None
    return ""


def _choice(delta: dict[str, str], reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": {"role": "assistant"} | delta, "finish_reason": reason}


def _envelope(model: str, kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": kind,
        "created": _CREATED,
        "model": model,
        "system_fingerprint": "fp_ollama",
    }


def _event(model: str, choices: list[dict[str, Any]], **more: Any) -> bytes:
    body = _envelope(model, "chat.completion.chunk") | {"choices": choices} | more
    return f"data: {json.dumps(body)}\n\n".encode()
