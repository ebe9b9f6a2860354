"""The kinds of values that settings have, and how each is read."""

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_DURATION = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|m|h|d|w|y)?", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_557_600}


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _http_address(value: str) -> str:
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ValueError("must be an http:// or https:// address")
    return value.rstrip("/")


def _guarded_address(value: str) -> str:
    """An address that secrets are sent to: nobody on the way may read along."""
    address = _http_address(value)
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must be an https:// address")
    return address


def _model_address(value: str) -> str:
    """An address to which paths are added, so that nothing may follow its own."""
    parts = urlsplit(value)
    if parts.query or parts.fragment:
        raise ValueError("must end before ? and #")
    if any(character.isspace() for character in value):
        raise ValueError("must hold no space")
    _ = parts.port  # raises where there is no such port
    return _http_address(value)


def _key(value: SecretStr) -> SecretStr:
    """A key that an HTTP header can carry."""
    if not all("!" <= character <= "~" for character in value.get_secret_value()):
        raise ValueError("holds a space, a line break or another character that cannot be sent")
    return value


def _duration(value: object) -> object:
    """Read `7d`, `24h`, `90` (seconds) the way the old server's JWT library did."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if not match:
        raise ValueError("must be a time such as 24h, 7d or 90s")
    return timedelta(seconds=float(match["amount"]) * _SECONDS[match["unit"] or "s"])


HttpAddress = Annotated[str, AfterValidator(_http_address)]
GuardedAddress = Annotated[str, AfterValidator(_guarded_address)]
ModelAddress = Annotated[str, AfterValidator(_model_address)]
Key = Annotated[SecretStr, AfterValidator(_key)]
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Group(BaseModel):
    """The settings of one concern."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def without_password(address: str) -> str:
    """The address without the user's name and password that it may carry."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
