"""Where the words of the answers come from."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from aichatdesk.core.errors import DeskError
from aichatdesk.inference.chat import ChatModel, ChatTurn, Token, merge_turns
from aichatdesk.migration.simulate.answer import Answer
from aichatdesk.migration.simulate.chat_request import ChatRequest
from aichatdesk.migration.simulate.echo import echo_of
from aichatdesk.migration.simulate.replies import Refused
from aichatdesk.migration.simulate.schema_instance import instance_of
from aichatdesk.migration.simulate.word_pieces import cut_into_tokens

# A piece that is longer holds several tokens.
_LONGEST_TOKEN = 16


class TextSource(Protocol):
    """Writes answers, in its own time."""

    @property
    def name(self) -> str: ...

    def check(self, request: ChatRequest) -> None:
        """Raises `Refused` where it cannot write what is asked for."""
        ...

    def write(self, request: ChatRequest, limit: int) -> AsyncGenerator[str, None]:
        """The pieces of an answer, each of about a token; raises `DeskError` where there is none."""
        ...


class Echo:
    """Sentences of the prompt; the same prompt gives the same answer."""

    name = "echo"

    def check(self, request: ChatRequest) -> None:
        """See `TextSource.check`."""
        if request.schema is not None:
            self._text(request)

    async def write(self, request: ChatRequest, limit: int) -> AsyncGenerator[str, None]:
        """See `TextSource.write`."""
        for piece in cut_into_tokens(self._text(request)):
            yield piece

    def _text(self, request: ChatRequest) -> str:
        text = echo_of(request)
        if request.schema is None:
            return text
        return json.dumps(instance_of(request.schema, text), ensure_ascii=False)


class ModelText:
    """A real model's words; it writes at most `at_once` answers at a time, the others wait for it."""

    def __init__(self, model: ChatModel, name: str, *, at_once: int, context_tokens: int) -> None:
        self._model = model
        self._turn = asyncio.Semaphore(at_once)
        self._context = context_tokens
        self.name = name

    def check(self, request: ChatRequest) -> None:
        """See `TextSource.check`: the model itself will say."""

    async def write(self, request: ChatRequest, limit: int) -> AsyncGenerator[str, None]:
        """See `TextSource.write`."""
        system = [turn for turn in request.turns if turn.role == "system"][:1]
        others = merge_turns([turn for turn in request.turns if turn not in system])
        turns = [*system, *(others or [ChatTurn("user", " ")])]
        room = max(1, self._context - request.prompt_tokens)
        stream = self._model.stream(
            turns,
            answer_tokens=min(limit, room),
            temperature=request.temperature,
            stop=request.stop,
            json_schema=request.schema,
        )
        async with self._turn, contextlib.aclosing(stream):
            async for piece in stream:
                if isinstance(piece, Token):
                    for token in (
                        [piece.text] if len(piece.text) <= _LONGEST_TOKEN else cut_into_tokens(piece.text)
                    ):
                        yield token


class Writer:
    """Fills answers from a source, and from an echo where the source fails; `warn` hears of the first failure."""

    def __init__(self, source: TextSource, *, warn: Callable[[str], None]) -> None:
        self.source = source
        self.failures = 0
        self._warn = warn
        self._echo = Echo()

    async def fill(self, answer: Answer, request: ChatRequest, limit: int) -> None:
        """Give the answer its words, as fast as the source has them."""
        any_came = False
        try:
            async with contextlib.aclosing(self.source.write(request, limit)) as words:
                async for word in words:
                    any_came = True
                    answer.receive(word)
                    if not answer.wants_words:
                        break
        except DeskError as error:
            self._note_failure(error)
            if not any_came:
                await self._fill_by_echo(answer, request, limit)
        answer.receive_end()

    async def _fill_by_echo(self, answer: Answer, request: ChatRequest, limit: int) -> None:
        with contextlib.suppress(Refused):  # an answer without words is still given
            async for word in self._echo.write(request, limit):
                answer.receive(word)

    def _note_failure(self, error: DeskError) -> None:
        self.failures += 1
        if self.failures == 1:
            self._warn(
                f"the text comes from an echo where {self.source.name} does not give any: {error.message}"
            )
