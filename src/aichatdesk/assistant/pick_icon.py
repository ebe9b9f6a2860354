"""Let the model pick an icon; it is one emoji, or there is none."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import structlog

from aichatdesk.core.errors import DeskError
from aichatdesk.core.text import shorten
from aichatdesk.desk.icons import one_emoji
from aichatdesk.inference.admission import Admission, Priority
from aichatdesk.inference.chat import ChatModel, ChatTurn, Finished

_PATIENCE = timedelta(seconds=5)
_ICON_TOKENS = 16
_LONGEST_TEXT = 300
_ORDER = (
    "Choose the one emoji that stands best for the topic. Answer with that emoji alone, without any word."
)
_log = structlog.get_logger(__name__)


class ModelIcons:
    """The desk room's port `PickIcon`, over the chat model."""

    def __init__(self, model: ChatModel, admission: Admission, *, patience: timedelta = _PATIENCE) -> None:
        self._model = model
        self._admission = admission
        self._patience = patience

    async def pick(self, name: str, text: str) -> str | None:
        """See `PickIcon.pick`."""
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                told = await self._ask(f"Topic: {name}\n{shorten(text, _LONGEST_TEXT)}".strip())
        except (DeskError, TimeoutError) as error:
            _log.warning("no icon picked", error=str(error) or "too slow")
            return None
        return one_emoji(told)

    async def _ask(self, topic: str) -> str:
        turns = [ChatTurn("system", _ORDER), ChatTurn("user", topic)]
        told = []
        async with (
            self._admission.admit(priority=Priority.COPILOT, owner="icons"),
            aclosing(self._model.stream(turns, answer_tokens=_ICON_TOKENS)) as stream,
        ):
            async for piece in stream:
                if not isinstance(piece, Finished):
                    told.append(piece.text)
        return "".join(told)
