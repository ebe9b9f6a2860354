"""The desk is killed after Teams took something and before that was noted."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import httpx2

from peers.teams import TeamsPeer

MESSAGES = 4


class Server:
    """`aichatdesk serve` as its owner runs it, with a Teams bot and models that are not there."""

    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = settings | {
            "PATH": os.environ["PATH"],
            "AICHATDESK_DATA_DIR": str(data),
            "AICHATDESK_PORT": str(self.port),
            "AICHATDESK_LOG_LEVEL": "error",
            "LLM_BASE_URL": "http://127.0.0.1:9/v1",
            "LLM_MODEL": "none",
            "EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1",
            "EMBEDDING_MODEL": "none",
        }
        self.folder = data.parent

    async def start(self, client: httpx2.AsyncClient) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aichatdesk.entry.cli.main", "serve", env=self.environment, cwd=self.folder
        )
        async with asyncio.timeout(30):
            while True:
                try:
                    if (await client.get("/health")).status_code == 200:
                        return
                except httpx2.HTTPError:
                    await asyncio.sleep(0.02)

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


async def test_a_kill_between_the_sending_and_its_note_loses_nothing_and_moves_nothing(tmp_path: Path):
    async with TeamsPeer() as teams:
        server = Server(tmp_path / "data", teams.settings)
        killed = []

        async def kill_now_and_then() -> None:
            if len(teams.cards) + len(teams.posted) in {1, 4}:
                await server.kill()
                killed.append(True)

        limits = httpx2.Limits(max_keepalive_connections=0)
        address = f"http://127.0.0.1:{server.port}"
        async with httpx2.AsyncClient(base_url=address, timeout=5, limits=limits) as client:
            # The channel is down until all of it waits, so that the kills fall into the midst of the sending.
            teams.token_status = 503
            await server.start(client)
            start = {"userName": "Ann", "userEmail": "ann@example.org"}
            chat = (await client.post("/api/chat", json=start)).json()
            for number in range(MESSAGES):
                body = {"chatId": chat["chatId"], "content": f"message {number}"}
                assert (await client.post("/api/messages", json=body)).status_code == 201
            teams.when_taken = kill_now_and_then
            teams.token_status = 200
            for number in (1, 2):
                await teams.until(lambda wanted=number: len(killed) == wanted)
                await server.start(client)
            # Each kill has one thing sent again, under the id that it had before.
            await teams.until(lambda: len(teams.cards) + len(teams.posted) == 1 + MESSAGES + 2)
            await server.kill()
    assert len({card["activity"]["channelData"]["clientActivityID"] for card in teams.cards}) == 1
    told = {posted.key: posted.text for posted in teams.posted}
    assert list(told.values()) == [f"Ann: message {number}" for number in range(MESSAGES)]
    assert len({posted.conversation for posted in teams.posted}) == 1
