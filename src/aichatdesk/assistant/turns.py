"""The turns that run now: one at a time in each chat, owned by the chat and not by a connection."""

import asyncio
from datetime import timedelta

from aichatdesk.assistant.take_turn import Assistant
from aichatdesk.assistant.turn import Question, TurnResult, Watcher
from aichatdesk.conversation.live import LiveChats
from aichatdesk.core.ids import SessionId

ABSENCE = timedelta(seconds=10)


class Turns:
    """Starts turns, queues a chat's next one behind its present one, and stops them."""

    def __init__(self, assistant: Assistant, live: LiveChats, *, absence: timedelta = ABSENCE) -> None:
        self._assistant = assistant
        self._running: dict[SessionId, list[asyncio.Task[TurnResult]]] = {}
        live.on_absence(absence, self.stop)

    def start(
        self, session_id: SessionId, question: Question, watcher: Watcher | None = None
    ) -> asyncio.Task[TurnResult]:
        """Run a turn behind those that the chat has already."""
        queue = self._running.setdefault(session_id, [])
        before = queue[-1] if queue else None
        task = asyncio.create_task(self._assistant.take_turn(question, watcher, after=before))
        queue.append(task)
        task.add_done_callback(lambda done: self._forget(session_id, done))
        return task

    async def stop(self, session_id: SessionId) -> None:
        """End the chat's turns; their model calls are closed at once and what was sent stays."""
        tasks = list(self._running.get(session_id, ()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """End all turns, as the process is about to."""
        await asyncio.gather(*(self.stop(session_id) for session_id in list(self._running)))

    def _forget(self, session_id: SessionId, task: asyncio.Task[TurnResult]) -> None:
        queue = self._running.get(session_id, [])
        queue.remove(task)
        if not queue:
            self._running.pop(session_id, None)
