"""Write the assistant's answer into the chat, sentence by sentence, so that nothing sent is ever lost."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import AnswerState, Message, Reason, Sender
from aichatdesk.conversation.fold import joined
from aichatdesk.core.errors import NotFound
from aichatdesk.core.ids import ChatId, MessageId, new_id
from aichatdesk.platform.storage.database import Transaction


def begin_answer(
    tx: Transaction,
    chat_id: ChatId,
    *,
    question_id: MessageId | None,
    sources: Sequence[Mapping[str, Any]],
) -> MessageId:
    """Open an answer with the sources it may draw on (event `sources`)."""
    chat = repository.chat_by_id(tx, chat_id)
    message = Message(
        id=MessageId(new_id()),
        chat_id=chat_id,
        position=chat.staff_seq + 1,
        sender=Sender.AI,
        sender_name=None,
        content="",
        sent_at=tx.now,
        metadata={"sources": list(sources), "citations": []},
        state=AnswerState.STREAMING,
    )
    repository.insert_message(tx, message)
    data = {"messageId": message.id, "questionId": question_id, "sources": list(sources)}
    repository.append_event(tx, chat_id, "sources", data)
    return message.id


def add_sentence(
    tx: Transaction, answer_id: MessageId, text: str, citations: Sequence[Mapping[str, Any]]
) -> int:
    """Add one sentence to an open answer (event `sentence`); return its place in the public log."""
    answer = _open_answer(tx, answer_id)
    metadata = dict(answer.metadata)
    metadata["citations"] = [*metadata.get("citations", []), *citations]
    repository.change_message(
        tx,
        answer_id,
        content=joined(answer.content, text),
        metadata=json.dumps(metadata, ensure_ascii=False),
    )
    data = {"messageId": answer_id, "text": text, "citations": list(citations)}
    return repository.append_event(tx, answer.chat_id, "sentence", data).public_seq or 0


def finish_answer(
    tx: Transaction,
    answer_id: MessageId,
    *,
    state: AnswerState,
    confidence: float,
    needs_human: bool,
    language: str,
    why: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> int:
    """Close an answer (event `finished`); return its place in the public log.

    `why` says what the confidence rests on, to people at the desk alone.
    """
    answer = _open_answer(tx, answer_id)
    reasons = {"why": dict(why)} if why else {}
    kept = {**answer.metadata, "confidence": confidence, "language": language, **reasons, **(metadata or {})}
    repository.change_message(tx, answer_id, state=state.value, metadata=json.dumps(kept, ensure_ascii=False))
    repository.change_chat(tx, answer.chat_id, language=language)
    data = {
        "messageId": answer_id,
        "confidence": round(confidence, 4),
        "needsHuman": needs_human,
        "state": state.value,
        "language": language,
        **reasons,
    }
    return repository.append_event(tx, answer.chat_id, "finished", data).public_seq or 0


def fail_answer(tx: Transaction, chat_id: ChatId, answer_id: MessageId | None, code: Reason) -> int:
    """Say that there is no answer, or no more of it (event `failed`); what was sent is kept.

    An answer that was closed before stays as it is, and nothing is said of it. Returns the last place in
    the public log.
    """
    if answer_id is not None:
        answer = repository.message_by_id(tx, answer_id)
        if answer is None or answer.state is not AnswerState.STREAMING:
            return repository.chat_by_id(tx, chat_id).public_seq
        repository.change_message(tx, answer_id, state=AnswerState.INCOMPLETE.value)
    data = {"code": code.value, "messageId": answer_id}
    return repository.append_event(tx, chat_id, "failed", data).public_seq or 0


def mark_interrupted_answers(tx: Transaction) -> int:
    """Close the answers that a stopped process left open; return how many there were."""
    left = repository.streaming_messages(tx)
    for answer in left:
        fail_answer(tx, answer.chat_id, answer.id, Reason.INTERRUPTED)
    return len(left)


def _open_answer(tx: Transaction, answer_id: MessageId) -> Message:
    answer = repository.message_by_id(tx, answer_id)
    if answer is None or answer.state is not AnswerState.STREAMING:
        raise NotFound("This answer is not open any more.")
    return answer
