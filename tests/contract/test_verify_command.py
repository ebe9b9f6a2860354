"""`aichatdesk verify` as a person or a script runs it: settings, output, exit codes."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from peers.faulty_model_servers import QuarterWidth
from peers.healthy_model_server import CHAT_MODEL, EMBEDDING_MODEL, HealthyModelServer

# What takes long, and what a busy machine could be blamed for.
SLOW = tuple(
    word
    for check in ("chat.slots", "chat.cancel", "chat.thoughts", "chat.cold_start", "embedding.cold_start")
    for word in ("--leave-out", check)
)


@pytest.fixture
async def healthy() -> AsyncIterator[HealthyModelServer]:
    async with HealthyModelServer(key="topsecret") as server:
        yield server


async def verify(folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of one run."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "aichatdesk.entry.cli.main", "verify", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **variables},
    )
    out, told = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), told.decode()


async def test_both_servers_come_from_the_settings_and_the_report_is_the_only_output(
    tmp_path: Path, healthy: HealthyModelServer
):
    (tmp_path / ".env").write_text(
        f"LLM_BASE_URL={healthy.base_url}\nLLM_MODEL={CHAT_MODEL}\nLLM_API_KEY=topsecret\n"
        f"EMBEDDING_BASE_URL={healthy.base_url}\nEMBEDDING_MODEL={EMBEDDING_MODEL}\nEMBEDDING_API_KEY=topsecret\n"
        "EMBEDDING_DIMENSIONS=768\n"
    )
    code, out, told = await verify(tmp_path, "--json", *SLOW)
    report = json.loads(out)
    assert (code, told) == (0, "")
    assert (report["version"], report["ok"], report["complete"]) == (1, True, True)
    assert report["counts"]["fail"] == report["counts"]["warn"] == 0
    assert len(report["checks"]) == sum(report["counts"].values()) > 45
    for check in report["checks"]:
        assert set(check) == {"id", "title", "sent", "seen", "verdict", "remedy", "facts", "seconds"}
        assert check["id"]
        assert check["seen"]
    assert "topsecret" not in out


async def test_one_side_alone_is_checked_and_what_fails_is_said_with_what_to_change(tmp_path: Path):
    async with QuarterWidth() as server:
        code, out, told = await verify(
            tmp_path, "--embedding-url", server.base_url, "--embedding-model", EMBEDDING_MODEL
        )
    assert (code, told) == (3, "")
    assert "FAIL  embedding.width" in out
    assert "→ Something between model and desk reads base64" in out
    assert "chat." not in out


async def test_a_key_is_read_from_the_variable_that_is_named(tmp_path: Path, healthy: HealthyModelServer):
    code, out, _ = await verify(
        tmp_path,
        *("--embedding-url", healthy.base_url, "--embedding-model", EMBEDDING_MODEL),
        *("--embedding-key-env", "SPARK_KEY"),
        SPARK_KEY="topsecret",
    )
    assert code == 0, out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 78, "config: No model server is named"),
        (("--chat-url", "http://127.0.0.1:9/v1", "--chat-model", "x"), 69, "FAIL  chat.reachable"),
        (("--chat-url", "http://127.0.0.1:99999/v1", "--chat-model", "x"), 78, "no port 99999"),
        (("--chat-url", "http://127.0.0.1:9/v1"), 78, "--chat-model"),
        (("--chat-url", "http://127.0.0.1:9/v1?key=1", "--chat-model", "x"), 78, "must end before ?"),
        (("--only", "both"), 78, "either chat or embedding"),
        (("--patience", "0"), 2, "--patience"),
        (
            ("--chat-url", "http://127.0.0.1:9", "--chat-model", "x", "--chat-key-env", "NO"),
            78,
            "variable NO",
        ),
        (("--chat-url", "http://127.0.0.1:9", "--chat-model", "x", "--ca-file", "none.pem"), 78, "none.pem"),
        (
            ("--chat-url", "http://127.0.0.1:9", "--chat-model", "x", "--leave-out", "x"),
            2,
            "no check called x",
        ),
    ],
)
async def test_what_cannot_be_checked_has_a_line_and_a_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
):
    seen, out, told = await verify(tmp_path, *arguments)
    assert seen == code
    assert words in out + told
    assert "Traceback" not in told
