"""Which other services the desk works with, and how that goes; never a secret."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from aichatdesk.core.access import Action
from aichatdesk.core.clock import to_iso
from aichatdesk.entry.settings import Settings
from aichatdesk.inference.endpoint import Endpoint
from aichatdesk.outbound.book_slot import Calendar
from aichatdesk.outbound.mail import MAIL
from aichatdesk.outbound.outbox_state import outbox_state
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database, Transaction


class MailState(BaseModel):
    """Mail: `failed` counts what was given up."""

    configured: bool
    sender: str | None = Field(serialization_alias="from")
    waiting: int
    failed: int
    lastSentAt: str | None


class CalendarState(BaseModel):
    """The calendar: whose it is, and why it could not be read the last time it was asked."""

    configured: bool
    email: str | None
    problem: str | None


class TicketState(BaseModel):
    """Issues on GitHub."""

    configured: bool
    repository: str | None


class Configured(BaseModel):
    """Something of which no more is told."""

    configured: bool


class ModelState(BaseModel):
    """A model: `failing` while calls to its server are refused because it does not answer."""

    model: str
    host: str
    state: Literal["ready", "failing"]


class ModelStates(BaseModel):
    """The two models that a desk works with."""

    chat: ModelState
    embedding: ModelState


class Integrations(BaseModel):
    """Every service that the desk can work with."""

    mail: MailState
    calendar: CalendarState
    tickets: TicketState
    teams: Configured
    identity: Configured
    models: ModelStates


@dataclass(frozen=True, slots=True)
class Services:
    """What the states are read from."""

    settings: Settings
    chat: Endpoint
    embedding: Endpoint
    calendar: Calendar | None


def integration_routes(database: Database, guard: Guard, services: Services) -> APIRouter:
    """How things stand with other services."""
    routes = APIRouter(prefix="/api/v1/integrations", tags=["settings"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_SETTINGS))])
    async def shown() -> Integrations:
        """Which services are configured and how it goes with each."""
        return await database.read(lambda tx: _states(tx, services))

    return routes


def _states(tx: Transaction, services: Services) -> Integrations:
    settings = services.settings
    teams, tickets = settings.teams, settings.tickets
    repository = tickets.repository or None
    return Integrations(
        mail=_mail(tx, settings),
        calendar=_calendar(tx, services.calendar),
        tickets=TicketState(configured=repository is not None, repository=repository),
        teams=Configured(configured=bool(teams.app_id and teams.app_password.get_secret_value())),
        identity=Configured(configured=bool(settings.widget.identity_secret.get_secret_value())),
        models=ModelStates(
            chat=_model(settings.chat.model, settings.chat.base_url, services.chat),
            embedding=_model(settings.embedding.model, settings.embedding.base_url, services.embedding),
        ),
    )


def _mail(tx: Transaction, settings: Settings) -> MailState:
    configured = bool(settings.mail.api_key.get_secret_value())
    state = outbox_state(tx, MAIL)
    return MailState(
        configured=configured,
        sender=settings.mail.from_email if configured else None,
        waiting=state.waiting,
        failed=state.dead,
        lastSentAt=to_iso(state.last_sent_at) if state.last_sent_at else None,
    )


def _calendar(tx: Transaction, calendar: Calendar | None) -> CalendarState:
    if calendar is None:
        return CalendarState(configured=False, email=None, problem=None)
    email = calendar.email(tx)
    nobody = "Nobody's calendar is named: set calendarEmail, or OFFICE365_CALENDAR_EMAIL."
    return CalendarState(configured=True, email=email, problem=calendar.problem if email else nobody)


def _model(name: str, address: str, endpoint: Endpoint) -> ModelState:
    # An address may carry a user's name and password; its host and port do not.
    host = urlsplit(address).netloc.rpartition("@")[2]
    return ModelState(model=name, host=host, state="failing" if endpoint.breaker.is_open else "ready")
