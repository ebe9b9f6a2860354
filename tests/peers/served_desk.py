"""`aichatdesk serve` as its owner runs it: a process of its own that can be killed."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import httpx2


class ServedDesk:
    """A desk in another process; without other addresses its models are not there."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "AICHATDESK_DATA_DIR": str(data),
            "AICHATDESK_PORT": str(self.port),
            "AICHATDESK_LOG_LEVEL": "error",
            "LLM_BASE_URL": "http://127.0.0.1:9/v1",
            "LLM_MODEL": "none",
            "EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1",
            "EMBEDDING_MODEL": "none",
            "RATE_LIMIT_MAX_REQUESTS": "100000000",
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

    async def stop(self) -> None:
        """Ask it to end, as systemd would, and wait until it has."""
        self.process.terminate()
        await self.process.wait()
