"""Keep the questions that the documents do not answer, so that people can see what is missing."""

from aichatdesk.assistant.small_talk import small_talk
from aichatdesk.assistant.suggest_from_reply import names_in
from aichatdesk.conversation.domain import AnswerJudged, Sender
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.core.ids import ChatId, MessageId
from aichatdesk.knowledge.open_questions import Asked, WhyOpen, leave_open, take_back
from aichatdesk.platform.storage.database import Transaction

_LOOKED_BACK = 20


def note_gap(
    tx: Transaction, chat_id: ChatId, question: str, why: WhyOpen, *, question_id: MessageId | None
) -> None:
    """Keep one question; small talk is none."""
    if small_talk(question):
        return
    chat = get_chat(tx, chat_id)
    names = names_in(chat, recent_messages(tx, chat_id, limit=_LOOKED_BACK))
    leave_open(tx, Asked(chat_id, chat.session_id, question_id, question, names), why)


def hear_judgement(tx: Transaction, judged: AnswerJudged) -> None:
    """Hear what a visitor thinks of an answer: the question before it is open if that did not help."""
    before = recent_messages(tx, judged.chat_id, before=judged.message_id, limit=_LOOKED_BACK)
    question = next((one for one in reversed(before) if one.sender is Sender.USER), None)
    if question is None:
        return
    if judged.helpful is False:
        note_gap(tx, judged.chat_id, question.content, WhyOpen.NOT_HELPFUL, question_id=question.id)
    else:
        take_back(tx, judged.chat_id, question.id, WhyOpen.NOT_HELPFUL)
