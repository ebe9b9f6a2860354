"""The HTTP routes of chats and messages, in the shapes of the old server, and the event log's own."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from aichatdesk.conversation.attachments import read_attachments
from aichatdesk.conversation.body_shapes import AnyAttachments
from aichatdesk.conversation.domain import ChatAlreadyClosed, ChatStatus, Message, Mode, Reason
from aichatdesk.conversation.end_chat import delete_chat, end_chat
from aichatdesk.conversation.hand_over import request_hand_over, return_to_assistant, take_over
from aichatdesk.conversation.label_chat import note_notes, note_picked_category
from aichatdesk.conversation.ports import AgentCards, Arranged, Transcripts
from aichatdesk.conversation.post_message import post_agent_message, post_visitor_message
from aichatdesk.conversation.quotas import VisitorQuotas
from aichatdesk.conversation.read_chat import all_messages, find_chat, get_chat
from aichatdesk.conversation.shapes import listed, shown_card
from aichatdesk.conversation.start_chat import NewChat, start_chat
from aichatdesk.conversation.start_endpoints import LONGEST_CATEGORY_ID, told_of_visitor
from aichatdesk.core.access import Action, Actor
from aichatdesk.core.errors import Invalid, SessionEnded, Unauthenticated
from aichatdesk.core.ids import ChatId, SessionId, require_id
from aichatdesk.core.text import clean, shorten
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.address import client_address
from aichatdesk.platform.http.common_shapes import AnyText
from aichatdesk.platform.http.json_text import NotJson, parse_json
from aichatdesk.platform.storage.database import Database, Transaction

_LARGEST_RATING = 1_000_000
_LONGEST_SUBJECT = 4000


class StartChatBody(BaseModel):
    """What the widget sends to begin a chat."""

    model_config = ConfigDict(extra="ignore")

    userName: str = Field("", max_length=1000)
    userEmail: str = Field("", max_length=1000)
    currentPage: str = Field("", max_length=4000)
    ticketType: str = "chat"
    userPriority: str | None = None
    mood: int | None = None
    environment: dict[str, Any] | None = None
    categoryId: str | None = Field(None, max_length=LONGEST_CATEGORY_ID)
    subject: str | None = None


class PostMessageBody(BaseModel):
    """A message; who sent it is decided by the token, never by `sender`."""

    model_config = ConfigDict(extra="ignore")

    chatId: AnyText = None
    content: AnyText = None
    sender: str = "user"
    isInternal: bool = False
    attachments: AnyAttachments = None
    clientMessageId: str | None = None


class NotesBody(BaseModel):
    """Notes about a chat, for people at the desk."""

    notes: str = Field("", max_length=20_000)


class CategoryBody(BaseModel):
    """The workflow category that a visitor picked."""

    categoryId: str | None = Field(None, max_length=LONGEST_CATEGORY_ID)


def chat_routes(database: Database, guard: Guard, agents: AgentCards, quotas: VisitorQuotas) -> APIRouter:
    """Routes about one chat."""
    routes = APIRouter(prefix="/api/chat", tags=["chats"])

    @routes.post("", status_code=201)
    async def start(
        request: Request, body: Annotated[StartChatBody, Body(default_factory=StartChatBody)]
    ) -> dict[str, Any]:
        """Begin a chat; keep the `visitorToken`, it is told only here."""
        quotas.chats.take(client_address(request))
        new = NewChat(
            user_name=body.userName,
            user_email=body.userEmail,
            ticket_type=body.ticketType,
            user_priority=body.userPriority,
            mood=body.mood,
            metadata=told_of_visitor(
                request, page=body.currentPage, environment=body.environment, category_id=body.categoryId
            )
            | ({"subject": shorten(clean(body.subject), _LONGEST_SUBJECT)} if body.subject else {}),
        )
        started = await database.write(partial(start_chat, new=new))
        return {
            "sessionId": started.session_id,
            "chatId": started.id,
            "mode": Mode.AI.value,
            "visitorToken": started.visitor_token,
        }

    @routes.get("/{session_id}")
    async def show(session_id: str) -> dict[str, Any]:
        """Where a chat stands."""

        def read(tx: Transaction) -> dict[str, Any]:
            chat = find_chat(tx, SessionId(session_id))
            card = agents.card(tx, chat.assigned_agent_id) if chat.assigned_agent_id else None
            return {
                "id": chat.id,
                "sessionId": chat.session_id,
                "status": chat.status.value,
                "mode": chat.mode.value,
                "category": chat.category,
                "assignedAgent": shown_card(card) if card else None,
            }

        return {"chat": await database.read(read)}

    @routes.get("/{session_id}/messages")
    async def messages(
        session_id: str, actor: Annotated[Actor | None, Depends(guard.optional)]
    ) -> list[dict[str, Any]]:
        """Everything said; internal notes only with an agent's token."""

        def read(tx: Transaction) -> list[Message]:
            return all_messages(tx, find_chat(tx, SessionId(session_id)), internal=actor is not None)

        return [listed(message) for message in await database.read(read)]

    @routes.post("/{session_id}/escalate")
    async def escalate(session_id: str) -> dict[str, Any]:
        """Ask for a person."""

        def work(tx: Transaction) -> dict[str, Any]:
            chat = find_chat(tx, SessionId(session_id))
            open_with_agent = chat.status is not ChatStatus.CLOSED and chat.mode is Mode.HUMAN
            if open_with_agent and chat.assigned_agent_id:
                return {"message": "Chat already assigned to agent", "agent": {"id": chat.assigned_agent_id}}
            request_hand_over(tx, chat.id, Reason.VISITOR_ASKED)
            named = get_chat(tx, chat.id).assigned_agent_id
            if named and (card := agents.card(tx, named)):
                agent = {"id": card.id, "name": card.name}
                return {"message": "Chat assigned to agent", "agent": agent}
            return {"message": "Chat in queue - no agents available", "status": ChatStatus.WAITING.value}

        return await database.write(work)

    @routes.patch("/{session_id}/category")
    async def choose_category(
        session_id: str, body: Annotated[CategoryBody, Body(default_factory=CategoryBody)]
    ) -> dict[str, Any]:
        """Note the category that the visitor picked."""

        def work(tx: Transaction) -> None:
            note_picked_category(tx, find_chat(tx, SessionId(session_id)), body.categoryId)

        await database.write(work)
        return {"success": True}

    @routes.post("/{session_id}/takeover")
    async def take(
        session_id: str, actor: Annotated[Actor, Depends(guard.require(Action.ANSWER_CHATS))]
    ) -> dict[str, Any]:
        """Take a chat; 409 if another agent has it."""

        def work(tx: Transaction) -> None:
            take_over(tx, find_chat(tx, SessionId(session_id)), actor, agents)

        await database.write(work)
        agent = {"id": actor.id, "name": actor.name}
        return {"success": True, "agent": agent, "message": "Takeover successful"}

    @routes.post("/{session_id}/return-to-ai")
    async def give_back(
        session_id: str, actor: Annotated[Actor, Depends(guard.require(Action.ANSWER_CHATS))]
    ) -> dict[str, Any]:
        """Give a chat back to the assistant."""

        def work(tx: Transaction) -> None:
            return_to_assistant(tx, find_chat(tx, SessionId(session_id)), actor)

        await database.write(work)
        return {"success": True, "message": "Chat returned to AI"}

    @routes.put("/{session_id}/notes")
    async def note(
        session_id: str,
        body: Annotated[NotesBody, Body(default_factory=NotesBody)],
        _actor: Annotated[Actor, Depends(guard.require(Action.ANSWER_CHATS))],
    ) -> dict[str, Any]:
        """Keep notes about a chat."""

        def work(tx: Transaction) -> None:
            note_notes(tx, find_chat(tx, SessionId(session_id)), body.notes)

        await database.write(work)
        return {"success": True}

    @routes.delete("/{session_id}")
    async def remove(
        session_id: str, actor: Annotated[Actor, Depends(guard.require(Action.DELETE_CHATS))]
    ) -> dict[str, Any]:
        """Delete a chat and all that was said in it."""

        def work(tx: Transaction) -> int:
            return delete_chat(tx, find_chat(tx, SessionId(session_id)), actor)

        return {"success": True, "deletedMessages": await database.write(work)}

    return routes


