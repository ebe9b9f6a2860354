"""Model servers with one fault each, all else as a healthy one."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from peers.healthy_model_server import HealthyModelServer, Message, Refusal, count, event

# The way there, and the name


class OtherModel(HealthyModelServer):
    """Has another model loaded, and answers with it to any name."""

    def listed(self, name: str) -> dict[str, Any]:
        return {"id": "some-other-model"}

    def check_model(self, body: dict[str, Any], served: str) -> None:
        return


class ChatOnly(HealthyModelServer):
    """One model a port, as vLLM: no embeddings here."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.routes = [route for route in self.routes if "embeddings" not in route.path]


class EmbeddingsOnly(HealthyModelServer):
    """One model a port: no chat here."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.routes = [route for route in self.routes if "chat" not in route.path]


class Redirecting(HealthyModelServer):
    """Sends everybody elsewhere."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        elsewhere = RedirectResponse("https://elsewhere.example/v1")
        self.routes = [Route("/{path:path}", lambda _: elsewhere, methods=["GET", "POST"])]


class WebPage(HealthyModelServer):
    """A web page for everything, as a router's login."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        page = HTMLResponse("<!doctype html><title>Sign in</title>")
        self.routes = [Route("/{path:path}", lambda _: page, methods=["GET", "POST"])]


class OldVLLM(HealthyModelServer):
    """A release with known holes."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.routes.append(Route("/version", lambda _: JSONResponse({"version": "0.11.0"})))

    def listed(self, name: str) -> dict[str, Any]:
        return {"id": name, "owned_by": "vllm"}


class Cold(HealthyModelServer):
    """Loads its model at the first call."""

    async def chat(self, request: Request) -> Response:
        if self.calls == 0:
            await asyncio.sleep(1.8)
        return await super().chat(request)


# The stream


class Buffering(HealthyModelServer):
    """Keeps everything back until the end, as a proxy does that buffers."""

    token_seconds = 0.01  # far longer than it takes a busy machine to read what was kept back

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        kept = [data async for data in super().events(pieces, reason, usage)]
        for data in kept:
            yield data


class NotStreaming(HealthyModelServer):
    """Does not know `stream`."""

    async def chat(self, request: Request) -> Response:
        body = await request.json()
        pieces, reason = self.write(body, body["messages"])
        await asyncio.sleep(self.token_seconds * len(pieces))
        choice = {"message": {"content": "".join(pieces)}, "finish_reason": reason}
        return JSONResponse({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 9}})


class Endless(HealthyModelServer):
    """Never stops writing."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        for number in itertools.count():
            await asyncio.sleep(self.token_seconds)
            yield event({"choices": [{"delta": {"content": f" {number}"}}]})


class Dripping(HealthyModelServer):
    """A word, and then only signs of life for ever."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        yield event({"choices": [{"delta": {"content": "Well"}}]})
        while True:
            await asyncio.sleep(0.05)
            yield b": alive\n\n"


class BreakingOff(HealthyModelServer):
    """Drops the connection in the middle."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        for piece in pieces[: max(len(pieces) // 2, 1)]:
            await asyncio.sleep(self.token_seconds)
            yield event({"choices": [{"delta": {"content": piece}}]})
        raise ConnectionAbortedError


class WithoutUsage(HealthyModelServer):
    """Counts nothing in a stream."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        async for data in super().events(pieces, reason, None):
            yield data


class OverTheLimit(HealthyModelServer):
    """Writes twice as much as allowed."""

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        return super().write(body | {"max_tokens": 2 * (body.get("max_tokens") or 50)}, messages)


class AlwaysStop(HealthyModelServer):
    """Says that the model stopped, where it was cut."""

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        return super().write(body, messages)[0], "stop"


class DeafToStop(HealthyModelServer):
    """Ignores stop words."""

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        return super().write(body | {"stop": None}, messages)


class ThinkingAloud(HealthyModelServer):
    """Its thoughts stand in the answer."""

    opening = "<think> The user wants"

    def tell(self, prompt: str, limit: int) -> str:
        return f"{self.opening} words. </think> {super().tell(prompt, limit)}"


class ThinkingAtOnce(ThinkingAloud):
    """Its template has opened the tag already."""

    opening = "The user wants"


