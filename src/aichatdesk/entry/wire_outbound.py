"""What speaks to other services: which of them are configured, what they hear of, and their routes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import httpx2
from fastapi import APIRouter

from aichatdesk.conversation.domain import ChatDeleted
from aichatdesk.core.errors import Misconfigured
from aichatdesk.entry.settings import CalendarSettings, Settings
from aichatdesk.outbound.book_slot import SETTLE_BOOKING, Calendar
from aichatdesk.outbound.calendar_endpoints import booking_routes, calendar_routes
from aichatdesk.outbound.cancel_booking import CALENDAR_CANCEL, tell_calendar
from aichatdesk.outbound.graph import Graph
from aichatdesk.outbound.graph_tokens import GraphAccount, GraphTokens
from aichatdesk.outbound.keep_bookings import forget_chat as forget_bookings
from aichatdesk.outbound.outbox import DELIVER, Sender, deliver
from aichatdesk.outbound.outbox_endpoints import outbox_routes
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.jobs.queue import Handler
from aichatdesk.platform.storage.database import Database, Transaction
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
    async with make_http_client(ca_file=ca_file) as client:
        senders: dict[str, Sender] = {}
        jobs: dict[str, Handler] = {DELIVER: partial(deliver, database, senders)}
        facts.subscribe(ChatDeleted, _forget_bookings)
        graph = _graph(settings.calendar, client)
        calendar = _calendar(settings.calendar, database, graph, senders, jobs) if graph else None
        routes = [
            outbox_routes(database, guard),
            calendar_routes(database, calendar),
            booking_routes(database, guard, calendar),
        ]
        yield Outbound(routes, jobs)


def _graph(settings: CalendarSettings, client: httpx2.AsyncClient) -> Graph | None:
    if not (settings.client_id and settings.client_secret and settings.tenant_id):
        return None
    for name, address in (
        ("MICROSOFT_GRAPH_BASE_URL", settings.base_url),
        ("MICROSOFT_GRAPH_AUTHORITY", settings.authority),
    ):
        if not address.startswith("https://"):
            raise Misconfigured(f"{name} must be an https:// address: secrets are sent there.")
    missing = [name for name in ("msal", "icalendar") if find_spec(name) is None]
    if missing:
        raise Misconfigured(
            f"The calendar needs {' and '.join(missing)}: install aichatdesk[graph], or remove MICROSOFT_GRAPH_CLIENT_ID."
        )
    account = GraphAccount(
        settings.client_id,
        settings.client_secret.get_secret_value(),
        settings.tenant_id,
        settings.base_url,
        settings.authority,
    )
    return Graph(client, GraphTokens(client, account), settings.base_url)


def _calendar(
    settings: CalendarSettings,
    database: Database,
    graph: Graph,
    senders: dict[str, Sender],
    jobs: dict[str, Handler],
) -> Calendar:
    calendar = Calendar(database, graph, settings.calendar_email)
    senders[CALENDAR_CANCEL] = partial(tell_calendar, graph)
    jobs[SETTLE_BOOKING] = calendar.settle
    return calendar


def _forget_bookings(tx: Transaction, deleted: ChatDeleted) -> None:
    forget_bookings(tx, deleted.chat_id)
