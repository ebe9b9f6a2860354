"""The settings that the desk knows, as they look on the wire, for the API's description."""

from pydantic import BaseModel, ConfigDict

from aichatdesk.desk.widget_settings import WidgetSettings

Hours = tuple[str, str]


class WeekHours(BaseModel):
    """From when to when by the clock on the wall, such as `["09:00", "17:00"]`; null or absent is a day off."""

    model_config = ConfigDict(extra="forbid")

    mon: Hours | None = None
    tue: Hours | None = None
    wed: Hours | None = None
    thu: Hours | None = None
    fri: Hours | None = None
    sat: Hours | None = None
    sun: Hours | None = None


class DeskSettings(BaseModel):
    """Values by name; there may be others of any form, which programs have kept here."""

    model_config = ConfigDict(extra="allow")

    companyName: str | None = None
    greeting: str | None = None
    privacyUrl: str | None = None
    calendarEmail: str | None = None
    calendarTimeZone: str | None = None
    calendarHours: WeekHours | None = None
    calendarSlotMinutes: int | None = None
    widget: WidgetSettings | None = None
