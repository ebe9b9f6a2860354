"""`/v1/chat/completions` and `/tokenize` in the time that the chat model takes there."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aichatdesk.knowledge.chunking import count_tokens
from aichatdesk.migration.simulate.answer import Answer, Length, Piece
from aichatdesk.migration.simulate.chat_request import ChatRequest, read_chat_request
from aichatdesk.migration.simulate.machine import Machine
from aichatdesk.migration.simulate.replies import Refused, read_body
from aichatdesk.migration.simulate.texts import Writer

FINGERPRINT = "simulation"


@dataclass(frozen=True, slots=True)
class SimulatedChat:
    """The chat model that is simulated.

    Attributes:
        names: What it may be called in a request; the first is the one it lists.
        thoughts: Tokens of thinking before each answer.
        cuts_prompts: Takes the beginning of a long prompt away without a word, as Ollama does, instead of refusing it.
    """

    names: tuple[str, ...]
    context_tokens: int
    thoughts: int = 0
    cuts_prompts: bool = False


class ChatEndpoint:
    """Gives answers of the machine's pace with the writer's words."""

    def __init__(self, chat: SimulatedChat, machine: Machine, writer: Writer) -> None:
        self.chat = chat
        self.machine = machine
        self.writer = writer

    async def complete(self, request: Request) -> ASGIApp:
        """`POST /v1/chat/completions`."""
        body = await read_body(request)
        if body.get("model") not in self.chat.names:
            raise Refused(
                f"The model `{body.get('model')}` does not exist; this is a simulation of `{self.chat.names[0]}`.",
                404,
            )
        asked = read_chat_request(body)
        prompt_tokens, length = self._sizes(asked)
        self.writer.source.check(asked)
        return _Reply(self, asked, prompt_tokens, length)

    async def tokenize(self, request: Request) -> Response:
        """`POST /tokenize`: as many tokens as the simulation counts; their numbers stand for nothing."""
        body = await read_body(request)
        if "messages" in body:
            count = read_chat_request(body).prompt_tokens
        elif isinstance(body.get("prompt"), str):
            count = count_tokens(body["prompt"])
        else:
            raise Refused("prompt must be a text.")
        tokens = list(range(count))
        return JSONResponse(
            {"count": count, "max_model_len": self.chat.context_tokens, "tokens": tokens, "token_strs": None}
        )

    @contextlib.contextmanager
    def answering(self, asked: ChatRequest, prompt_tokens: int, length: Length) -> Iterator[Answer]:
        """An answer that is being written while the context lasts."""
        with self.machine.answer(prompt_tokens, length) as answer:
            writing = asyncio.create_task(self.writer.fill(answer, asked, length.most - length.thoughts))
            try:
                yield answer
            finally:
                writing.cancel()

    def _sizes(self, asked: ChatRequest) -> tuple[int, Length]:
        """Tokens of the prompt and of the answer, as far as they fit."""
        context, prompt = self.chat.context_tokens, asked.prompt_tokens
        if self.chat.cuts_prompts:
            prompt = min(prompt, context - 1)
        told = f"This model's maximum context length is {context} tokens. However, "
        if prompt >= context:
            raise Refused(
                f"{told}your request has {prompt} input tokens. Please reduce the length of the input messages."
            )
        room = context - prompt
        if asked.limit is not None and asked.limit > room and not self.chat.cuts_prompts:
            raise Refused(
                f"{told}you requested {prompt + asked.limit} tokens ({prompt} in the messages, {asked.limit} in the "
                "completion). Please reduce the length of the messages or completion."
            )
        most = min(asked.limit or room, room)
        if asked.least > most:
            raise Refused(f"min_tokens must be at most max_tokens, got {asked.least} and {most}.")
        return prompt, Length(
            most, most if asked.ignores_end else asked.least, min(self.chat.thoughts, most - 1)
        )


class _Reply:
    """The reply, as a stream or whole; a client that leaves takes its answer with it."""

    def __init__(
        self, endpoint: ChatEndpoint, asked: ChatRequest, prompt_tokens: int, length: Length
    ) -> None:
        self._endpoint = endpoint
        self._asked = asked
        self._prompt_tokens = prompt_tokens
        self._length = length
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": endpoint.chat.names[0],
            "system_fingerprint": FINGERPRINT,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._endpoint.answering(self._asked, self._prompt_tokens, self._length) as answer:
            work = (
                self._stream(answer, send)
                if self._asked.stream
                else self._whole(answer, scope, receive, send)
            )
            sending = asyncio.create_task(work)
            gone = asyncio.create_task(_disconnected(receive))
            try:
                await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, gone):
                    task.cancel()
                # Neither is left behind; what went wrong in the sending is told below.
                await asyncio.gather(sending, gone, return_exceptions=True)
        if not sending.cancelled() and (error := sending.exception()) and not isinstance(error, OSError):
            raise error

    async def _stream(self, answer: Answer, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(_block([self._event({"role": "assistant", "content": ""})]))
        while pieces := await answer.pieces():
            await send(_block([self._event(_delta(piece)) for piece in pieces]))
        last = [self._event({}, answer.reason)]
        if self._asked.include_usage:
            usage = {
                **self._head,
                "object": "chat.completion.chunk",
                "choices": [],
                "usage": self._usage(answer),
            }
            last.append(_event(usage))
        await send({"type": "http.response.body", "body": b"".join([*last, b"data: [DONE]\n\n"])})

    async def _whole(self, answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
        said: list[Piece] = []
        while pieces := await answer.pieces():
            said += pieces
        thoughts = "".join(piece.text for piece in said if piece.is_thought)
        message: dict[str, Any] = {
            "role": "assistant",
            "content": "".join(piece.text for piece in said if not piece.is_thought),
            "reasoning_content": thoughts or None,
            "tool_calls": [],
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.reason}
        whole = {**self._head, "object": "chat.completion", "choices": [choice], "usage": self._usage(answer)}
        await JSONResponse(whole)(scope, receive, send)

    def _event(self, delta: Mapping[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return _event({**self._head, "object": "chat.completion.chunk", "choices": [choice]})

    def _usage(self, answer: Answer) -> dict[str, int]:
        return {
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": answer.tokens,
            "total_tokens": self._prompt_tokens + answer.tokens,
        }


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _delta(piece: Piece) -> dict[str, str]:
    return {"reasoning_content" if piece.is_thought else "content": piece.text}


def _event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _block(events: list[bytes]) -> dict[str, Any]:
    return {"type": "http.response.body", "body": b"".join(events), "more_body": True}
