#!/usr/bin/env python3
"""Write what `aichatdesk verify` says to the packaged models and to every faulty server of the tests.

    .venv/bin/python tools/verify_transcripts.py
    .venv/bin/python tools/verify_transcripts.py --vllm

It replaces the part of `docs/reference/verify-transcripts.md` between its two marks; the rest of the page stays. With
`--vllm` it asks the real vLLM server (`make vllm-peer`) in their place, and replaces the part about that.
"""

import asyncio
import inspect
import platform
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from aichatdesk.inference.local.supervisor import LocalModels
from aichatdesk.migration.verify.report import VerifyReport
from aichatdesk.migration.verify.run import verify_endpoints
from aichatdesk.migration.verify.target import Options, Target

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from peers import faulty_model_servers, odd_model_servers, real_vllm  # noqa: E402
from peers.healthy_model_server import CHAT_MODEL, EMBEDDING_MODEL, HealthyModelServer  # noqa: E402
from peers.ollama_peer import OllamaPeer  # noqa: E402

PAGE = ROOT / "docs/reference/verify-transcripts.md"
BEGIN, END = "<!-- made by tools/verify_transcripts.py -->", "<!-- until here -->"
BEGIN_VLLM, END_VLLM = "<!-- made by tools/verify_transcripts.py --vllm -->", "<!-- until here, vLLM -->"
_PORT = re.compile(r"127\.0\.0\.1:\d+")
# Their fault shows only if the command waits, so it is told to wait less.
HOSTILE = ("Silent", "Huge", "Dripping", "Nonsense")


def faulty_servers() -> list[type[HealthyModelServer]]:
    """In the order in which they are written, one file after the other."""
    return [
        kind
        for file in (faulty_model_servers, odd_model_servers)
        for kind in vars(file).values()
        if inspect.isclass(kind) and issubclass(kind, HealthyModelServer) and kind.__module__ == file.__name__
    ]


async def packaged() -> VerifyReport:
    """The packaged models, both."""
    async with LocalModels.start() as local:
        chat = Target(local.chat.base_url, local.chat.model)
        return await verify_endpoints(chat, Target(local.embedding.base_url, local.embedding.model))


async def ask_faulty(kind: type[HealthyModelServer]) -> VerifyReport:
    """One faulty server, by both its addresses."""
    async with kind() as server:
        chat, embedding = (Target(server.base_url, model) for model in (CHAT_MODEL, EMBEDDING_MODEL))
        options = Options(patience=0.1) if kind.__name__ in HOSTILE else Options()
        return await verify_endpoints(chat, embedding, options)


async def ask_ollama(peer: OllamaPeer) -> VerifyReport:
    """Both models of Ollama's peer, at their one address."""
    async with peer as ollama:
        ollama.answer = lambda _: "Once upon a time a keeper " + "lit the lamp, " * 80
        url = ollama.base_url + "/v1"
        chat = Target(url, "llama3.1", provider="ollama")
        return await verify_endpoints(chat, Target(url, "nomic-embed-text", provider="ollama"))


async def ask_vllm(chat_url: str, embedding_url: str) -> VerifyReport:
    """Both real vLLM servers, or what was taken for them."""
    key, provider = real_vllm.KEY, "vllm"
    chat = Target(chat_url, real_vllm.CHAT, key, provider)
    return await verify_endpoints(chat, Target(embedding_url, real_vllm.EMBEDDING, key, provider))


def troubles(report: VerifyReport) -> Iterator[str]:
    """The lines that are not well, and the last one."""
    lines = [line for line in report.lines() if line]
    for line in lines[:-1]:
        if line.startswith(("WARN", "FAIL", "      →")):
            yield line
    yield lines[-1]


def block(title: str, lines: Sequence[str]) -> str:
    """A heading and what was said, without ports that are others each time."""
    said = [_PORT.sub("127.0.0.1", line) for line in lines]
    return "\n".join([*([title, ""] if title else []), "```", *said, "```", ""])


async def packaged_and_faulty() -> Iterator[str]:
    """The parts about what runs without being installed first."""
    report = await packaged()
    machine = f"{platform.machine()}, Python {platform.python_version()}, xllamacpp {version('xllamacpp')}"
    parts = [
        f"## The packaged models on llama.cpp\n\nOn {machine}, with other programs running.\n",
        block("", list(report.lines())),
        "## Ollama's peer\n\nThis is **not the real Ollama** but `tests/peers/ollama_peer.py`, which is written from its "
        "public API. Only what is not well is shown, and the last line.\n",
    ]
    as_it_comes = OllamaPeer(context=2048, load_seconds=2, token_seconds=0.01)
    well_set = OllamaPeer(parallel=4, token_seconds=0.01)
    for title, peer in (
        ("### A short window, one answer at a time, models not loaded", as_it_comes),
        ("### 4096 tokens and four answers at a time", well_set),
    ):
        parts.append(block(title, list(troubles(await ask_ollama(peer)))))
    parts.append(
        "## Servers with one fault each\n\nThey are in `tests/peers/faulty_model_servers.py` and `odd_model_servers.py`. Only what is not well is "
        "shown, and the last line.\n"
    )
    for kind in faulty_servers():
        said = (inspect.getdoc(kind) or "").splitlines()[0]
        print(kind.__name__, flush=True)
        parts.append(block(f"### {kind.__name__}\n\n{said}", list(troubles(await ask_faulty(kind)))))
    return iter(parts)


def vllm() -> Iterator[str]:
    """The parts about the real vLLM server."""
    with tempfile.TemporaryDirectory() as folder, real_vllm.serve_vllm(Path(folder)) as served:
        well = asyncio.run(ask_vllm(served.chat_url, served.embedding_url))
        swapped = asyncio.run(ask_vllm(served.embedding_url, served.chat_url))
        same = asyncio.run(ask_vllm(served.chat_url, served.chat_url))
    yield "## The real vLLM server on the CPU\n\nWith small models: [what runs there](real-peers.md).\n"
    yield block("", list(well.lines()))
    yield block("### The two addresses exchanged", list(troubles(swapped)))
    yield block("### The chat server's address for both", list(troubles(same)))


def write(begin: str, end: str, parts: Iterator[str]) -> None:
    """Replace what is between two marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n\n" + "\n".join(parts) + f"\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    if "--vllm" in sys.argv[1:]:
        write(BEGIN_VLLM, END_VLLM, vllm())
    else:
        write(BEGIN, END, asyncio.run(packaged_and_faulty()))