class ThinkingApart(HealthyModelServer):
    """Healthy: keeps its thoughts apart."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        for thought in ("The", " user", " wants"):
            yield event({"choices": [{"delta": {"reasoning_content": thought}}]})
        async for data in super().events(pieces, reason, usage):
            yield data


# The prompt


class WithoutSystem(HealthyModelServer):
    """Its template has no place for a system prompt."""

    def read(self, messages: list[Message]) -> list[Message]:
        return [message for message in messages if message["role"] != "system"]


class HeedlessOfSystem(HealthyModelServer):
    """Counts the system prompt, and then leaves it out."""

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        return super().write(body, [message for message in messages if message["role"] != "system"])


class RefusingSystem(HealthyModelServer):
    """Its template raises an error at a system prompt."""

    def read(self, messages: list[Message]) -> list[Message]:
        if any(message["role"] == "system" for message in messages):
            raise Refusal(400, "System role not supported")
        return messages


class Forgetful(HealthyModelServer):
    """Passes only the last turn on."""

    def read(self, messages: list[Message]) -> list[Message]:
        return [message for message in messages[:-1] if message["role"] == "system"] + messages[-1:]


class OneTurnOnly(HealthyModelServer):
    """Takes no turns of the assistant."""

    def read(self, messages: list[Message]) -> list[Message]:
        if any(message["role"] == "assistant" for message in messages):
            raise Refusal(400, "Only user messages are supported")
        return messages


class Alternating(HealthyModelServer):
    """Healthy: insists on turns, as several families do."""

    def read(self, messages: list[Message]) -> list[Message]:
        roles = [message["role"] for message in messages]
        if any(one == other for one, other in itertools.pairwise(roles)):
            raise Refusal(400, "Conversation roles must alternate user/assistant/user/assistant/...")
        return messages


class Cutting(HealthyModelServer):
    """Keeps the end of a prompt that is too long for its 2048 tokens, and says nothing."""

    window = 2048

    def read(self, messages: list[Message]) -> list[Message]:
        room, kept = self.window - 8 * len(messages), []
        for message in reversed(messages):
            words = message["content"].split()[-room:] if room > 0 else []
            room -= len(words)
            kept.append({"role": message["role"], "content": " ".join(words)})
        return kept[::-1]


class CuttingLate(Cutting):
    """The same, but only beyond what the desk writes."""

    window = 8300


class BreakingOnLength(HealthyModelServer):
    """Fails where it should refuse."""

    def too_long(self, tokens: int) -> None:
        raise Refusal(500, "CUDA out of memory")


class SmallWindow(HealthyModelServer):
    """Tells that its window is shorter than the desk's prompts."""

    window = 4096

    def listed(self, name: str) -> dict[str, Any]:
        return {"id": name, "max_model_len": self.window}


# What is written


class LooseJson(HealthyModelServer):
    """Ignores schemas."""

    def bound(self, body: dict[str, Any]) -> str:
        return ""


class NoJson(HealthyModelServer):
    """Refuses schemas."""

    def bound(self, body: dict[str, Any]) -> str:
        if "response_format" in body:
            raise Refusal(400, "response_format.type must be text or json_object")
        return ""


class Mojibake(HealthyModelServer):
    """Reads UTF-8 as if it were Latin-1."""

    def bound(self, body: dict[str, Any]) -> str:
        return super().bound(body).encode().decode("latin-1").replace("\x9f", "?").replace("\x85", "?")


class Whimsical(HealthyModelServer):
    """Says something else each time."""

    def tell(self, prompt: str, limit: int) -> str:
        return super().tell(f"{prompt} {self.calls}", limit)


# Several at once


class SlowSlot(HealthyModelServer):
    """One of its eight places is more than twenty times as slow, so that a busy machine cannot hide it."""

    def pause(self, slot: int) -> float:
        return 0.12 if slot == 0 else 0.005


class LateSlot(HealthyModelServer):
    """One of its eight places takes long to begin, also beside answers that a busy machine writes slowly."""

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        if len(self._free) == 1:
            await asyncio.sleep(3)
        async for data in super().events(pieces, reason, usage):
            yield data


class FewSlots(HealthyModelServer):
    """Answers two at once; the others wait."""

    slots = 2


class Overwhelmed(HealthyModelServer):
    """Refuses when more than four ask."""

    running = 0

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        try:
            async for data in super().events(pieces, reason, usage):
                yield data
        finally:
            self.running -= 1

    def write(self, body: dict[str, Any], messages: list[Message]) -> tuple[list[str], str]:
        if body.get("stream"):
            if self.running >= 4:
                raise Refusal(429, "too many requests")
            self.running += 1
        return super().write(body, messages)


class Stubborn(HealthyModelServer):
    """Goes on writing for those who have left."""

    token_seconds = 0.003

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self._working: set[asyncio.Task[None]] = set()

    async def events(self, pieces: list[str], reason: str, usage: Any) -> AsyncIterator[bytes]:
        written: asyncio.Queue[bytes | None] = asyncio.Queue()

        async def work() -> None:
            async for data in HealthyModelServer.events(self, pieces, reason, usage):
                written.put_nowait(data)
            written.put_nowait(None)

        task = asyncio.create_task(work())
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        while (data := await written.get()) is not None:
            yield data

    async def __aexit__(self, *_: object) -> None:
        for task in self._working:
            task.cancel()
        await super().__aexit__()


# Vectors


class QuarterWidth(HealthyModelServer):
    """As many numbers as bytes were taken for one: a quarter."""

    def coded(self, row: list[float], form: str | None) -> Any:
        quarter = np.array(row).reshape(4, -1).sum(axis=0)
        return super().coded([float(number) for number in quarter / np.linalg.norm(quarter)], form)


