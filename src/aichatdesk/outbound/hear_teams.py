"""What people say and press in Microsoft Teams: who they are, and what that does here."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from aichatdesk.conversation.domain import Chat, ChatNotFound
from aichatdesk.conversation.end_chat import end_chat
from aichatdesk.conversation.hand_over import return_to_assistant, take_over
from aichatdesk.conversation.ports import AgentCards
from aichatdesk.conversation.post_message import post_agent_message
from aichatdesk.conversation.read_chat import find_chat
from aichatdesk.core.access import Action, Actor, authorize
from aichatdesk.core.errors import Conflict, DeskError, Forbidden, Invalid, NotFound, TooMany
from aichatdesk.core.ids import ChatId
from aichatdesk.desk.find_agent import agent_by_address
from aichatdesk.desk.presence import note_present
from aichatdesk.outbound.outbox import NotNow, Rejected, is_known, put
from aichatdesk.outbound.service_address import ServiceUrl
from aichatdesk.outbound.teams_activity import Heard
from aichatdesk.outbound.teams_client import TeamsClient
from aichatdesk.outbound.teams_threads import Thread, note_person, thread_by_conversation
from aichatdesk.outbound.tell_teams import MESSAGE, lane_of, name_of
from aichatdesk.platform.http.quota import Quota
from aichatdesk.platform.storage.database import Database, Transaction

# Teams gives up on a bot after 15 seconds.
_PATIENCE = timedelta(seconds=8)
_NO_CHAT = "There is no chat behind this conversation. Please answer below the card of a chat."
_TRY_AGAIN = "Nothing was done: Teams did not tell who you are. Please try again."
_OTHER_CARD = "This button belongs to another chat. Please use the one in its own thread."


class Stranger(Forbidden):
    """Nobody who is active at the desk has an address of this person."""

    def __init__(self, addresses: Sequence[str]) -> None:
        shown = " or ".join(addresses) or "the address of your Teams account"
        super().__init__(
            "Nothing was done: you are not linked to an account of this desk. "
            f"Have {shown} entered there as your Teams e-mail address (teamsEmail)."
        )


class TeamsEars:
    """Acts on what is heard; the answer in Teams goes out through the outbox."""

    def __init__(self, database: Database, client: TeamsClient, agents: AgentCards) -> None:
        self._database = database
        self._client = client
        self._agents = agents
        self._refusals = Quota(30, timedelta(minutes=10), "You were told already.")

    async def hear(self, heard: Heard, service_url: ServiceUrl) -> str:
        """Do what somebody asks for, once, however often it is delivered; return what they are told."""
        try:
            return await self._act(heard, service_url)
        except (Conflict, Forbidden, Invalid, NotFound, NotNow, Rejected) as error:
            return await self._refuse(heard, service_url, error)

    async def _act(self, heard: Heard, service_url: ServiceUrl) -> str:
        thread = await self._database.read(partial(_thread, heard=heard))
        if thread is None:
            raise NotFound(_NO_CHAT)
        if await self._database.read(partial(is_known, key=_key(heard))):
            return ""
        addresses = await self._addresses(heard, service_url)

        def work(tx: Transaction) -> str:
            if is_known(tx, _key(heard)):
                return ""
            text = _carry_out(tx, heard, thread, _actor(tx, addresses), self._agents)
            return _answer(tx, heard, service_url, text)

        return await self._database.write(work)

    async def _addresses(self, heard: Heard, service_url: ServiceUrl) -> Sequence[str]:
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                return await self._client.addresses(service_url, heard.roster, heard.person_id)
        except TimeoutError as error:
            raise NotNow(_TRY_AGAIN) from error

    async def _refuse(self, heard: Heard, service_url: ServiceUrl, error: DeskError) -> str:
        """Tell somebody why nothing was done; the same person only so often, for strangers may try for ever."""
        text = _TRY_AGAIN if isinstance(error, NotNow | Rejected) else error.message
        try:
            self._refusals.take(heard.person_id)
        except TooMany:
            return text
        return await self._database.write(partial(_answer, heard=heard, service_url=service_url, text=text))


def _thread(tx: Transaction, heard: Heard) -> Thread | None:
    return thread_by_conversation(tx, heard.conversation_id)


def _actor(tx: Transaction, addresses: Sequence[str]) -> Actor:
    """The person at the desk with one of these addresses, the first of which is the surest."""
    for address in addresses:
        if agent := agent_by_address(tx, address):
            return agent.actor
    raise Stranger(addresses)


def _carry_out(tx: Transaction, heard: Heard, thread: Thread, actor: Actor, agents: AgentCards) -> str:
    """Do it as the routes would, and put it into a sentence."""
    authorize(actor, Action.ANSWER_CHATS)
    note_present(tx, actor.id)
    chat = find_chat(tx, thread.session_id)
    note_person(tx, chat.session_id, agent_id=actor.id, teams_user_id=heard.person_id)
    if not heard.action:
        return _say(tx, heard, chat, actor, agents)
    if heard.session_id != chat.session_id:
        raise Forbidden(_OTHER_CARD)
    match heard.action:
        case "takeover":
            take_over(tx, chat, actor, agents)
            return f"{actor.name} has this chat."
        case "returnToAI":
            return_to_assistant(tx, chat, actor)
            return "The assistant has this chat again."
        case "closeChat":
            end_chat(tx, chat, by="agent")
            return f"{actor.name} closed this chat."
    raise Invalid("This button is not known here.")


def _say(tx: Transaction, heard: Heard, chat: Chat, actor: Actor, agents: AgentCards) -> str:
    if not heard.text:
        raise Invalid("Nothing was passed on: only text is.")
    take_over(tx, chat, actor, agents)
    post_agent_message(tx, chat.id, actor, heard.text, client_message_id=f"teams:{heard.key}")
    return f"Passed on to {name_of(chat)}."


def _answer(tx: Transaction, heard: Heard, service_url: ServiceUrl, text: str) -> str:
    """Have the one answer to an activity sent; its key is what a repetition is known by."""
    chat_id = _chat_id(tx, heard)
    payload = {"service_url": service_url, "conversation_id": heard.conversation_id, "text": text}
    lane = lane_of(chat_id) if chat_id else None
    put(tx, MESSAGE, payload, key=_key(heard), title="Answer in Teams", chat_id=chat_id, lane=lane)
    return text


def _chat_id(tx: Transaction, heard: Heard) -> ChatId | None:
    thread = _thread(tx, heard)
    try:
        return find_chat(tx, thread.session_id).id if thread else None
    except ChatNotFound:
        return None


def _key(heard: Heard) -> str:
    return f"teams_answer:{heard.key}"
