"""Attached files: what is taken, how it is given back, and what never is."""

from pathlib import Path

import pytest

from aichatdesk.conversation.uploads import LARGEST_FILE
from peers.running_desk import RunningDesk

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
File = tuple[str, bytes, str]


async def upload(desk: RunningDesk, *files: File, field: str = "files") -> tuple[int, dict]:
    reply = await desk.client.post("/api/upload", files=[(field, file) for file in files])
    return reply.status_code, reply.json()


async def test_files_are_kept_under_names_nobody_can_guess_and_given_back_safely(desk: RunningDesk):
    files = [("my photo.png", PNG, "image/png"), ("../a/log.txt", b"line", "text/plain")]
    status, told = await upload(desk, *files)
    assert (status, told["message"]) == (200, "2 file(s) uploaded successfully")
    picture, text = told["files"]
    assert picture["filename"].endswith("-my_photo.png")
    assert len(picture["filename"].split("-")[1]) == 16
    assert (picture["originalName"], picture["type"], picture["size"]) == (
        "my photo.png",
        "image/png",
        len(PNG),
    )
    shown = await desk.client.get(picture["url"])
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    fetched = await desk.client.get(text["url"])
    assert fetched.headers["content-disposition"].startswith("attachment")
    chat = await desk.start_chat()
    body = {"chatId": chat["chatId"], "content": "", "attachments": [picture]}
    assert (await desk.client.post("/api/messages", json=body | {"content": "see"})).status_code == 201


@pytest.mark.parametrize(
    "file",
    [
        ("page.html", b"<script>", "text/html"),
        ("evil.png", b"<script>alert(1)</script>", "image/png"),
        ("evil.png", PNG, "text/html"),
        ("a.png.exe", PNG, "image/png"),
        ("a.svg", b"<svg/>", "image/svg+xml"),
        ("a.pdf", PNG, "application/pdf"),
        ("a.txt", b"MZ\x00\x01", "text/plain"),
        ("empty.txt", b"", "text/plain"),
        ("noextension", b"text", "text/plain"),
    ],
)
async def test_a_file_that_is_not_what_it_says_is_refused_by_name(
    desk: RunningDesk, tmp_path: Path, file: File
):
    status, told = await upload(desk, ("good.png", PNG, "image/png"), file)
    assert (status, told["error"]) == (415, "Invalid file type")
    assert "allowedTypes" in told
    assert not list(tmp_path.rglob("uploads/*"))


async def test_none_too_many_or_too_large_are_refused(desk: RunningDesk):
    assert (await upload(desk, *[("a.png", PNG, "image/png")] * 6))[1]["maxFiles"] == 5
    status, told = await upload(desk, ("a.png", PNG + b"x" * LARGEST_FILE, "image/png"))
    assert (status, told["maxSize"]) == (413, "10MB")
    assert (await upload(desk, ("a.png", PNG, "image/png"), field="other"))[0] == 400


@pytest.mark.parametrize("name", ["..%2fdesk.db", "desk.db", "1700000000000-x-a.png", "%00", "a" * 300])
async def test_nothing_but_kept_files_is_given(desk: RunningDesk, name: str):
    assert (await desk.client.get(f"/uploads/{name}")).status_code == 404
