"""The HTTP route of everything that is known of how a period's chats went."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from aichatdesk.conversation.analytics_endpoints import asked_period
from aichatdesk.conversation.analytics_report import report
from aichatdesk.core.access import Action
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database


class ReportPeriod(BaseModel):
    """From `start` up to `end`, both included."""

    start: str
    end: str


class Totals(BaseModel):
    """Of all chats: those not closed, answered by the assistant alone, answered by people, handed over, and rated."""

    chats: int
    open: int
    byAssistant: int
    byPeople: int
    handedOver: int
    rated: int
    averageRating: float | None


class DayCount(BaseModel):
    """The chats that began on one day, in UTC."""

    day: str
    chats: int
    byAssistant: int
    byPeople: int


class ReasonCount(BaseModel):
    """How often chats were handed over for one reason."""

    reason: str
    count: int


class ResponseTimes(BaseModel):
    """Seconds to the first words of an answer; null where nothing is known."""

    assistantMedianSeconds: float | None
    assistantP90Seconds: float | None
    peopleMedianSeconds: float | None
    peopleP90Seconds: float | None


class RatingCount(BaseModel):
    """How many visitors gave so many stars."""

    rating: int
    count: int


class Feedback(BaseModel):
    """What visitors said of single answers."""

    helpful: int
    notHelpful: int


class ConfidenceCount(BaseModel):
    """How many answers were so sure: from `from`, below `to`; the last step includes 1."""

    since: float = Field(validation_alias="from", serialization_alias="from")
    to: float
    count: int


class LanguageCount(BaseModel):
    """How many chats were in one language."""

    language: str
    count: int


class CategoryCount(BaseModel):
    """How many chats were of one kind."""

    category: str
    count: int


class QuestionCount(BaseModel):
    """How often visitors began with the same words."""

    question: str
    count: int


class Report(BaseModel):
    """How the chats of a period went; `hours` has the number of chats that began in each of 24 hours, in UTC.

    `threshold` is the confidence below which chats are handed over now.
    """

    period: ReportPeriod
    totals: Totals
    days: list[DayCount]
    hours: list[int]
    handOverReasons: list[ReasonCount]
    responseTimes: ResponseTimes
    ratings: list[RatingCount]
    feedback: Feedback
    confidence: list[ConfidenceCount]
    threshold: float
    languages: list[LanguageCount]
    categories: list[CategoryCount]
    questions: list[QuestionCount]


def analytics_report_routes(database: Database, guard: Guard, *, threshold: float) -> APIRouter:
    """How the chats of a period went, in full; `threshold` is the confidence below which they are handed over."""
    routes = APIRouter(prefix="/api/v1/analytics", tags=["analytics"])

    @routes.get("", dependencies=[Depends(guard.require(Action.READ_METRICS))])
    async def shown(startDate: str | None = None, endDate: str | None = None) -> Report:
        """Everything about the chats that began in a period; the last 30 days, if nothing is said."""
        found = await database.read(lambda tx: report(tx, asked_period(startDate, endDate, tx.now)))
        return Report.model_validate(found | {"threshold": threshold})

    return routes
