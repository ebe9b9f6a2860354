"""When the company meets people: its time zone, its hours on each weekday, and how long a meeting takes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from aichatdesk.core.errors import Invalid
from aichatdesk.desk.domain import checked_email

T = TypeVar("T")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NINE_TO_FIVE = ("09:00", "17:00")
_WHOLE_DAY = 24 * 60
_SHORTEST_SLOT = 5
_LONGEST_SLOT = 8 * 60
_DEFAULT_SLOT = 30
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}")
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when on one day, in minutes after midnight by the clock on the wall; 1440 is its end."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """What the slots of a day are made from; `hours` by weekday, Monday is 0, and a day off has none."""

    zone: ZoneInfo
    hours: Mapping[int, Hours]
    slot: timedelta


def office_hours(settings: Mapping[str, Any]) -> OfficeHours:
    """The hours that the settings name; what is not set, or cannot be used, has its default."""
    return OfficeHours(
        _or_default(checked_time_zone, settings.get("calendarTimeZone")),
        _or_default(checked_hours, settings.get("calendarHours")),
        _or_default(checked_slot, settings.get("calendarSlotMinutes")),
    )


def calendar_email(settings: Mapping[str, Any]) -> str:
    """Whose calendar the settings name; empty if nobody's."""
    return _or_default(checked_calendar_email, settings.get("calendarEmail"))


def checked_calendar_email(value: Any) -> str:
    """An address, or empty for nobody's; raises `Invalid`."""
    if value is None or value == "":
        return ""
    try:
        return checked_email(value)
    except Invalid as error:
        raise Invalid("calendarEmail must be an e-mail address.", field="calendarEmail") from error


def checked_time_zone(value: Any) -> ZoneInfo:
    """A zone by its IANA name, UTC by default; raises `Invalid`."""
    name = "UTC" if value is None else value
    try:
        if not isinstance(name, str) or not _ZONE.fullmatch(name):
            raise ValueError
        return ZoneInfo(name)
    # A zone that is not there is a KeyError; a name that is a folder of zones is an OSError.
    except (ValueError, KeyError, OSError) as error:
        raise Invalid(
            "calendarTimeZone must be the name of a time zone, such as Europe/Berlin.",
            field="calendarTimeZone",
        ) from error


def checked_hours(value: Any) -> Mapping[int, Hours]:
    """From `{"mon": ["09:00", "17:00"], ...}`, Monday to Friday by default; raises `Invalid`."""
    if value is None:
        value = {day: list(_NINE_TO_FIVE) for day in WEEKDAYS[:5]}
    if not isinstance(value, dict) or not set(value) <= set(WEEKDAYS):
        raise Invalid(
            'calendarHours must look like {"mon": ["09:00", "17:00"]}; its days are mon, tue, wed, thu, fri, sat, sun.',
            field="calendarHours",
        )
    return {WEEKDAYS.index(day): _hours(day, times) for day, times in value.items() if times is not None}


def checked_slot(value: Any) -> timedelta:
    """Whole minutes from 5 to 480, 30 by default; raises `Invalid`."""
    minutes = _DEFAULT_SLOT if value is None else value
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        minutes = 0
    if not _SHORTEST_SLOT <= minutes <= _LONGEST_SLOT:
        raise Invalid(
            f"calendarSlotMinutes must be a whole number from {_SHORTEST_SLOT} to {_LONGEST_SLOT}.",
            field="calendarSlotMinutes",
        )
    return timedelta(minutes=minutes)


# Settings that mean something to the program, and what tells whether a value can be used.
CHECKS: Mapping[str, Callable[[Any], object]] = {
    "calendarEmail": checked_calendar_email,
    "calendarTimeZone": checked_time_zone,
    "calendarHours": checked_hours,
    "calendarSlotMinutes": checked_slot,
}


def _or_default(check: Callable[[Any], T], value: Any) -> T:
    try:
        return check(value)
    except Invalid:
        return check(None)


def _hours(day: str, times: Any) -> Hours:
    found = [_minutes(time) for time in times] if isinstance(times, list) and len(times) == 2 else []
    match found:
        case [int(opens), int(closes)] if opens < closes:
            return Hours(opens, closes)
        case _:
            raise Invalid(
                f'calendarHours: {day} must be two times in order, such as ["09:00", "17:00"], or null.',
                field="calendarHours",
            )


def _minutes(time: Any) -> int | None:
    found = _TIME.fullmatch(time) if isinstance(time, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else None
    return minutes if minutes is None or minutes <= _WHOLE_DAY else None
