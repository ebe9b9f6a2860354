"""Keep prices, dates and other numbers out of a suggested reply that nobody has told.

The rest of a reply is the agent's to judge: it greets, asks and comforts, and no passage supports that.
"""

import re
from collections.abc import Sequence

from aichatdesk.assistant.grounding import Grounds, Supported
from aichatdesk.assistant.prompt import shown_passage
from aichatdesk.assistant.sentences import spans
from aichatdesk.conversation.domain import Message
from aichatdesk.knowledge.domain import Passage

_NUMBER = re.compile(r"\w*\d(?:[\w.,:]*\w)?")
_LISTED = re.compile(r"\A\s*\d{1,2}[.)]\s")


def without_untold_numbers(
    reply: str,
    said: Sequence[Message],
    used: Sequence[Passage],
    *,
    question: str,
    language: str,
) -> str:
    """A reply without the sentences that hold a number which is neither in the chat nor supported by a passage.

    Passages in another language than the reply's cannot be compared; there it is enough that one holds the number.
    """
    in_chat = {number for message in said for number in _numbers(message.content)}
    in_passages = {number for passage in used for number in _numbers(shown_passage(passage))}
    comparable = any(passage.language == language for passage in used)
    grounds = Grounds(used, language, question) if comparable else None
    kept: list[str] = []
    end = 0
    for span in spans(reply):
        sentence = _LISTED.sub("", reply[span.start : span.end])
        numbers = _numbers(sentence)
        if numbers <= in_chat or (
            isinstance(grounds.judge(sentence), Supported) if grounds else numbers <= in_chat | in_passages
        ):
            kept.append(reply[end : span.end])
        end = span.end
    return "".join(kept).strip()


def _numbers(text: str) -> set[str]:
    return {number.casefold() for number in _NUMBER.findall(text)}
