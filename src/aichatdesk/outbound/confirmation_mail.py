"""The question whether an address wants a transcript.

Anybody can type an address into a chat, so this mail holds nothing that the visitor wrote, not even a name.
"""

from aichatdesk.outbound.lay_out_mail import link, page, paragraph
from aichatdesk.outbound.mail import Letter

_ASKED = "Somebody asked our support chat to send a transcript of their conversation to this address."
_IF_YOU = "If that was you, confirm it within 48 hours:"
_IF_NOT = "If it was not you, do nothing: nothing else will be sent."


def confirmation_mail(address: str) -> Letter:
    """`address` is the page on which the question is answered."""
    return Letter(
        subject="Please confirm: your chat transcript",
        text="\n\n".join([_ASKED, _IF_YOU, address, _IF_NOT]),
        html=page(
            "Your chat transcript",
            paragraph(_ASKED),
            paragraph(_IF_YOU),
            f"<p>{link(address, 'Send me the transcript')}</p>",
            paragraph(_IF_NOT),
        ),
    )
