"""The card that tells a channel in Microsoft Teams of a new chat.

Source: https://adaptivecards.io/explorer (version 1.4, which Teams shows everywhere)
"""

from collections.abc import Mapping
from typing import Any

from aichatdesk.conversation.domain import Chat
from aichatdesk.core.text import shorten

_LONGEST_VALUE = 300
_BUTTONS = (("Take over", "takeover"), ("Return to AI", "returnToAI"), ("Close chat", "closeChat"))


def chat_card(chat: Chat, dashboard_url: str) -> Mapping[str, Any]:
    """The card of one chat, with its buttons; without an address there is no link to the dashboard."""
    page = chat.metadata.get("currentPage")
    facts = (("E-mail", chat.user_email), ("Kind", chat.ticket_type), ("Page", page))
    buttons: list[dict[str, Any]] = [
        {"type": "Action.Submit", "title": title, "data": {"action": action, "sessionId": chat.session_id}}
        for title, action in _BUTTONS
    ]
    if dashboard_url:
        buttons.append({"type": "Action.OpenUrl", "title": "Dashboard", "url": dashboard_url})
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": [
            _line("", f"New chat: {' '.join(chat.user_name.split())}", size="large"),
            *(_line(f"{name}: ", str(value)) for name, value in facts if value),
        ],
        "actions": buttons,
    }


def _line(label: str, value: str, *, size: str = "default") -> dict[str, Any]:
    """A line in which nothing is markup: only runs of a RichTextBlock show a stranger's words as they are."""
    runs = [{"type": "TextRun", "text": label, "weight": "bolder"}] if label else []
    runs.append({"type": "TextRun", "text": shorten(value, _LONGEST_VALUE), "size": size})
    return {"type": "RichTextBlock", "inlines": runs}
