"""One streamed answer as it arrives from the server."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import timedelta

import httpx2

from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.inference.errors import ModelUnavailable
from aichatdesk.inference.event_stream import EventStream
from aichatdesk.inference.replies import ChatEvent

ReadEvent = Callable[[str], ChatEvent]

# Once the model has named its reason to stop, only the counts may still come.
_LAST_WORDS = timedelta(seconds=2)


class ChatAnswer:
    """The events of one response, in order; it is over when the server or the model says so.

    `deadline`, in the loop's time, is when the whole of it must have arrived. `read_event` understands the data of
    one event and raises `ValueError` where it does not.
    """

    def __init__(
        self, endpoint: Endpoint, response: httpx2.Response, deadline: float, read_event: ReadEvent
    ) -> None:
        self._endpoint = endpoint
        self._read_event = read_event
        self._response = response
        self._deadline = deadline
        self._pieces: AsyncIterator[bytes] = response.aiter_bytes()
        self._stream = EventStream()
        self._ahead: list[ChatEvent] = []
        self._over = False
        self._model_stopped = False

    async def aclose(self) -> None:
        """End the request at once."""
        await self._response.aclose()

    async def read_on(self) -> None:
        """Read until the model does something more; pings and empty events are none of its doing."""
        while not self._over and not any(event.is_progress for event in self._ahead):
            await self._read()

    async def events(self) -> AsyncGenerator[ChatEvent, None]:
        """Give all events.

        Raises:
            ModelUnavailable: The stream broke off, was no chat stream, or took too long.
            ContextTooLong: The server found out late.
            ModelRejected: The model will not answer.
        """
        while True:
            ahead, self._ahead = self._ahead, []
            for event in ahead:
                yield event
            if self._over:
                return
            await self._wait()

    async def _wait(self) -> None:
        """Read on within the limits of the profile."""
        profile = self._endpoint.profile
        left = timedelta(seconds=self._deadline - asyncio.get_running_loop().time())
        if left <= timedelta(0):
            seconds = f"{profile.total_timeout.total_seconds():g} s"
            raise self._endpoint.unavailable(f"no whole answer within {seconds}", retriable=False)
        if not self._model_stopped:
            if left < profile.between_tokens_timeout:
                whole = profile.total_timeout
                await self._endpoint.within(left, self.read_on(), waiting_for="whole answer", of=whole)
            else:
                limit = profile.between_tokens_timeout
                await self._endpoint.within(limit, self.read_on(), waiting_for="next token")
            return
        try:
            await self._endpoint.within(min(_LAST_WORDS, left), self.read_on(), waiting_for="end")
        except ModelUnavailable:
            self._over = True

    async def _read(self) -> None:
        """Read the next bytes and queue the events they complete."""
        try:
            chunk = await anext(self._pieces, None)
            if chunk is None:
                raise self._endpoint.unavailable("the stream broke off")
            for data in self._stream.feed(chunk):
                self._queue(self._read_event(data))
                if self._over:
                    return
        except httpx2.HTTPError as error:
            raise self._endpoint.unavailable(str(error) or type(error).__name__) from error
        except ValueError as error:
            raise self._endpoint.unavailable(f"the stream is none of a chat model: {error}") from error

    def _queue(self, event: ChatEvent) -> None:
        if event.fault:
            raise self._endpoint.fault(event.fault)
        if event.declined:
            raise self._endpoint.declined(event.declined)
        self._over = event.over
        self._model_stopped = self._model_stopped or event.finished is not None
        self._ahead.append(event)
