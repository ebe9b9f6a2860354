"""What the desk notes about a chat: its kind, its mood, what it was about."""

import json
from collections.abc import Mapping
from typing import Any

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat
from aichatdesk.core.ids import ChatId
from aichatdesk.platform.storage.database import Transaction

SENTIMENTS = ("positive", "neutral", "negative")


def note_summary(tx: Transaction, chat: Chat, summary: str) -> None:
    """Keep what the chat was about, in a sentence."""
    repository.change_chat(tx, chat.id, summary=summary)
    _tell(tx, chat, {"summary": summary})


def note_category(tx: Transaction, chat: Chat, category: str) -> None:
    """Keep what kind of question it is."""
    repository.change_chat(tx, chat.id, category=category)
    _tell(tx, chat, {"category": category})


def note_sentiment(tx: Transaction, chat: Chat, sentiment: str, priority: str, reasoning: str) -> None:
    """Keep how the visitor feels and how urgent it is."""
    known = dict(repository.chat_by_id(tx, chat.id).metadata)
    metadata = json.dumps(known | {"sentimentReasoning": reasoning})
    repository.change_chat(tx, chat.id, sentiment=sentiment, priority=priority, metadata=metadata)
    _tell(tx, chat, {"sentiment": sentiment, "priority": priority})


def note_booking(tx: Transaction, chat_id: ChatId, booking: Mapping[str, Any]) -> None:
    """Keep which meeting was booked in a chat; raises `ChatNotFound`."""
    chat = repository.chat_by_id(tx, chat_id)
    _keep_metadata(tx, chat, {**chat.metadata, "booking": dict(booking)})
    _tell(tx, chat, {"booking": dict(booking)})


def note_booking_cancelled(tx: Transaction, chat_id: ChatId, event_id: str) -> None:
    """Take a meeting out again, if it is still the one that was booked last; raises `ChatNotFound`."""
    chat = repository.chat_by_id(tx, chat_id)
    booking = chat.metadata.get("booking")
    if isinstance(booking, Mapping) and booking.get("eventId") == event_id:
        _keep_metadata(tx, chat, {key: value for key, value in chat.metadata.items() if key != "booking"})
        _tell(tx, chat, {"booking": None})


def _keep_metadata(tx: Transaction, chat: Chat, metadata: Mapping[str, Any]) -> None:
    repository.change_chat(tx, chat.id, metadata=json.dumps(dict(metadata), ensure_ascii=False))


def _tell(tx: Transaction, chat: Chat, noted: Mapping[str, Any]) -> None:
    repository.append_event(tx, chat.id, "labelled", noted, public=False)
