"""`/v1/embeddings` in the time that the embedding model takes there."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse

from aichatdesk.inference.profiles import embedding_profile
from aichatdesk.knowledge.chunking import count_tokens
from aichatdesk.migration.simulate.figures import Figures
from aichatdesk.migration.simulate.replies import Refused, read_body
from aichatdesk.migration.simulate.simulated_time import SimulatedTime
from aichatdesk.migration.simulate.vectors import VectorSource, side_of

_MOST_TEXTS = 2048
# Tokens are estimated: a text that the real tokenizer would take must not be refused.
_DOUBT = 1.25


@dataclass(frozen=True, slots=True)
class SimulatedEmbedder:
    """The embedding model that is simulated.

    Attributes:
        names: What it may be called in a request; the first is the one it lists.
        seconds: Simulated seconds for so many tokens in one request.
    """

    names: tuple[str, ...]
    width: int
    context_tokens: int
    seconds: Callable[[int], float]


class EmbeddingEndpoint:
    """Embeds one request after the other, as the one process on the Spark does."""

    def __init__(
        self, embedder: SimulatedEmbedder, source: VectorSource, time: SimulatedTime, figures: Figures
    ) -> None:
        self.embedder = embedder
        self.source = source
        self._profile = embedding_profile(embedder.names[0])
        self._time = time
        self._figures = figures
        self._free_from = 0.0

    async def embed(self, request: Request) -> JSONResponse:
        """`POST /v1/embeddings`."""
        body = await read_body(request)
        texts = self._texts(body)
        counts = [count_tokens(text) for text in texts]
        if max(counts) > self.embedder.context_tokens * _DOUBT:
            raise Refused(
                f"This model's maximum context length is {self.embedder.context_tokens} tokens. However, you requested "
                f"{max(counts)} tokens in the input for embedding generation. Please reduce the length of the input."
            )
        tokens = max(1, sum(counts))
        arrived = self._time.now()
        self._free_from = max(arrived, self._free_from) + self.embedder.seconds(tokens)
        due = self._free_from
        rows = await self._embed(texts, body.get("input_type"))
        late = max(0.0, self._time.now() - due)
        await self._time.until(due)
        self._figures.note_embedding(tokens, len(texts), due - arrived, late)
        return JSONResponse(
            {
                "id": "embd-simulated",
                "object": "list",
                "model": self.embedder.names[0],
                "data": _data(rows, as_base64=body.get("encoding_format") == "base64"),
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0},
            }
        )

    def _texts(self, body: Mapping[str, Any]) -> list[str]:
        if body.get("model") not in self.embedder.names:
            raise Refused(
                f"The model `{body.get('model')}` does not exist; this is a simulation of `{self.embedder.names[0]}`.",
                404,
            )
        given = body.get("input")
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            raise Refused(
                "input must be a text or a list of texts; the simulation does not read token numbers."
            )
        if len(texts) > _MOST_TEXTS:
            raise Refused(f"At most {_MOST_TEXTS} texts at once.")
        if body.get("dimensions") not in (None, self.embedder.width):
            raise Refused(f"The simulation gives vectors of {self.embedder.width} numbers and no others.")
        if body.get("encoding_format") not in (None, "float", "base64"):
            raise Refused("encoding_format must be float or base64.")
        return texts

    async def _embed(self, texts: Sequence[str], input_type: object) -> NDArray[np.float32]:
        """The vectors, each text on its side."""
        sides = [side_of(text, self._profile) for text in texts]
        rows = np.zeros((len(texts), self.embedder.width), np.float32)
        for side in ("query", "passage"):
            places = [
                place
                for place, (its_side, _) in enumerate(sides)
                if ("query" if input_type == "query" else its_side) == side
            ]
            if places:
                rows[places] = await self.source.embed([sides[place][1] for place in places], side)
        return rows


def _data(rows: NDArray[np.float32], *, as_base64: bool) -> list[dict[str, Any]]:
    return [
        {
            "object": "embedding",
            "index": place,
            "embedding": base64.b64encode(row.astype("<f4").tobytes()).decode()
            if as_base64
            else row.tolist(),
        }
        for place, row in enumerate(rows)
    ]
