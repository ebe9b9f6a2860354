"""What the rooms above see of an embedding model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.profiles import EmbeddingProfile


class EmbeddingModel(Protocol):
    """Turns texts into vectors; queries and documents may need different treatment."""

    @property
    def profile(self) -> EmbeddingProfile: ...

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts in batches, keeping their order.

        Returns:
            Shape (len(texts), width); unit rows where the profile normalises.

        Raises:
            ModelUnavailable: The endpoint does not answer.
            WrongWidth: A vector of another width than the profile's; none is returned.
            UnusableVector: A vector that is zero or not finite; none is returned.
        """
        ...

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed one question; shape (width,), errors as above."""
        ...

    async def count_tokens(self, text: str) -> int:
        """How long `text` is for this model; an estimate where the server cannot tell."""
        ...