class ZeroQuarter(HealthyModelServer):
    """What OpenAI's library makes of plain numbers where it asked for base64."""

    def coded(self, row: list[float], form: str | None) -> Any:
        return [0.0] * (len(row) // 4)


class AlwaysBase64(HealthyModelServer):
    """Answers in base64, whatever was asked."""

    def coded(self, row: list[float], form: str | None) -> Any:
        return super().coded(row, "base64")


class NeverBase64(HealthyModelServer):
    """Ignores that base64 was asked for."""

    def coded(self, row: list[float], form: str | None) -> Any:
        return row


class WrongBase64(HealthyModelServer):
    """Writes doubles into its base64."""

    def coded(self, row: list[float], form: str | None) -> Any:
        return base64.b64encode(np.array(row, "<f8").tobytes()).decode() if form == "base64" else row


class NotANumber(HealthyModelServer):
    """Overflows on what has no words."""

    def vector(self, text: str) -> list[float]:
        return [float("nan")] * self.width if "🙂" in text else super().vector(text)


class Unnormalised(HealthyModelServer):
    """Vectors of any length."""

    def vector(self, text: str) -> list[float]:
        return [number * (3 + count(text)) for number in super().vector(text)]


class Constant(HealthyModelServer):
    """One vector for everything."""

    def vector(self, text: str) -> list[float]:
        return super().vector("the same")


class Shuffling(HealthyModelServer):
    """Gives the vectors of a batch to the wrong texts."""

    def rows(self, texts: list[str]) -> list[list[float]]:
        return super().rows(texts[1:] + texts[:1])


class Unnumbered(HealthyModelServer):
    """Does not say which vector belongs to which text."""

    def ordered(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [item | {"index": 0} for item in data]


class Noisy(HealthyModelServer):
    """A little different each time."""

    def vector(self, text: str) -> list[float]:
        self.noise = np.random.default_rng(self.calls).normal(0, 0.004, self.width)
        return [float(number) for number in np.array(super().vector(text)) + self.noise]


class Leaning(HealthyModelServer):
    """Neighbours in a batch colour each other."""

    def rows(self, texts: list[str]) -> list[list[float]]:
        rows = np.array(super().rows(texts))
        rows = rows + 0.2 * rows.mean(axis=0)
        return [list(map(float, row)) for row in rows / np.linalg.norm(rows, axis=1, keepdims=True)]


class UnequalTwins(HealthyModelServer):
    """A text that occurs twice in a batch gets another vector the second time."""

    def rows(self, texts: list[str]) -> list[list[float]]:
        return [self.vector(text + " again" * texts[:place].count(text)) for place, text in enumerate(texts)]


class Confusing(HealthyModelServer):
    """Gives each other's vectors to those who ask at the same time."""

    asking = 0

    async def embeddings(self, request: Request) -> Response:
        self.asking += 1
        await asyncio.sleep(0.02)
        try:
            return await super().embeddings(request)
        finally:
            self.asking -= 1

    def take(self, text: str) -> str:
        return "somebody else's words" if self.asking > 1 else text


class WithoutPrefix(HealthyModelServer):
    """Takes prefixes away."""

    def take(self, text: str) -> str:
        return super().take(text.removeprefix("search_query: ").removeprefix("search_document: "))


class AsciiOnly(HealthyModelServer):
    """Other alphabets become question marks."""

    def take(self, text: str) -> str:
        return super().take("".join(letter if letter.isascii() else "?" for letter in text))


class ShortSighted(HealthyModelServer):
    """Reads the first 100 words of a text and says nothing."""

    def take(self, text: str) -> str:
        return " ".join(text.split()[:100])


class BreakingOnLongTexts(HealthyModelServer):
    """Fails on a text that is too long."""

    def take(self, text: str) -> str:
        if count(text) > 2048:
            raise Refusal(500, "index out of range in self")
        return text


class SmallBatches(HealthyModelServer):
    """Takes 8 texts at once."""

    def rows(self, texts: list[str]) -> list[list[float]]:
        if len(texts) > 8:
            raise Refusal(413, "batch size exceeds the maximum allowed batch size 8")
        return super().rows(texts)


# Hostile ones


class Silent(HealthyModelServer):
    """Takes the question and never says a word."""

    async def chat(self, request: Request) -> Response:
        await asyncio.sleep(3600)
        raise AssertionError

    embeddings = chat


class Huge(HealthyModelServer):
    """Sends spaces for ever where an answer is expected."""

    async def chat(self, request: Request) -> Response:
        async def spaces() -> AsyncIterator[bytes]:
            while True:
                yield b" " * 65_536
                await asyncio.sleep(0)

        return StreamingResponse(spaces(), media_type="application/json")

    embeddings = chat


class Nonsense(HealthyModelServer):
    """JSON of the wrong shape everywhere."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.routes = [Route("/{path:path}", self.answer, methods=["GET", "POST"])]

    async def answer(self, _request: Request) -> Response:
        shapes: list[Any] = [
            [],
            {"data": 7},
            {"choices": "x"},
            {"data": [{"index": None, "embedding": {}}]},
            None,
        ]
        self.calls += 1
        return Response(json.dumps(shapes[self.calls % len(shapes)]), media_type="application/json")
