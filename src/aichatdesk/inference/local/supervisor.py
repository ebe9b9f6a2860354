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

from aichatdesk.core.errors import Busy, Unavailable
from aichatdesk.inference.local.embedding_models import EMBEDDING_MODEL
from aichatdesk.inference.local.weights import CHAT_MODEL, chat_weights, minilm_weights
from aichatdesk.platform.http.client import make_http_client

_START_LIMIT = timedelta(seconds=60)
_FIRST_PAUSE = 0.5
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
            Busy: Another process has the port.
            Unavailable: A model ended as it started, or did not answer within a minute.
        """
        chat_weights(), minilm_weights()
        chat = _Child("chat_server", host, _usable_port(host, chat_port))
        embedding = _Child(
            "embedding_server", host, _usable_port(host, embedding_port), "--model", embedding_model
        )
        async with make_http_client() as client, chat.running(), embedding.running():
            await chat.ready(client)
            await embedding.ready(client)
            yield cls(
                ServedModel(f"{chat.address}/v1", CHAT_MODEL),
                ServedModel(f"{embedding.address}/v1", embedding_model),
            )


class _Child:
    """One model's process; its standard input is the lifeline that it watches."""

    def __init__(self, module: str, host: str, port: int, *arguments: str) -> None:
        self._module = f"aichatdesk.inference.local.{module}"
        self._command = ["-m", self._module, "--host", host, "--port", str(port), *arguments]
        self._process: asyncio.subprocess.Process
        self._ended_with: int | None = None
        self.address = f"http://{host}:{port}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the child inside the context."""
        self._process = await self._spawn()
        keeping = asyncio.create_task(self._keep_running())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})
            await self._end()

    async def ready(self, client: httpx2.AsyncClient) -> None:
        """Wait until the child answers; one that ends instead is not waited for."""
        try:
            async with asyncio.timeout(_START_LIMIT.total_seconds()):
                while not await self._answers(client):
                    if self._ended_with is not None:
                        raise Unavailable(
                            f"{self._module} ended with code {self._ended_with} as it started; "
                            "what it wrote above says why."
                        )
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise Unavailable(
                f"{self._module} did not start within {_START_LIMIT.total_seconds():g} s."
            ) from error

    async def _keep_running(self) -> None:
        """Start the child again, with growing pauses, whenever it ends."""
        pause = _FIRST_PAUSE
        while True:
            started = asyncio.get_running_loop().time()
            self._ended_with = await self._process.wait()
            _log.warning("local model ended", model=self._module, code=self._ended_with)
            lasted = asyncio.get_running_loop().time() - started
            pause = _FIRST_PAUSE if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(pause)
            try:
                self._process = await self._spawn()
            except Unavailable as error:
                _log.warning(error.message)

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable, *self._command, stdin=asyncio.subprocess.PIPE, env=_environment()
            )
        except OSError as error:
            raise Unavailable(f"{self._module} could not be started: {error.strerror}.") from error

    async def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

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


def _usable_port(host: str, wanted: int) -> int:
    """The port, or a free one for 0."""
    try:
        with socket.create_server((host, wanted)) as probe:
            port: int = probe.getsockname()[1]
            return port
    except OSError as error:
        raise Busy(
            f"A local model cannot listen on port {wanted} of {host} ({error.strerror}); choose another port."
        ) from error
