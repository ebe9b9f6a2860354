"""Make of an agent's reply a suggestion for the knowledge base, if anybody could learn from it."""

import re
from collections.abc import Sequence

from aichatdesk.assistant.small_talk import small_talk
from aichatdesk.conversation.domain import AgentReplied, Chat, Message, Sender
from aichatdesk.conversation.read_chat import get_chat, recent_messages
from aichatdesk.knowledge.suggestions import Reply, suggest
from aichatdesk.platform.storage.database import Transaction

_LOOKED_BACK = 20
_LONGEST = 2000
_FEWEST_WORDS = 4
# Of scripts without spaces.
_FEWEST_SIGNS = 8
_FILES_ONLY = re.compile(r"\[Sent \d+ file\(s\)\]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")


def suggest_from_reply(tx: Transaction, replied: AgentReplied) -> None:
    """Hear that an agent replied; nothing is learned by itself."""
    said = recent_messages(tx, replied.chat_id, limit=_LOOKED_BACK)
    place = next((n for n, message in enumerate(said) if message.id == replied.message_id), None)
    if place is None:
        return
    answer = said[place].content
    question = next((one.content for one in reversed(said[:place]) if one.sender is Sender.USER), "")
    if not worth_learning(question, answer):
        return
    names = names_in(get_chat(tx, replied.chat_id), said)
    suggest(tx, Reply(replied.chat_id, replied.message_id, question, answer, names))


def worth_learning(question: str, answer: str) -> bool:
    """Whether there is a question, and an answer that tells something."""
    if not question.strip() or _FILES_ONLY.fullmatch(question.strip()) or small_talk(question):
        return False
    if max(len(question), len(answer)) > _LONGEST or small_talk(answer):
        return False
    # What only asks back teaches nothing.
    return any(_tells(sentence) for sentence in _SENTENCE.findall(answer)) and _is_long_enough(answer)


def _tells(sentence: str) -> bool:
    bare = sentence.strip()
    return bool(bare) and not bare.endswith(("?", "？")) and small_talk(bare) is None


def _is_long_enough(answer: str) -> bool:
    return len(answer.split()) >= _FEWEST_WORDS or len(_UNSPACED.findall(answer)) >= _FEWEST_SIGNS


def names_in(chat: Chat, said: Sequence[Message]) -> set[str]:
    """The names of those who speak in the chat."""
    return {chat.user_name, *(message.sender_name or "" for message in said)} - {""}
