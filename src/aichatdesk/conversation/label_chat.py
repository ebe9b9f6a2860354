"""What the desk notes about a chat: its kind, its mood, what it was about."""

import json
from collections.abc import Mapping

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat
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


def note_identity(
    tx: Transaction, chat: Chat, *, user_id: str, name: str, verified_email: str | None
) -> None:
    """Keep who the visitor is, as the page that holds the widget says; what it does not say stays as typed."""
    known = dict(repository.chat_by_id(tx, chat.id).metadata)
    known.pop("verifiedEmail", None)
    values = {"user_id": user_id, "user_name": name or chat.user_name}
    if verified_email:
        values["user_email"] = known["verifiedEmail"] = verified_email
    metadata = json.dumps(known, ensure_ascii=False)
    repository.change_chat(tx, chat.id, metadata=metadata, **values)
    shown = {"userId": user_id, "userName": values["user_name"]}
    shown["userEmail"] = verified_email or chat.user_email
    _tell(tx, chat, {**shown, "emailVerified": bool(verified_email)})


def _tell(tx: Transaction, chat: Chat, noted: Mapping[str, object]) -> None:
    repository.append_event(tx, chat.id, "labelled", noted, public=False)
