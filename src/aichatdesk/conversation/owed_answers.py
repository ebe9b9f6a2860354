"""Questions that an earlier process stored and did not come to answer: answered when they are sent again."""

from collections.abc import Callable

from aichatdesk.conversation import repository
from aichatdesk.conversation.domain import AnswerOwed
from aichatdesk.core.ids import MessageId
from aichatdesk.platform.storage.database import Database, Transaction


class OwedAnswers:
    """Starts each owed answer once, however often and however much at once its question is sent again.

    A question that this process stored itself is never owed: its turn was started with it.
    """

    def __init__(self, start: Callable[[AnswerOwed], object]) -> None:
        self._start = start
        self._left: set[MessageId] = set()

    async def load(self, database: Database) -> None:
        """Note the questions that earlier processes left; call before the first request."""
        self._left = set(await database.read(repository.resendable_questions))

    def hear(self, tx: Transaction, owed: AnswerOwed) -> None:
        """Start the answer once the resend is settled."""
        tx.after_commit(lambda: self._claim(owed))

    def _claim(self, owed: AnswerOwed) -> None:
        if owed.message_id in self._left:
            self._left.remove(owed.message_id)
            self._start(owed)
