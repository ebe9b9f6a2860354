"""What speaks to other services: which of them are configured, what they hear of, and their routes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import APIRouter
from httpx2 import AsyncClient

from aichatdesk.conversation.domain import ChatDeleted, ChatStarted, VisitorMessagePosted
from aichatdesk.core.errors import Misconfigured
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.entry.settings import Settings
from aichatdesk.outbound.hear_teams import TeamsEars
from aichatdesk.outbound.outbox import DELIVER, Sender, deliver
from aichatdesk.outbound.outbox_endpoints import outbox_routes
from aichatdesk.outbound.service_address import ServiceAddresses
from aichatdesk.outbound.teams_auth import BotToken, IncomingTokens
from aichatdesk.outbound.teams_client import TeamsClient
from aichatdesk.outbound.teams_endpoints import teams_routes
from aichatdesk.outbound.teams_keys import SigningKeys
from aichatdesk.outbound.tell_teams import (
    CARD,
    MESSAGE,
    TeamsSenders,
    announce_chat,
    forget_chat,
    forward_message,
)
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
    async with make_http_client(ca_file=ca_file) as client:
        senders: dict[str, Sender] = {}
        routes = [outbox_routes(database, guard)]
        routes += _teams(settings, database, client, facts, senders)
        yield Outbound(routes, {DELIVER: partial(deliver, database, senders)})


def _teams(
    settings: Settings,
    database: Database,
    client: AsyncClient,
    facts: FactBoard,
    senders: dict[str, Sender],
) -> list[APIRouter]:
    """Microsoft Teams, if a bot is configured; without a channel it only answers."""
    teams, password = settings.teams, settings.teams.app_password.get_secret_value()
    if not teams.app_id or not password:
        return []
    addresses = ServiceAddresses(teams.service_url)
    speaking = TeamsClient(client, BotToken(client, teams.token_url, teams.app_id, password), teams.app_id)
    dashboard = f"{settings.server.public_url}/dashboard/" if settings.server.public_url else ""
    sends = TeamsSenders(database, speaking, addresses, channel_id=teams.channel_id, dashboard_url=dashboard)
    senders |= {CARD: sends.send_card, MESSAGE: sends.send_message}
    if teams.channel_id:
        facts.subscribe(ChatStarted, announce_chat)
    facts.subscribe(VisitorMessagePosted, forward_message)
    facts.subscribe(ChatDeleted, forget_chat)
    keys = SigningKeys(client, teams.metadata_url)
    tokens = IncomingTokens(keys, teams.app_id, addresses)
    return [teams_routes(tokens, addresses, TeamsEars(database, speaking, DeskAgentCards()))]