def message_routes(
    database: Database, guard: Guard, quotas: VisitorQuotas, transcripts: Transcripts
) -> APIRouter:
    """Routes that say something or end a chat."""
    routes = APIRouter(prefix="/api/messages", tags=["messages"])

    @routes.post("", status_code=201)
    async def post(body: PostMessageBody, request: Request) -> dict[str, Any]:
        """Say something; without an agent's token it is the visitor who speaks."""
        if body.chatId in (None, "") or body.content in (None, ""):
            raise Invalid("chatId and content are required")
        if body.sender not in {"user", "ai", "agent"}:
            raise Invalid("sender must be user, ai or agent.", field="sender")
        chat_id = ChatId(require_id(body.chatId, "chatId"))
        actor = await _speaker(guard, request, body)
        attachments = read_attachments(body.attachments)
        if actor:
            posted = await database.write(
                partial(
                    post_agent_message,
                    chat_id=chat_id,
                    actor=actor,
                    content=body.content,
                    internal=body.isInternal,
                    client_message_id=body.clientMessageId,
                    attachments=attachments,
                )
            )
        else:
            quotas.messages.take(chat_id)
            posted = await database.write(
                partial(
                    post_visitor_message,
                    chat_id=chat_id,
                    content=body.content,
                    client_message_id=body.clientMessageId,
                    attachments=attachments,
                )
            )
        message = posted.message
        shown = {key: value for key, value in message.shown().items() if key != "attachments"}
        placed = {"isInternal": message.is_internal, "seq": posted.seq, "deduplicated": posted.deduplicated}
        return {"success": True, "message": {**shown, **placed}}

    @routes.post("/chat/{session_id}/end")
    async def end(session_id: str, request: Request) -> dict[str, Any]:
        """End a chat; any body whose text is JSON will do, as browsers' beacons send plain text."""
        actor = await guard.optional(request)
        body = await _any_json(request)
        rating, comment = _rating(body)
        asked = _wish_for_transcript(body)

        def work(tx: Transaction) -> Arranged:
            chat = find_chat(tx, SessionId(session_id))
            try:
                end_chat(tx, chat, by="agent" if actor else "visitor", rating=rating, comment=comment)
            except ChatAlreadyClosed as error:
                raise Invalid(error.message) from error
            return transcripts.arrange(tx, chat.id, asked=asked, client=client_address(request))

        arranged = await database.write(work)
        return {"success": True, "message": "Chat ended", "transcript": arranged.sentence}

    return routes


