"""The turns that run now: one at a time in each chat, owned by the chat and not by a connection."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from aichatdesk.assistant.take_turn import Assistant
from aichatdesk.assistant.turn import Question, TurnResult, Watcher
from aichatdesk.conversation.live import LiveChats
from aichatdesk.core.ids import MessageId, SessionId

ABSENCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """A turn and the stored question that it answers."""

    question_id: MessageId | None
    task: asyncio.Task[TurnResult]


class Turns:
    """Starts turns, queues a chat's next one behind its present one, and stops them."""

    def __init__(self, assistant: Assistant, live: LiveChats, *, absence: timedelta = ABSENCE) -> None:
        self._assistant = assistant
        self._running: dict[SessionId, list[_Turn]] = {}
        live.on_absence(absence, self.stop)

    def start(
        self, session_id: SessionId, question: Question, watcher: Watcher | None = None
    ) -> asyncio.Task[TurnResult]:
        """Run a turn behind those that the chat has already."""
        queue = self._running.setdefault(session_id, [])
        before = queue[-1].task if queue else None
        task = asyncio.create_task(self._assistant.take_turn(question, watcher, after=before))
        turn = _Turn(question.id, task)
        queue.append(turn)
        task.add_done_callback(lambda _: self._forget(session_id, turn))
        return task

    def answering(self, session_id: SessionId, question_id: MessageId) -> asyncio.Task[TurnResult] | None:
        """The turn that answers a stored question, if it has not ended yet."""
        return next(
            (one.task for one in self._running.get(session_id, ()) if one.question_id == question_id), None
        )

    async def stop(self, session_id: SessionId) -> None:
        """End the chat's turns; their model calls are closed at once and what was sent stays."""
        tasks = [turn.task for turn in self._running.get(session_id, ())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self, *, patience: timedelta = timedelta(0)) -> None:
        """End all turns, as the process is about to; those that end within `patience` end well."""
        if tasks := [turn.task for turns in self._running.values() for turn in turns]:
            await asyncio.wait(tasks, timeout=patience.total_seconds())
        await asyncio.gather(*(self.stop(session_id) for session_id in list(self._running)))

    def _forget(self, session_id: SessionId, turn: _Turn) -> None:
        queue = self._running.get(session_id, [])
        queue.remove(turn)
        if not queue:
            self._running.pop(session_id, None)
