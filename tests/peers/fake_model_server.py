"""An OpenAI-compatible server on a real port whose behaviour each test scripts.

    async with FakeModelServer() as server:
        server.say("You can return an item within 30 days.")
        ...  # LLM_BASE_URL=server.base_url

It embeds by hashing words, so texts that share words are near each other.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from peers.loopback_server import switch_off

_WORD = re.compile(r"\w+")
_PIECES = re.compile(r"\s*\S+|\s+")


@dataclass
class Script:
    """How one chat request is answered.

    Attributes:
        text: What is streamed, a word at a time.
        status: Anything but 200 is answered with `body` and `headers` at once.
        first_delay, delay: Seconds before the first piece and between the others.
        cut_after: Pieces after which the connection is dropped; `stall_after` the same, but it hangs.
        chunk_bytes: Cut the stream into blocks of so many bytes, whatever they split.
        finish_reason: `length` is what a model says that ran out of room.
        raw: Blocks of bytes sent as they are, instead of a proper stream.
        every: Seconds between the last of the raw blocks, which is then sent for ever.
    """

    text: str = ""
    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    first_delay: float = 0.0
    delay: float = 0.0
    cut_after: int | None = None
    stall_after: int | None = None
    chunk_bytes: int | None = None
    finish_reason: str = "stop"
    raw: Sequence[bytes] | None = None
    every: float | None = None


class FakeModelServer:
    """Serves `/v1/chat/completions` and `/v1/embeddings` on the loopback."""

    def __init__(self, *, width: int = 64) -> None:
        self.width = width
        self.answer: Callable[[list[dict[str, str]]], Script] = lambda _: Script("Hello.")
        self.requests: list[dict[str, Any]] = []
        self.embedding_requests: list[dict[str, Any]] = []
        self.disconnected = asyncio.Event()
        self.open_streams = 0
        self.embeddings_down = False
        self.embedding_body: bytes | None = None  # sent as it is, where set
        self.tokenize_reply: Response | None = None
        self.change_vectors: Callable[[list[list[float]]], list[Any]] = lambda rows: rows
        self.base_url = ""
        self._queue: list[Script] = []

    def say(self, text: str, **how: Any) -> None:
        """Answer every request with this text."""
        self.answer = lambda _: Script(text, **how)

    def then(self, *scripts: Script) -> None:
        """Answer the next requests with these, one after the other, then go on as before."""
        self._queue += scripts

    async def __aenter__(self) -> "FakeModelServer":
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        app = Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/embeddings", self._embed, methods=["POST"]),
                Route("/tokenize", self._tokenize, methods=["POST"]),
                Route("/health", lambda _: Response()),
            ]
        )
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, loop="none", timeout_graceful_shutdown=0
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Be gone, as a machine that was switched off."""
        await switch_off(self._server, self._task)

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        script = self._queue.pop(0) if self._queue else self.answer(body["messages"])
        if script.status != 200:
            return JSONResponse(script.body or {"error": {"message": "no"}}, script.status, script.headers)
        return StreamingResponse(self._stream(script), media_type="text/event-stream")

    async def _stream(self, script: Script) -> AsyncIterator[bytes]:
        self.open_streams += 1
        try:
            async for data in self._raw(script) if script.raw is not None else self._events(script):
                size = script.chunk_bytes or len(data)
                for start in range(0, len(data), size):
                    yield data[start : start + size]
        except (asyncio.CancelledError, GeneratorExit):
            self.disconnected.set()
            raise
        finally:
            self.open_streams -= 1

    async def _raw(self, script: Script) -> AsyncIterator[bytes]:
        for block in script.raw or ():
            yield block
        while script.every is not None and script.raw:
            await asyncio.sleep(script.every)
            yield script.raw[-1]

    async def _events(self, script: Script) -> AsyncIterator[bytes]:
        await asyncio.sleep(script.first_delay)
        yield _event({"choices": [{"delta": {"role": "assistant", "content": None}, "finish_reason": None}]})
        for number, piece in enumerate(_PIECES.findall(script.text)):
            if number == script.cut_after:
                raise ConnectionAbortedError
            if number == script.stall_after:
                await asyncio.sleep(3600)
            yield _event({"choices": [{"delta": {"content": piece}, "finish_reason": None}], "timings": {}})
            await asyncio.sleep(script.delay)
        yield _event({"choices": [{"delta": {}, "finish_reason": script.finish_reason}]})
        yield _event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
        yield b"data: [DONE]\n\n"

    async def _embed(self, request: Request) -> Response:
        body = await request.json()
        self.embedding_requests.append(body)
        if self.embeddings_down:
            return JSONResponse({"error": {"message": "down"}}, 503)
        if self.embedding_body is not None:
            return Response(self.embedding_body, media_type="application/json")
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        rows = self.change_vectors([self._vector(text) for text in texts])
        if body.get("encoding_format") == "base64":
            rows = [base64.b64encode(np.array(row, "<f4").tobytes()).decode() for row in rows]
        # Reversed on purpose: the order is told by `index` alone.
        data = [{"index": place, "embedding": row} for place, row in enumerate(rows)][::-1]
        return JSONResponse({"data": data, "model": body["model"], "usage": {"total_tokens": 1}})

    async def _tokenize(self, _request: Request) -> Response:
        return self.tokenize_reply or Response(status_code=404)

    def _vector(self, text: str) -> list[float]:
        vector = np.full(self.width, 1e-3)
        for word in _WORD.findall(text.lower()):
            vector[int.from_bytes(hashlib.blake2s(word.encode(), digest_size=4).digest()) % self.width] += 1
        return [float(number) for number in vector / np.linalg.norm(vector)]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
