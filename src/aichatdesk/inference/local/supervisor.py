"""Start the packaged models as child processes, watch them, and start again what has died."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import structlog

from aichatdesk.core.errors import Unavailable
from aichatdesk.inference.local.embedding_models import EMBEDDING_MODEL
from aichatdesk.inference.local.weights import CHAT_MODEL, chat_weights, minilm_weights
from aichatdesk.platform.http.client import make_http_client

_START_LIMIT = timedelta(seconds=60)
_LONGEST_PAUSE = 30.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """Where a model can be reached, and under which name."""

    base_url: str
    model: str


class LocalModels:
    """The running pair of models."""

    def __init__(self, chat: ServedModel, embedding: ServedModel) -> None:
        self.chat = chat
        self.embedding = embedding

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls,
        *,
        host: str = "127.0.0.1",
        chat_port: int = 0,
        embedding_port: int = 0,
        embedding_model: str = EMBEDDING_MODEL,
    ) -> AsyncIterator["LocalModels"]:
        """Start both models and wait until they answer; they end with the context or with this process.

        Raises:
            WeightsMissing: A package with weights is not installed.
            Unavailable: A model did not answer within a minute.
        """
        chat_weights(), minilm_weights()
        chat = _Child("chat_server", host, chat_port or _free_port(host))
        embedding = _Child(
            "embedding_server", host, embedding_port or _free_port(host), "--model", embedding_model
        )
        async with make_http_client() as client, asyncio.TaskGroup() as tasks:
            watching = [tasks.create_task(child.keep_running()) for child in (chat, embedding)]
            try:
                await asyncio.gather(chat.ready(client), embedding.ready(client))
                yield cls(
                    ServedModel(f"{chat.address}/v1", CHAT_MODEL),
                    ServedModel(f"{embedding.address}/v1", embedding_model),
                )
            finally:
                for task in watching:
                    task.cancel()


class _Child:
    """One model's process; its standard input is the lifeline that it watches."""

    def __init__(self, module: str, host: str, port: int, *arguments: str) -> None:
        self._module = f"aichatdesk.inference.local.{module}"
        self._command = ["-m", self._module, "--host", host, "--port", str(port), *arguments]
        self.address = f"http://{host}:{port}"

    async def keep_running(self) -> None:
        """Run the child, and again with growing pauses whenever it ends."""
        pause = 0.5
        while True:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *self._command, stdin=asyncio.subprocess.PIPE, env=_environment()
            )
            started = asyncio.get_running_loop().time()
            try:
                code = await process.wait()
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
            _log.warning("local model ended", model=self._module, code=code)
            lasted = asyncio.get_running_loop().time() - started
            pause = 0.5 if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def ready(self, client: httpx2.AsyncClient) -> None:
        """Wait until the child answers."""
        try:
            async with asyncio.timeout(_START_LIMIT.total_seconds()):
                while not await self._answers(client):  # noqa: ASYNC110 - another process is polled
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise Unavailable(
                f"{self._module} did not start within {_START_LIMIT.total_seconds():g} s."
            ) from error

    async def _answers(self, client: httpx2.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.address}/health")).is_success
        except httpx2.HTTPError:
            return False


def _environment() -> dict[str, str]:
    # llama.cpp's OpenMP threads spin while they wait; on busy cores that costs a factor of ten.
    return os.environ | {
        "OMP_WAIT_POLICY": "passive",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