async def _speaker(guard: Guard, request: Request, body: PostMessageBody) -> Actor | None:
    """The agent who speaks; None is the visitor. A cookie speaks only if the body says agent or note.

    What an agent wrote is never taken for the visitor's words because a real token has run out.
    """
    from_desk = body.isInternal or body.sender == "agent"
    if not from_desk:
        return None
    try:
        return await guard.actor(request)
    except SessionEnded:
        raise
    except Unauthenticated as error:
        if body.isInternal:
            raise Unauthenticated("Authentication required for internal notes") from error
        return None


async def _any_json(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        parsed = parse_json(body.decode(errors="replace"))
    except NotJson:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _rating(body: Mapping[str, Any]) -> tuple[float | None, str | None]:
    rating, comment = body.get("rating"), body.get("ratingComment")
    if rating is not None and (isinstance(rating, bool) or not isinstance(rating, int | float)):
        raise Invalid("rating must be a number.", field="rating")
    if rating is not None and abs(rating) > _LARGEST_RATING:
        raise Invalid(f"rating must be at most {_LARGEST_RATING}.", field="rating")
    if comment is not None and not isinstance(comment, str):
        raise Invalid("ratingComment must be a text.", field="ratingComment")
    return rating, comment


def _wish_for_transcript(body: Mapping[str, Any]) -> bool | None:
    asked = body.get("transcript")
    if asked is not None and not isinstance(asked, bool):
        raise Invalid("transcript must be true or false.", field="transcript")
    return asked
