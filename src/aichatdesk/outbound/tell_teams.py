"""What Microsoft Teams is told: a card for each new chat, and in its thread what the visitor writes."""

from functools import partial

from aichatdesk.conversation.domain import (
    Chat,
    ChatNotFound,
    ChatStarted,
    Message,
    VisitorMessagePosted,
)
from aichatdesk.conversation.read_chat import get_chat, get_message
from aichatdesk.core.errors import Forbidden
from aichatdesk.core.ids import ChatId, MessageId
from aichatdesk.core.text import shorten
from aichatdesk.outbound.outbox import Item, Rejected, is_waiting, put
from aichatdesk.outbound.service_address import ServiceAddresses
from aichatdesk.outbound.teams_card import chat_card
from aichatdesk.outbound.teams_client import Begun, TeamsClient
from aichatdesk.outbound.teams_threads import Thread, remember_thread, thread_of
from aichatdesk.platform.storage.database import Database, Transaction

CARD = "teams_card"
MESSAGE = "teams_message"
_LONGEST_NAME = 100
_DELETED = "The chat was deleted."


def lane_of(chat_id: ChatId) -> str:
    """The lane in which everything about one chat goes out to Teams."""
    return f"teams:{chat_id}"


def name_of(chat: Chat) -> str:
    """The visitor's name on one line."""
    return shorten(" ".join(chat.user_name.split()), _LONGEST_NAME)


def announce_chat(tx: Transaction, started: ChatStarted) -> None:
    """Have a card sent for a new chat."""
    chat_id = started.chat_id
    payload = {"chat_id": chat_id}
    put(tx, CARD, payload, key=_card_key(chat_id), title="New chat", chat_id=chat_id, lane=lane_of(chat_id))


def forward_message(tx: Transaction, posted: VisitorMessagePosted) -> None:
    """Have a visitor's message sent into the chat's thread, if it has one or will have."""
    chat_id = posted.chat_id
    chat = get_chat(tx, chat_id)
    if not thread_of(tx, chat.session_id) and not is_waiting(tx, _card_key(chat_id)):
        return
    # The words themselves stay in the chat alone until they are sent.
    payload = {"chat_id": chat_id, "message_id": posted.message_id}
    key = f"{MESSAGE}:{posted.message_id}"
    put(tx, MESSAGE, payload, key=key, title="Visitor's message", chat_id=chat_id, lane=lane_of(chat_id))


class TeamsSenders:
    """Sends what waits in the outbox."""

    def __init__(
        self,
        database: Database,
        client: TeamsClient,
        addresses: ServiceAddresses,
        *,
        channel_id: str,
        dashboard_url: str,
    ) -> None:
        self._database = database
        self._client = client
        self._addresses = addresses
        self._channel_id = channel_id
        self._dashboard_url = dashboard_url

    async def send_card(self, item: Item) -> str | None:
        """Begin the thread of a chat, unless it was begun before a kill; see `Sender`."""
        chat, thread = await self._chat(ChatId(str(item.payload["chat_id"])))
        if thread is not None:
            return thread.conversation_id
        begun = await self._client.begin_thread(
            self._addresses.configured,
            self._channel_id,
            chat_card(chat, self._dashboard_url),
            summary=f"New chat: {name_of(chat)}",
            key=item.id,
        )
        await self._remember(chat, begun)
        return begun.conversation_id

    async def send_message(self, item: Item) -> str | None:
        """Write a visitor's message or our own words into a thread; see `Sender`."""
        payload = item.payload
        if "message_id" not in payload:
            return await self._post(
                payload["service_url"], payload["conversation_id"], payload["text"], item.id
            )
        chat, thread = await self._chat(ChatId(str(payload["chat_id"])))
        message = await self._message(MessageId(str(payload["message_id"])))
        if thread is None or message is None:
            raise Rejected("This chat has no thread in Teams.")
        text = f"{name_of(chat)}: {message.content}"
        return await self._post(thread.service_url, thread.conversation_id, text, item.id)

    async def _post(self, service_url: object, conversation_id: str, text: str, key: str) -> str | None:
        try:
            address = self._addresses.checked(service_url)
        except Forbidden as error:
            raise Rejected(error.message) from error
        return await self._client.post(address, conversation_id, text, key=key)

    async def _remember(self, chat: Chat, begun: Begun) -> None:
        new = Thread(chat.session_id, self._addresses.configured, begun.conversation_id)

        def write(tx: Transaction) -> None:
            get_chat(tx, chat.id)
            remember_thread(tx, new, activity_id=begun.activity_id, bot_id=self._client.bot_id)

        try:
            await self._database.write(write)
        except ChatNotFound as error:
            raise Rejected(_DELETED) from error

    async def _chat(self, chat_id: ChatId) -> tuple[Chat, Thread | None]:
        def read(tx: Transaction) -> tuple[Chat, Thread | None]:
            chat = get_chat(tx, chat_id)
            return chat, thread_of(tx, chat.session_id)

        try:
            return await self._database.read(read)
        except ChatNotFound as error:
            raise Rejected(_DELETED) from error

    async def _message(self, message_id: MessageId) -> Message | None:
        return await self._database.read(partial(get_message, message_id=message_id))


def _card_key(chat_id: ChatId) -> str:
    return f"{CARD}:{chat_id}"
