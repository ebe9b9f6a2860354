import asyncio

import pytest

from aichatdesk.platform.http.safe_fetch import FetchRefused, Page, fetch_page, is_public


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_the_public_internet_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "198.18.0.1",
        "192.88.99.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:7f00:1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
    ],
)
def test_no_inner_address_passes_however_it_is_wrapped(address: str):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("::127.0.0.1", id="IPv4-compatible"),
        pytest.param("::a9fe:a9fe", id="IPv4-compatible metadata address"),
        pytest.param("::ffff:0:127.0.0.1", id="IPv4-translated (SIIT)"),
    ],
)
def test_no_inner_address_passes_in_an_outdated_wrapping(address: str):
    assert not is_public(address)


async def resolve_inside(_host: str, _port: int) -> list[str]:
    return ["10.0.0.7"]


async def resolve_mixed(_host: str, _port: int) -> list[str]:
    return ["93.184.216.34", "127.0.0.1"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://shop.test/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("gopher://shop.test/", "bad_url"),
        ("http://", "bad_url"),
        ("http:///path", "bad_url"),
        ("http://user:secret@shop.test/", "bad_url"),
        ("http://shop.test\\@127.0.0.1/", "bad_url"),
        ("http://[::1", "bad_url"),
        ("http://shop.test:99999/", "bad_url"),
        ("http://shop.test:22/", "bad_port"),
        ("http://shop.test:6379/", "bad_port"),
        ("https://shop.test:8443/", "bad_port"),
        ("http://shop.test/", "private_address"),
        ("shop.test", "private_address"),
    ],
)
async def test_an_address_we_do_not_go_to_is_refused_by_name(url: str, reason: str):
    with pytest.raises(FetchRefused) as refused:
        await fetch_page(url, resolve=resolve_inside)
    assert refused.value.reason == reason
    assert refused.value.facts["reason"] == reason


async def test_one_inner_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(FetchRefused) as refused:
        await fetch_page("http://shop.test/", resolve=resolve_mixed)
    assert refused.value.reason == "private_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
    ],
)
async def test_the_systems_own_resolver_leads_to_no_inner_host_in_any_notation(url: str):
    with pytest.raises(FetchRefused) as refused:
        await fetch_page(url)
    assert refused.value.reason in {"private_address", "unknown_host"}


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"http://{'a' * 70}.test/", id="a label of 70 letters"),
        pytest.param("http://shop..test/", id="an empty label"),
    ],
)
async def test_a_name_that_cannot_exist_is_refused_by_name(url: str):
    with pytest.raises(FetchRefused):
        await fetch_page(url)


async def resolve_public(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://b\u00fccher.test:9/", id="a name with an umlaut"),
        pytest.param("http://shop.test:9/\x01", id="a control character"),
        pytest.param("http://shop\x00.test:9/", id="a NUL in the name"),
        pytest.param("http://shop .test:9/", id="a space in the name"),
    ],
)
async def test_an_odd_address_never_ends_in_an_internal_error(url: str):
    with pytest.raises(FetchRefused):
        await fetch_page(url, resolve=resolve_public, trusted_addresses=["127.0.0.1"], ports=[9])


async def fetch_from(reply: str) -> Page:
    """What becomes of a page whose server answers with `reply`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {reply}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        return await fetch_page(
            f"http://shop.test:{port}/",
            resolve=resolve_public,
            trusted_addresses=["127.0.0.1"],
            ports=[port],
        )


@pytest.mark.parametrize("place", ["http://[", "http://a..b/", "http://shop.test:x/", "/\x7f"])
async def test_a_redirect_to_no_address_at_all_is_refused_by_name(place: str):
    with pytest.raises(FetchRefused) as refused:
        await fetch_from(f"302 Found\r\nLocation: {place}")
    assert refused.value.reason in {"bad_url", "unreachable"}


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        ("text/html; charset=windows-1251", "windows-1251"),
        ('text/html;charset="koi8-r"', "koi8-r"),
        ("text/html", ""),
    ],
)
async def test_the_charset_that_the_server_names_comes_with_the_page(declared: str, charset: str):
    assert (await fetch_from(f"200 OK\r\nContent-Type: {declared}")).charset == charset
