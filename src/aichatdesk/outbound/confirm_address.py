"""Ask an address whether it wants the transcript of a chat, and hear its answer.

An address that somebody typed belongs to whoever reads the mail sent to it, so a yes counts for the chat that was
asked about and for no other: anybody may type the same address into another one.
"""

import hashlib
import ipaddress
import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update

from aichatdesk.core.clock import to_millis
from aichatdesk.core.errors import Gone, NotFound
from aichatdesk.core.ids import ChatId, new_id
from aichatdesk.outbound.confirmation_mail import confirmation_mail
from aichatdesk.outbound.mail import Letter, put_mail
from aichatdesk.outbound.tables import address_confirmations as asked
from aichatdesk.platform.storage.database import Transaction

CONFIRM_PATH = "/api/v1/mail/confirm"
_VALID_FOR = timedelta(hours=48)
_KEPT = timedelta(days=30)
_NOT_AGAIN_WITHIN = timedelta(minutes=10)
_MOST_A_DAY = 3
_MOST_PER_CLIENT_AN_HOUR = 5


class UnknownLink(NotFound):
    """Nobody was sent this link."""

    def __init__(self) -> None:
        super().__init__("This link is not one of ours.")


class UsedLink(Gone):
    """The link was used, or is too old."""

    def __init__(self) -> None:
        super().__init__("This link was used already or is older than 48 hours.")


def mailbox_of(address: str) -> str:
    """The address without what many providers ignore: capitals, a `+tag`, dots. Only for counting."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '') or local}@{domain}"


def is_confirmed(tx: Transaction, chat_id: ChatId, address: str) -> bool:
    """Whether the address has said yes to this chat's transcript."""
    return _count(tx, _about(chat_id, address), asked.c.confirmed_at.is_not(None)) > 0


def was_asked(tx: Transaction, chat_id: ChatId, address: str) -> bool:
    """Whether the address was ever asked about this chat, whatever it said."""
    return _count(tx, _about(chat_id, address)) > 0


def was_asked_just_now(tx: Transaction, chat_id: ChatId, address: str) -> bool:
    """Whether the question about this chat is so fresh that it need not be asked again."""
    fresh = asked.c.created_at > to_millis(tx.now - _NOT_AGAIN_WITHIN)
    return _count(tx, _about(chat_id, address), fresh) > 0


def may_be_asked(tx: Transaction, address: str, client: str) -> bool:
    """Whether one more question to this mailbox, at the wish of this client, is within the limits."""
    today = asked.c.created_at > to_millis(tx.now - timedelta(days=1))
    lately = asked.c.created_at > to_millis(tx.now - timedelta(hours=1))
    if _count(tx, asked.c.mailbox == mailbox_of(address), today) >= _MOST_A_DAY:
        return False
    network = _network_of(client)
    return not network or _count(tx, asked.c.client == network, lately) < _MOST_PER_CLIENT_AN_HOUR


def confirm_page(public_url: str, token: str) -> str:
    """The address of the page on which a question is answered."""
    return f"{public_url}{CONFIRM_PATH}?token={token}"


def ask(
    tx: Transaction,
    chat_id: ChatId,
    address: str,
    client: str,
    link: Callable[[str], str],
    *,
    about: Callable[[str], Letter] = confirmation_mail,
) -> None:
    """Send the question; `link` makes the page's address from the secret token, of which only a hash is kept."""
    token = secrets.token_urlsafe(32)
    tx.connection.execute(delete(asked).where(asked.c.created_at < to_millis(tx.now - _KEPT)))
    question_id = new_id()
    tx.connection.execute(
        insert(asked).values(
            id=question_id,
            chat_id=chat_id,
            address=address,
            mailbox=mailbox_of(address),
            client=_network_of(client),
            token_hash=_hash(token),
            created_at=to_millis(tx.now),
        )
    )
    letter = about(link(token))
    key = f"confirmation:{question_id}"
    put_mail(tx, address, letter, key=key, title="Confirmation, to a visitor", chat_id=chat_id)


def require_open(tx: Transaction, token: str) -> None:
    """Raise `UnknownLink` or `UsedLink` unless the question still waits for its answer."""
    _open(tx, token)


def confirm(tx: Transaction, token: str) -> tuple[ChatId, str]:
    """Note the yes; return the chat and the address that it is about. A link works once.

    Raises:
        UnknownLink, UsedLink: As `require_open`.
    """
    row = _open(tx, token)
    tx.connection.execute(update(asked).where(asked.c.id == row.id).values(confirmed_at=to_millis(tx.now)))
    return ChatId(row.chat_id), str(row.address)


def _open(tx: Transaction, token: str) -> Row[tuple[object, ...]]:
    row = tx.connection.execute(select(asked).where(asked.c.token_hash == _hash(token))).one_or_none()
    if row is None:
        raise UnknownLink
    if row.confirmed_at is not None or row.created_at <= to_millis(tx.now - _VALID_FOR):
        raise UsedLink
    return row


def _about(chat_id: ChatId, address: str) -> ColumnElement[bool]:
    return and_(asked.c.chat_id == chat_id, asked.c.address == address)


def _count(tx: Transaction, *conditions: ColumnElement[bool]) -> int:
    return tx.connection.execute(select(func.count()).select_from(asked).where(*conditions)).scalar_one()


def _network_of(client: str) -> str:
    """Whom to count: an IPv4 address, or the /64 that one subscriber of IPv6 has."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client[:64]
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 4 or mapped:
        return str(mapped or address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _hash(token: str) -> str:
    """It has 256 random bits, so one hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
