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


def _tell(tx: Transaction, chat: Chat, noted: Mapping[str, str]) -> None:
    repository.append_event(tx, chat.id, "labelled", noted, public=False)
