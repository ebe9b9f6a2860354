"""Ask a chat model and give what a visitor may see of its answer, whatever the server's protocol."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from aichatdesk.inference.chat import Finished, Token
from aichatdesk.inference.chat_answer import ChatAnswer, ReadEvent
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.reasoning import ThinkFilter
from aichatdesk.inference.replies import ChatEvent
from aichatdesk.inference.stop_filter import StopFilter

CHARACTERS_PER_TOKEN = 3.2


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a stream.

    Attributes:
        read_event: See `ChatAnswer`.
        thinks_at_once: The answer begins with thoughts that no tag opens.
        stop_here: What ends the answer on our side, because the model takes no such order.
    """

    url: str
    body: dict[str, Any]
    read_event: ReadEvent
    thinks_at_once: bool = False
    stop_here: Sequence[str] = ()


async def stream_answer(endpoint: Endpoint, asked: Asked) -> AsyncGenerator[Token | Finished, None]:
    """See `ChatModel.stream`."""
    profile = endpoint.profile
    deadline = asyncio.get_running_loop().time() + profile.total_timeout.total_seconds()
    answer = await endpoint.with_retries(
        lambda: endpoint.within(
            profile.first_token_timeout, _start(endpoint, asked, deadline), waiting_for="first token"
        )
    )
    reader = _Reader(asked)
    async with contextlib.aclosing(answer), contextlib.aclosing(answer.events()) as events:
        async for event in events:
            if shown := reader.visible(event):
                yield Token(shown)
            if reader.stopped:
                break
    if rest := reader.rest():
        yield Token(rest)
    yield reader.finished


async def _start(endpoint: Endpoint, asked: Asked, deadline: float) -> ChatAnswer:
    """Open the stream and read up to the first sign of the model, so that a retry loses nothing."""
    response = await endpoint.open(asked.url, asked.body)
    answer = ChatAnswer(endpoint, response, deadline, asked.read_event)
    try:
        await answer.read_on()
    except BaseException:
        await answer.aclose()
        raise
    return answer


class _Reader:
    """Takes the visible text and the end out of the events."""

    def __init__(self, asked: Asked) -> None:
        self._think = ThinkFilter(opened=asked.thinks_at_once)
        self._stop = StopFilter(asked.stop_here)
        self._text_began = False
        self.finished = Finished("stop")

    @property
    def stopped(self) -> bool:
        """Whether the answer has come to one of its stops."""
        return self._stop.stopped

    def visible(self, event: ChatEvent) -> str:
        """What of this event a visitor may see."""
        if event.thinks and not self._text_began:
            self._think = ThinkFilter()  # the server keeps the thoughts apart, so the text holds none
        self._text_began = self._text_began or bool(event.text)
        known = self.finished
        self.finished = Finished(
            event.finished or known.reason,
            known.prompt_tokens if event.prompt_tokens is None else event.prompt_tokens,
            known.completion_tokens if event.completion_tokens is None else event.completion_tokens,
        )
        return self._stop.feed(self._think.feed(event.text))

    def rest(self) -> str:
        """What was held back until the end was known."""
        thought = self._think.finish(cut_off=self.finished.reason == "length")
        return self._stop.feed(thought) + self._stop.finish()
