"""Ollama as its public API describes it. Written from documentation: this is not the real server.

Sources: https://github.com/ollama/ollama/blob/main/docs/api.md, openai.md and faq.md there, as they were before
`encoding_format` and `dimensions` were added. What its users meet and its API does not tell is here too: the silent cut
at `num_ctx`, one answer at a time, the wait for a model that is not loaded, tags after model names, thoughts in the text.

    async with OllamaPeer() as ollama:
        ollama.answer = lambda prompt: "You can return an item within 30 days."
        ...  # LLM_BASE_URL=ollama.base_url + "/v1"
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from peers.hashing_embedder import HashingEmbedder
from peers.loopback_server import LoopbackServer
from peers.ollama_wire import Generation, Words, chat_body, chunks, example_of, refusal

CHAT = "llama3.1:latest"
EMBEDDING = "nomic-embed-text:latest"
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PIECES = re.compile(r"\s*\S+|\s+$")
_TOKENS_AROUND_A_MESSAGE = 4
_LONGEST_QUEUE = 512  # OLLAMA_MAX_QUEUE
_CREATED = 1_760_000_000


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """One model that was pulled; `width` is the length of its vectors, None for a chat model."""

    name: str
    width: int | None = None
    trained_context: int = 131_072


class OllamaPeer(LoopbackServer):
    """Serves chat and embeddings on one port.

    Attributes:
        answer: What the model says to the prompt that is left after the cut, one line for each message.
        thoughts: What it thinks before; `thinks_in` says whether that is written into the text or a field apart.
        context: Tokens of prompt and answer, as OLLAMA_CONTEXT_LENGTH or the Modelfile's num_ctx has it.
        loads: Each loading of a model, by name.
        waiting, answering: Requests in either state now.
        requests: The body of each chat request, and `read` the prompt that the model saw of it.
    """

    def __init__(
        self,
        models: Sequence[OllamaModel] = (OllamaModel(CHAT), OllamaModel(EMBEDDING, 768, 2048)),
        *,
        context: int = 4096,
        parallel: int = 1,
        keep_alive: float = 300,
        load_seconds: float = 0,
        token_seconds: float = 0,
        thoughts: str = "",
        thinks_in: Literal["text", "field"] = "text",
    ) -> None:
        super().__init__(
            [
                Route("/", lambda _: PlainTextResponse("Ollama is running")),
                Route("/api/version", lambda _: JSONResponse({"version": "0.11.10"})),
                Route("/api/tags", self._tags),
                Route("/api/ps", self._running),
                Route("/api/show", self._show, methods=["POST"]),
                Route("/v1/models", self._list),
                Route("/v1/models/{name:path}", self._list_one),
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/embeddings", self._embed, methods=["POST"]),
            ]
        )
        self.models = {model.name: model for model in models}
        self.answer: Callable[[str], str] = lambda _: "Hello."
        self.context = context
        self.thoughts = thoughts
        self.thinks_in = thinks_in
        self.token_seconds = token_seconds
        self.requests: list[dict[str, Any]] = []
        self.read: list[str] = []
        self.loads: list[str] = []
        self.answering = 0
        self._load_seconds = load_seconds
        self._keep_alive = keep_alive
        self._loaded_until: dict[str, float] = {}
        self._loading = asyncio.Lock()
        self._slots = {name: asyncio.Semaphore(parallel) for name in self.models}
        self.waiting = 0

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)  # as it comes: an answer is streamed

    def _find(self, name: object) -> OllamaModel | None:
        """A name without a tag means the tag `latest`."""
        if not isinstance(name, str):
            return None
        return self.models.get(name if ":" in name else f"{name}:latest")

    @contextlib.asynccontextmanager
    async def _slot(self, model: OllamaModel) -> AsyncIterator[None]:
        """Wait for one of the model's places, and for the model itself where it is not loaded."""
        self.waiting += 1
        try:
            await self._slots[model.name].acquire()
        finally:
            self.waiting -= 1
        try:
            async with self._loading:
                if self._loaded_until.get(model.name, 0) < time.monotonic():
                    self.loads.append(model.name)
                    await asyncio.sleep(self._load_seconds)
                self._loaded_until[model.name] = time.monotonic() + self._keep_alive
            self.answering += 1
            try:
                yield
            finally:
                self.answering -= 1
                self._loaded_until[model.name] = time.monotonic() + self._keep_alive
        finally:
            self._slots[model.name].release()

    # The OpenAI-compatible part

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        model = self._find(body.get("model"))
        if model is None:
            return refusal(404, f"model {str(body.get('model'))!r} not found, try pulling it first")
        if model.width is not None:
            return refusal(400, f'"{body["model"]}" does not support chat')
        if not body.get("messages"):
            return refusal(400, "[] is too short - 'messages'")
        if self.waiting >= _LONGEST_QUEUE:
            return refusal(503, "server busy, please try again.  maximum pending requests exceeded")
        words = self._words(model, body, request)
        if body.get("stream"):
            counted = bool((body.get("stream_options") or {}).get("include_usage"))
            return StreamingResponse(chunks(words, body["model"], counted), media_type="text/event-stream")
        return JSONResponse(await chat_body(words, body["model"]))

    async def _words(self, model: OllamaModel, body: dict[str, Any], request: Request) -> Words:
        """The answer a token at a time; `Generation` comes last. Whoever leaves, frees the place."""
        async with self._slot(model):
            prompt, prompt_tokens = self._cut(body["messages"])
            self.read.append(prompt)
            limit = body.get("max_tokens") or 10**9
            written = 0
            for thought, piece in self._pieces(prompt, body):
                await asyncio.sleep(self.token_seconds)
                if await request.is_disconnected():
                    return
                if written >= limit:
                    yield Generation("length", prompt_tokens, written)
                    return
                written += 1
                yield thought, piece
            yield Generation("stop", prompt_tokens, written)

    def _cut(self, messages: list[dict[str, str]]) -> tuple[str, int]:
        """What is left of the prompt, and its length: nothing says that anything was dropped.

        The oldest messages go first, the rules of the system and the newest message last; then the start of the text.
        """
        kept = list(messages)
        while _length(kept) > self.context:
            oldest = next(
                (place for place, one in enumerate(kept[:-1]) if one["role"] != "system"),
                None,
            )
            if oldest is None:
                break
            del kept[oldest]
        text = "\n".join(message["content"] for message in kept)
        tokens = list(_TOKEN.finditer(text))
        room = self.context - _TOKENS_AROUND_A_MESSAGE * len(kept)
        if len(tokens) > room:
            text = text[tokens[-room].start() :]
        return text, min(_length(kept), self.context)

    def _pieces(self, prompt: str, body: dict[str, Any]) -> list[tuple[bool, str]]:
        """Each token of the answer, and whether it is a thought kept apart."""
        shape = body.get("response_format") or {}
        if shape.get("type") == "json_schema":
            return _tokens(example_of(shape["json_schema"]["schema"]), thought=False)
        text = "{}" if shape.get("type") == "json_object" else self.answer(prompt)
        for stop in [body["stop"]] if isinstance(body.get("stop"), str) else body.get("stop") or ():
            text = text.partition(stop)[0]
        if not self.thoughts:
            return _tokens(text, thought=False)
        if self.thinks_in == "text":
            return _tokens(f"<think>\n{self.thoughts}\n</think>\n\n{text}", thought=False)
        return _tokens(self.thoughts, thought=True) + _tokens(text, thought=False)

    async def _embed(self, request: Request) -> Response:
        """`encoding_format` and `dimensions` are not looked at, and what is too long is cut at its end."""
        body = await request.json()
        model = self._find(body.get("model"))
        if model is None:
            return refusal(404, f"model {str(body.get('model'))!r} not found, try pulling it first")
        texts = [body["input"]] if isinstance(body.get("input"), str) else body.get("input")
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            return refusal(400, "invalid input type")
        if model.width is None:
            return refusal(501, "this model does not support embeddings")
        async with self._slot(model):
            room = min(self.context, model.trained_context)
            read = [_TOKEN.findall(text)[:room] for text in texts]
            vectors = await HashingEmbedder(width=model.width).embed_documents(
                [" ".join(one) for one in read]
            )
        rows = [[float(number) for number in row] for row in np.asarray(vectors)]
        data = [{"object": "embedding", "embedding": row, "index": place} for place, row in enumerate(rows)]
        count = sum(map(len, read))
        usage = {"prompt_tokens": count, "total_tokens": count}
        return JSONResponse({"object": "list", "data": data, "model": body["model"], "usage": usage})

    async def _list(self, _request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [_listed(model) for model in self.models.values()]})

    async def _list_one(self, request: Request) -> Response:
        name = request.path_params["name"]
        model = self._find(name)
        return JSONResponse(_listed(model)) if model else refusal(404, f"model '{name}' not found")

    # Its own part

    async def _tags(self, _request: Request) -> Response:
        return JSONResponse({"models": [_described(model) for model in self.models.values()]})

    async def _running(self, _request: Request) -> Response:
        now = time.monotonic()
        loaded = [self.models[name] for name, until in self._loaded_until.items() if until > now]
        more = {"size_vram": 5_000_000_000, "expires_at": "2026-11-01T00:00:00Z"}
        return JSONResponse(
            {"models": [_described(model) | more | {"context_length": self.context} for model in loaded]}
        )

    async def _show(self, request: Request) -> Response:
        body = await request.json()
        name = body.get("model") or body.get("name")
        model = self._find(name)
        if model is None:
            return JSONResponse({"error": f"model '{name}' not found"}, 404)
        family = "llama" if model.width is None else "nomic-bert"
        return JSONResponse(
            {
                "modelfile": f"FROM {model.name}",
                "parameters": 'stop    "<|eot_id|>"',
                "details": _described(model)["details"],
                "model_info": {
                    "general.architecture": family,
                    f"{family}.context_length": model.trained_context,
                    f"{family}.embedding_length": model.width or 4096,
                },
                "capabilities": ["completion", "tools"] if model.width is None else ["embedding"],
            }
        )


def _length(messages: list[dict[str, str]]) -> int:
    """Tokens of a prompt, the template's own among them."""
    return sum(len(_TOKEN.findall(one["content"])) + _TOKENS_AROUND_A_MESSAGE for one in messages)


def _tokens(text: str, *, thought: bool) -> list[tuple[bool, str]]:
    return [(thought, piece) for piece in _PIECES.findall(text)]


def _listed(model: OllamaModel) -> dict[str, Any]:
    return {"id": model.name, "object": "model", "created": _CREATED, "owned_by": "library"}


def _described(model: OllamaModel) -> dict[str, Any]:
    chats = model.width is None
    return {
        "name": model.name,
        "model": model.name,
        "modified_at": "2026-10-01T00:00:00Z",
        "size": 4_920_753_328 if chats else 274_302_450,
        "digest": "0" * 64,
        "details": {
            "format": "gguf",
            "family": "llama" if chats else "nomic-bert",
            "parameter_size": "8.0B" if chats else "137M",
            "quantization_level": "Q4_K_M" if chats else "F16",
        },
    }
