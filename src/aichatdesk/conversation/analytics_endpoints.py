"""The HTTP routes of analytics, in the shapes of the old server."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aichatdesk.conversation.analytics import Period, common_questions, overview
from aichatdesk.core.access import Action
from aichatdesk.core.errors import Invalid
from aichatdesk.platform.http.actor import Guard
from aichatdesk.platform.storage.database import Database

_DEFAULT = timedelta(days=30)
_MOST_QUESTIONS = 100


def analytics_routes(database: Database, guard: Guard) -> APIRouter:
    """How the chats of a period went."""
    routes = APIRouter(
        prefix="/api/analytics",
        tags=["analytics"],
        dependencies=[Depends(guard.require(Action.READ_METRICS))],
    )

    @routes.get("/overview")
    async def shown(startDate: str | None = None, endDate: str | None = None) -> dict[str, Any]:
        """Counts, times and ratings; of the last 30 days, if nothing is said."""
        return await database.read(lambda tx: overview(tx, asked_period(startDate, endDate, tx.now)))

    @routes.get("/common-questions")
    async def questions(
        startDate: str | None = None,
        endDate: str | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST_QUESTIONS)] = 10,
    ) -> list[dict[str, Any]]:
        """What visitors asked first, most often first."""
        return await database.read(
            lambda tx: common_questions(tx, asked_period(startDate, endDate, tx.now), limit=limit)
        )

    return routes


def asked_period(start: str | None, end: str | None, now: datetime) -> Period:
    """The period that two dates name; a bare date is midnight UTC."""
    until = _moment("endDate", end) if end else now
    since = _moment("startDate", start) if start else until - _DEFAULT
    if since > until:
        raise Invalid("startDate cannot be after endDate", field="startDate")
    return Period(since, until)


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"{name} must be a date like 2026-12-31.", field=name) from error
