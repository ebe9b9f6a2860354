"""What a visitor's browser tells of itself; nothing is asked of anybody else."""

import ipaddress
import re
from typing import Any

from aichatdesk.conversation.domain import Chat
from aichatdesk.core.clock import to_iso

_UNKNOWN = "Unknown"
_LONGEST_AGENT = 1000
# The first that fits: browsers name those that they are like.
_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/([\d.]+)")),
    ("Opera", re.compile(r"OPR/([\d.]+)")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/([\d.]+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/([\d.]+)")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/([\d.]+)")),
    ("Safari", re.compile(r"Version/([\d.]+).*Safari/")),
)
_SYSTEMS = (
    ("Windows", re.compile(r"Windows NT ([\d.]+)")),
    ("Android", re.compile(r"Android ([\d.]+)")),
    ("iOS", re.compile(r"(?:iPhone )?OS ([\d_]+) like Mac OS X")),
    ("macOS", re.compile(r"Mac OS X ([\d_.]+)")),
    ("ChromeOS", re.compile(r"CrOS \S+ ([\d.]+)")),
    ("Linux", re.compile(r"Linux()")),
)
_TABLET = re.compile(r"iPad|Tablet|Android(?!.*Mobile)")
_PHONE = re.compile(r"Mobi|iPhone|Android")


def visitor_info(chat: Chat) -> dict[str, Any]:
    """Name, browser, system, device, page and address; the place is not looked up."""
    agent = str(chat.metadata.get("userAgent") or "")[:_LONGEST_AGENT]
    return {
        "userName": chat.user_name,
        "userEmail": chat.user_email,
        "browser": _first(_BROWSERS, agent),
        "os": _first(_SYSTEMS, agent),
        "device": {"type": _device(agent)},
        "location": _place(str(chat.metadata.get("ipAddress") or ""), chat.metadata.get("country")),
        "currentPage": str(chat.metadata.get("currentPage") or _UNKNOWN),
        "ipAddress": str(chat.metadata.get("ipAddress") or _UNKNOWN),
        "sessionStarted": to_iso(chat.started_at),
    }


def _place(address: str, country: Any) -> dict[str, Any]:
    """Nobody is asked where an address is; one of the own network is nowhere else, and a proxy may know the country."""
    place: dict[str, Any] = {
        "country": country or _UNKNOWN,
        "region": "",
        "city": _UNKNOWN,
        "timezone": "UTC",
    }
    try:
        near = ipaddress.ip_address(address).is_private
    except ValueError:
        return place
    return place | {"city": "Local", "lat": 0, "lon": 0} if near else place


def _first(known: tuple[tuple[str, re.Pattern[str]], ...], agent: str) -> dict[str, str]:
    for name, pattern in known:
        if match := pattern.search(agent):
            return {"name": name, "version": match[1].replace("_", ".")}
    return {"name": _UNKNOWN, "version": ""}


def _device(agent: str) -> str:
    if _TABLET.search(agent):
        return "tablet"
    return "mobile" if _PHONE.search(agent) else "desktop"
