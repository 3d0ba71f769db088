"""The wall clock and the allowed hours: by example, and read minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from assessments.schedule import (
    ContactRules,
    at_wall_clock,
    next_allowed,
)

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(1, 8))
WORKDAYS = frozenset(range(1, 6))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Every kind of change: half an hour, two hours, at midnight, at 00:01, a day skipped or doubled.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29)),
    ("Europe/Berlin", datetime(2026, 10, 25)),
    ("Europe/Dublin", datetime(2026, 10, 25)),
    ("America/New_York", datetime(2026, 3, 8)),
    ("America/New_York", datetime(2026, 11, 1)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5)),
    ("Australia/Lord_Howe", datetime(2026, 10, 4)),
    ("Antarctica/Troll", datetime(2026, 3, 29)),
    ("Antarctica/Troll", datetime(2026, 10, 25)),
    ("America/Sao_Paulo", datetime(2018, 2, 18)),
    ("America/Sao_Paulo", datetime(2018, 11, 4)),
    ("America/Havana", datetime(2026, 3, 8)),
    ("America/Havana", datetime(2026, 11, 1)),
    ("America/Santiago", datetime(2026, 4, 5)),
    ("America/Santiago", datetime(2026, 9, 6)),
    ("America/St_Johns", datetime(2010, 3, 14)),
    ("America/St_Johns", datetime(2010, 11, 7)),
    ("America/Nuuk", datetime(2026, 3, 29)),
    ("Asia/Beirut", datetime(2026, 3, 29)),
    ("Asia/Kathmandu", datetime(1986, 1, 1)),
    ("Asia/Pyongyang", datetime(2018, 5, 5)),
    ("Africa/Casablanca", datetime(2026, 2, 15)),
    ("Africa/Cairo", datetime(2026, 10, 30)),
    ("Pacific/Apia", datetime(2011, 12, 30)),
    ("Pacific/Kwajalein", datetime(1969, 10, 1)),
    ("Pacific/Chatham", datetime(2026, 9, 27)),
]


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def rules(**changes) -> ContactRules:
    usual = ContactRules(
        zone=BERLIN,
        weekdays=WORKDAYS,
        starts=time(9),
        ends=time(17),
        most=2,
        spacing_days=2,
        paused_until=None,
    )
    return replace(usual, **changes)


def read_minute_by_minute(zone: ZoneInfo, first: datetime, days: int) -> list[datetime]:
    return [first + n * MINUTE for n in range(days * 24 * 60)]


# --- the wall clock -----------------------------------------------------------------------------


def test_a_time_that_is_skipped_is_the_moment_after_the_skip():
    assert at_wall_clock(date(2026, 3, 29), time(2, 30), BERLIN) == local(BERLIN, 2026, 3, 29, 3)


def test_a_time_that_comes_twice_is_the_first():
    first = at_wall_clock(date(2026, 10, 25), time(2, 30), BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("name", "day"), CHANGES)
def test_a_wall_clock_time_is_the_first_minute_that_shows_it_or_later(name, day):
    zone = ZoneInfo(name)
    first, *minutes = read_minute_by_minute(zone, day.replace(tzinfo=UTC) - 3 * DAY, 6)
    reached = {}
    latest = wall(first, zone)
    for minute in minutes:
        while latest < wall(minute, zone):
            latest += MINUTE
            reached[latest] = minute
    assert len(reached) > 4 * 24 * 60
    for shown, minute in reached.items():
        assert at_wall_clock(shown.date(), shown.time(), zone) == minute, shown


# --- allowed hours ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ((2026, 6, 3, 8, 59), (2026, 6, 3, 9, 0)),  # early on a Wednesday
        ((2026, 6, 3, 9, 0), (2026, 6, 3, 9, 0)),
        ((2026, 6, 3, 16, 59), (2026, 6, 3, 16, 59)),
        ((2026, 6, 3, 17, 0), (2026, 6, 4, 9, 0)),  # the end is not an allowed minute
        ((2026, 6, 5, 17, 0), (2026, 6, 8, 9, 0)),  # Friday evening: Monday
    ],
)
def test_contact_waits_for_allowed_hours(moment, expected):
    assert next_allowed(rules(), local(BERLIN, *moment)) == local(BERLIN, *expected)


def test_a_pause_lasts_to_the_end_of_its_last_day():
    paused = rules(paused_until=date(2026, 6, 9))
    assert next_allowed(paused, local(BERLIN, 2026, 6, 3, 12)) == local(BERLIN, 2026, 6, 10, 9)


@pytest.mark.parametrize(
    ("first", "last", "moment", "expected"),
    [
        (date(2026, 6, 4), date(2026, 6, 9), (2026, 6, 3, 12), (2026, 6, 3, 12)),  # before it
        (date(2026, 6, 4), date(2026, 6, 9), (2026, 6, 3, 17), (2026, 6, 10, 9)),
        (date(2026, 6, 4), date(2026, 6, 9), (2026, 6, 4, 0), (2026, 6, 10, 9)),
        (date(2026, 6, 4), date(2026, 6, 9), (2026, 6, 9, 16, 59), (2026, 6, 10, 9)),
        (date(2026, 6, 4), date(2026, 6, 9), (2026, 6, 10, 9), (2026, 6, 10, 9)),
        (date(2026, 6, 4), date(2026, 6, 4), (2026, 6, 4, 12), (2026, 6, 5, 9)),  # one day
        (date(2026, 6, 6), date(2026, 6, 7), (2026, 6, 5, 17), (2026, 6, 8, 9)),  # a weekend
        (date(2026, 6, 4), None, (2026, 6, 3, 16), (2026, 6, 3, 16)),
        (date(2026, 6, 4), None, (2026, 6, 3, 17), None),  # for ever
        (date(2026, 6, 4), date.max, (2026, 6, 3, 17), None),
        (date(2026, 6, 4), date(2150, 6, 4), (2026, 6, 4, 12), (2150, 6, 5, 9)),
    ],
)
def test_a_pause_between_two_days(first, last, moment, expected):
    paused = rules(paused_from=first, paused_until=last)
    answer = next_allowed(paused, local(BERLIN, *moment))
    assert answer == (expected and local(BERLIN, *expected))


def test_clocks_that_go_back_lead_out_of_a_pause_once_more():
    """At 00:01 on 7 November 2010 it was 23:01 on the 6th again in Newfoundland."""
    zone = ZoneInfo("America/St_Johns")
    late = rules(
        zone=zone,
        weekdays=EVERY_DAY,
        starts=time(23, 10),
        ends=time(23, 50),
        paused_from=date(2010, 11, 7),
        paused_until=date(2010, 11, 20),
    )
    again = local(zone, 2010, 11, 6, 23, 10, fold=1)
    assert next_allowed(late, local(zone, 2010, 11, 7)) == again
    assert next_allowed(late, again + HOUR) == local(zone, 2010, 11, 21, 23, 10)


@pytest.mark.parametrize("ends", [time(23, 59, 59), time(23, 59, 59, 999999), time.max])
def test_a_whole_day_has_no_gap_before_midnight(ends):
    moment = local(BERLIN, 2026, 6, 3, 23, 59, 59, 999999)
    assert next_allowed(rules(starts=time(0), ends=ends), moment) == moment


def test_no_weekday_means_no_contact():
    assert next_allowed(rules(weekdays=frozenset()), local(BERLIN, 2026, 6, 3, 12)) is None


@pytest.mark.parametrize(
    ("paused_until", "expected"),
    [(date.max, None), (date.min, local(BERLIN, 2026, 6, 3, 12))],
)
def test_a_pause_without_end_is_silence_and_one_long_gone_is_nothing(paused_until, expected):
    moment = local(BERLIN, 2026, 6, 3, 12)
    assert next_allowed(rules(paused_until=paused_until), moment) == expected


def test_hours_that_the_clocks_skip_come_next_week():
    nights = rules(weekdays=frozenset({7}), starts=time(2, 15), ends=time(2, 45))
    skipped = next_allowed(nights, local(BERLIN, 2026, 3, 28, 12))
    assert skipped == local(BERLIN, 2026, 4, 5, 2, 15)


def test_hours_that_come_twice_are_allowed_twice():
    nights = rules(weekdays=frozenset({7}), starts=time(2, 15), ends=time(2, 45))
    between = local(BERLIN, 2026, 10, 25, 2, 50)
    assert next_allowed(nights, between) == local(BERLIN, 2026, 10, 25, 2, 15, fold=1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts": time(17), "ends": time(9)}, "Allowed hours"),
        ({"starts": time(9), "ends": time(9)}, "Allowed hours"),
        ({"weekdays": frozenset({0})}, "Weekdays"),
        ({"most": -1}, "Reminders"),
        ({"spacing_days": -1}, "Reminders"),
        ({"spacing_days": 367}, "Reminders"),
        ({"first_days": -8}, "first reminder"),
        ({"first_days": 8}, "first reminder"),
        ({"paused_from": date(2026, 6, 2), "paused_until": date(2026, 6, 1)}, "A pause"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        rules(**changes)


def test_a_moment_needs_a_time_zone():
    with pytest.raises(ValueError, match="without a time zone"):
        next_allowed(rules(), datetime(2026, 6, 3, 12))


HOURS = [
    (EVERY_DAY, time(9), time(17)),
    (WORKDAYS, time(0), time(23, 59, 59)),
    (frozenset({7}), time(1, 30), time(2, 20)),
    (frozenset({6, 7}), time(23, 10), time(23, 40)),
    (EVERY_DAY, time(0), time(0, 30)),
]


def may_contact(minute, zone, weekdays, starts, ends):
    """The oracle: read the clock on the wall, look at the rule."""
    shown = minute.astimezone(zone)
    clock = (shown.hour, shown.minute)
    until = (24, 0) if (ends.hour, ends.minute) == (23, 59) else (ends.hour, ends.minute)
    return shown.isoweekday() in weekdays and (starts.hour, starts.minute) <= clock < until


@pytest.mark.parametrize(("weekdays", "starts", "ends"), HOURS)
@pytest.mark.parametrize(("name", "day"), CHANGES)
def test_next_allowed_is_the_first_allowed_minute(name, day, weekdays, starts, ends):
    zone = ZoneInfo(name)
    checked = rules(zone=zone, weekdays=weekdays, starts=starts, ends=ends)
    answer = None
    for minute in reversed(read_minute_by_minute(zone, day.replace(tzinfo=UTC) - 3 * DAY, 12)):
        if may_contact(minute, zone, weekdays, starts, ends):
            answer = minute
        if answer and minute.minute % 7 == 0 and abs(minute.replace(tzinfo=None) - day) < 3 * DAY:
            assert next_allowed(checked, minute) == answer, minute
