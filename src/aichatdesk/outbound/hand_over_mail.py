"""The notice that a chat waits for a person and nobody has it."""

from collections.abc import Sequence

from aichatdesk.conversation.domain import Chat, Message, Reason, Sender
from aichatdesk.core.text import shorten
from aichatdesk.outbound.lay_out_mail import link, page, paragraph, plain_quoted, plain_rows, quoted, table
from aichatdesk.outbound.mail import Letter, one_line

_LONGEST_QUOTE = 500
_WHY = {
    Reason.VISITOR_ASKED: "The visitor asked for a person.",
    Reason.NOT_SURE: "The assistant was not sure of its answer.",
    Reason.NO_ANSWER: "The documents hold nothing on the question.",
    Reason.MODEL_UNAVAILABLE: "The assistant's model does not answer.",
    Reason.QUEUE_FULL: "Too many visitors wait for the assistant.",
    Reason.INTERRUPTED: "The assistant was interrupted.",
    Reason.STOPPED: "The answer was stopped.",
    Reason.AGENT_LEFT: "The agent who had it is not there any more.",
}


def hand_over_mail(chat: Chat, reason: Reason, said: Sequence[Message], *, dashboard: str) -> Letter:
    """`said` are the newest messages, of which the visitor's last is quoted."""
    rows = [("Name", chat.user_name), ("E-mail", chat.user_email), ("Category", chat.category)]
    last = next((one for one in reversed(said) if one.sender is Sender.USER), None)
    words = [("Visitor", "last words", shorten(last.content, _LONGEST_QUOTE))] if last else []
    why = f"{_WHY.get(reason, reason.value)} Nobody has the chat yet."
    text = [why, plain_rows(rows), *(plain_quoted(*one) for one in words), dashboard]
    html = [paragraph(why), table(rows), *(quoted(*one) for one in words)]
    html += [f"<p>{link(dashboard, 'Open the dashboard')}</p>"] if dashboard else []
    return Letter(
        subject=f"Chat waits for a person: {one_line(chat.user_name)} - {one_line(chat.category)}",
        text="\n\n".join(part for part in text if part),
        html=page("A chat waits for a person", *html),
    )
