"""The HTTP routes through which people at the desk ask the model, in the shapes of the old server."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from aichatdesk.assistant.copilot import Copilot
from aichatdesk.conversation.read_chat import find_chat, get_chat
from aichatdesk.core.access import Action, Actor
from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId, SessionId, require_id
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database

Fields = dict[str, Any]


def copilot_routes(database: Database, guard: Guard, copilot: Copilot) -> APIRouter:
    """Summary, category, mood and a suggested reply; what they tell is for people at the desk."""
    routes = APIRouter(prefix="/api/ai", tags=["copilot"])
    answers = Depends(guard.require(Action.ANSWER_CHATS))

    @routes.post("/summarize", dependencies=[answers])
    async def summarize(body: Fields) -> Fields:
        """What the chat is about, in a sentence."""
        return {"summary": await copilot.summarize(_chat_id(body))}

    @routes.post("/categorize", dependencies=[answers])
    async def categorize(body: Fields) -> Fields:
        """What kind of question it is."""
        return {"category": await copilot.categorize(_chat_id(body))}

    @routes.post("/suggest-reply")
    async def suggest(
        body: Fields, actor: Annotated[Actor, Depends(guard.require(Action.ANSWER_CHATS))]
    ) -> Fields:
        """A reply to take, change or leave."""
        return {"suggestedReply": await copilot.suggest_reply(actor, _chat_id(body))}

    @routes.post("/analyze-sentiment", dependencies=[answers])
    async def analyze(body: Fields) -> Fields:
        """How the visitor feels and how urgent it is."""
        if body.get("chatId"):
            chat = await database.read(partial(get_chat, chat_id=_chat_id(body)))
        elif isinstance(body.get("sessionId"), str) and body["sessionId"]:
            chat = await database.read(partial(find_chat, session_id=SessionId(body["sessionId"])))
        else:
            raise Invalid("chatId or sessionId is required")
        mood = await copilot.analyze_mood(chat)
        return {"sentiment": mood.sentiment, "priority": mood.priority, "reasoning": mood.reasoning}

    return routes


def _chat_id(body: Fields) -> ChatId:
    if not body.get("chatId"):
        raise Invalid("chatId is required")
    return ChatId(require_id(body["chatId"], "chatId"))
