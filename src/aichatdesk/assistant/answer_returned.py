"""Answer what a visitor asked while people had the chat, once they give it back."""

from aichatdesk.assistant.turn import Question
from aichatdesk.assistant.turns import Turns
from aichatdesk.conversation.domain import ChatStatus, Mode, ReturnedToAssistant, Sender
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.core.ids import ChatId
from aichatdesk.platform.storage.database import Transaction


def answer_returned(turns: Turns, tx: Transaction, returned: ReturnedToAssistant) -> None:
    """Begin a turn, once the return is durable, if the visitor has had the last word."""
    if question := _open_question(tx, returned.chat_id):
        tx.after_commit(lambda: _begin(turns, returned, question))


def _begin(turns: Turns, returned: ReturnedToAssistant, question: Question) -> None:
    turns.start(returned.session_id, question)


def _open_question(tx: Transaction, chat_id: ChatId) -> Question | None:
    chat = get_chat(tx, chat_id)
    last = recent_messages(tx, chat_id, limit=1)
    if chat.mode is not Mode.AI or chat.status is not ChatStatus.ACTIVE or not last:
        return None
    if last[0].sender is not Sender.USER:
        return None
    return Question(chat_id, last[0].content, last[0].id)
