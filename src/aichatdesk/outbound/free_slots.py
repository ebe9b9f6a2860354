"""When a visitor can meet the company: slots within its hours, by the clock on its wall."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aichatdesk.core.clock import to_iso
from aichatdesk.desk.office_hours import Hours, OfficeHours

DAYS_OFFERED = 3
# With one working day in a week, three of them are within three weeks.
_DAYS_LOOKED_AT = 21
_FURTHEST = timedelta(days=366)
_MOMENT = timedelta(microseconds=1)
# Not strftime's, which speak the language of the machine.
_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment to another, both in UTC."""

    start: datetime
    end: datetime

    def meets(self, other: "Span") -> bool:
        """Whether the two have any time in common."""
        return self.start < other.end and other.start < self.end


def offered_slots(office: OfficeHours, first: date | None, now: datetime) -> list[Span]:
    """The slots to come of the next three working days from `first`, or from today; in order."""
    today = now.astimezone(office.zone).date()
    first = first or today
    if not office.hours or not today - timedelta(days=_DAYS_LOOKED_AT) <= first <= today + _FURTHEST:
        return []
    days = (first + timedelta(days=number) for number in range(_DAYS_LOOKED_AT))
    working = [day for day in days if day.weekday() in office.hours][:DAYS_OFFERED]
    return [slot for day in working for slot in day_slots(office, day) if slot.start > now]


def is_offered(office: OfficeHours, wanted: Span, now: datetime) -> bool:
    """Whether this is a slot to come, free or not."""
    day = wanted.start.astimezone(office.zone).date()
    return now < wanted.start <= now + _FURTHEST and wanted in day_slots(office, day)


def day_slots(office: OfficeHours, day: date) -> list[Span]:
    """Every slot of one day, free or not.

    A slot begins where the wall shows the time for it. On days when the clocks are changed, a time that never
    comes has no slot, one that comes twice has one, and no two slots overlap.
    """
    hours = office.hours.get(day.weekday())
    if hours is None:
        return []
    length = office.slot // timedelta(minutes=1)
    slots: list[Span] = []
    for minutes in range(hours.opens, hours.closes - length + 1, length):
        start = _first_moment(day, minutes, office.zone)
        if start is None or (slots and start < slots[-1].end):
            continue
        slot = Span(start, start + office.slot)
        if _ends_within(slot, day, hours, office.zone):
            slots.append(slot)
    return slots


def free(slots: Iterable[Span], busy: Iterable[Span]) -> list[Span]:
    """The slots that meet nothing in `busy`."""
    taken = list(busy)
    return [slot for slot in slots if not any(slot.meets(one) for one in taken)]


def without(busy: Iterable[Span], given_up: Iterable[Span]) -> list[Span]:
    """What remains busy when these are taken away, each from one that is exactly like it."""
    return sorted((Counter(busy) - Counter(given_up)).elements())


def shown_days(office: OfficeHours, slots: Sequence[Span]) -> list[dict[str, Any]]:
    """Slots by day, in the older server's shape; a day without any is not there."""
    days: dict[date, list[dict[str, str]]] = {}
    for slot in slots:
        local = slot.start.astimezone(office.zone)
        days.setdefault(local.date(), []).append(
            {
                "start": to_iso(slot.start),
                "end": to_iso(slot.end),
                "display": f"{_label(local.date())}, {_clock(local)}",
                "time": _clock(local),
            }
        )
    return [{"date": day.isoformat(), "label": _label(day), "slots": shown} for day, shown in days.items()]


def spoken(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as the people there say it, with the year and the zone."""
    local = moment.astimezone(zone)
    return f"{_label(local.date())}, {local.year}, {_clock(local)} ({zone.key})"


def _first_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime | None:
    """When the wall shows this time, the first time if it does twice; None if it never does."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == wall else None


def _ends_within(slot: Span, day: date, hours: Hours, zone: ZoneInfo) -> bool:
    """Whether it is over by closing time, also where the clocks are put forward during it."""
    last = (slot.end - _MOMENT).astimezone(zone)
    return last.date() == day and last.hour * 60 + last.minute < hours.closes


def _label(day: date) -> str:
    return f"{_DAY_NAMES[day.weekday()]}, {_MONTH_NAMES[day.month - 1]} {day.day}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"
