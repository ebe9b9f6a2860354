"""A body that is too large is answered in words that its sender gets to read, and is not read for ever."""

import asyncio
import contextlib
import http.client
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from peers.running_desk import RunningDesk, running_desk

BODY = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    + b"x" * (13 * 1024 * 1024)
    + b"\r\n--x--\r\n"
)
ALLOWED = 10 * 1024 * 1024
PATH = "/api/knowledge/upload"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[RunningDesk]:
    async with running_desk(tmp_path, NOBODY, MAX_FILE_SIZE=ALLOWED) as running:
        yield running


def in_pieces() -> Iterator[bytes]:
    for start in range(0, len(BODY), 65_536):
        yield BODY[start : start + 65_536]


def by_httpx2(base_url: str, headers: dict[str, str], chunked: bool) -> tuple[int, bytes]:
    with httpx2.Client(base_url=base_url, verify=False, timeout=30) as client:
        reply = client.post(PATH, headers=headers, content=in_pieces() if chunked else BODY)
    return reply.status_code, reply.content


def by_http_client(base_url: str, headers: dict[str, str], chunked: bool) -> tuple[int, bytes]:
    with contextlib.closing(http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=30)) as connection:
        connection.request("POST", PATH, in_pieces() if chunked else BODY, headers, encode_chunked=chunked)
        reply = connection.getresponse()
        return reply.status, reply.read()


def by_curl(base_url: str, headers: dict[str, str], chunked: bool) -> tuple[int, bytes]:
    # Without `Expect:`, curl would ask before it sends.
    given = [*(f"{name}: {value}" for name, value in headers.items()), "Expect:"]
    if chunked:
        given.append("Transfer-Encoding: chunked")
    done = subprocess.run(
        [
            *(
                "curl",
                "--silent",
                "--show-error",
                "--data-binary",
                "@-",
                "--write-out",
                "%{stderr}%{http_code}",
            ),
            *(word for header in given for word in ("--header", header)),
            base_url + PATH,
        ],
        input=BODY,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return int(done.stderr), done.stdout


CLIENTS = {
    "httpx2": by_httpx2,
    "http.client": by_http_client,
    **({"curl": by_curl} if shutil.which("curl") else {}),
}


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
async def test_who_posts_too_much_reads_why_it_is_refused(desk: RunningDesk, chunked: bool):
    headers = await desk.sign_in() | {"Content-Type": "multipart/form-data; boundary=x"}
    for name, post in CLIENTS.items():
        status, body = await asyncio.to_thread(post, desk.base_url, headers, chunked)
        assert (name, status) == (name, 413)
        assert json.loads(body) == {"error": "The body is too large: at most 10304 kB."}, name


@contextlib.asynccontextmanager
async def raw_post(
    desk: RunningDesk, *lines: str, path: str = PATH
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address = urlsplit(desk.base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = [f"POST {path} HTTP/1.1", "Host: desk", "Content-Type: application/json", *lines, "", ""]
    writer.write("\r\n".join(head).encode())
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_who_claims_too_much_is_answered_before_anything_is_sent(desk: RunningDesk):
    async with raw_post(desk, "Content-Length: 1000000000000", "Expect: 100-continue") as (reader, _):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in head.lower()
        assert b"too large" in await reader.readuntil(b"}")


async def test_a_proxy_is_not_told_that_the_answer_is_whole_while_the_body_is_still_read(desk: RunningDesk):
    async with raw_post(desk, "Content-Length: 200000", path="/api/agents/login") as (reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"transfer-encoding: chunked" in head.lower()
        await reader.readuntil(b"}\r\n")
        writer.write(b"y" * 200_000)
        assert await reader.read() == b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("length", "piece"),
    [
        ("Content-Length: 1000000000000", b"y" * 1_000_000),
        ("Transfer-Encoding: chunked", b"f4240\r\n" + b"y" * 1_000_000 + b"\r\n"),
    ],
    ids=["a length without end", "chunks without end"],
)
async def test_who_goes_on_sending_after_the_refusal_is_cut_off(desk: RunningDesk, length: str, piece: bytes):
    async with raw_post(desk, length, path="/api/agents/login") as (_, writer):
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 200:
                writer.write(piece)
                await writer.drain()
                sent += 1
        assert 1 < sent < 200
    assert (await desk.client.get("/health")).status_code == 200


async def test_both_ways_of_refusing_a_body_give_the_same_problem(desk: RunningDesk):
    chat = await desk.start_chat()
    path = f"/api/v1/chats/{chat['sessionId']}/messages"
    body = json.dumps({"content": "x" * 200_000}).encode()
    token = {"X-Visitor-Token": chat["visitorToken"], "Content-Type": "application/json"}

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    claimed = await desk.client.post(path, content=body, headers=token)
    counted = await desk.client.post(path, content=pieces(), headers=token)
    assert claimed.status_code == 413
    assert claimed.json()["code"] == "too_large"
    assert (counted.status_code, counted.json()) == (claimed.status_code, claimed.json())
