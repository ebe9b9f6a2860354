"""The one place where HTTP clients are made, so that what leaves the building can be told and limited."""

from datetime import timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from ssl import SSLContext, create_default_context

import httpx2

_POOL = httpx2.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=60)


def make_http_client(
    *,
    base_url: str = "",
    ca_file: Path | None = None,
    extra_ca_file: Path | None = None,
    connect_timeout: timedelta = timedelta(seconds=5),
    read_timeout: timedelta = timedelta(seconds=60),
    headers: dict[str, str] | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> httpx2.AsyncClient:
    """Make a client that ignores proxies of the environment, follows no redirect and names itself.

    `ca_file` is trusted alone; `extra_ca_file` beside the authorities that the system trusts.
    """
    verify = _system_authorities()
    if ca_file or extra_ca_file:
        verify = create_default_context(cafile=str(ca_file) if ca_file else None)
        if extra_ca_file:
            verify.load_verify_locations(cafile=str(extra_ca_file))
    return httpx2.AsyncClient(
        base_url=base_url,
        verify=verify,
        trust_env=False,
        follow_redirects=False,
        limits=_POOL,
        timeout=httpx2.Timeout(read_timeout.total_seconds(), connect=connect_timeout.total_seconds()),
        headers={"User-Agent": f"aichatdesk/{version('aichatdesk')}"} | (headers or {}),
        transport=transport,
    )


@cache
def _system_authorities() -> SSLContext:
    """Read once: it takes longer than all else that a client needs."""
    return httpx2.create_ssl_context(trust_env=False)
