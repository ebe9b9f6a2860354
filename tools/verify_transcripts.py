#!/usr/bin/env python3
"""Write what `aichatdesk verify` says to the packaged models and to every faulty server of the tests.

    .venv/bin/python tools/verify_transcripts.py

It replaces the part of `docs/reference/verify-transcripts.md` between its two marks; the rest of the page stays.
"""

import asyncio
import inspect
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from aichatdesk.inference.local.supervisor import LocalModels
from aichatdesk.migration.verify.report import VerifyReport
from aichatdesk.migration.verify.run import verify_endpoints
from aichatdesk.migration.verify.target import Options, Target

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from peers import faulty_model_servers  # noqa: E402
from peers.healthy_model_server import CHAT_MODEL, EMBEDDING_MODEL, HealthyModelServer  # noqa: E402

PAGE = ROOT / "docs/reference/verify-transcripts.md"
BEGIN, END = "<!-- made by tools/verify_transcripts.py -->", "<!-- until here -->"
_PORT = re.compile(r"127\.0\.0\.1:\d+")
# Their fault shows only if the command waits, so it is told to wait less.
HOSTILE = ("Silent", "Huge", "Dripping", "Nonsense")


def faulty_servers() -> list[type[HealthyModelServer]]:
    """In the order in which they are written."""
    classes = [
        kind
        for _, kind in inspect.getmembers(faulty_model_servers, inspect.isclass)
        if issubclass(kind, HealthyModelServer) and kind.__module__ == faulty_model_servers.__name__
    ]
    return sorted(classes, key=lambda kind: inspect.getsourcelines(kind)[1])


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


async def main() -> None:
    """Write the page's part."""
    report = await packaged()
    machine = f"{platform.machine()}, Python {platform.python_version()}, xllamacpp {version('xllamacpp')}"
    parts = [
        f"## The packaged models on llama.cpp\n\nOn {machine}, with other programs running.\n",
        block("", list(report.lines())),
        "## Servers with one fault each\n\nThey are in `tests/peers/faulty_model_servers.py`. Only what is not well is "
        "shown, and the last line.\n",
    ]
    for kind in faulty_servers():
        said = (inspect.getdoc(kind) or "").splitlines()[0]
        print(kind.__name__, flush=True)
        parts.append(block(f"### {kind.__name__}\n\n{said}", list(troubles(await ask_faulty(kind)))))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
