"""Learn who a visitor is from the page that holds the widget, in a token that its server has signed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey

from aichatdesk.conversation import repository
from aichatdesk.conversation.access import require_visitor
from aichatdesk.conversation.domain import Chat
from aichatdesk.conversation.label_chat import note_identity
from aichatdesk.core.errors import Conflict, Invalid, NotFound, Unauthenticated
from aichatdesk.core.ids import SessionId
from aichatdesk.core.mail_address import is_mail_address
from aichatdesk.core.text import clean
from aichatdesk.platform.storage.database import Transaction

_ALGORITHM = "HS256"
_LEEWAY = timedelta(seconds=30)
_LONGEST_LIFE = timedelta(hours=24)
_LONGEST_TOKEN = 8000
_LONGEST = {"sub": 64, "name": 200}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a visitor is; an empty name or address was not told."""

    user_id: str
    name: str
    email: str


def identify_visitor(
    tx: Transaction, session_id: SessionId, visitor_token: str | None, secret: str, token: str
) -> Chat:
    """Take over the identity that the token tells; return the chat as it is then.

    Raises:
        NotFound: The desk shares no secret with any page, or there is no such chat.
        Forbidden: The visitor's own secret is missing or another chat's.
        Unauthenticated: The token is forged, expired, lives too long or tells nobody.
        Invalid: A claim has another form than is taken.
        Conflict: The chat is another visitor's, as an earlier token said.
    """
    if not secret:
        raise NotFound("Visitors cannot be identified here: WIDGET_IDENTITY_SECRET is not set.")
    chat = require_visitor(tx, session_id, visitor_token)
    identity = read_identity(token, secret, tx.now)
    if chat.user_id not in (None, identity.user_id):
        raise Conflict("This chat is another visitor's. Begin a chat for whoever is signed in now.")
    note_identity(
        tx, chat, user_id=identity.user_id, name=identity.name, verified_email=identity.email or None
    )
    return repository.chat_by_id(tx, chat.id)


def read_identity(token: str, secret: str, now: datetime) -> Identity:
    """Raises `Unauthenticated` or `Invalid`, as `identify_visitor`."""
    seconds = int(now.timestamp())
    registry = jwt.JWTClaimsRegistry(
        now=seconds,
        leeway=int(_LEEWAY.total_seconds()),
        exp={"essential": True},
        sub={"essential": True},
    )
    if len(token) > _LONGEST_TOKEN:
        raise Unauthenticated("The identity token is too long.")
    try:
        claims = jwt.decode(token, OctKey.import_key(secret.encode()), algorithms=[_ALGORITHM]).claims
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise Unauthenticated("The identity token has expired.") from error
    except (JoseError, ValueError) as error:
        raise Unauthenticated("The identity token is not valid.") from error
    if claims["exp"] > seconds + (_LONGEST_LIFE + _LEEWAY).total_seconds():
        raise Unauthenticated("The identity token lives too long: exp must be at most 24 hours ahead.")
    email = _text(claims, "email")
    if email and not is_mail_address(email):
        raise Invalid("email in the identity token is no e-mail address.", field="email")
    return Identity(_text(claims, "sub"), _text(claims, "name"), email)


def _text(claims: dict[str, object], name: str) -> str:
    value = claims.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST.get(name, _LONGEST_TOKEN):
        raise Invalid(f"{name} in the identity token is no text, or too long.", field=name)
    return clean(value).strip()
