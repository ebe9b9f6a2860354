"""The HTTP routes of a visitor's earlier chats, for the visitor and for people at the desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel

from aichatdesk.conversation.domain import ChatStatus
from aichatdesk.conversation.earlier_chats import earlier_chat, earlier_chats
from aichatdesk.conversation.event_endpoints import reader
from aichatdesk.conversation.read_chat import find_chat
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]


class EarlierChat(BaseModel):
    """One chat of the past, in a line."""

    sessionId: str
    startedAt: str
    endedAt: str | None
    status: ChatStatus
    summary: str | None
    firstQuestion: str | None
    rating: float | None


class EarlierChats(BaseModel):
    """The newest first; `visitorMayRead` where it is the visitor who asks."""

    chats: list[EarlierChat]
    visitorMayRead: bool


def earlier_routes(database: Database, guard: Guard) -> APIRouter:
    """What is listed for a caller, that caller may read."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])

    @routes.get("/{session_id}/earlier")
    async def earlier(session_id: str, request: Request, visitor_token: VisitorToken = None) -> EarlierChats:
        """The same visitor's other chats, at most 20."""
        session = SessionId(session_id)
        staff = await reader(database, guard, request, session, visitor_token) is not None

        def read(tx: Transaction) -> list[dict[str, Any]]:
            return earlier_chats(tx, find_chat(tx, session), staff=staff)

        found = [EarlierChat.model_validate(one) for one in await database.read(read)]
        return EarlierChats(chats=found, visitorMayRead=not staff)

    @routes.get("/{session_id}/earlier/{other_session_id}")
    async def one_of_them(
        session_id: str, other_session_id: str, request: Request, visitor_token: VisitorToken = None
    ) -> dict[str, Any]:
        """One of them as it stands, in the form of a snapshot."""
        session = SessionId(session_id)
        staff = await reader(database, guard, request, session, visitor_token) is not None

        def read(tx: Transaction) -> dict[str, Any]:
            return earlier_chat(tx, find_chat(tx, session), SessionId(other_session_id), staff=staff)

        return await database.read(read)

    return routes
