"""Model servers with a fault that lies between the desk and the model, and servers that are odd and healthy."""

import asyncio
import contextlib
import itertools
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from peers.healthy_model_server import HealthyModelServer, Message, Refusal, event

_ABSURD = int("9" * 400)


@cache
def _bomb() -> bytes:
    """Forty million spaces, packed."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(40)) + packer.flush()


class ErrorAsAnswer(HealthyModelServer):
    """A gateway that tells its errors with status 200."""

    async def chat(self, request: Request) -> Response:
        return JSONResponse({"error": {"message": "the upstream model crashed", "code": 500}})

    embeddings = chat


class RedirectingQuestions(HealthyModelServer):
    """Lists its models, and sends whoever asks them elsewhere."""

    async def chat(self, request: Request) -> Response:
        return RedirectResponse("/v2" + request.url.path, 307)

    embeddings = chat


class Bomb(HealthyModelServer):
    """A compressed answer that is far larger when it is unpacked."""

    async def chat(self, request: Request) -> Response:
        return Response(_bomb(), headers={"content-encoding": "gzip"}, media_type="application/json")

    embeddings = chat


class RefusingStreams(HealthyModelServer):
    """Answers, but not in a stream."""

    async def chat(self, request: Request) -> Response:
        if (await request.json()).get("stream"):
            raise Refusal(500, "streaming is not implemented")
        return await super().chat(request)


class DeadEngine(HealthyModelServer):
    """Begins a stream, and says in it that its engine is dead."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        yield event({"error": {"message": "EngineCore encountered an issue", "code": 500}})


class Limited(HealthyModelServer):
    """Refuses each fourth request because there are too many."""

    async def chat(self, request: Request) -> Response:
        self._count()
        return await super().chat(request)

    async def embeddings(self, request: Request) -> Response:
        self._count()
        return await super().embeddings(request)

    def _count(self) -> None:
        if self.calls % 4 == 3:
            self.calls += 1
            raise Refusal(429, "Rate limit reached")


class OneLate(HealthyModelServer):
    """Gives everybody the answer to the question before."""

    before: tuple[list[str], str] = (["Hello"], "stop")

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        self.before, given = super().write(body, messages), self.before
        return given


class Swapping(HealthyModelServer):
    """Gives each other's answers to those who ask at the same time."""

    latest: dict[str, Any]

    async def chat(self, request: Request) -> Response:
        body = self.latest = await request.json()
        await asyncio.sleep(0.03)
        if "response_format" in body and "response_format" in self.latest:
            body["response_format"] = self.latest["response_format"]
        return await super().chat(request)


class LateVectors(HealthyModelServer):
    """Gives everybody the vectors of the texts before."""

    before: list[list[float]]

    def rows(self, texts: list[str]) -> list[list[float]]:
        rows = super().rows(texts)
        given = getattr(self, "before", rows)
        self.before = rows
        return list(itertools.islice(itertools.cycle(given), len(rows)))


class MixedWidths(HealthyModelServer):
    """Each second vector of a batch lacks a number."""

    def rows(self, texts: list[str]) -> list[list[float]]:
        return [row[: self.width - place % 2] for place, row in enumerate(super().rows(texts))]


class NothingButNull(HealthyModelServer):
    """Null in place of each number, as JSON has no NaN."""

    def coded(self, row: list[float], form: str | None) -> Any:
        return [None] * len(row)


class Absurd(HealthyModelServer):
    """Numbers of hundreds of digits, and an answer that is nested too deeply to be read."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.routes.append(Route("/version", lambda _: JSONResponse({"version": "9" * 5000})))

    def listed(self, name: str) -> dict[str, Any]:
        return {"id": name, "owned_by": "vllm", "max_model_len": _ABSURD}

    def bound(self, body: dict[str, Any]) -> str:
        text = super().bound(body)
        return "[" * 20_000 if "東京" in text else text

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        known = usage and (usage if usage["prompt_tokens"] < 1000 else dict.fromkeys(usage, _ABSURD))
        async for data in super().events(pieces, reason, known):
            yield data


# Odd, and healthy


class Peculiar(HealthyModelServer):
    """Healthy: all that is allowed in a stream and seldom seen, a connection for each reply, and content types of its own."""

    def tell(self, prompt: str, limit: int) -> str:
        return super().tell(prompt, limit).replace("storm", "Grüße").replace("fog", "東京🙂")

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        yield b"\xef\xbb\xbf: waiting for a place\r\n\r\n"
        written = 0
        async for data in super().events(pieces, reason, usage):
            if data.startswith(b"data: {") and usage and written < len(pieces):
                written += 1
                told = event(json.loads(data[6:]) | {"usage": usage | {"completion_tokens": written}})
            else:
                told = data
            if b"[DONE]" in told:
                return
            whole = (b": alive\n\nevent: message\nid: 7\n" + told).replace(b"\n", b"\r\n")
            for start in range(0, len(whole), 7):
                yield whole[start : start + 7]

    async def chat(self, request: Request) -> Response:
        return _another(await super().chat(request), "text/plain")

    async def embeddings(self, request: Request) -> Response:
        return _another(await super().embeddings(request), "text/html; charset=latin-1")


class BehindPath(HealthyModelServer):
    """Healthy: behind a proxy that gives it a path, at an address of IPv6."""

    host = "::1"
    path = "/spark/chat"


class ThinkingInSilence(HealthyModelServer):
    """Healthy: thinks for 300 tokens before each answer, and sends nothing meanwhile."""

    thoughts = 300
    written = 0

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        pieces, reason = super().write(body, messages)
        limit = body.get("max_tokens") or 400
        room = max(limit - self.thoughts, 0)
        self.written = min(limit, self.thoughts + len(pieces))
        return pieces[:room], "length" if len(pieces) > room else reason

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        counted = usage and usage | {"completion_tokens": self.written}
        await asyncio.sleep(self.token_seconds * 20)
        async for data in super().events(pieces, reason, counted):
            yield data


class OnePlace(HealthyModelServer):
    """Healthy, but answers one after the other."""

    slots = 1
    token_seconds = 0.01


class Slow(HealthyModelServer):
    """Healthy: writes three and a half tokens a second and reads 300, as a dense model of 70 billion parameters does."""

    token_seconds = 0.28

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        await asyncio.sleep((usage or {}).get("prompt_tokens", 50) / 300)
        async for data in super().events(pieces, reason, usage):
            yield data


# Not even HTTP

Speaking = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A reply whose headers never end."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        writer.write(f"X-{number}: {'y' * 200}\r\n".encode())
        await writer.drain()


async def dripping_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A reply whose headers come one by one for ever."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        writer.write(f"X-{number}: y\r\n".encode())
        await writer.drain()
        await asyncio.sleep(0.05)


async def another_protocol(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greets as SSH does."""
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()


async def slammed_door(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Closes each connection at once."""


async def broken_chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A length that is no number."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}")
    await writer.drain()


@contextlib.asynccontextmanager
async def spoken(speaking: Speaking) -> AsyncIterator[str]:
    """The base URL of a port where that is said."""
    busy: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        busy.add(task)
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            await speaking(reader, writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for task in busy:
            task.cancel()


def _another(response: Response, content_type: str) -> Response:
    response.headers["content-type"] = content_type
    response.headers["connection"] = "close"
    return response
