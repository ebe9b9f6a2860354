"""Learn what a person has accepted."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from aichatdesk.core.access import Actor
from aichatdesk.core.ids import AgentId, DocumentId
from aichatdesk.core.text import shorten
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge.push import Pushed, pair_text, push
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.suggestions import accepted_but_not_learned, learned, take
from aichatdesk.platform.storage.database import Database, Transaction

_LONGEST_TITLE = 80


async def accept(
    database: Database,
    model: EmbeddingModel,
    retriever: Retriever,
    suggestion_id: str,
    *,
    by: Actor,
    question: object = None,
    answer: object = None,
) -> Pushed:
    """Accept a suggestion and learn it; of two people at once, one does.

    Raises:
        NotFound, Conflict, Invalid: See `suggestions.take`.
    """
    text = await database.write(
        partial(take, suggestion_id=suggestion_id, by=by, question=question, answer=answer)
    )
    return await _learn(database, model, retriever, suggestion_id, text, by.id)


async def learn_suggestion(
    database: Database, model: EmbeddingModel, retriever: Retriever, payload: Mapping[str, Any]
) -> None:
    """The durable job: learn what was accepted by a process that died before it had."""
    suggestion_id = str(payload["id"])
    left = await database.read(partial(accepted_but_not_learned, suggestion_id=suggestion_id))
    if left is not None:
        question, answer, by = left
        await _learn(database, model, retriever, suggestion_id, pair_text(question, answer), by)


async def _learn(
    database: Database,
    model: EmbeddingModel,
    retriever: Retriever,
    suggestion_id: str,
    text: str,
    by: AgentId,
) -> Pushed:
    def settle(tx: Transaction, document_id: DocumentId) -> None:
        learned(tx, suggestion_id, document_id)

    title = shorten(text.splitlines()[0].removeprefix("Q: ").strip(), _LONGEST_TITLE)
    return await push(database, model, retriever, text, source=title, by=by, settle=settle)
