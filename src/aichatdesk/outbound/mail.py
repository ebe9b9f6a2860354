"""Put a mail into the outbox: the one way in, with its checks."""

import base64
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aichatdesk.core.errors import Invalid
from aichatdesk.core.ids import ChatId
from aichatdesk.core.mail_address import is_mail_address
from aichatdesk.core.text import shorten
from aichatdesk.outbound.outbox import put
from aichatdesk.platform.storage.database import Transaction

MAIL = "mail"
_LONGEST_LINE = 200
# What ends a line or a header, and what makes text read in another order than it is written.
_NOT_IN_A_LINE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says; `html` is ours, and whatever a person wrote in it is escaped."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that travels with a mail."""

    filename: str
    type: str
    content: bytes


def put_mail(
    tx: Transaction,
    to: str,
    letter: Letter,
    *,
    key: str,
    title: str,
    to_name: str = "",
    attachments: Sequence[Attached] = (),
    chat_id: ChatId | None = None,
    delay: timedelta = timedelta(0),
) -> bool:
    """Have a mail sent once this transaction is durable; False if its key was put in before.

    `title` is what the dashboard lists; it should tell no more of a person than it must.

    Raises:
        Invalid: The address is none, or a subject, name or file name would end its line.
    """
    payload = {
        "to": checked_address(to),
        "to_name": _checked_line(to_name, "A name"),
        "subject": _checked_line(letter.subject, "A subject") or "(no subject)",
        "text": letter.text,
        "html": letter.html,
        "attachments": [
            {
                "filename": _checked_line(one.filename, "A file name"),
                "type": _checked_line(one.type, "A type"),
                "content_base64": base64.b64encode(one.content).decode(),
            }
            for one in attachments
        ],
    }
    return put(tx, MAIL, payload, key=key, title=title, chat_id=chat_id, delay=delay)


def checked_address(value: str) -> str:
    """The address, trimmed; raises `Invalid`."""
    address = value.strip()
    if not is_mail_address(address):
        raise Invalid("This is no e-mail address.", field="email")
    return address


def one_line(text: str, limit: int = 80) -> str:
    """What a person wrote, fit for a subject: one line, of at most `limit` characters, in its own order."""
    return shorten(" ".join(_NOT_IN_A_LINE.sub(" ", unicodedata.normalize("NFC", text)).split()), limit)


def _checked_line(text: str, what: str) -> str:
    if _NOT_IN_A_LINE.search(text) or len(text) > _LONGEST_LINE:
        raise Invalid(
            f"{what} in a mail must be one line of at most {_LONGEST_LINE} characters, without control characters."
        )
    return text.strip()
