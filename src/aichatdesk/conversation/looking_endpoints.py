"""The HTTP route that tells which people at the desk look at which chats."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from aichatdesk.conversation.live import LiveChats
from aichatdesk.core.access import Action
from aichatdesk.platform.http.actor import Guard


class ShownLooker(BaseModel):
    """An agent who looks at a chat."""

    id: str
    name: str


class Looking(BaseModel):
    """By session; chats that nobody looks at are not named."""

    looking: dict[str, list[ShownLooker]]


def looking_routes(guard: Guard, live: LiveChats) -> APIRouter:
    """One route, for people at the desk; changes come over the socket."""
    routes = APIRouter(prefix="/api/v1/desk", tags=["dashboard"])

    @routes.get("/looking", dependencies=[Depends(guard.require(Action.READ_CHATS))])
    async def looking() -> Looking:
        """Who looks at which chat now."""
        everywhere = live.lookers.everywhere().items()
        return Looking(
            looking={
                session_id: [ShownLooker(id=one.id, name=one.name) for one in lookers]
                for session_id, lookers in everywhere
            }
        )

    return routes
