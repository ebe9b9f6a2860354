"""The HTTP route from which the widget learns how to look and what to ask."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from aichatdesk.conversation.domain import Asked
from aichatdesk.desk import repository
from aichatdesk.desk.desk_settings import all_settings
from aichatdesk.desk.ports import Services
from aichatdesk.desk.presence import available_agents
from aichatdesk.desk.widget_settings import FeatureSettings, FormSettings, widget_settings
from aichatdesk.platform.storage.database import Database, Transaction

CONFIG_PATH = "/api/v1/widget/config"


class ShownCategory(BaseModel):
    """A topic that the visitor may pick."""

    id: str
    name: str
    icon: str


class ShownForm(BaseModel):
    """What a visitor is asked for before a chat begins."""

    name: Asked
    email: Asked
    question: Asked


class ShownFeatures(BaseModel):
    """What the widget may offer."""

    attachments: bool
    calls: bool
    transcript: bool
    rating: bool


class ShownDesk(BaseModel):
    """Whether people are there, and what to say where they are not."""

    staffed: bool
    away: str | None


class WidgetConfig(BaseModel):
    """What the widget shows; null where nothing is set."""

    company: str | None
    title: str | None
    greeting: str | None
    color: str | None
    position: Literal["right", "left"]
    theme: Literal["auto", "light", "dark"]
    language: str | None
    privacyUrl: str | None
    form: ShownForm
    questions: list[str]
    categories: list[ShownCategory]
    features: ShownFeatures
    desk: ShownDesk


def widget_routes(database: Database, services: Services) -> APIRouter:
    """One route, for anybody."""
    routes = APIRouter(tags=["widget"])

    @routes.get(CONFIG_PATH)
    async def config() -> WidgetConfig:
        """How the widget looks, what it asks and what it may offer."""
        return await database.read(lambda tx: widget_config(tx, services))

    return routes


def widget_config(tx: Transaction, services: Services) -> WidgetConfig:
    """The configuration as it holds now."""
    settings = widget_settings(all_settings(tx))
    wanted = settings.features or FeatureSettings()
    categories: list[Any] = list(repository.list_categories(tx, all_of_them=False))
    return WidgetConfig(
        company=settings.company or None,
        title=settings.title or None,
        greeting=settings.greeting or None,
        color=settings.color,
        position=settings.position or "right",
        theme=settings.theme or "auto",
        language=settings.language,
        privacyUrl=settings.privacyUrl,
        form=ShownForm.model_validate(settings.form or FormSettings(), from_attributes=True),
        questions=[question for question in settings.questions or [] if question],
        categories=[ShownCategory(id=row.id, name=row.name, icon=row.icon) for row in categories],
        features=ShownFeatures(
            attachments=wanted.attachments,
            calls=wanted.calls and services.can_book_calls(tx),
            transcript=wanted.transcript and services.can_mail_transcripts(),
            rating=wanted.rating,
        ),
        desk=ShownDesk(staffed=bool(available_agents(tx)), away=settings.away or None),
    )
