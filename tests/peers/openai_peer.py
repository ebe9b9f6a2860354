"""OpenAI's API, written from its public description: chats (streamed or whole), embeddings and the list of models.

It refuses what the API refuses, in the API's words as far as they are described. The official SDK understands it
(`tests/contract/test_openai_peer.py`). It is not the API: how a model behaves is scripted, and vectors are made by
hashing words, so that texts that share words are near each other.
"""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from peers.cloud_peer import CloudPeer, Saying, Spoken, body_of, count, silence, speak

MODEL = "gpt-4.1-mini"
THINKS = "gpt-5-mini"
OLDER = "gpt-3.5-turbo"
SMALL, LARGE, OLD = "text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"
# The longest answer of each chat model and the width of each embedding model that exist here.
_CHATS = {MODEL: 32_768, THINKS: 128_000, OLDER: 4_096}
_WIDTHS = {SMALL: 1536, LARGE: 3072, OLD: 1536}
_FIELDS = frozenset(
    "model messages stream stream_options max_tokens max_completion_tokens temperature top_p stop n response_format seed "
    "user tools tool_choice reasoning_effort store metadata presence_penalty frequency_penalty logprobs".split()
)
_MOST_TEXTS, _MOST_TOKENS, _LONGEST_TEXT, _MOST_STOPS = 2048, 300_000, 8192, 4
_WORD = re.compile(r"\w+")


