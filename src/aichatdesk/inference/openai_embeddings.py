"""An embedding model behind an OpenAI-compatible address."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import UnusableVector, WrongWidth
from aichatdesk.inference.profiles import EmbeddingProfile

_CHARACTERS_PER_TOKEN = 3.2
_BATCH_TIMEOUT = timedelta(seconds=120)
_QUERY_TIMEOUT = timedelta(seconds=10)


class OpenAIEmbeddings:
    """The `EmbeddingModel` port over `POST {base_url}/embeddings`."""

    def __init__(self, endpoint: Endpoint, profile: EmbeddingProfile) -> None:
        self._endpoint = endpoint
        self._profile = profile

    @property
    def profile(self) -> EmbeddingProfile:
        """How this model's texts are prepared."""
        return self._profile

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `EmbeddingModel.embed_documents`."""
        prepared = [self._profile.document_prefix + text for text in texts]
        size = self._endpoint.profile.embedding_batch_size
        width = self._profile.width
        batches: list[NDArray[np.float32]] = []
        for start in range(0, len(prepared), size):
            batch = prepared[start : start + size]
            vectors = await self._embed(batch, self._profile.document_field, _BATCH_TIMEOUT, width)
            width = vectors.shape[1]
            batches.append(vectors)
        return np.concatenate(batches) if batches else np.empty((0, width or 0), np.float32)

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        """See `EmbeddingModel.embed_query`."""
        prepared = [self._profile.query_prefix + text]
        rows = await self._embed(prepared, self._profile.query_field, _QUERY_TIMEOUT, self._profile.width)
        return np.asarray(rows[0], np.float32)

    async def count_tokens(self, text: str) -> int:
        """See `EmbeddingModel.count_tokens`."""
        return round(len(text) / _CHARACTERS_PER_TOKEN)

    async def _embed(
        self, texts: list[str], side: str, limit: timedelta, width: int | None
    ) -> NDArray[np.float32]:
        body: dict[str, Any] = {
            "model": self._profile.model,
            "input": texts,
            "encoding_format": "float",
            **self._endpoint.profile.embedding_options,
        }
        if side:
            body["input_type"] = side
        if self._profile.ask_width:
            body["dimensions"] = self._profile.ask_width
        answer = await self._endpoint.with_retries(
            lambda: self._endpoint.within(
                limit,
                self._endpoint.post(self._endpoint.base_url + "/embeddings", body),
                waiting_for="embedding",
            )
        )
        return self._vectors(self._rows(answer, len(texts)), width)

    def _rows(self, answer: Any, expected: int) -> list[list[object]]:
        """The vectors in the order of the texts; servers may answer in another."""
        try:
            items = sorted(answer["data"], key=lambda item: item["index"])
            rows = [item["embedding"] for item in items]
            places = [item["index"] for item in items]
        except (KeyError, TypeError) as error:
            raise self._endpoint.unavailable("its answer holds no embeddings", retriable=False) from error
        if places != list(range(expected)) or not all(isinstance(row, list) for row in rows):
            reason = f"it answered {len(rows)} vectors for {expected} texts, or not as numbers"
            raise self._endpoint.unavailable(reason, retriable=False)
        return rows

    def _vectors(self, rows: list[list[object]], width: int | None) -> NDArray[np.float32]:
        expected = width or len(rows[0])
        for row in rows:
            if len(row) != expected:
                raise WrongWidth(self._endpoint.name, expected, len(row))
        numbers = _numbers(rows)
        if numbers is None:
            raise UnusableVector(self._endpoint.name)
        with np.errstate(all="ignore"):  # what overflows here is refused below
            lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
            vectors = (numbers / lengths if self._profile.normalise else numbers).astype(np.float32)
        if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
            raise UnusableVector(self._endpoint.name)
        return vectors


def _numbers(rows: list[list[object]]) -> NDArray[np.float64] | None:
    """The rows as a matrix, or None where they hold something else than numbers."""
    try:
        matrix = np.array(rows)
    except ValueError:
        return None
    return matrix.astype(np.float64) if matrix.ndim == 2 and matrix.dtype.kind in "iuf" else None
