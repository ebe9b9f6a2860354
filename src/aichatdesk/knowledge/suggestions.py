"""What agents' replies suggest for the knowledge base: nothing is learned until a person accepts it."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from aichatdesk.core.access import Actor
from aichatdesk.core.clock import from_millis, to_iso, to_millis
from aichatdesk.core.errors import Conflict, NotFound
from aichatdesk.core.ids import AgentId, ChatId, DocumentId, MessageId, new_id
from aichatdesk.core.text import tidy
from aichatdesk.knowledge.mask_personal import mask_personal, says_something
from aichatdesk.knowledge.push import pair_text
from aichatdesk.knowledge.tables import suggestions
from aichatdesk.platform.audit.acts import Act
from aichatdesk.platform.audit.note import note
from aichatdesk.platform.jobs.queue import enqueue
from aichatdesk.platform.storage.database import Transaction

LEARN_SUGGESTION = "learn_suggestion"
_IF_BROKEN_OFF = timedelta(minutes=5)
_MOST_LISTED = 200


class SuggestionState(StrEnum):
    """What people have decided."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a visitor asked and an agent answered; `names` are those of the people in the chat."""

    chat_id: ChatId
    message_id: MessageId
    question: str
    answer: str
    names: Collection[str]


def suggest(tx: Transaction, reply: Reply) -> bool:
    """Keep a pair for people to decide on, without what is personal in it.

    False if too little is left of it, or if the same was suggested before.
    """
    question = mask_personal(tidy(reply.question), names=reply.names)
    answer = mask_personal(tidy(reply.answer), names=reply.names)
    if not says_something(question) or not says_something(answer):
        return False
    digest = _digest(question, answer)
    if tx.connection.execute(select(suggestions.c.id).where(suggestions.c.digest == digest)).first():
        return False
    tx.connection.execute(
        insert(suggestions).values(
            id=new_id(),
            chat_id=reply.chat_id,
            message_id=reply.message_id,
            question=question,
            answer=answer,
            digest=digest,
            state=SuggestionState.PENDING.value,
            created_at=to_millis(tx.now),
        )
    )
    return True


def take(
    tx: Transaction,
    suggestion_id: str,
    *,
    by: Actor,
    question: object = None,
    answer: object = None,
) -> str:
    """Accept a suggestion, perhaps in other words; return the text that is to be learned.

    A job learns it if this process dies before it is.

    Raises:
        NotFound: No such suggestion.
        Conflict: It was decided before.
        Invalid: The other words are none.
    """
    row = _pending(tx, suggestion_id)
    asked = row.question if question is None else question
    told = row.answer if answer is None else answer
    text = pair_text(asked, told)
    _decide(tx, row.id, SuggestionState.ACCEPTED, by, question=tidy(str(asked)), answer=tidy(str(told)))
    note(tx, by, Act.SUGGESTION_ACCEPTED, row.id)
    enqueue(tx, LEARN_SUGGESTION, {"id": row.id}, delay=_IF_BROKEN_OFF)
    return text


def reject(tx: Transaction, suggestion_id: str, *, by: Actor) -> dict[str, Any]:
    """Decide against a suggestion; raises `NotFound` or `Conflict`."""
    _decide(tx, _pending(tx, suggestion_id).id, SuggestionState.REJECTED, by)
    note(tx, by, Act.SUGGESTION_REJECTED, suggestion_id)
    return shown(tx, suggestion_id)


def learned(tx: Transaction, suggestion_id: str, document_id: DocumentId) -> None:
    """Note which document holds an accepted suggestion."""
    tx.connection.execute(
        update(suggestions).where(suggestions.c.id == suggestion_id).values(document_id=document_id)
    )


def accepted_but_not_learned(tx: Transaction, suggestion_id: str) -> tuple[str, str, AgentId] | None:
    """Question, answer and who accepted them; None where nothing is left to do."""
    row = _row(tx, suggestion_id)
    if row is None or row.state != SuggestionState.ACCEPTED or row.document_id is not None:
        return None
    return row.question, row.answer, AgentId(row.decided_by)


def list_suggestions(tx: Transaction, state: str | None = None) -> list[dict[str, Any]]:
    """The newest suggestions, at most 200."""
    newest = suggestions.c.created_at.desc(), suggestions.c.id.desc()
    query = select(suggestions).order_by(*newest).limit(_MOST_LISTED)
    if state:
        query = query.where(suggestions.c.state == state)
    return [_shown(row) for row in tx.connection.execute(query)]


def counts(tx: Transaction) -> dict[str, int]:
    """How many suggestions there are in each state."""
    rows = tx.connection.execute(
        select(suggestions.c.state, func.count()).group_by(suggestions.c.state)
    ).all()
    found = {str(state): int(number) for state, number in rows}
    return {state.value: found.get(state.value, 0) for state in SuggestionState}


def shown(tx: Transaction, suggestion_id: str) -> dict[str, Any]:
    """One suggestion as the dashboard shows it; raises `NotFound`."""
    row = _row(tx, suggestion_id)
    if row is None:
        raise NotFound("No such suggestion.")
    return _shown(row)


def forget_chat(tx: Transaction, chat_id: ChatId) -> None:
    """Remove what a deleted chat suggested; of what people accepted, only where it came from."""
    of_chat = suggestions.c.chat_id == chat_id
    accepted = suggestions.c.state == SuggestionState.ACCEPTED.value
    tx.connection.execute(delete(suggestions).where(of_chat, ~accepted))
    tx.connection.execute(update(suggestions).where(of_chat).values(chat_id=None, message_id=None))


def _pending(tx: Transaction, suggestion_id: str) -> Row[Any]:
    row = _row(tx, suggestion_id)
    if row is None:
        raise NotFound("No such suggestion.")
    if row.state != SuggestionState.PENDING:
        raise Conflict(f"This suggestion was {row.state} before.", state=row.state)
    return row


def _decide(tx: Transaction, suggestion_id: str, state: SuggestionState, by: Actor, **more: str) -> None:
    waits = suggestions.c.state == SuggestionState.PENDING.value
    decided = tx.connection.execute(
        update(suggestions)
        .where(suggestions.c.id == suggestion_id, waits)
        .values(state=state.value, decided_by=by.id, decided_at=to_millis(tx.now), **more)
    )
    if not decided.rowcount:
        raise Conflict("This suggestion was decided at this moment by somebody else.")


def _row(tx: Transaction, suggestion_id: str) -> Row[Any] | None:
    return tx.connection.execute(select(suggestions).where(suggestions.c.id == suggestion_id)).one_or_none()


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "chatId": row.chat_id,
        "question": row.question,
        "answer": row.answer,
        "state": row.state,
        "createdAt": to_iso(from_millis(row.created_at)),
        "decidedAt": to_iso(from_millis(row.decided_at)) if row.decided_at is not None else None,
        "decidedBy": row.decided_by,
        "documentId": row.document_id,
    }


def _digest(question: str, answer: str) -> str:
    return hashlib.sha256(f"{question}\n{answer}".casefold().encode()).hexdigest()
