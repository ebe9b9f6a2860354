"""Slots against a slow plain reckoning that goes through time minute by minute, over zones and changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aichatdesk.core.clock import to_iso
from aichatdesk.desk.office_hours import Hours, OfficeHours, office_hours
from aichatdesk.outbound.free_slots import (
    Span,
    day_slots,
    free,
    is_offered,
    offered_slots,
    shown_days,
    without,
)

MINUTE = timedelta(minutes=1)
# With changes of an hour, of half an hour, at midnight, of a whole day, and none; on both halves of the earth.
ZONES = (
    "UTC Europe/Berlin America/New_York America/St_Johns Australia/Lord_Howe Pacific/Apia Asia/Kathmandu "
    "America/Sao_Paulo Africa/Casablanca Asia/Beirut Pacific/Kiritimati Antarctica/Troll Europe/Dublin"
).split()
CHANGES = [
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4),
    date(2011, 12, 30), date(2018, 11, 4), date(2018, 2, 18), date(2026, 2, 15), date(2026, 3, 22), date(2022, 3, 27),
]  # fmt: skip
DAYS = st.one_of(
    st.sampled_from(CHANGES), st.dates(date(2010, 1, 1), date(2035, 12, 31)), st.dates(date(2026, 1, 1), date(2026, 12, 31))
)  # fmt: skip
HOURS = st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True).map(
    lambda quarters: Hours(min(quarters) * 15, max(quarters) * 15)
)


def slowly(zone: ZoneInfo, hours: Hours, length: int, day: date) -> list[Span]:
    """Every minute of a day, and some around it, in the order in which they come."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    clock: list[tuple[datetime, int | None]] = []
    for number in range(-26 * 60, 50 * 60):
        moment = midnight + number * MINUTE
        local = moment.astimezone(zone)
        clock.append((moment, local.hour * 60 + local.minute if local.date() == day else None))
    found: list[Span] = []
    seen: set[int] = set()
    for place, (moment, minutes) in enumerate(clock):
        if minutes is None or minutes in seen:
            continue
        seen.add(minutes)
        begins = minutes >= hours.opens and (minutes - hours.opens) % length == 0
        during = [shown for _, shown in clock[place : place + length]]
        open_all_the_while = all(shown is not None and shown < hours.closes for shown in during)
        if begins and minutes + length <= hours.closes and open_all_the_while:
            slot = Span(moment, moment + length * MINUTE)
            if not found or found[-1].end <= slot.start:
                found.append(slot)
    return found


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(ZONES), hours=HOURS, length=st.integers(1, 12).map(lambda five: five * 5), day=DAYS
)
@example(name="Europe/Berlin", hours=Hours(60, 240), length=45, day=date(2026, 3, 29))
@example(name="Europe/Berlin", hours=Hours(60, 180), length=45, day=date(2026, 3, 29))
@example(name="Europe/Berlin", hours=Hours(0, 300), length=30, day=date(2026, 10, 25))
@example(name="Pacific/Apia", hours=Hours(0, 1440), length=60, day=date(2011, 12, 30))
@example(name="Australia/Lord_Howe", hours=Hours(0, 240), length=20, day=date(2026, 4, 5))
@example(name="America/Sao_Paulo", hours=Hours(0, 120), length=30, day=date(2018, 11, 4))
def test_slots_are_those_of_a_plain_reckoning(name: str, hours: Hours, length: int, day: date):
    office = OfficeHours(ZoneInfo(name), dict.fromkeys(range(7), hours), length * MINUTE)
    slots = day_slots(office, day)
    assert slots == slowly(office.zone, hours, length, day)
    assert all(is_offered(office, slot, slot.start - MINUTE) for slot in slots)
    assert not any(is_offered(office, slot, slot.start) for slot in slots)


MOMENTS = st.integers(0, 6 * 24 * 4).map(
    lambda quarters: datetime(2026, 3, 26, tzinfo=UTC) + quarters * 15 * MINUTE
)
SPANS = st.builds(
    lambda start, quarters: Span(start, start + quarters * 15 * MINUTE), MOMENTS, st.integers(1, 40)
)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(ZONES), busy=st.lists(SPANS, max_size=8), now=MOMENTS)
def test_no_offered_slot_is_past_busy_off_hours_or_doubled(name: str, busy: list[Span], now: datetime):
    office = office_hours({"calendarTimeZone": name})
    offered = offered_slots(office, None, now)
    open_ones = free(offered, busy)
    for slot in offered:
        local = slot.start.astimezone(office.zone)
        assert slot.start > now
        assert local.weekday() < 5
        assert 9 <= local.hour < 17
        taken = any(one.start < slot.end and slot.start < one.end for one in busy)
        assert (slot in open_ones) is not taken
    assert offered == sorted(set(offered))
    days = shown_days(office, open_ones)
    assert len(days) <= 3
    assert [slot["start"] for day in days for slot in day["slots"]] == [
        to_iso(slot.start) for slot in open_ones
    ]
    assert all(day["slots"] for day in days)


@given(busy=st.lists(SPANS, max_size=5), given_up=st.lists(SPANS, max_size=3))
def test_a_cancelled_meeting_takes_away_one_busy_time_and_no_more(busy: list[Span], given_up: list[Span]):
    left = list(busy)
    for one in given_up:
        if one in left:
            left.remove(one)
    assert without(busy, given_up) == sorted(left)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_nine_oclock_is_nine_oclock_there_all_year_round(name: str):
    office = office_hours({"calendarTimeZone": name})
    for number in range(365):
        for slot in day_slots(office, date(2026, 1, 1) + timedelta(days=number))[:1]:
            assert slot.start.astimezone(office.zone).strftime("%H:%M") == "09:00"


def test_days_and_slots_have_the_older_servers_shape():
    office = office_hours({"calendarTimeZone": "America/New_York", "calendarSlotMinutes": 240})
    now = datetime(2026, 2, 13, 18, tzinfo=UTC)  # a Friday, 1 in the afternoon there
    assert shown_days(office, offered_slots(office, None, now)) == [
        {
            "date": day,
            "label": label,
            "slots": [
                {"start": f"{day}T{start}:00:00.000Z", "end": f"{day}T{end}:00:00.000Z",
                 "display": f"{label}, {time}", "time": time}
                for start, end, time in (("14", "18", "9:00 AM"), ("18", "22", "1:00 PM"))
            ],
        }
        for day, label in (("2026-02-16", "Mon, Feb 16"), ("2026-02-17", "Tue, Feb 17"))
    ]  # fmt: skip
    assert [slot["date"] for slot in shown_days(office, offered_slots(office, date(2026, 2, 14), now))] == [
        "2026-02-16",
        "2026-02-17",
        "2026-02-18",
    ]


@pytest.mark.parametrize("first", [date(1, 1, 1), date(9999, 12, 31), date(2025, 1, 1), date(2028, 1, 1)])
def test_a_day_long_ago_or_far_off_has_no_slots(first: date):
    assert offered_slots(office_hours({}), first, datetime(2026, 2, 13, tzinfo=UTC)) == []
