"""`aichatdesk serve` as its owner runs it: a process of its own that can be killed."""

import asyncio
import os
import signal
import socket
import sys
import weakref
from pathlib import Path

import httpx2

from peers.running_desk import ADMIN


class ServedDesk:
    """A desk in another process; without `model_url` its models are not there."""

    def __init__(self, data: Path, model_url: str = "http://127.0.0.1:9/v1") -> None:
        # Held for as long as this object lives: while the desk is down, nobody else may come by its port.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        weakref.finalize(self, self._held.close)
        self.port = self._held.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "AICHATDESK_DATA_DIR": str(data),
            "AICHATDESK_PORT": str(self.port),
            "AICHATDESK_LOG_LEVEL": "error",
            "LLM_BASE_URL": model_url,
            "LLM_MODEL": "none",
            "EMBEDDING_BASE_URL": model_url,
            "EMBEDDING_MODEL": "none",
            "ADMIN_EMAIL": ADMIN["email"],
            "ADMIN_PASSWORD": ADMIN["password"],
            "RATE_LIMIT_MAX_REQUESTS": "100000000",
        }
        self.folder = data.parent

    async def start(self, client: httpx2.AsyncClient) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aichatdesk.entry.cli.main", "serve", env=self.environment, cwd=self.folder
        )
        async with asyncio.timeout(120):
            while True:
                try:
                    if (await client.get("/health")).status_code == 200:
                        return
                except httpx2.HTTPError:
                    assert self.process.returncode is None, "it has ended"
                    await asyncio.sleep(0.02)

    async def sign_in(self, client: httpx2.AsyncClient) -> dict[str, str]:
        """The admin's header."""
        reply = await client.post("/api/agents/login", json=ADMIN)
        client.cookies.clear()
        return {"Authorization": f"Bearer {reply.json()['token']}"}

    async def teach(self, client: httpx2.AsyncClient, text: str) -> None:
        """Add one document of one section."""
        file = {"file": ("returns.md", f"# Returns\n\n{text}".encode())}
        reply = await client.post("/api/knowledge/upload", files=file, headers=await self.sign_in(client))
        assert reply.status_code == 201, reply.text

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end, as systemd would, and wait until it has."""
        self.process.terminate()
        await self.process.wait()
