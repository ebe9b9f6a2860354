"""The issue for a chat that is a bug, a wish or a question: what it says, and its place in the outbox.

Issues may be public, so it tells nothing of who asked, and no id by which the chat could be reached.
"""

import re
from collections.abc import Mapping
from typing import Any

from aichatdesk.conversation.domain import Chat, ChatStarted
from aichatdesk.conversation.read_chat import get_chat
from aichatdesk.core.text import clean
from aichatdesk.outbound.mail import one_line
from aichatdesk.outbound.outbox import put
from aichatdesk.platform.storage.database import Transaction

TICKET = "ticket"
_LONGEST_SUBJECT = 80
_NAMES = {"bug": "Bug", "feature": "Feature", "question": "Question", "support": "Support"}
_LABELS = {"bug": "bug", "feature": "enhancement", "question": "question", "support": "help wanted"}
_BACKTICKS = re.compile(r"`+")
_REFERENCE = re.compile(r"(?<=[@#])(?=\w)|(?<=GH)(?=-\d)|(?<=://)", re.IGNORECASE)
_ZERO_WIDTH_SPACE = "\u200b"


def put_ticket(tx: Transaction, started: ChatStarted) -> None:
    """Hear a chat's beginning; an ordinary one becomes no ticket."""
    chat = get_chat(tx, started.chat_id)
    if chat.ticket_type in _LABELS:
        put(
            tx,
            TICKET,
            write_ticket(chat),
            key=f"ticket:{chat.id}",
            title="Ticket, to GitHub",
            chat_id=chat.id,
        )


def write_ticket(chat: Chat) -> Mapping[str, Any]:
    """`title`, `body` and `labels` of the issue."""
    subject = str(chat.metadata.get("subject") or "").strip()
    shown = _REFERENCE.sub(_ZERO_WIDTH_SPACE, one_line(subject, _LONGEST_SUBJECT))
    priority = chat.user_priority or chat.priority
    return {
        "title": f"[{_NAMES[chat.ticket_type]}] {shown or 'New support ticket'}",
        "body": f"A visitor opened this in the support chat.\n\nPriority: {priority}\n\n{_fenced(subject)}".rstrip(),
        "labels": [_LABELS[chat.ticket_type], f"priority:{priority}"],
    }


def _fenced(text: str) -> str:
    """The text in a block of code, where Markdown, mentions and references are only letters."""
    shown = clean(text)
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}" if shown else ""
