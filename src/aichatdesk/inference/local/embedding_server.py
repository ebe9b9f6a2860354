"""One embedding model as an OpenAI-compatible server; runs as a process of its own."""

import argparse
import asyncio
import base64
from typing import Any

import numpy as np
import uvicorn
from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from aichatdesk.inference.local.embedding_models import EMBEDDING_MODEL, MODELS, LocalEmbedding, Side
from aichatdesk.inference.local.lifeline import end_with_parent
from aichatdesk.inference.replies import read_json

_MOST_TEXTS = 256
_TEXTS_PER_TURN = 8


class _Refused(Exception):
    """A request that cannot be served as it is."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def make_app(model: LocalEmbedding, name: str) -> Starlette:
    """The server's routes; a few texts are computed at a time, the requests take turns."""
    turn = asyncio.Lock()

    async def embeddings(request: Request) -> JSONResponse:
        body = await _body(request)
        if body.get("model") != name:
            raise _Refused(f"The model {body.get('model')!r} is not served here; this is {name!r}.", 404)
        texts = _texts(body)
        side: Side = "query" if body.get("input_type") == "query" else "passage"
        rows: list[NDArray[np.float32]] = []
        tokens = 0
        for start in range(0, len(texts), _TEXTS_PER_TURN):
            async with turn:
                some = texts[start : start + _TEXTS_PER_TURN]
                rows += list(await asyncio.to_thread(model.embed, some, side))
                tokens += await asyncio.to_thread(_tokens, model, some)
        as_base64 = body.get("encoding_format") == "base64"
        return JSONResponse(
            {
                "object": "list",
                "model": name,
                "data": [
                    {"object": "embedding", "index": place, "embedding": _written(row, as_base64=as_base64)}
                    for place, row in enumerate(rows)
                ],
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )

    async def models(_request: Request) -> JSONResponse:
        return JSONResponse(
            {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "local"}]}
        )

    async def tokenize(request: Request) -> JSONResponse:
        texts = _texts(await _body(request))
        async with turn:
            counts = await asyncio.to_thread(lambda: [model.count_tokens(text) for text in texts])
        return JSONResponse({"count": counts})

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/v1/embeddings", embeddings, methods=["POST"]),
            Route("/v1/models", models),
            Route("/tokenize", tokenize, methods=["POST"]),
            Route("/health", health),
        ],
        exception_handlers={_Refused: _refusal},
    )


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = read_json(await request.body())
    except ValueError as error:
        raise _Refused(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise _Refused("The body must be an object.")
    return body


def _texts(body: dict[str, Any]) -> list[str]:
    texts = [body["input"]] if isinstance(body.get("input"), str) else body.get("input")
    if not isinstance(texts, list) or not texts or not all(map(_is_text, texts)):
        raise _Refused("input must be a text or a list of texts.")
    if len(texts) > _MOST_TEXTS:
        raise _Refused(f"At most {_MOST_TEXTS} texts at once.")
    return texts


def _is_text(value: object) -> bool:
    """Whether it is a text that UTF-8 can write; half a surrogate pair is none."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


async def _refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, _Refused)
    return JSONResponse({"error": {"message": error.message, "type": "invalid_request_error"}}, error.status)


def _tokens(model: LocalEmbedding, texts: list[str]) -> int:
    return sum(map(model.count_tokens, texts))


def _written(row: NDArray[np.float32], *, as_base64: bool) -> list[float] | str:
    if as_base64:
        return base64.b64encode(row.astype("<f4").tobytes()).decode()
    return [float(number) for number in row]


def main() -> None:
    """Serve until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", choices=sorted(MODELS), default=EMBEDDING_MODEL)
    given = parser.parse_args()
    end_with_parent()
    app = make_app(MODELS[given.model](), given.model)
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
