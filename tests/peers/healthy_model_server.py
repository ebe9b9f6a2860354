"""An OpenAI-compatible server for chat and embeddings that counts its tokens, on a real port of the loopback.

Its model is none: it writes words that follow from the prompt, binds them by a schema if asked, and embeds by hashing.
What a real server does around its model it does: a window, slots, a key, stop words, usage. Faulty ones are made from it
by changing one method each.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

CHAT_MODEL, EMBEDDING_MODEL = "chat-model", "nomic-embed-text"
_PIECES = re.compile(r"\s*\S+|\s+")
_VOCABULARY = "harbour lamp storm keeper wave letter stair fog boat night window rope".split()
_FRAME = 4
Message = dict[str, str]


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class HealthyModelServer:
    """Serves both models at one address; `key`, where given, is required."""

    window = 8192
    slots = 8
    width = 768
    token_seconds = 0.001
    host = "127.0.0.1"
    path = ""  # before /v1, as behind a proxy

    def __init__(self, *, key: str = "", certificate: ssl.SSLContext | None = None) -> None:
        self.base_url = ""
        self.calls = 0
        self._key = key
        self._certificate = certificate
        self._free = list(range(self.slots))
        self._left = asyncio.Condition()
        self.routes = [
            Route("/v1/models", self.models),
            Route("/v1/chat/completions", self.chat, methods=["POST"]),
            Route("/v1/embeddings", self.embeddings, methods=["POST"]),
        ]

    async def __aenter__(self) -> "HealthyModelServer":
        family, shown = (
            (socket.AF_INET6, f"[{self.host}]") if ":" in self.host else (socket.AF_INET, self.host)
        )
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind((self.host, 0))
        scheme = "https" if self._certificate else "http"
        self.base_url = f"{scheme}://{shown}:{listener.getsockname()[1]}{self.path}/v1"
        config = uvicorn.Config(
            Starlette(routes=[Mount(self.path, routes=self.routes)], exception_handlers={Refusal: _refused}),
            lifespan="off",
            log_config=None,
            loop="none",
            timeout_graceful_shutdown=0,
        )
        config.load()
        config.ssl = self._certificate
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    # Chat

    async def models(self, _request: Request) -> Response:
        return JSONResponse({"data": [self.listed(name) for name in (CHAT_MODEL, EMBEDDING_MODEL)]})

    def listed(self, name: str) -> dict[str, Any]:
        return {"id": name, "object": "model"}

    async def chat(self, request: Request) -> Response:
        self.calls += 1
        self.admit(request)
        body = await request.json()
        self.check_model(body, CHAT_MODEL)
        messages = self.read(body["messages"])
        prompt_tokens = sum(_FRAME + count(message["content"]) for message in messages)
        if prompt_tokens > self.window:
            self.too_long(prompt_tokens)
        pieces, reason = self.write(body, messages)
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": len(pieces)}
        if body.get("stream"):
            asked = (body.get("stream_options") or {}).get("include_usage")
            events = self.events(pieces, reason, usage if asked else None)
            return StreamingResponse(events, media_type="text/event-stream")
        await asyncio.sleep(self.token_seconds * len(pieces))
        choice = {"message": {"role": "assistant", "content": "".join(pieces)}, "finish_reason": reason}
        return JSONResponse({"model": body["model"], "choices": [choice], "usage": usage})

    def admit(self, request: Request) -> None:
        if self._key and request.headers.get("authorization") != f"Bearer {self._key}":
            raise Refusal(401, "Unauthorized")

    def check_model(self, body: dict[str, Any], served: str) -> None:
        if body["model"] != served:
            raise Refusal(404, f"The model `{body['model']}` does not exist.")

    def read(self, messages: list[Message]) -> list[Message]:
        """The prompt as the model gets it."""
        return messages

    def too_long(self, tokens: int) -> None:
        raise Refusal(400, f"This model's maximum context length is {self.window} tokens, not {tokens}.")

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        """The pieces of the answer, and why it ended."""
        limit = body.get("max_tokens") or 100
        text = self.bound(body) or self.tell(json.dumps(messages), limit)
        for stop in body.get("stop") or ():
            if stop in text:
                return _PIECES.findall(text.partition(stop)[0])[:limit], "stop"
        pieces = _PIECES.findall(text)
        return pieces[:limit], "length" if len(pieces) > limit else "stop"

    def bound(self, body: dict[str, Any]) -> str:
        """What a schema allows, where one is given."""
        if "response_format" not in body:
            return ""
        properties = body["response_format"]["json_schema"]["schema"]["properties"]
        return json.dumps({name: rule["enum"][0] for name, rule in properties.items()}, ensure_ascii=False)

    def tell(self, prompt: str, limit: int) -> str:
        """Words that follow from the prompt, more than are allowed."""
        seed = int.from_bytes(hashlib.blake2s(prompt.encode(), digest_size=4).digest())
        return " ".join(_VOCABULARY[(seed >> place % 13) % len(_VOCABULARY)] for place in range(limit + 5))

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        async with self.slot() as slot:
            for piece in pieces:
                await asyncio.sleep(self.pause(slot))
                yield event({"choices": [{"delta": {"content": piece}, "finish_reason": None}]})
            yield event({"choices": [{"delta": {}, "finish_reason": reason}]})
            if usage is not None:
                yield event({"choices": [], "usage": usage})
            yield b"data: [DONE]\n\n"

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[int]:
        """One of the places; who leaves frees it."""
        async with self._left:
            await self._left.wait_for(lambda: self._free)
            taken = self._free.pop()
        try:
            yield taken
        finally:
            self._free.append(taken)
            asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._left:
            self._left.notify()

    def pause(self, slot: int) -> float:
        return self.token_seconds

    # Embeddings

    async def embeddings(self, request: Request) -> Response:
        self.calls += 1
        self.admit(request)
        body = await request.json()
        self.check_model(body, EMBEDDING_MODEL)
        if "dimensions" in body:
            raise Refusal(400, "This model does not support matryoshka: dimensions cannot be changed.")
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        rows = self.rows([self.take(text) for text in texts])
        data = [
            {"index": place, "embedding": self.coded(row, body.get("encoding_format"))}
            for place, row in enumerate(rows)
        ]
        tokens = sum(map(count, texts))
        return Response(
            json.dumps(
                {"model": body["model"], "data": self.ordered(data), "usage": {"total_tokens": tokens}}
            ),
            media_type="application/json",
        )

    def take(self, text: str) -> str:
        """A text as the model gets it; one of more than 2048 tokens is refused."""
        if count(text) > 2048:
            raise Refusal(400, "This model's maximum context length is 2048 tokens.")
        return text

    def rows(self, texts: list[str]) -> list[list[float]]:
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> list[float]:
        vector = np.full(self.width, 1e-3)
        for word in re.findall(r"\w+|[^\w\s]", text.lower()):
            vector[int.from_bytes(hashlib.blake2s(word.encode(), digest_size=4).digest()) % self.width] += 1
        return [float(number) for number in vector / np.linalg.norm(vector)]

    def coded(self, row: list[float], form: str | None) -> Any:
        return base64.b64encode(np.array(row, "<f4").tobytes()).decode() if form == "base64" else row

    def ordered(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Backwards, for `index` alone tells the order."""
        return data[::-1]


def count(text: str) -> int:
    """How many tokens a text has here."""
    return len(_PIECES.findall(text))


def event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return JSONResponse({"error": {"message": str(error), "code": error.status}}, error.status)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield
