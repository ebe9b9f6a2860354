"""What speaks to other services: which of them are configured, what they hear of, and their routes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import httpx2
from fastapi import APIRouter

from aichatdesk.conversation.domain import (
    AgentReplied,
    ChatDeleted,
    ChatStarted,
    HandOverRequested,
    VisitorMessagePosted,
)
from aichatdesk.conversation.live import LiveChats
from aichatdesk.conversation.ports import NoTranscripts, Transcripts
from aichatdesk.core.errors import Misconfigured
from aichatdesk.core.mail_address import is_mail_address
from aichatdesk.desk.agent_cards import DeskAgentCards
from aichatdesk.entry.settings import CalendarSettings, MailSettings, Settings, TicketSettings
from aichatdesk.outbound.book_slot import SETTLE_BOOKING, Calendar
from aichatdesk.outbound.booking_mail import mail_booking
from aichatdesk.outbound.calendar_endpoints import booking_routes, calendar_routes
from aichatdesk.outbound.cancel_booking import CALENDAR_CANCEL, tell_calendar
from aichatdesk.outbound.confirm_endpoints import confirm_routes
from aichatdesk.outbound.forget_chat import forget_chat
from aichatdesk.outbound.github import GitHub
from aichatdesk.outbound.graph import Graph
from aichatdesk.outbound.graph_tokens import GraphAccount, GraphTokens
from aichatdesk.outbound.hear_teams import TeamsEars
from aichatdesk.outbound.mail import MAIL
from aichatdesk.outbound.mail_replies import MAIL_REPLIES, ReplyMails
from aichatdesk.outbound.notify_staff import StaffMail
from aichatdesk.outbound.outbox import Sender, deliver, job_of
from aichatdesk.outbound.outbox_endpoints import outbox_routes
from aichatdesk.outbound.send_transcript import MailedTranscripts
from aichatdesk.outbound.sendgrid import SendGrid
from aichatdesk.outbound.service_address import ServiceAddresses
from aichatdesk.outbound.teams_auth import BotToken, IncomingTokens
from aichatdesk.outbound.teams_client import TeamsClient
from aichatdesk.outbound.teams_endpoints import teams_routes
from aichatdesk.outbound.teams_keys import SigningKeys
from aichatdesk.outbound.tell_teams import CARD, MESSAGE, TeamsSenders, announce_chat, forward_message
from aichatdesk.outbound.write_ticket import TICKET, put_ticket
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.http.client import make_http_client
from aichatdesk.platform.jobs.queue import Handler
from aichatdesk.platform.storage.database import Database, Transaction
from aichatdesk.platform.storage.facts import FactBoard

_KINDS = (MAIL, TICKET, CALENDAR_CANCEL, CARD, MESSAGE)


@dataclass(frozen=True, slots=True)
class Outbound:
    """The routes and background work of the services that are configured, and what other rooms ask of them."""

    routes: Sequence[APIRouter]
    jobs: Mapping[str, Handler]
    transcripts: Transcripts
    services: "ConfiguredServices"


@dataclass(frozen=True, slots=True)
class ConfiguredServices:
    """The desk room's port `Services`, over what is configured."""

    calendar: Calendar | None
    mails: bool

    def can_book_calls(self, tx: Transaction) -> bool:
        """See `Services.can_book_calls`."""
        return self.calendar is not None and self.calendar.has_owner(tx)

    def can_mail_transcripts(self) -> bool:
        """See `Services.can_mail_transcripts`."""
        return self.mails


