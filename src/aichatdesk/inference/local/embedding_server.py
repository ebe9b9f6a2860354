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

_MOST_TEXTS = 256


def make_app(model: LocalEmbedding, name: str) -> Starlette:
    """The server's routes; one request is computed at a time, the others wait."""
    turn = asyncio.Lock()

    async def embeddings(request: Request) -> JSONResponse:
        body = await request.json()
        texts = [body["input"]] if isinstance(body.get("input"), str) else body.get("input")
        fault = _fault(body, texts, name)
        if fault:
            return fault
        side: Side = "query" if body.get("input_type") == "query" else "passage"
        async with turn:
            vectors = await asyncio.to_thread(model.embed, texts, side)
        as_base64 = body.get("encoding_format") == "base64"
        return JSONResponse(
            {
                "object": "list",
                "model": name,
                "data": [
                    {"object": "embedding", "index": place, "embedding": _written(row, as_base64=as_base64)}
                    for place, row in enumerate(vectors)
                ],
                "usage": _usage(sum(map(model.count_tokens, texts))),
            }
        )

    async def models(_request: Request) -> JSONResponse:
        return JSONResponse(
            {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "local"}]}
        )

    async def tokenize(request: Request) -> JSONResponse:
        body = await request.json()
        return JSONResponse({"count": [model.count_tokens(text) for text in body["input"]]})

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/v1/embeddings", embeddings, methods=["POST"]),
            Route("/v1/models", models),
            Route("/tokenize", tokenize, methods=["POST"]),
            Route("/health", health),
        ]
    )


def _fault(body: dict[str, Any], texts: object, name: str) -> JSONResponse | None:
    if body.get("model") != name:
        return _error(404, f"The model {body.get('model')!r} is not served here; this is {name!r}.")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        return _error(400, "input must be a text or a list of texts.")
    if len(texts) > _MOST_TEXTS:
        return _error(400, f"At most {_MOST_TEXTS} texts at once.")
    return None


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error"}}, status)


def _written(row: NDArray[np.float32], *, as_base64: bool) -> list[float] | str:
    if as_base64:
        return base64.b64encode(row.astype("<f4").tobytes()).decode()
    return [float(number) for number in row]


def _usage(tokens: int) -> dict[str, int]:
    return {"prompt_tokens": tokens, "total_tokens": tokens}


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
