"""How the desk learns from people: agents' replies become suggestions, and what is accepted becomes knowledge.

Questions that it could not answer become gaps, for people to fill.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from aichatdesk.assistant.note_gaps import hear_judgement
from aichatdesk.assistant.suggest_from_reply import suggest_from_reply
from aichatdesk.conversation.domain import AgentReplied, AnswerJudged, ChatDeleted
from aichatdesk.conversation.read_chat import session_ids
from aichatdesk.inference.embeddings import EmbeddingModel
from aichatdesk.knowledge.accept_suggestion import learn_suggestion
from aichatdesk.knowledge.gap_endpoints import gap_routes
from aichatdesk.knowledge.group_questions import group_questions
from aichatdesk.knowledge.learning_endpoints import push_routes, suggestion_routes
from aichatdesk.knowledge.open_questions import GROUP_QUESTIONS, forget_questions
from aichatdesk.knowledge.retrieve import Retriever
from aichatdesk.knowledge.suggestions import LEARN_SUGGESTION, forget_chat
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.jobs.queue import Handler
from aichatdesk.platform.storage.database import Database, Transaction
from aichatdesk.platform.storage.facts import FactBoard


@dataclass(frozen=True, slots=True)
class Learning:
    """The routes and background work of it."""

    routes: Sequence[APIRouter]
    jobs: Mapping[str, Handler]


def wire_learning(
    database: Database, guard: Guard, model: EmbeddingModel, retriever: Retriever, facts: FactBoard
) -> Learning:
    """Join the rooms that take part in it."""
    facts.subscribe(AgentReplied, suggest_from_reply)
    facts.subscribe(AnswerJudged, hear_judgement)
    facts.subscribe(ChatDeleted, _forget)
    return Learning(
        routes=[
            push_routes(database, guard, model, retriever),
            suggestion_routes(database, guard, model, retriever, session_ids),
            gap_routes(database, guard, model, retriever),
        ],
        jobs={
            LEARN_SUGGESTION: partial(learn_suggestion, database, model, retriever),
            GROUP_QUESTIONS: partial(group_questions, database, model),
        },
    )


def _forget(tx: Transaction, deleted: ChatDeleted) -> None:
    forget_chat(tx, deleted.chat_id)
    forget_questions(tx, deleted.chat_id)
