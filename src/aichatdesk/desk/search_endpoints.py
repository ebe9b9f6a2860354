"""The HTTP route that searches the whole desk, in the shape of the old server."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aichatdesk.conversation.domain import Chat, Message
from aichatdesk.conversation.search_chats import search_chats, search_messages
from aichatdesk.core.access import Action
from aichatdesk.core.clock import to_iso
from aichatdesk.desk import repository, team_repository
from aichatdesk.desk.domain import Agent
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction

_SHORTEST = 2
_LONGEST = 200
_CHATS, _MESSAGES, _AGENTS, _TEAMS = 10, 15, 10, 5


def search_everything_routes(database: Database, guard: Guard) -> APIRouter:
    """Chats, messages, people and teams by words of theirs."""
    routes = APIRouter(prefix="/api/search", tags=["search"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_CHATS))])
    async def search(q: Annotated[list[str] | None, Query()] = None) -> dict[str, list[dict[str, Any]]]:
        """What holds these words, letter for letter; four empty lists for less than two letters."""
        words = (q or [""])[0].strip()[:_LONGEST]
        if len(words) < _SHORTEST:
            return {"chats": [], "messages": [], "agents": [], "teams": []}

        def read(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
            chats = search_chats(tx, words, limit=_CHATS, in_messages=False)
            return {
                "chats": [_chat(one.chat) for one in chats],
                "messages": [_message(*one) for one in search_messages(tx, words, limit=_MESSAGES)],
                "agents": [_agent(one) for one in repository.list_agents(tx) if _named(one, words)][:_AGENTS],
                "teams": [
                    {"_id": team.id, "name": team.name, "icon": team.icon, "description": team.description}
                    for team in team_repository.list_teams(tx)
                    if words.lower() in f"{team.name}\n{team.description}".lower()
                ][:_TEAMS],
            }

        return await database.read(read)

    return routes


def _named(agent: Agent, words: str) -> bool:
    return words.lower() in f"{agent.name}\n{agent.email}".lower()


def _chat(chat: Chat) -> dict[str, Any]:
    shown = {
        "_id": chat.id,
        "sessionId": chat.session_id,
        "userName": chat.user_name,
        "userEmail": chat.user_email,
        "status": chat.status.value,
        "mode": chat.mode.value,
        "priority": chat.priority,
        "startedAt": to_iso(chat.started_at),
    }
    return shown | ({"summary": chat.summary} if chat.summary else {})


def _message(message: Message, chat: Chat) -> dict[str, Any]:
    shown = {
        "_id": message.id,
        "chatId": chat.id,
        "sender": message.sender.value,
        "content": message.content,
        "sentAt": to_iso(message.sent_at),
        "chatSessionId": chat.session_id,
        "chatUserName": chat.user_name,
    }
    return shown | ({"senderName": message.sender_name} if message.sender_name else {})


def _agent(agent: Agent) -> dict[str, Any]:
    return {
        "_id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "systemRole": agent.role.value,
        "roles": list(agent.teams),
        "status": agent.status,
    }
