"""The socket of the old pages: what is heard is kept until somebody waits for it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import websockets

Frame = dict[str, Any]
PATIENCE = 60.0


class OldSocket:
    """Hears frames in the background, as a page does."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self.heard: list[Frame] = []
        self._more = asyncio.Condition()

    async def send(self, **frame: Any) -> None:
        await self._socket.send(json.dumps(frame))

    async def connect_dashboard(self) -> None:
        """Listen to the desk; nothing that happens after this is missed.

        The desk does not confirm it, but it obeys frames in order: when it complains of the second, the first is done.
        """
        await self.send(type="dashboard.connect")
        await self.send(type="is that done?")
        await self.until(lambda frame: frame["type"] == "error")
        self.heard.clear()

    async def until(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The first frame that is wanted, heard already or yet to come."""
        async with asyncio.timeout(PATIENCE), self._more:
            while not (found := [frame for frame in self.heard if wanted(frame)]):
                await self._more.wait()
            return found[0]

    async def listen(self) -> None:
        async for text in self._socket:
            async with self._more:
                self.heard.append(json.loads(text))
                self._more.notify_all()


@contextlib.asynccontextmanager
async def old_socket(base_url: str, *, origin: str, cookie: str = "") -> AsyncIterator[OldSocket]:
    headers = {"Cookie": cookie} if cookie else {}
    address = base_url.replace("http", "ws", 1) + "/ws"
    async with websockets.connect(address, origin=origin, additional_headers=headers) as connection:
        socket = OldSocket(connection)
        listening = asyncio.create_task(socket.listen())
        try:
            yield socket
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
