"""Keep what a visitor thinks of a chat, and of single answers in it."""

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import AnswerJudged, Chat, Sender, shown_rating
from aichatdesk.core.errors import Invalid, NotFound
from aichatdesk.core.ids import MessageId
from aichatdesk.core.text import clean, shorten
from aichatdesk.platform.storage.database import Transaction

LONGEST_COMMENT = 2000


def rate_chat(tx: Transaction, chat: Chat, *, rating: float | None, comment: str | None) -> None:
    """Keep the visitor's rating in place of an earlier one (event `rated`); the same again changes nothing."""
    comment = _cleaned(comment)
    if (rating, comment) == (chat.rating, chat.rating_comment):
        return
    repository.change_chat(tx, chat.id, rating=rating, rating_comment=comment)
    shown = shown_rating(None if rating is None else float(rating))
    repository.append_event(tx, chat.id, "rated", {"rating": shown, "comment": comment})


def judge_answer(
    tx: Transaction, chat: Chat, message_id: MessageId, *, helpful: bool | None, comment: str | None
) -> None:
    """Keep whether an answer of the assistant helped (event `feedback`); the same again changes nothing.

    Raises:
        NotFound: The chat has no such message, or none that the visitor can see.
        Invalid: The assistant did not write it.
    """
    message = repository.message_by_id(tx, message_id)
    if message is None or message.chat_id != chat.id or message.is_internal:
        raise NotFound("This chat has no such message.")
    if message.sender is not Sender.AI:
        raise Invalid("Only answers of the assistant can be judged.", field="messageId")
    comment = _cleaned(comment)
    if (helpful, comment) == (message.helpful, message.feedback_comment):
        return
    repository.change_message(tx, message_id, helpful=helpful, feedback_comment=comment)
    data = {"messageId": message_id, "helpful": helpful, "comment": comment}
    repository.append_event(tx, chat.id, "feedback", data)
    tx.record(AnswerJudged(chat.id, message_id, helpful))


def _cleaned(comment: str | None) -> str | None:
    return shorten(clean(comment), LONGEST_COMMENT) if comment is not None else None
