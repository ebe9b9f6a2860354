"""A kill between the sending of a mail and the note of it: the mail comes twice with one mark, and is never lost."""

from pathlib import Path

import httpx2

from peers.loopback_server import until
from peers.sendgrid_peer import KEY, SENDER, SendGridPeer
from peers.served_desk import ServedDesk


async def test_a_mail_whose_sending_was_cut_off_by_a_kill_comes_again_with_the_same_mark(tmp_path: Path):
    async with SendGridPeer() as sendgrid:
        desk = ServedDesk(tmp_path / "data")
        desk.environment |= {
            "SENDGRID_API_KEY": KEY,
            "SENDGRID_FROM_EMAIL": SENDER,
            "SENDGRID_TO_EMAIL": "team@desk.example",
            "SENDGRID_BASE_URL": sendgrid.base_url,
        }
        async with httpx2.AsyncClient(base_url=desk.url, timeout=60) as client:
            sendgrid.keep_next = 1
            await desk.start(client)
            for name in ("Ann", "Bob"):
                body = {"userName": name, "userEmail": "a@b.example"}
                assert (await client.post("/api/chat", json=body)).status_code == 201
            await until(lambda: sendgrid.mails)
            await desk.kill()
            assert len(sendgrid.mails) == 1
            await desk.start(client)
            try:
                await until(lambda: len(sendgrid.mails) == 3)
            finally:
                await desk.kill()
    marks = [mail["custom_args"]["aichatdesk_item"] for mail in sendgrid.mails]
    subjects = [mail["subject"] for mail in sendgrid.mails]
    assert subjects.count("New Support Chat: Ann - general") == 2
    assert subjects.count("New Support Chat: Bob - general") == 1
    assert len(set(marks)) == 2
    assert [mark for mark, subject in zip(marks, subjects, strict=True) if "Ann" in subject] == [marks[0]] * 2