class OpenAIPeer(CloudPeer):
    """`context_tokens` is how much a prompt and its answer may be; `down` makes everything a 500."""

    def __init__(self) -> None:
        super().__init__(
            [
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/embeddings", self._embed, methods=["POST"]),
                Route("/v1/models", self._models),
            ]
        )
        self.embedding_requests: list[dict[str, Any]] = []
        self.context_tokens = 128_000
        self.down = False

    async def _models(self, request: Request) -> Response:
        if refused := self._gate(request):
            return refused
        owned = {"object": "model", "created": 1_715_367_049, "owned_by": "system"}
        return JSONResponse({"object": "list", "data": [{"id": name, **owned} for name in _CHATS | _WIDTHS]})

    async def _chat(self, request: Request) -> Response:
        body = await body_of(request)
        self.requests.append(body or {})
        if (scripted := await self.scripted()) is not None:
            return scripted
        if refused := self._gate(request) or self._refusal_of_chat(body):
            return refused
        assert body is not None
        saying = self.saying
        room = body.get("max_completion_tokens") or body.get("max_tokens") or _CHATS[body["model"]]
        said = speak(saying.text, room=room, stops=_list(body.get("stop")))
        if not body.get("stream"):
            return JSONResponse(_whole(body, saying, said), headers=_limits(self.requests_left))
        stream = self.cut(_events(body, saying, said))
        return StreamingResponse(
            stream, media_type="text/event-stream; charset=utf-8", headers=_limits(self.requests_left)
        )

    async def _embed(self, request: Request) -> Response:
        body = await body_of(request)
        self.embedding_requests.append(body or {})
        if (scripted := await self.scripted()) is not None:
            return scripted
        if refused := self._gate(request) or _refusal_of_embedding(body):
            return refused
        assert body is not None
        texts = _list(body["input"])
        width = body.get("dimensions") or _WIDTHS[body["model"]]
        rows = [_vector(text, _WIDTHS[body["model"]], width) for text in texts]
        vectors: list[Any] = [[float(number) for number in row] for row in rows]
        if body.get("encoding_format") == "base64":
            vectors = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in rows]
        tokens = sum(count(text) for text in texts)
        told = [
            {"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return JSONResponse({"object": "list", "data": told, "model": body["model"], "usage": usage})

    def _gate(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not given:
            return error(401, "You didn't provide an API key.", code=None)
        if given != self.key:
            shown = f"{given[:3]}{'*' * 8}{given[-4:]}"
            return error(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")
        if self.down:
            return error(500, "The server had an error while processing your request.", kind="server_error")
        if self.is_over_the_limit():
            message = "Rate limit reached for requests per min (RPM): Limit 500, Used 500, Requested 1."
            headers = {"retry-after": "60", "retry-after-ms": "60000", **_limits(0)}
            return error(429, message, kind="requests", code="rate_limit_exceeded", headers=headers)
        return None

    def _refusal_of_chat(self, body: dict[str, Any] | None) -> Response | None:
        if body is None:
            return error(400, "We could not parse the JSON body of your request.")
        model = body.get("model")
        if model not in _CHATS:
            message = f"The model `{model}` does not exist or you do not have access to it."
            return error(404, message, code="model_not_found")
        if problem := _problem(body):
            return error(400, *problem)
        asked = body.get("max_completion_tokens") or body.get("max_tokens") or 0
        tokens = sum(count(message["content"]) for message in body["messages"])
        if tokens + asked > self.context_tokens:
            message = (
                f"This model's maximum context length is {self.context_tokens} tokens. However, you requested "
                f"{tokens + asked} tokens ({tokens} in the messages, {asked} in the completion). Please reduce the "
                "length of the messages or completion."
            )
            return error(400, message, "messages", code="context_length_exceeded")
        return None


def error(
    status: int,
    message: str,
    param: str | None = None,
    code: str | None = None,
    *,
    kind: str = "invalid_request_error",
    headers: dict[str, str] | None = None,
) -> Response:
    """An error as the API tells it."""
    told = {"message": message, "type": kind, "param": param, "code": code}
    return JSONResponse({"error": told}, status, {"x-request-id": "req_4711", **(headers or {})})


def _problem(body: dict[str, Any]) -> tuple[str, str | None, str | None] | None:
    """Message, field and code of what the API would not take."""
    if unknown := sorted(body.keys() - _FIELDS):
        return f"Unrecognized request argument supplied: {unknown[0]}", None, None
    if not body.get("messages"):
        return "Invalid 'messages': empty array.", "messages", "empty_array"
    if any(
        message["role"] not in {"system", "user", "assistant", "developer"} for message in body["messages"]
    ):
        return "Invalid value for 'role'.", "messages[0].role", "invalid_value"
    if len(_list(body.get("stop"))) > _MOST_STOPS:
        return "Invalid 'stop': array too long.", "stop", "array_above_max_length"
    asked = body.get("max_completion_tokens") or body.get("max_tokens") or 1
    if asked > _CHATS[body["model"]]:
        message = (
            f"max_tokens is too large: {asked}. This model supports at most {_CHATS[body['model']]} tokens."
        )
        return message, "max_tokens", "invalid_value"
    if body["model"] == THINKS:
        return _problem_for_thinkers(body)
    if "reasoning_effort" in body:
        return "Unrecognized request argument supplied: reasoning_effort", None, None
    return _problem_of_schema(body)


def _problem_for_thinkers(body: dict[str, Any]) -> tuple[str, str | None, str | None] | None:
    for name in ("max_tokens", "stop"):
        if name in body:
            return (
                f"Unsupported parameter: '{name}' is not supported with this model.",
                name,
                "unsupported_parameter",
            )
    if body.get("temperature", 1) != 1:
        message = "Unsupported value: 'temperature' does not support 0 with this model."
        return message, "temperature", "unsupported_value"
    return _problem_of_schema(body)


def _problem_of_schema(body: dict[str, Any]) -> tuple[str, str | None, str | None] | None:
    """Strict schemas: every object closed and whole, every property with a type; not for older models."""
    wanted = body.get("response_format")
    if not wanted or wanted["type"] != "json_schema":
        return None
    if body["model"] == OLDER:
        message = (
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
        )
        return message, "response_format", None
    schema = wanted["json_schema"]["schema"]
    closed = schema.get("additionalProperties") is False
    whole = sorted(schema.get("required", [])) == sorted(schema["properties"])
    if not (closed and whole and all("type" in one for one in schema["properties"].values())):
        return "Invalid schema for response_format 'answer'.", "response_format", None
    return None


def _refusal_of_embedding(body: dict[str, Any] | None) -> Response | None:
    if body is None:
        return error(400, "We could not parse the JSON body of your request.")
    model, texts = body.get("model"), _list(body.get("input"))
    if model not in _WIDTHS:
        message = f"The model `{model}` does not exist or you do not have access to it."
        return error(404, message, code="model_not_found")
    if unknown := sorted(body.keys() - {"model", "input", "encoding_format", "dimensions", "user"}):
        return error(400, f"Unrecognized request argument supplied: {unknown[0]}")
    if not texts or not all(texts) or len(texts) > _MOST_TEXTS:
        return error(400, "'$.input' is invalid. Please check the API reference.", "input")
    if any(count(text) > _LONGEST_TEXT for text in texts):
        return error(400, f"This model's maximum context length is {_LONGEST_TEXT} tokens.", "input")
    if sum(count(text) for text in texts) > _MOST_TOKENS:
        return error(400, f"Requested more tokens than the max of {_MOST_TOKENS} per request.", "input")
    dimensions = body.get("dimensions")
    if dimensions is not None and model == OLD:
        return error(400, "This model does not support specifying dimensions.", "dimensions")
    if dimensions is not None and not 1 <= dimensions <= _WIDTHS[model]:
        return error(400, f"Invalid value for 'dimensions' = {dimensions}.", "dimensions")
    return None


def _stop(saying: Saying, said: Spoken) -> str:
    return saying.reason or ("length" if said.reason == "room" else "stop")


def _usage(body: dict[str, Any], said: Spoken) -> dict[str, int]:
    tokens = sum(count(message["content"]) for message in body["messages"])
    return {
        "prompt_tokens": tokens,
        "completion_tokens": said.tokens,
        "total_tokens": tokens + said.tokens,
    }


def _whole(body: dict[str, Any], saying: Saying, said: Spoken) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(said.pieces), "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": _stop(saying, said), "logprobs": None}
    head = {
        "id": "chatcmpl-4711",
        "object": "chat.completion",
        "created": 1_741_569_952,
        "model": body["model"],
    }
    return head | {"choices": [choice], "usage": _usage(body, said)}


async def _events(body: dict[str, Any], saying: Saying, said: Spoken) -> AsyncIterator[bytes]:
    counted = bool((body.get("stream_options") or {}).get("include_usage"))
    head: dict[str, Any] = {
        "id": "chatcmpl-4711",
        "object": "chat.completion.chunk",
        "created": 1_741_569_952,
        "model": body["model"],
        "system_fingerprint": "fp_4711",
        "obfuscation": "aX9",
    }
    if counted:
        head["usage"] = None

    def chunk(delta: dict[str, Any], reason: str | None = None) -> bytes:
        return _event(
            head | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]}
        )

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    for number, piece in enumerate(said.pieces):
        if number == saying.break_after:
            message = "The server had an error while processing your request. Sorry about that!"
            yield _event(
                saying.fault or {"error": {"message": message, "type": "server_error", "code": None}}
            )
            return
        if number == saying.hang_after:
            await silence()
        yield chunk({"content": piece})
        await asyncio.sleep(saying.delay)
    yield chunk({}, _stop(saying, said))
    if counted:
        yield _event(head | {"choices": [], "usage": _usage(body, said)})
    yield b"data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _vector(text: str, whole: int, width: int) -> Any:
    """Unit vectors; a shortened one is the beginning of the whole, brought to length one."""
    vector = np.full(whole, 1e-3)
    for word in _WORD.findall(text.lower()):
        # Few places, so that a shortened vector still knows every word.
        vector[int.from_bytes(hashlib.blake2s(word.encode(), digest_size=4).digest()) % 256] += 1
    vector = vector[:width]
    return vector / np.linalg.norm(vector)


def _limits(left: int | None) -> dict[str, str]:
    left = 499 if left is None else max(left, 0)
    return {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": str(left),
        "x-ratelimit-reset-requests": "120ms",
    }
