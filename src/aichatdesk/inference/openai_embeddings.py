"""An embedding model behind an OpenAI-compatible address."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.errors import ModelUnavailable, UnusableVector, WrongWidth
from aichatdesk.inference.openai_endpoint import Endpoint, within
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
        batches = [
            await self._embed(prepared[start : start + size], self._profile.document_field, _BATCH_TIMEOUT)
            for start in range(0, len(prepared), size)
        ]
        return np.concatenate(batches) if batches else np.empty((0, self._profile.width or 0), np.float32)

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        """See `EmbeddingModel.embed_query`."""
        rows = await self._embed(
            [self._profile.query_prefix + text], self._profile.query_field, _QUERY_TIMEOUT
        )
        return np.asarray(rows[0], np.float32)

    async def count_tokens(self, text: str) -> int:
        """See `EmbeddingModel.count_tokens`."""
        return round(len(text) / _CHARACTERS_PER_TOKEN)

    async def _embed(self, texts: list[str], side: str, limit: timedelta) -> NDArray[np.float32]:
        body: dict[str, Any] = {"model": self._profile.model, "input": texts, "encoding_format": "float"}
        if side:
            body["input_type"] = side
        answer = await self._endpoint.with_retries(
            lambda: within(
                limit,
                self._endpoint.post(self._endpoint.base_url + "/embeddings", body),
                endpoint=self._endpoint.base_url,
                waiting_for="embedding",
            )
        )
        return self._checked(answer, len(texts))

    def _checked(self, answer: Any, expected_rows: int) -> NDArray[np.float32]:
        rows = self._rows(answer, expected_rows)
        width = self._profile.width or len(rows[0])
        for row in rows:
            if len(row) != width:
                raise WrongWidth(self._endpoint.base_url, width, len(row))
        vectors = np.asarray(rows, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise UnusableVector(self._endpoint.base_url)
        return (vectors / lengths).astype(np.float32) if self._profile.normalise else vectors

    def _rows(self, answer: Any, expected: int) -> list[list[float]]:
        """The vectors in the order of the texts; servers may answer in another."""
        try:
            items = sorted(answer["data"], key=lambda item: item["index"])
            rows = [item["embedding"] for item in items]
            places = [item["index"] for item in items]
        except (KeyError, TypeError) as error:
            raise ModelUnavailable(
                self._endpoint.base_url, "its answer holds no embeddings", retriable=False
            ) from error
        if places != list(range(expected)) or not all(isinstance(row, list) for row in rows):
            raise ModelUnavailable(
                self._endpoint.base_url,
                f"it answered {len(rows)} vectors for {expected} texts, or not as numbers",
                retriable=False,
            )
        return rows
