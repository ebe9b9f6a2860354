"""The HTTP routes through which a visitor says who they are and asks for the transcript."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict

from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.domain import ChatStatus
from aichatdesk.conversation.identify_visitor import identify_visitor
from aichatdesk.conversation.ports import Arranged, Transcripts
from aichatdesk.core.errors import Conflict
from aichatdesk.core.ids import SessionId
from aichatdesk.platform.http.address import client_address
from aichatdesk.platform.storage.database import Database, Transaction

VisitorToken = Annotated[str | None, Header(alias="X-Visitor-Token")]


class IdentityBody(BaseModel):
    """A token that the server of the page that holds the widget has signed."""

    model_config = ConfigDict(extra="ignore")

    token: str


def visitor_routes(database: Database, transcripts: Transcripts, *, identity_secret: str) -> APIRouter:
    """Both need the visitor's own secret."""
    routes = APIRouter(prefix="/api/v1/chats", tags=["chats"])

    @routes.post("/{session_id}/identify", responses={401: {}})
    async def identify(
        session_id: str, body: IdentityBody, visitor_token: VisitorToken = None
    ) -> dict[str, Any]:
        """Say who the visitor is, in the name of the page that holds the widget."""
        chat = await database.write(
            partial(
                identify_visitor,
                session_id=SessionId(session_id),
                visitor_token=visitor_token,
                secret=identity_secret,
                token=body.token,
            )
        )
        user = {"id": chat.user_id, "name": chat.user_name, "email": chat.user_email}
        return {"success": True, "user": user | {"emailVerified": chat.email_is_verified}}

    @routes.post("/{session_id}/transcript")
    async def transcript(
        session_id: str, request: Request, visitor_token: VisitorToken = None
    ) -> dict[str, Any]:
        """Ask for the transcript of a chat that has ended."""

        def work(tx: Transaction) -> Arranged:
            chat = require_visitor(tx, SessionId(session_id), visitor_token)
            if chat.status is not ChatStatus.CLOSED:
                raise Conflict("The chat goes on; ask for its transcript when it has ended.")
            return transcripts.arrange(tx, chat.id, asked=True, client=client_address(request))

        arranged = await database.write(work)
        return {"success": True, "outcome": arranged.outcome, "transcript": arranged.sentence}

    return routes
