"""How fast an embedding model is; estimates, since no measurement on a DGX Spark has been published."""

from dataclasses import dataclass

from aichatdesk.inference.catalogue.catalogue import CatalogueEmbedder

# A small encoder in BF16 reaches less than a large decoder; between 45 and 57 TFLOPS are taken for it elsewhere.
_FLOPS = 45e12
REQUEST_SECONDS = 0.010
_QUESTION_TOKENS = 20
_CHUNK_TOKENS = 256
# Above it the tokenizer is what takes the time.
_MOST_TOKENS_PER_SECOND = 300_000.0


@dataclass(frozen=True, slots=True)
class EmbeddingSpeed:
    """Seconds for one question, and for the whole knowledge base in batches."""

    question_seconds: float
    tokens_per_second: float
    chunks: int
    chunks_seconds: float


def embedding_speed(embedder: CatalogueEmbedder, chunks: int) -> EmbeddingSpeed:
    """The estimate for a model; all its parameters are taken as multiplied, which errs to the slow side."""
    rate = min(_MOST_TOKENS_PER_SECOND, _FLOPS / (2 * embedder.params))
    return EmbeddingSpeed(
        REQUEST_SECONDS + _QUESTION_TOKENS / rate, rate, chunks, chunks * _CHUNK_TOKENS / rate
    )
