"""Rows of the threads in Microsoft Teams: which conversation there belongs to which chat here."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from aichatdesk.core.clock import to_millis
from aichatdesk.core.ids import AgentId, SessionId, new_id
from aichatdesk.outbound.tables import teams_conversations
from aichatdesk.platform.storage.database import Transaction

_rows = teams_conversations.c


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation in Teams; its address is to be checked again before it is used."""

    session_id: SessionId
    service_url: str
    conversation_id: str


def thread_of(tx: Transaction, session_id: SessionId) -> Thread | None:
    """The thread about a chat, if there is one."""
    row = tx.connection.execute(select(teams_conversations).where(_rows.session_id == session_id)).first()
    return _thread(row) if row else None


def thread_by_conversation(tx: Transaction, conversation_id: str) -> Thread | None:
    """The thread that Teams calls so, if it is one of ours."""
    row = tx.connection.execute(
        select(teams_conversations).where(_rows.thread_id == conversation_id).limit(1)
    ).first()
    return _thread(row) if row else None


def remember_thread(tx: Transaction, thread: Thread, *, activity_id: str, bot_id: str) -> None:
    """Keep a thread that was begun; the first one of a chat stays."""
    if thread_of(tx, thread.session_id):
        return
    reference = {
        "activityId": activity_id,
        "bot": {"id": bot_id},
        "channelId": "msteams",
        "conversation": {"id": thread.conversation_id},
        "serviceUrl": thread.service_url,
    }
    now = to_millis(tx.now)
    tx.connection.execute(
        insert(teams_conversations).values(
            id=new_id(),
            session_id=thread.session_id,
            conversation_reference=json.dumps(reference, ensure_ascii=False),
            thread_id=thread.conversation_id,
            created_at=now,
            updated_at=now,
        )
    )


def note_person(tx: Transaction, session_id: SessionId, *, agent_id: AgentId, teams_user_id: str) -> None:
    """Keep who acted last from a thread."""
    values = {"agent_id": agent_id, "teams_user_id": teams_user_id, "updated_at": to_millis(tx.now)}
    tx.connection.execute(update(teams_conversations).where(_rows.session_id == session_id).values(values))


def forget_thread(tx: Transaction, session_id: SessionId) -> None:
    """Remove what is known of a chat's thread."""
    tx.connection.execute(delete(teams_conversations).where(_rows.session_id == session_id))


def _thread(row: Row[Any]) -> Thread:
    reference = json.loads(row.conversation_reference)
    conversation = reference.get("conversation") or {}
    return Thread(
        SessionId(row.session_id),
        str(reference.get("serviceUrl") or ""),
        str(row.thread_id or conversation.get("id") or ""),
    )
