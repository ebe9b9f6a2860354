"""The HTTP route through which the widget begins a chat, by the form that the desk has set up."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field

from aichatdesk.conversation.domain import Mode
from aichatdesk.conversation.ports import Reception
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.start_chat import NewChat, StartedChat, start_chat
from aichatdesk.platform.http.address import client_address, client_country
from aichatdesk.platform.storage.database import Database, Transaction

LONGEST_CATEGORY_ID = 100


class BeginChatBody(BaseModel):
    """What the widget knows of its visitor; which of it is required, the desk's form says."""

    model_config = ConfigDict(extra="ignore")

    userName: str | None = Field(None, max_length=1000)
    userEmail: str | None = Field(None, max_length=1000)
    question: str | None = Field(None, max_length=4000)
    currentPage: str | None = Field(None, max_length=4000)
    language: str | None = Field(None, max_length=100)
    environment: dict[str, Any] | None = None
    categoryId: str | None = Field(None, max_length=LONGEST_CATEGORY_ID)


class BegunChat(BaseModel):
    """The new chat's keys; `visitorToken` is told only here."""

    sessionId: str
    chatId: str
    visitorToken: str
    mode: Mode


def begin_routes(database: Database, reception: Reception, quotas: VisitorQuotas) -> APIRouter:
    """One route, for anybody."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])

    @routes.post("", status_code=201)
    async def begin(
        request: Request, body: Annotated[BeginChatBody, Body(default_factory=BeginChatBody)]
    ) -> BegunChat:
        """Begin a chat; the first question is sent as a message of its own afterwards."""
        quotas.chats.take(client_address(request))
        new = NewChat(
            user_name=body.userName or "",
            user_email=body.userEmail or "",
            question=body.question or "",
            language=body.language,
            metadata=told_of_visitor(
                request,
                page=body.currentPage or "",
                environment=body.environment,
                category_id=body.categoryId,
            ),
        )

        def work(tx: Transaction) -> StartedChat:
            return start_chat(tx, replace(new, form=reception.form(tx)))

        started = await database.write(work)
        return BegunChat(
            sessionId=started.session_id,
            chatId=started.id,
            visitorToken=started.visitor_token,
            mode=Mode.AI,
        )

    return routes


def told_of_visitor(
    request: Request, *, page: str, environment: dict[str, Any] | None, category_id: str | None
) -> dict[str, Any]:
    """What a chat keeps of where its visitor is, as browser and connection tell it."""
    told = {
        "userAgent": request.headers.get("user-agent", ""),
        "ipAddress": client_address(request),
        "currentPage": page,
        "environment": environment,
        "categoryId": category_id,
    }
    country = client_country(request)
    return told | ({"country": country} if country else {})
