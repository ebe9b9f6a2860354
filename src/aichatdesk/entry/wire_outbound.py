"""What speaks to other services: which of them are configured, what they hear of, and their routes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import APIRouter

from aichatdesk.core.errors import Misconfigured
from aichatdesk.entry.settings import Settings
from aichatdesk.outbound.outbox import DELIVER, Sender, deliver
from aichatdesk.outbound.outbox_endpoints import outbox_routes
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.jobs.queue import Handler
from aichatdesk.platform.storage.database import Database
from aichatdesk.platform.storage.facts import FactBoard


@dataclass(frozen=True, slots=True)
class Outbound:
    """The routes and background work of the services that are configured."""

    routes: Sequence[APIRouter]
    jobs: Mapping[str, Handler]


@asynccontextmanager
async def open_outbound(
    settings: Settings, database: Database, guard: Guard, facts: FactBoard
) -> AsyncIterator[Outbound]:
    """Wire the room; what is not configured stays silent.

    Raises:
        Misconfigured: A file that is named does not exist.
    """
    ca_file = Path(settings.server.ca_file) if settings.server.ca_file else None
    if ca_file and not ca_file.is_file():
        raise Misconfigured(f"AICHATDESK_CA_FILE: {ca_file} does not exist.")
    async with make_http_client(ca_file=ca_file) as _client:
        senders: dict[str, Sender] = {}
        routes = [outbox_routes(database, guard)]
        yield Outbound(routes, {DELIVER: partial(deliver, database, senders)})
