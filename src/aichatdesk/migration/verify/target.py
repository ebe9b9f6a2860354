"""What is checked, and how long that may take."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aichatdesk.core.errors import Misconfigured
from aichatdesk.platform.http.client import make_http_client


@dataclass(frozen=True, slots=True)
class Target:
    """One address with the model expected there.

    Attributes:
        provider: A kind of server from `inference/profiles.py`; "" is found out.
        dimensions: The width required of an embedding model, if any.
    """

    base_url: str
    model: str
    api_key: str = ""
    provider: str = ""
    dimensions: int | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly.

    Attributes:
        full: Fill the whole context once, however long that takes.
        at_once: Requests at the same time; what the desk itself would send if not given.
        time: When the last check has begun at the latest.
    """

    full: bool = False
    at_once: int | None = None
    time: timedelta = timedelta(seconds=90)


def require_file(target: Target) -> None:
    """Raise `Misconfigured` unless the authority's file, where one is named, can be read as one."""
    if target.ca_file is None:
        return
    if not target.ca_file.is_file():
        raise Misconfigured(f"The CA file {target.ca_file} does not exist.")
    try:
        make_http_client(ca_file=target.ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise Misconfigured(f"The CA file {target.ca_file} holds no certificate: {error}.") from error
