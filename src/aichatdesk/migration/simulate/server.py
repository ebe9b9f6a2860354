"""The simulated servers as web applications: one that does both, or two as vLLM has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from aichatdesk.migration.simulate.chat_endpoint import ChatEndpoint
from aichatdesk.migration.simulate.embedding_endpoint import EmbeddingEndpoint
from aichatdesk.migration.simulate.figures import Figures
from aichatdesk.migration.simulate.replies import Refused, refusal
from aichatdesk.migration.simulate.simulated_time import SimulatedTime


@dataclass(frozen=True, slots=True)
class Simulation:
    """All parts of a simulation that runs."""

    chat: ChatEndpoint
    embedding: EmbeddingEndpoint
    time: SimulatedTime
    figures: Figures
    configuration: Mapping[str, Any]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What every reply says of itself; a server adds them, for it refuses some requests by itself."""
        # A model's own folder may have any name; a header cannot.
        model = quote(str(self.configuration["model"]), safe="/")
        return [("X-Simulated", f"spark; model={model}; speed={self.time.speed:g}")]


def make_app(simulation: Simulation, *, with_chat: bool = True, with_embedding: bool = True) -> ASGIApp:
    """The routes of one server; what it does not serve is a 404, as on vLLM."""
    pages = _Pages(simulation, with_chat=with_chat, with_embedding=with_embedding)
    routes = [
        Route("/v1/models", pages.models),
        Route("/health", pages.health),
        Route("/metrics", pages.metrics),
        Route("/simulation", pages.simulation),
    ]
    if with_chat:
        routes += [
            Route("/v1/chat/completions", simulation.chat.complete, methods=["POST"]),
            Route("/tokenize", simulation.chat.tokenize, methods=["POST"]),
        ]
    if with_embedding:
        routes.append(Route("/v1/embeddings", simulation.embedding.embed, methods=["POST"]))
    handlers = {Refused: refusal, HTTPException: _not_here, ClientDisconnect: _gone}
    return Starlette(routes=routes, exception_handlers=handlers)


async def _not_here(_request: Request, error: Exception) -> Response:
    """What FastAPI, and so vLLM, answers where there is no such route."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody will read it: the client left while it was still sending."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


class _Pages:
    """What can be read of a server."""

    def __init__(self, simulation: Simulation, *, with_chat: bool, with_embedding: bool) -> None:
        self._simulation = simulation
        self._with_chat = with_chat
        chat, embedder = simulation.chat.chat, simulation.embedding.embedder
        self._served = [(chat.names[0], chat.context_tokens)] * with_chat
        self._served += [(embedder.names[0], embedder.context_tokens)] * with_embedding

    async def models(self, _request: Request) -> Response:
        """`GET /v1/models`."""
        data = [
            {
                "id": name,
                "object": "model",
                "created": 0,
                "owned_by": "simulation",
                "root": name,
                "max_model_len": length,
            }
            for name, length in self._served
        ]
        return JSONResponse({"object": "list", "data": data})

    async def health(self, _request: Request) -> Response:
        """`GET /health`: an empty 200, as vLLM has it."""
        return Response()

    async def metrics(self, _request: Request) -> Response:
        """`GET /metrics`: those of vLLM's numbers that say how busy a server is."""
        machine, counts = self._simulation.chat.machine, self._simulation.figures.counts
        label = f'{{model_name="{self._served[0][0]}"}}'
        chat = self._with_chat
        numbers = {
            "vllm:num_requests_running": ("gauge", machine.running if chat else 0),
            "vllm:num_requests_waiting": ("gauge", machine.waiting if chat else 0),
            "vllm:prompt_tokens_total": ("counter", counts["prompt_tokens" if chat else "embedded_tokens"]),
            "vllm:generation_tokens_total": ("counter", counts["answer_tokens"] if chat else 0),
            "vllm:request_success_total": ("counter", counts["finished" if chat else "embedding_requests"]),
        }
        lines = [f"# TYPE {name} {kind}\n{name}{label} {value}\n" for name, (kind, value) in numbers.items()]
        return PlainTextResponse("".join(lines))

    async def simulation(self, _request: Request) -> Response:
        """`GET /simulation`: what is simulated, and how it went so far."""
        simulation, machine = self._simulation, self._simulation.chat.machine
        counts = simulation.figures.counts
        return JSONResponse(
            {
                "simulation": True,
                "unit": "simulated seconds",
                "configuration": simulation.configuration,
                "now": round(simulation.time.now(), 3),
                "running": machine.running,
                "waiting": machine.waiting,
                "answers": {
                    name: counts[name] for name in ("finished", "cancelled", "prompt_tokens", "answer_tokens")
                },
                "embeddings": {
                    name: counts[name] for name in ("embedding_requests", "embedded_texts", "embedded_tokens")
                },
                "times": simulation.figures.times(),
                "behind": {"mean": round(machine.lag.mean, 4), "worst": round(machine.lag.worst, 4)},
                "late": simulation.figures.late() | {"text_failures": simulation.chat.writer.failures},
            }
        )
