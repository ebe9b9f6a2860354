"""A real, tiny embedding model for tests: words are hashed into a vector, so shared words mean nearness."""

import asyncio
import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.profiles import EmbeddingProfile

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """Implements `EmbeddingModel` without weights.

    `fault`, where set, is raised by each call. `hold()` makes calls wait until `let_go()`; `waiting` is set
    as soon as one does.
    """

    def __init__(self, *, width: int = 64, model: str = "hashing", announces_width: bool = True) -> None:
        self._width = width
        self.profile = EmbeddingProfile(model, width if announces_width else None)
        self.fault: DeskError | None = None
        self.embedded: list[str] = []
        self.waiting = asyncio.Event()
        self._open = asyncio.Event()
        self._open.set()

    def hold(self) -> None:
        self.waiting.clear()
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.waiting.set()
        fault = self.fault
        await self._open.wait()
        if fault is not None:
            raise fault
        self.embedded.extend(texts)
        return np.stack([self._vector(text) for text in texts])

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        rows = await self.embed_documents([text])
        return np.asarray(rows[0], np.float32)

    async def count_tokens(self, text: str) -> int:
        return len(_WORD.findall(text))

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self._width, 1e-3, np.float32)
        for word in _WORD.findall(text.lower()):
            vector[int.from_bytes(hashlib.blake2s(word.encode(), digest_size=4).digest()) % self._width] += 1
        return vector / np.float32(np.linalg.norm(vector))
