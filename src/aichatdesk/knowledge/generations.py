"""The index generation that is live, and whether the configured embedding model still fits it."""

from functools import partial

from aichatdesk.core.errors import Misconfigured
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge import repository
from aichatdesk.knowledge.chunking import CHUNK_TOKENS, CHUNKER, TOKEN_COUNTER
from aichatdesk.knowledge.domain import Generation
from aichatdesk.platform.storage.database import Database, Transaction


class OtherModel(Misconfigured):
    """The vectors in the index were made by another model than the one configured."""

    def __init__(self, live: Generation, configured: str, width: int | None) -> None:
        super().__init__(
            f"The embedding model is {configured} ({width or 'unknown'} numbers wide), but the knowledge base was "
            f"embedded with {live.model} ({live.width} wide); name that one again in EMBEDDING_MODEL, or in "
            "OPENAI_EMBEDDING_MODEL if it is in the cloud, or start with another AICHATDESK_DATA_DIR."
        )


async def require_fitting_model(database: Database, model: EmbeddingModel) -> None:
    """Raise `OtherModel` if the live generation belongs to another embedding model."""
    live = await database.read(repository.live_generation)
    width = model.profile.width
    if live and (live.model != model.profile.model or (width is not None and width != live.width)):
        raise OtherModel(live, model.profile.model, width)


async def ensure_live_generation(database: Database, model: EmbeddingModel, width: int) -> Generation:
    """The live generation; the first vectors bring the first one into being."""
    return await database.write(partial(_ensure, model=model, width=width))


def _ensure(tx: Transaction, model: EmbeddingModel, width: int) -> Generation:
    if live := repository.live_generation(tx):
        if live.width != width:
            raise OtherModel(live, model.profile.model, width)
        return live
    profile = model.profile
    generation_id = repository.insert_generation(
        tx,
        model=profile.model,
        width=width,
        normalise=profile.normalise,
        query_prefix=profile.query_prefix or profile.query_field,
        document_prefix=profile.document_prefix or profile.document_field,
        chunker=CHUNKER,
        chunk_tokens=CHUNK_TOKENS,
        token_counter=TOKEN_COUNTER,
        state="live",
    )
    return Generation(generation_id, profile.model, width, CHUNK_TOKENS)
