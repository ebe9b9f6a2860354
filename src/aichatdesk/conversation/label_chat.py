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
    _tell(tx, chat.id, {"summary": summary})


def note_category(tx: Transaction, chat: Chat, category: str) -> None:
    """Keep what kind of question it is."""
    repository.change_chat(tx, chat.id, category=category)
    _tell(tx, chat.id, {"category": category})


def note_sentiment(tx: Transaction, chat: Chat, sentiment: str, priority: str, reasoning: str) -> None:
    """Keep how the visitor feels and how urgent it is."""
    _keep(tx, chat.id, sentimentReasoning=reasoning)
    repository.change_chat(tx, chat.id, sentiment=sentiment, priority=priority)
    _tell(tx, chat.id, {"sentiment": sentiment, "priority": priority})


def note_notes(tx: Transaction, chat: Chat, notes: str) -> None:
    """Keep what people at the desk write down about the chat as a whole."""
    repository.change_chat(tx, chat.id, agent_notes=notes)
    _tell(tx, chat.id, {"notes": notes})


def note_picked_category(tx: Transaction, chat: Chat, category_id: str | None) -> None:
    """Keep the workflow category that the visitor picked."""
    _keep(tx, chat.id, categoryId=category_id)
    _tell(tx, chat.id, {"categoryId": category_id})


def note_profanity(tx: Transaction, chat_id: ChatId) -> None:
    """Warn the desk, once a chat, that the visitor swears (event `flagged`)."""
    if not repository.chat_by_id(tx, chat_id).metadata.get("profanity"):
        _keep(tx, chat_id, profanity=True)
        data = {"flagged": True, "reason": "profanity"}
        repository.append_event(tx, chat_id, "flagged", data, public=False)


def note_identity(
    tx: Transaction, chat: Chat, *, user_id: str, name: str, verified_email: str | None
) -> None:
    """Keep who the visitor is, as the page that holds the widget says; what it does not say stays as typed."""
    shown = {
        "userId": user_id,
        "userName": name or chat.user_name,
        "userEmail": verified_email or chat.user_email,
    }
    repository.change_chat(
        tx, chat.id, user_id=user_id, user_name=shown["userName"], user_email=shown["userEmail"]
    )
    _keep(tx, chat.id, verifiedEmail=verified_email)
    _tell(tx, chat.id, {**shown, "emailVerified": verified_email is not None})


def note_booking(tx: Transaction, chat_id: ChatId, booking: Mapping[str, Any]) -> None:
    """Keep which meeting was booked in a chat last; raises `ChatNotFound`."""
    _keep(tx, chat_id, booking=dict(booking))
    _tell(tx, chat_id, {"booking": dict(booking)})


def note_booking_cancelled(tx: Transaction, chat_id: ChatId, event_id: str) -> None:
    """Take a meeting out again, if it is still the one that was booked last; raises `ChatNotFound`."""
    booking = repository.chat_by_id(tx, chat_id).metadata.get("booking")
    if isinstance(booking, Mapping) and booking.get("eventId") == event_id:
        _keep(tx, chat_id, booking=None)
        _tell(tx, chat_id, {"booking": None})


def _keep(tx: Transaction, chat_id: ChatId, **values: object) -> None:
    """Set keys of the metadata as it is now, so that no other change of it is lost."""
    known = dict(repository.chat_by_id(tx, chat_id).metadata)
    repository.change_chat(tx, chat_id, metadata=json.dumps(known | values, ensure_ascii=False))


def _tell(tx: Transaction, chat_id: ChatId, noted: Mapping[str, Any]) -> None:
    repository.append_event(tx, chat_id, "labelled", noted, public=False)
