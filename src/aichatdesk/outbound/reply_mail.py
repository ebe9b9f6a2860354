"""What a visitor who is not there gets by mail: an agent's replies, and before them a question."""

from collections.abc import Sequence

from aichatdesk.conversation.domain import Chat, Message
from aichatdesk.outbound.lay_out_mail import link, page, paragraph
from aichatdesk.outbound.mail import Letter
from aichatdesk.outbound.transcript_mail import said

_ANSWERED = "You were away from our support chat when this was answered:"
_GO_ON = "To go on, open the page on which you began the chat; it is still there. If you had left it for long, begin a new one."


def reply_mail(chat: Chat, replies: Sequence[Message], *, public_url: str) -> Letter:
    """The replies, oldest first; nothing that the visitor wrote is repeated."""
    lines = [said(chat, reply, public_url) for reply in replies]
    return Letter(
        subject="You have an answer from our support",
        text="\n\n".join([_ANSWERED, *(text for text, _ in lines), _GO_ON]),
        html=page(
            "You have an answer", paragraph(_ANSWERED), *(html for _, html in lines), paragraph(_GO_ON)
        ),
    )


def may_we_mail_mail(address: str) -> Letter:
    """The question to an address that was typed; it holds nothing that the visitor or the agent wrote."""
    asked = "Somebody gave your address in our support chat and was away when a person answered."
    wanted = "If it was you, open this page and press the button to get the answer by e-mail:"
    ignored = "If it was not you, there is nothing to do: no more is sent about that chat."
    return Letter(
        subject="Shall we send you the answer from our support?",
        text="\n\n".join([asked, wanted, address, ignored]),
        html=page("An answer waits", paragraph(asked), f"<p>{link(address, wanted)}</p>", paragraph(ignored)),
    )
