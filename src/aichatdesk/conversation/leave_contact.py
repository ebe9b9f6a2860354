"""Let a visitor leave a name or an address, or correct one that was typed wrongly."""

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import Chat
from aichatdesk.conversation.start_chat import LONGEST_NAME
from aichatdesk.core.errors import Conflict, Invalid
from aichatdesk.core.mail_address import is_mail_address
from aichatdesk.core.text import clean, shorten
from aichatdesk.platform.storage.database import Transaction


def leave_contact(tx: Transaction, chat: Chat, *, name: str | None, email: str | None) -> None:
    """Keep what is given (event `contact`, for the desk alone); an address left like this is typed, not verified.

    Raises:
        Invalid: Neither is given, or the address is none.
        Conflict: The page that holds the widget has vouched for what would be changed.
    """
    new_name = chat.user_name if name is None else shorten(clean(name).strip(), LONGEST_NAME)
    new_email = chat.user_email if email is None else clean(email).strip()
    if (name is None and email is None) or not new_name:
        raise Invalid("Give a name or an e-mail address.", field="name" if name is not None else "email")
    if email is not None and not is_mail_address(new_email):
        raise Invalid("This is no e-mail address.", field="email")
    if (new_name, new_email) == (chat.user_name, chat.user_email):
        return
    if chat.email_is_verified and new_email != chat.user_email:
        raise Conflict("The address is verified by the page that you came from; it cannot be changed here.")
    if chat.user_id is not None and new_name != chat.user_name:
        raise Conflict("The name was told by the page that you came from; it cannot be changed here.")
    repository.change_chat(tx, chat.id, user_name=new_name, user_email=new_email)
    data = {"name": new_name, "email": new_email}
    repository.append_event(tx, chat.id, "contact", data, public=False)
