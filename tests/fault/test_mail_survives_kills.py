"""A kill between the sending of a mail and the note of it: the mail comes twice with one mark, and is never lost."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import httpx2
import pytest

from peers.loopback_server import until
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer


def environment(data: Path, sendgrid: SendGridPeer) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "AICHATDESK_DATA_DIR": str(data),
        "AICHATDESK_PORT": str(port),
        "AICHATDESK_LOG_LEVEL": "error",
        "LLM_BASE_URL": "http://127.0.0.1:9/v1",
        "LLM_MODEL": "none",
        "EMBEDDING_BASE_URL": "http://127.0.0.1:9/v1",
        "EMBEDDING_MODEL": "none",
        "SENDGRID_API_KEY": KEY,
        "SENDGRID_FROM_EMAIL": SENDER,
        "SENDGRID_TO_EMAIL": "team@desk.example",
        "SENDGRID_BASE_URL": sendgrid.base_url,
    }


async def serve(env: dict[str, str], client: httpx2.AsyncClient, folder: Path) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "aichatdesk.entry.cli.main", "serve", env=env, cwd=folder
    )

    async def answers() -> bool:
        try:
            return (await client.get("/health")).status_code == 200
        except httpx2.HTTPError:
            return False

    await until(answers, seconds=30)
    return process


@pytest.mark.timeout(120)
async def test_a_mail_whose_sending_was_cut_off_by_a_kill_comes_again_with_the_same_mark(tmp_path: Path):
    async with SendGridPeer() as sendgrid:
        env = environment(tmp_path / "data", sendgrid)
        base_url = f"http://127.0.0.1:{env['AICHATDESK_PORT']}"
        async with httpx2.AsyncClient(base_url=base_url, timeout=10) as client:
            sendgrid.keep_next = 1
            process = await serve(env, client, tmp_path)
            for name in ("Ann", "Bob"):
                body = {"userName": name, "userEmail": "a@b.example"}
                assert (await client.post("/api/chat", json=body)).status_code == 201
            await until(lambda: sendgrid.mails)
            process.kill()
            await process.wait()
            assert len(sendgrid.mails) == 1
            process = await serve(env, client, tmp_path)
            try:
                await until(lambda: len(sendgrid.mails) == 3)
            finally:
                process.kill()
                await process.wait()
    marks = [mail["custom_args"]["aichatdesk_item"] for mail in sendgrid.mails]
    subjects = [mail["subject"] for mail in sendgrid.mails]
    assert subjects.count("New Support Chat: Ann - general") == 2
    assert subjects.count("New Support Chat: Bob - general") == 1
    assert len(set(marks)) == 2
    assert [mark for mark, subject in zip(marks, subjects, strict=True) if "Ann" in subject] == [marks[0]] * 2
