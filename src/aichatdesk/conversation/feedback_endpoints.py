"""The HTTP routes through which a visitor judges answers, rates the chat and leaves an address."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.domain import Chat
from aichatdesk.conversation.leave_contact import leave_contact
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.rate_chat import LONGEST_COMMENT, judge_answer, rate_chat
from aichatdesk.core.ids import MessageId, SessionId, require_id
from aichatdesk.platform.http.common_shapes import Success
from aichatdesk.platform.storage.database import Database, Transaction

VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]


class FeedbackBody(BaseModel):
    """Whether an answer helped; null takes the word back."""

    model_config = ConfigDict(extra="ignore")

    helpful: StrictBool | None
    comment: str | None = Field(None, max_length=LONGEST_COMMENT)


class RatingBody(BaseModel):
    """What the visitor thinks of the chat."""

    model_config = ConfigDict(extra="ignore")

    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: str | None = Field(None, max_length=LONGEST_COMMENT)


class ContactBody(BaseModel):
    """How the visitor can be called and reached; what is not given stays."""

    model_config = ConfigDict(extra="ignore")

    name: str | None = Field(None, max_length=1000)
    email: str | None = Field(None, max_length=1000)


def feedback_routes(database: Database, quotas: VisitorQuotas) -> APIRouter:
    """All need the visitor's own secret; sending the same again changes nothing."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])

    async def change(
        session_id: str, visitor_token: str | None, work: Callable[[Transaction, Chat], None]
    ) -> Success:
        session = SessionId(session_id)
        quotas.judgements.take(session)
        await database.write(lambda tx: work(tx, require_visitor(tx, session, visitor_token)))
        return Success(success=True)

    @routes.put("/{session_id}/messages/{message_id}/feedback")
    async def judge(
        session_id: str, message_id: str, body: FeedbackBody, visitor_token: VisitorToken = None
    ) -> Success:
        """Say whether an answer of the assistant helped."""
        wanted = MessageId(require_id(message_id, "messageId"))
        judged = partial(judge_answer, message_id=wanted, helpful=body.helpful, comment=body.comment)
        return await change(session_id, visitor_token, judged)

    @routes.put("/{session_id}/rating")
    async def rate(session_id: str, body: RatingBody, visitor_token: VisitorToken = None) -> Success:
        """Rate the chat, while it goes on or afterwards; a later rating replaces an earlier one."""
        rated = partial(rate_chat, rating=body.rating, comment=body.comment)
        return await change(session_id, visitor_token, rated)

    @routes.put("/{session_id}/contact")
    async def contact(session_id: str, body: ContactBody, visitor_token: VisitorToken = None) -> Success:
        """Leave or correct a name and an address; 409 for what the page has vouched for."""
        return await change(
            session_id, visitor_token, partial(leave_contact, name=body.name, email=body.email)
        )

    return routes
