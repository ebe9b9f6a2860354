"""Anthropic's Messages API, written from its public description: `POST /v1/messages`, streamed or whole.

It refuses what the API refuses, in the API's words as far as they are described: a missing or wrong key, a missing
version, unknown fields, roles that do not alternate, empty texts, models that do not exist, tools without a
schema, prompts and answers that are too long. It is not the API: how a model behaves is scripted.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from peers.cloud_peer import CloudPeer, Saying, Spoken, body_of, count, silence, speak

MODEL = "claude-sonnet-4-5-20250929"
NEWER = "claude-opus-9"
OLDER = "claude-3-haiku-20240307"
# The longest answer of each model that exists here.
_MODELS = {MODEL: 64_000, NEWER: 128_000, OLDER: 4_096}
_FIELDS = frozenset(
    "model messages max_tokens system temperature top_p top_k stop_sequences stream metadata tools tool_choice thinking "
    "service_tier output_config container".split()
)
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
_TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_LARGEST = 32 * 1024 * 1024


class AnthropicPeer(CloudPeer):
    """`context_tokens` is how much a prompt and its answer may be; `overloaded` refuses so many requests."""

    def __init__(self) -> None:
        super().__init__([Route("/v1/messages", self._messages, methods=["POST"])])
        self.context_tokens = 200_000
        self.overloaded = 0

    async def _messages(self, request: Request) -> Response:
        body = await body_of(request)
        self.requests.append(body or {})
        if (scripted := await self.scripted()) is not None:
            return scripted
        if refused := self._refusal(request, body):
            return refused
        assert body is not None
        saying = self.saying
        said = speak(saying.text, room=body["max_tokens"], stops=body.get("stop_sequences", []))
        if not body.get("stream"):
            return JSONResponse(_whole(body, saying, said), headers=_limits(self.requests_left))
        stream = self.cut(_events(body, saying, said))
        return StreamingResponse(
            stream, media_type="text/event-stream; charset=utf-8", headers=_limits(self.requests_left)
        )

    def _refusal(self, request: Request, body: dict[str, Any] | None) -> Response | None:
        if int(request.headers.get("content-length", 0)) > _LARGEST:
            return error(413, "Request exceeds the maximum size")
        if "x-api-key" not in request.headers:
            return error(401, "x-api-key header is required")
        if request.headers["x-api-key"] != self.key:
            return error(401, "invalid x-api-key")
        if request.headers.get("anthropic-version") not in {"2023-01-01", "2023-06-01"}:
            return error(400, "anthropic-version: header is required")
        if self.overloaded:
            self.overloaded -= 1
            return error(529, "Overloaded")
        if self.is_over_the_limit():
            message = "This request would exceed your organization's rate limit of 50 requests per minute."
            return error(429, message, {"retry-after": "60", **_limits(0)})
        if body is None:
            return error(400, "The request body is not valid JSON")
        if body.get("model") not in _MODELS:
            return error(404, f"model: {body.get('model')}")
        problem = _problem(body) or self._too_long(body)
        return error(400, problem) if problem else None

    def _too_long(self, body: dict[str, Any]) -> str | None:
        tokens = _prompt_tokens(body)
        if tokens > self.context_tokens:
            return f"prompt is too long: {tokens} tokens > {self.context_tokens} maximum"
        if tokens + body["max_tokens"] > self.context_tokens:
            return (
                f"input length and `max_tokens` exceed context limit: {tokens} + {body['max_tokens']} > "
                f"{self.context_tokens}, decrease input length or `max_tokens` and try again"
            )
        return None


def error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error as the API tells it."""
    told = {"type": "error", "error": {"type": _TYPES[status], "message": message}, "request_id": "req_011CS"}
    return JSONResponse(told, status, {"request-id": "req_011CS", **(headers or {})})


