"""The real vLLM server on the CPU, once with a chat model and once with an embedding model (`make vllm-peer`)."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

KEY = "key-of-the-test"
CHAT = "HuggingFaceTB/SmolLM2-135M-Instruct"
EMBEDDING = "sentence-transformers/all-MiniLM-L6-v2"
# What the desk counts on at a vLLM server, so that there is nothing to complain about.
CONTEXT = 8192
AT_ONCE = 8
HOME = Path(__file__).resolve().parents[2] / ".vllm"
_START_LIMIT = 420
# Its engine runs in processes of their own, which may outlive it, and a test run may be killed itself. So the shell
# that starts it ends the whole group as soon as either is gone.
_LIFELINE = '("$@"; kill -KILL 0) & cat >/dev/null; kill -KILL 0'


@dataclass(frozen=True, slots=True)
class RealVllm:
    """Where the two servers are; both want the key."""

    chat_url: str
    embedding_url: str


def require_installed() -> None:
    """Fail where the server is missing; its tests are never skipped in silence."""
    if not (HOME / "ready").is_file():
        pytest.fail("The real vLLM server is not installed: run `make vllm-peer`.", pytrace=False)


@contextlib.contextmanager
def serve_vllm(folder: Path) -> Iterator[RealVllm]:
    """Start both servers, ask each once, and end them with the context; `folder` keeps what they write."""
    require_installed()
    chat = _Server(
        folder / "chat.log",
        *(HOME / "models" / "smollm2-135m-instruct", CHAT),
        *("--dtype", "bfloat16", "--max-model-len", str(CONTEXT), "--max-num-seqs", str(AT_ONCE)),
    )
    embedding = _Server(
        folder / "embedding.log",
        *(HOME / "models" / "all-minilm-l6-v2", EMBEDDING),
        *("--runner", "pooling", "--dtype", "float32"),
    )
    with chat.running(), embedding.running():
        deadline = time.monotonic() + _START_LIMIT
        chat.wait_until_ready(deadline)
        embedding.wait_until_ready(deadline)
        chat.ask("/chat/completions", {"messages": [{"role": "user", "content": "Hello."}], "max_tokens": 4})
        embedding.ask("/embeddings", {"input": "Hello."})
        yield RealVllm(chat.base_url, embedding.base_url)


class _Server:
    def __init__(self, log: Path, weights: Path, name: str, *flags: str) -> None:
        port = _free_port()
        self._log = log
        self._name = name
        self._command = [
            *(str(HOME / "bin" / "vllm"), "serve", str(weights), "--served-model-name", name),
            *("--host", "127.0.0.1", "--port", str(port), "--enforce-eager", *flags),
        ]
        self._process: subprocess.Popen[bytes]
        self.base_url = f"http://127.0.0.1:{port}/v1"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _LIFELINE, "sh", *self._command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_environment(self._log.parent),
                start_new_session=True,
            )
            assert self._process.stdin is not None
            try:
                yield
            finally:
                self._process.stdin.close()
                self._process.wait()
                while _group_lives(self._process.pid):
                    time.sleep(0.05)

    def wait_until_ready(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                pytest.fail(f"vLLM ended as it started:\n{self._last_words()}", pytrace=False)
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(self.base_url.removesuffix("/v1") + "/health", trust_env=False).is_success:
                    return
            time.sleep(0.5)
        pytest.fail(f"vLLM did not start within {_START_LIMIT} s:\n{self._last_words()}", pytrace=False)

    def ask(self, path: str, body: dict[str, object]) -> None:
        reply = httpx2.post(
            self.base_url + path,
            json={"model": self._name, **body},
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=120,
            trust_env=False,
        )
        assert reply.is_success, reply.text

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        # Without it vLLM loads its library for AVX-512, and dies where the processor has none.
        "VLLM_TARGET_DEVICE": "cpu",
        "VLLM_API_KEY": KEY,
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CACHE_ROOT": str(folder / "vllm"),
        "VLLM_CONFIG_ROOT": str(folder / "vllm"),
        "HFHOME": str(folder / "huggingface"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
