"""The transcript of a chat, as its visitor gets it by mail."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import Any

from aichatdesk.conversation.domain import Chat, Message, Sender
from aichatdesk.core.clock import to_millis
from aichatdesk.outbound.lay_out_mail import link, page, paragraph, plain_quoted, plain_rows, quoted, table
from aichatdesk.outbound.mail import Letter, one_line

MOST_MESSAGES = 300
_MOST_CHARACTERS = 100_000
_CUT = "This chat was long; only its last messages are shown."
_OWN_FILES = "/uploads/"


def transcript_mail(chat: Chat, messages: Sequence[Message], *, public_url: str) -> Letter:
    """`messages` are public ones, oldest first; more than `MOST_MESSAGES`, or very long ones, are cut at the front."""
    kept = _newest(messages)
    cut = [_CUT] if len(kept) < len(messages) else []
    rows = [
        ("Category", chat.category),
        ("Duration", _duration((chat.ended_at or chat.updated_at) - chat.started_at)),
        ("Answered by", _answered_by(messages)),
        ("Rating", f"{chat.rating:g}" if chat.rating is not None else ""),
    ]
    lines = [said(chat, message, public_url) for message in kept]
    return Letter(
        subject=f"Your Chat Transcript - {one_line(chat.category)}",
        text="\n\n".join([plain_rows(rows), *cut, *(text for text, _ in lines)]),
        html=page("Your chat transcript", table(rows), *map(paragraph, cut), *(html for _, html in lines)),
    )


def transcript_key(chat: Chat) -> str:
    """Names the transcript of a chat's last closing in the outbox."""
    return f"transcript:{chat.id}:{to_millis(chat.ended_at) if chat.ended_at else ''}"


def _newest(messages: Sequence[Message]) -> list[Message]:
    room = _MOST_CHARACTERS
    kept: list[Message] = []
    for message in reversed(messages[-MOST_MESSAGES:]):
        room -= len(message.content)
        if room < 0:
            break
        kept.append(message)
    return kept[::-1]


def said(chat: Chat, message: Message, public_url: str) -> tuple[str, str]:
    """One message as plain text and as markup."""
    author, moment = _author(chat, message), message.sent_at.strftime("%Y-%m-%d %H:%M UTC")
    files = [_file(one, public_url) for one in message.attachments]
    plain = [f"[{' '.join(name.split())}{f': {address}' if address else ''}]" for name, address in files]
    markup = [f"<div>{link(address, name) if address else escape(name)}</div>" for name, address in files]
    return (
        plain_quoted(author, moment, message.content, *plain),
        quoted(author, moment, message.content, *markup),
    )


def _author(chat: Chat, message: Message) -> str:
    match message.sender:
        case Sender.USER:
            return chat.user_name
        case Sender.AI:
            return "Assistant"
        case Sender.AGENT:
            return message.sender_name or "Agent"


def _file(attachment: Mapping[str, Any], public_url: str) -> tuple[str, str]:
    """A file's name and where it is; a file of ours can be reached only where the desk has a public address."""
    address = str(attachment.get("url") or "")
    if address.startswith(_OWN_FILES):
        address = f"{public_url}{address}" if public_url else ""
    elif not address.startswith(("http://", "https://")):
        address = ""
    return str(attachment.get("filename") or "file"), address


def _answered_by(messages: Sequence[Message]) -> str:
    agents = [one.sender_name or "an agent" for one in messages if one.sender is Sender.AGENT]
    assistant = any(one.sender is Sender.AI for one in messages)
    return ", ".join(dict.fromkeys([*(["the assistant"] if assistant else []), *agents]))


def _duration(length: timedelta) -> str:
    minutes = max(0, round(length.total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else "less than a minute"