def fault(kind: str, message: str) -> dict[str, Any]:
    """An error as it comes within a stream."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def _problem(body: dict[str, Any]) -> str | None:
    """What the API would not take."""
    if unknown := sorted(body.keys() - _FIELDS):
        return f"{unknown[0]}: Extra inputs are not permitted"
    if "max_tokens" not in body:
        return "max_tokens: Field required"
    most, model = _MODELS[body["model"]], body["model"]
    if type(body["max_tokens"]) is not int or body["max_tokens"] < 1:
        return "max_tokens: Input should be greater than or equal to 1"
    if body["max_tokens"] > most:
        return (
            f"max_tokens: {body['max_tokens']} > {most}, which is the maximum allowed number of output tokens for "
            f"{model}"
        )
    if "temperature" in body and model == NEWER:
        return f"`temperature` is deprecated for this model: {model}"
    if not 0 <= body.get("temperature", 1) <= 1:
        return "temperature: range: 0..1"
    if any(not stop.strip() for stop in body.get("stop_sequences", [])):
        return "stop_sequences: each stop sequence must contain non-whitespace"
    if not isinstance(body.get("system", ""), str):
        return "system: Input should be a valid string"
    return _problem_of_tools(body, model) or _problem_of_messages(body.get("messages"), model)


def _problem_of_tools(body: dict[str, Any], model: str) -> str | None:
    tools, choice = body.get("tools", []), body.get("tool_choice", {"type": "auto"})
    for place, tool in enumerate(tools):
        if unknown := sorted(tool.keys() - {"name", "description", "input_schema"}):
            return f"tools.{place}.custom.{unknown[0]}: Extra inputs are not permitted"
        if not _TOOL_NAME.fullmatch(tool.get("name", "")):
            return f"tools.{place}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
        if tool.get("input_schema", {}).get("type") != "object":
            return f"tools.{place}.custom.input_schema.type: Input should be 'object'"
    if "tool_choice" in body and not tools:
        return "tool_choice: tool_choice may only be specified while providing tools"
    if choice["type"] not in {"auto", "any", "tool", "none"}:
        return "tool_choice: Input tag does not match any of the expected tags"
    if choice["type"] == "tool" and choice.get("name") not in [tool["name"] for tool in tools]:
        return f"tool_choice.name: Tool '{choice.get('name')}' not found in provided tools"
    if choice["type"] in {"any", "tool"} and model == NEWER:
        return "Thinking may not be enabled when tool_choice forces tool use."
    return None


def _called(body: dict[str, Any]) -> str:
    """The tool that must be called; empty where none must."""
    choice = body.get("tool_choice", {})
    return str(choice["name"]) if choice.get("type") == "tool" else ""


def _problem_of_messages(messages: Any, model: str) -> str | None:
    if not isinstance(messages, list) or not messages:
        return "messages: at least one message is required"
    roles = [message["role"] for message in messages]
    for place, role in enumerate(roles):
        if role not in {"user", "assistant"}:
            return (
                f'messages: Unexpected role "{role}". The Messages API accepts a top-level `system` parameter, not '
                '"system" as an input message role.'
            )
        # Today's API joins neighbours of one role; earlier versions and gateways refuse them.
        if role != ("user", "assistant")[place % 2]:
            return 'messages: roles must alternate between "user" and "assistant", and begin with "user"'
    if any(not message["content"].strip() for message in messages):
        return "messages: text content blocks must be non-empty"
    if roles[-1] == "assistant" and model == NEWER:
        return "This model does not support assistant message prefill. The conversation must end with a user message."
    return None


def _prompt_tokens(body: dict[str, Any]) -> int:
    tools = count(json.dumps(body["tools"])) if "tools" in body else 0
    return (
        tools + count(body.get("system", "")) + sum(count(message["content"]) for message in body["messages"])
    )


def _stop(body: dict[str, Any], saying: Saying, said: Spoken) -> tuple[str, str | None]:
    if saying.reason:
        return saying.reason, None
    reason = {"end": "tool_use" if _called(body) else "end_turn", "room": "max_tokens"}.get(
        said.reason, "stop_sequence"
    )
    return reason, said.reason if reason == "stop_sequence" else None


def _message(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        # Part of the prompt is told apart as read from a cache.
        "usage": {
            "input_tokens": max(_prompt_tokens(body) - 1, 0),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 1,
            "output_tokens": 1,
        },
    }


def _whole(body: dict[str, Any], saying: Saying, said: Spoken) -> dict[str, Any]:
    reason, stop = _stop(body, saying, said)
    message, text = _message(body), "".join(said.pieces)
    content = [_block(_called(body)) | ({"input": json.loads(text)} if _called(body) else {"text": text})]
    usage = message["usage"] | {"output_tokens": said.tokens}
    return message | {"content": content, "stop_reason": reason, "stop_sequence": stop, "usage": usage}


async def _events(body: dict[str, Any], saying: Saying, said: Spoken) -> AsyncIterator[bytes]:
    yield _event({"type": "message_start", "message": _message(body)})
    yield _event({"type": "ping"})
    index = 0
    if saying.thoughts:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        yield _event({"type": "content_block_start", "index": 0, "content_block": block})
        for delta in (
            {"type": "thinking_delta", "thinking": saying.thoughts},
            {"type": "signature_delta", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"},
        ):
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
        yield _event({"type": "content_block_stop", "index": 0})
        index = 1
    called = _called(body)
    yield _event({"type": "content_block_start", "index": index, "content_block": _block(called)})
    if called:
        yield _event(_piece(index, called, ""))
    for number, piece in enumerate(said.pieces):
        if number == saying.break_after:
            yield _event(saying.fault or fault("overloaded_error", "Overloaded"))
            return
        if number == saying.hang_after:
            await silence()
        yield _event(_piece(index, called, piece))
        await asyncio.sleep(saying.delay)
    yield _event({"type": "content_block_stop", "index": index})
    reason, stop = _stop(body, saying, said)
    yield _event(
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": stop},
            "usage": {"output_tokens": said.tokens},
        }
    )
    yield _event({"type": "message_stop"})


def _block(called: str) -> dict[str, Any]:
    """The block of an answer before anything is in it."""
    if called:
        return {"type": "tool_use", "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "name": called, "input": {}}
    return {"type": "text", "text": ""}


def _piece(index: int, called: str, said: str) -> dict[str, Any]:
    text = {"type": "text_delta", "text": said}
    delta = {"type": "input_json_delta", "partial_json": said} if called else text
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _event(data: dict[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _limits(left: int | None) -> dict[str, str]:
    left = 49 if left is None else max(left, 0)
    return {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": str(left),
        "anthropic-ratelimit-requests-reset": "2026-11-26T12:00:00Z",
    }
