"""What is checked, and how long that may take."""

from dataclasses import dataclass
from pathlib import Path

from aichatdesk.core.errors import Misconfigured
from aichatdesk.platform.http.client import make_http_client

_TIME, _LONG_TIME = 90.0, 1800.0


@dataclass(frozen=True, slots=True)
class Target:
    """One address with the model expected there.

    Attributes:
        provider: A kind of server from `inference/profiles.py`; "" is found out.
        dimensions: The width required of an embedding model, if any.
        concurrency, context_tokens: What the desk is told of a chat server; None where its provider's profile holds.
        is_set: These are the settings that a desk runs with, so what is missing there is missing for it.
    """

    base_url: str
    model: str
    api_key: str = ""
    provider: str = ""
    dimensions: int | None = None
    ca_file: Path | None = None
    is_set: bool = False
    concurrency: int | None = None
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly.

    Attributes:
        full: Fill the whole context once, however long that takes.
        at_once: Requests at the same time; what the desk itself would send if not given.
        leave_out: Ids of checks that are not wanted, such as those that put load on a server in use.
        patience: How many times as long as usual anything may take.
    """

    full: bool = False
    at_once: int | None = None
    leave_out: frozenset[str] = frozenset()
    patience: float = 1.0

    @property
    def seconds(self) -> float:
        """When the last check has begun at the latest."""
        return self.patience * (_LONG_TIME if self.full else _TIME)


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
