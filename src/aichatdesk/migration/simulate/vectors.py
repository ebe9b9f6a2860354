"""Where the vectors come from: a real small model, or hashed words; always of the width that is simulated."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.openai_embeddings import OpenAIEmbeddings
from aichatdesk.inference.profiles import EmbeddingProfile

Side = Literal["query", "passage"]

_WORD = re.compile(r"\w+")
# So that a text without words has a direction too.
_FLOOR = 1e-3


class VectorSource(Protocol):
    """Embeds texts, in its own time."""

    @property
    def name(self) -> str: ...

    async def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Unit rows, one for each text; raises `DeskError` where there are none."""
        ...


class HashedWords:
    """Texts that share words are near each other; meaning is unknown to it."""

    name = "hashed words"

    def __init__(self, width: int) -> None:
        self._width = width

    async def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """See `VectorSource.embed`."""
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> NDArray[np.float32]:
        row = np.full(self._width, _FLOOR, np.float32)
        for word in _WORD.findall(text.casefold()):
            digest = hashlib.blake2s(word.encode(), digest_size=8).digest()
            row[int.from_bytes(digest) % self._width] += 1
        unit: NDArray[np.float32] = row / np.linalg.norm(row)
        return unit


class LocalVectors:
    """A packaged model's vectors, with zeros up to the width; those change no angle."""

    def __init__(self, embeddings: OpenAIEmbeddings, width: int) -> None:
        self._embeddings = embeddings
        self._width = width

    @property
    def name(self) -> str:
        """The packaged model's name."""
        return self._embeddings.profile.model

    async def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """See `VectorSource.embed`."""
        if side == "query":
            rows = np.stack(await asyncio.gather(*map(self._embeddings.embed_query, texts)))
        else:
            rows = await self._embeddings.embed_documents(texts)
        return np.pad(rows, ((0, 0), (0, self._width - rows.shape[1])))


def side_of(text: str, profile: EmbeddingProfile) -> tuple[Side, str]:
    """Which side a text is of, by the prefix that the simulated model wants, and the text without it."""
    if profile.query_prefix and text.startswith(profile.query_prefix):
        return "query", text.removeprefix(profile.query_prefix)
    return "passage", text.removeprefix(profile.document_prefix)