@asynccontextmanager
async def open_outbound(
    settings: Settings, database: Database, guard: Guard, facts: FactBoard, live: LiveChats
) -> AsyncIterator[Outbound]:
    """Wire the room; what is not configured stays silent.

    Raises:
        Misconfigured: A file that is named does not exist, or an address or key cannot be used.
    """
    ca_file = Path(settings.server.ca_file) if settings.server.ca_file else None
    if ca_file and not ca_file.is_file():
        raise Misconfigured(f"AICHATDESK_CA_FILE: {ca_file} does not exist.")
    facts.subscribe(ChatDeleted, forget_chat)
    async with make_http_client(extra_ca_file=ca_file) as client:
        senders: dict[str, Sender] = {}
        # Of all kinds: what waits for a service that is configured no more is found and named.
        delivery = partial(deliver, database, senders)
        jobs: dict[str, Handler] = {job_of(kind): delivery for kind in _KINDS}
        routes = [outbox_routes(database, guard)]
        transcripts: Transcripts = NoTranscripts()
        if settings.mail.api_key.get_secret_value():
            public_url = settings.server.public_url
            senders[MAIL] = _sendgrid(settings.mail, client)
            _notify_staff(settings.mail, public_url, facts)
            transcripts = mailed = MailedTranscripts(public_url)
            replies = ReplyMails(database, live, public_url)
            facts.subscribe(AgentReplied, replies.hear)
            jobs[MAIL_REPLIES] = replies.look
            routes.append(confirm_routes(database, mailed))
        if settings.tickets.repository:
            senders[TICKET] = _github(settings.tickets, client)
            facts.subscribe(ChatStarted, put_ticket)
        if settings.teams.app_id and settings.teams.app_password.get_secret_value():
            routes.append(_teams(settings, database, client, facts, senders))
        calendar = None
        if graph := _graph(settings.calendar, client):
            tell = mail_booking if MAIL in senders else None
            calendar = Calendar(database, graph, settings.calendar.calendar_email, tell)
            senders[CALENDAR_CANCEL] = partial(tell_calendar, graph)
            jobs[SETTLE_BOOKING] = calendar.settle
        routes += [calendar_routes(database, calendar), booking_routes(database, guard, calendar)]
        yield Outbound(routes, jobs, transcripts, ConfiguredServices(calendar, MAIL in senders))


def _sendgrid(mail: MailSettings, client: httpx2.AsyncClient) -> SendGrid:
    for name, address in (("FROM", mail.from_email), ("TO", mail.staff_email)):
        if address and not is_mail_address(address):
            raise Misconfigured(f"SENDGRID_{name}_EMAIL: {address} is no e-mail address.")
    return SendGrid(
        client,
        mail.base_url,
        mail.api_key.get_secret_value(),
        sender=mail.from_email,
        sender_name=mail.from_name,
        reply_to=mail.staff_email,
    )


def _notify_staff(mail: MailSettings, public_url: str, facts: FactBoard) -> None:
    if not mail.staff_email:
        return
    staff = StaffMail(mail.staff_email, f"{public_url}/dashboard/" if public_url else "")
    facts.subscribe(ChatStarted, staff.tell_of_new_chat)
    facts.subscribe(HandOverRequested, staff.tell_of_hand_over)


def _github(tickets: TicketSettings, client: httpx2.AsyncClient) -> GitHub:
    token = tickets.token.get_secret_value()
    return GitHub(client, tickets.base_url, tickets.repository, token)


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


def _teams(
    settings: Settings,
    database: Database,
    client: httpx2.AsyncClient,
    facts: FactBoard,
    senders: dict[str, Sender],
) -> APIRouter:
    """A bot in Microsoft Teams; without a channel it only answers in threads that it knows."""
    teams, public_url = settings.teams, settings.server.public_url
    addresses = ServiceAddresses(teams.service_url)
    token = BotToken(client, teams.token_url, teams.app_id, teams.app_password.get_secret_value())
    speaking = TeamsClient(client, token, teams.app_id)
    dashboard_url = f"{public_url}/dashboard/" if public_url else ""
    sends = TeamsSenders(
        database, speaking, addresses, channel_id=teams.channel_id, dashboard_url=dashboard_url
    )
    senders |= {CARD: sends.send_card, MESSAGE: sends.send_message}
    if teams.channel_id:
        facts.subscribe(ChatStarted, announce_chat)
    facts.subscribe(VisitorMessagePosted, forward_message)
    tokens = IncomingTokens(SigningKeys(client, teams.metadata_url), teams.app_id, addresses)
    return teams_routes(tokens, addresses, TeamsEars(database, speaking, DeskAgentCards()))
