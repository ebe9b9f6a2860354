"""The HTTP routes of what dashboards list and find, in the shapes of the old server."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aichatdesk.conversation import repository
from aichatdesk.conversation.last_words import glances
from aichatdesk.conversation.ports import AgentCards
from aichatdesk.conversation.read_chat import find_chat
from aichatdesk.conversation.search_chats import attachments_of, count_chats, search_chats
from aichatdesk.conversation.shapes import raw_chat
from aichatdesk.conversation.visitor_info import visitor_info
from aichatdesk.core.access import Action
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

_CLOSED_SHOWN_FOR = timedelta(hours=24)
_MOST_CHATS_SHOWN = 500
_MOST_FOUND = 50
_SHORTEST_SEARCH = 2
_LONGEST_SEARCH = 200


def dashboard_routes(database: Database, guard: Guard, agents: AgentCards) -> APIRouter:
    """What dashboards list."""
    routes = APIRouter(
        prefix="/api/dashboard", tags=["dashboard"], dependencies=[Depends(guard.require(Action.READ_CHATS))]
    )

    @routes.get("/chats")
    async def chats() -> list[dict[str, Any]]:
        """Open chats, and those closed within a day, newest first, each with what was said last."""

        def read(tx: Transaction) -> list[dict[str, Any]]:
            found = repository.recent_chats(
                tx, closed_since=tx.now - _CLOSED_SHOWN_FOR, limit=_MOST_CHATS_SHOWN
            )
            owners = {chat.assigned_agent_id for chat in found if chat.assigned_agent_id}
            cards = agents.cards(tx, owners)
            seen = glances(tx, found)
            return [raw_chat(chat, cards, now=tx.now) | seen[chat.id] for chat in found]

        return await database.read(read)

    @routes.get("/chats/search")
    async def search(q: Annotated[list[str] | None, Query()] = None) -> list[dict[str, Any]]:
        """Chats whose visitor, summary or messages hold these words."""
        words = (q or [""])[0].strip()
        if len(words) < _SHORTEST_SEARCH:
            raise Invalid(f"Query must be at least {_SHORTEST_SEARCH} characters", field="q")

        def read(tx: Transaction) -> list[dict[str, Any]]:
            found = search_chats(tx, words[:_LONGEST_SEARCH], limit=_MOST_FOUND)
            owners = {one.chat.assigned_agent_id for one in found if one.chat.assigned_agent_id}
            cards = agents.cards(tx, owners)
            rows = []
            for one in found:
                row = raw_chat(one.chat, cards, now=tx.now)
                row.pop("waitTime")
                rows.append(row | {"matchSnippet": one.snippet, "matchType": one.where})
            return rows

        return await database.read(read)

    @routes.get("/chats/{session_id}/info")
    async def info(session_id: str) -> dict[str, Any]:
        """What the visitor's browser tells."""

        def read(tx: Transaction) -> dict[str, Any]:
            return visitor_info(find_chat(tx, SessionId(session_id)))

        return await database.read(read)

    @routes.get("/chats/{session_id}/attachments")
    async def attachments(session_id: str) -> list[dict[str, Any]]:
        """What was attached in a chat, newest first."""

        def read(tx: Transaction) -> list[dict[str, Any]]:
            return attachments_of(tx, find_chat(tx, SessionId(session_id)))

        return await database.read(read)

    @routes.get("/stats")
    async def stats() -> dict[str, int]:
        """How many chats there are."""
        return await database.read(count_chats)

    return routes


def chat_row_routes(database: Database, guard: Guard, agents: AgentCards) -> APIRouter:
    """One chat as lists show it, however long ago it ended."""
    routes = APIRouter(prefix="/api/v1/desk", tags=["dashboard"])

    @routes.get("/chats/{session_id}", dependencies=[Depends(guard.require(Action.READ_CHATS))])
    async def row(session_id: str) -> dict[str, Any]:
        """The chat with what was said last in it."""

        def read(tx: Transaction) -> dict[str, Any]:
            chat = find_chat(tx, SessionId(session_id))
            owner = chat.assigned_agent_id
            cards = agents.cards(tx, {owner} if owner else set())
            return raw_chat(chat, cards, now=tx.now) | glances(tx, [chat])[chat.id]

        return await database.read(read)

    return routes
