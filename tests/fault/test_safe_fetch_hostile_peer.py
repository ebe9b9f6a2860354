"""A real server on the loopback plays the hostile site; the test names the loopback as trusted."""

import asyncio
import contextlib
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from aichatdesk.platform.http.safe_fetch import FetchRefused, Page, fetch_page
from peers.passing_time import let_pass

Reply = Callable[[str, dict[str, str]], bytes]


class Site:
    """Answers each request with what `reply(path, headers)` gives, and keeps the requests."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.resolved: list[str] = []
        self.addresses: dict[str, list[str]] = {}
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
            path = head[0].split(" ")[1]
            self.requests.append((path, headers))
            writer.write(self._reply(path, headers))
            await writer.drain()
        writer.close()

    async def resolve(self, host: str, _port: int) -> list[str]:
        self.resolved.append(host)
        return self.addresses.get(host, ["127.0.0.1"])

    async def fetch(self, path: str = "/", host: str = "shop.test") -> Page:
        return await fetch_page(
            f"http://{host}:{self.port}{path}",
            resolve=self.resolve,
            trusted_addresses=["127.0.0.1"],
            ports=[self.port],
        )


@contextlib.asynccontextmanager
async def site(reply: Reply) -> AsyncIterator[Site]:
    served = Site(reply)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    async with server:
        yield served


def answer(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "text/html") -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(place: str) -> bytes:
    return answer(b"", f"Location: {place}", status="302 Found")


async def refusal(served: Site, path: str = "/") -> str:
    with pytest.raises(FetchRefused) as refused:
        await served.fetch(path)
    return refused.value.reason


async def test_a_page_is_fetched_from_the_pinned_address_under_its_own_name():
    async with site(lambda _p, _h: answer(b"<p>hi</p>")) as served:
        page = await served.fetch("/faq?a=1")
        path, headers = served.requests[0]
    assert (page.body, page.content_type) == (b"<p>hi</p>", "text/html")
    assert path == "/faq?a=1"
    assert headers["host"] == f"shop.test:{served.port}"
    assert headers["user-agent"].startswith("aichatdesk/")
    assert "cookie" not in headers
    assert "authorization" not in headers


async def test_the_name_is_resolved_once_so_a_second_answer_of_the_dns_is_never_used():
    async with site(lambda _p, _h: answer(b"ok")) as served:
        await served.fetch()
    assert served.resolved == ["shop.test"]


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.test/",
        "//inside.test/",
        "http://[::1]/",
        "file:///etc/passwd",
        "gopher://inside.test/",
        "http://inside.test:22/",
        "http://user:pw@inside.test/",
    ],
)
async def test_a_redirect_to_an_inner_place_is_not_followed(place: str):
    async with site(lambda _p, _h: redirect(place)) as served:
        served.addresses = {
            "inside.test": ["10.0.0.1"],
            "169.254.169.254": ["169.254.169.254"],
            "::1": ["::1"],
        }
        reason = await refusal(served)
    assert reason in {"private_address", "bad_url", "bad_port"}
    assert len(served.requests) == 1


async def test_a_host_that_becomes_inner_between_two_requests_is_refused_at_the_second():
    async with site(lambda _p, _h: redirect("/again")) as served:
        answers = iter([["127.0.0.1"], ["10.0.0.1"]])

        async def rebinding(_host: str, _port: int) -> list[str]:
            return next(answers)

        with pytest.raises(FetchRefused) as refused:
            await fetch_page(
                f"http://shop.test:{served.port}/",
                resolve=rebinding,
                trusted_addresses=["127.0.0.1"],
                ports=[served.port],
            )
    assert refused.value.reason == "private_address"
    assert len(served.requests) == 1


async def test_redirects_within_a_site_are_followed_up_to_five():
    def reply(path: str, _headers: dict[str, str]) -> bytes:
        step = int(path.strip("/") or 0)
        return answer(b"here") if step == 5 else redirect(f"/{step + 1}")

    async with site(reply) as served:
        page = await served.fetch()
    assert page.body == b"here"
    assert page.url.endswith("/5")


async def test_a_circle_of_redirects_ends():
    async with site(lambda _p, _h: redirect("/")) as served:
        assert await refusal(served) == "too_many_redirects"
    assert len(served.requests) == 6


async def test_a_body_over_the_limit_is_refused_also_without_a_stated_length():
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"x" * (11 * 1024 * 1024)
    async with site(lambda _p, _h: endless) as served:
        assert await refusal(served) == "too_large"


async def test_a_packed_bomb_is_refused_by_its_unpacked_size():
    bomb = gzip.compress(bytes(60 * 1024 * 1024))
    async with site(lambda _p, _h: answer(bomb, "Content-Encoding: gzip")) as served:
        assert await refusal(served) == "too_large"


async def test_a_packed_bomb_never_stands_unpacked_in_memory():
    bomb = gzip.compress(bytes(60 * 1024 * 1024))
    async with site(lambda _p, _h: answer(bomb, "Content-Encoding: gzip")) as served:
        tracemalloc.start()
        try:
            await refusal(served)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 24 * 1024 * 1024


async def test_a_gzipped_page_of_ordinary_size_is_read():
    packed = gzip.compress(b"<p>hello</p>")
    async with site(lambda _p, _h: answer(packed, "Content-Encoding: gzip")) as served:
        assert (await served.fetch()).body == b"<p>hello</p>"


@pytest.mark.parametrize(
    "content_type", ["image/png", "application/octet-stream", "application/pdf", "image/svg+xml", ""]
)
async def test_only_pages_and_texts_are_read(content_type: str):
    async with site(lambda _p, _h: answer(b"x", content_type=content_type)) as served:
        assert await refusal(served) == "unreadable_type"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "304 Not Modified"])
async def test_an_error_of_the_site_is_named(status: str):
    async with site(lambda _p, _h: answer(b"", status=status)) as served:
        with pytest.raises(FetchRefused, match=f"HTTP {status[:3]}"):
            await served.fetch()


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
    ids=["nothing", "no HTTP", "cut short", "broken gzip", "a huge header"],
)
async def test_a_broken_answer_is_refused_by_name(reply: bytes):
    async with site(lambda _p, _h: reply) as served:
        assert await refusal(served) == "unreachable"


async def test_a_site_that_trickles_is_given_up_in_time():
    trickling = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                trickling.set()
                await asyncio.sleep(0.2)

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    url = f"http://shop.test:{port}/"
    fetching = asyncio.create_task(
        fetch_page(url, resolve=resolve, trusted_addresses=["127.0.0.1"], ports=[port])
    )
    await trickling.wait()
    for _ in range(17):
        await let_pass(timedelta(seconds=1))
    assert fetching.done()
    with pytest.raises(FetchRefused) as refused:
        await fetching
    server.close()
    assert refused.value.reason == "too_slow"


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with site(lambda _p, _h: answer(b"direct")) as served:
        assert (await served.fetch()).body == b"direct"
