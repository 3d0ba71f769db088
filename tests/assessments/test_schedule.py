"""Schedules and contact rules: by example, by property, and against a clock read by minutes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.schedule import (
    Contact,
    ContactRules,
    Once,
    OpenItem,
    Weekly,
    at_wall_clock,
    given_up,
    next_allowed,
    next_contact,
    parse,
    windows,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
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


def item(key="weekly check", **changes) -> OpenItem:
    usual = OpenItem(
        key=key,
        opens_at=local(BERLIN, 2026, 6, 1, 6),
        due_at=local(BERLIN, 2026, 6, 7, 21),
        expires_at=None,
        announce=False,
        nudges=0,
        last_nudge_at=None,
    )
    return replace(usual, **changes)


def contact(*items: OpenItem, now: datetime, last: datetime | None = None, **changes):
    return next_contact(items, rules(**changes), now=now, last_contact_at=last)


def read_minute_by_minute(zone: ZoneInfo, first: datetime, days: int) -> list[datetime]:
    return [first + n * MINUTE for n in range(days * 24 * 60)]


# --- the stored form ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schedule",
    [
        Once(),
        Once(due_on=date(2026, 6, 5)),
        Weekly(starts_on=date(2026, 6, 1), times=8),
    ],
)
def test_a_schedule_is_stored_as_plain_values_and_read_again(schedule):
    assert parse(schedule.model_dump(mode="json")) == schedule


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "A schedule says in “every” whether it is “once” or “week”."),
        ({"every": "fortnight"}, "A schedule says in “every” whether it is “once” or “week”."),
        (
            {"every": "week", "starts_on": "2026-06-01", "times": 53},
            "This schedule cannot be read, at “times”: Input should be less than or equal to 52.",
        ),
        (
            {"every": "week", "starts_on": "2026-06-01"},
            "This schedule cannot be read, at “times”: Field required.",
        ),
        (
            {"every": "once", "due_on": "0206-06-01"},
            (
                "This schedule cannot be read, at “due_on”: "
                "Input should be greater than or equal to 2000-01-01."
            ),
        ),
        (
            {"every": "once", "times": 3},
            "This schedule cannot be read, at “times”: Extra inputs are not permitted.",
        ),
    ],
)
def test_what_cannot_be_read_is_named(data, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse(data)


# --- windows ------------------------------------------------------------------------------------


def spans(schedule, assigned_at, zone):
    """Windows as the client's clock shows them."""
    return [
        tuple(moment and f"{wall(moment, zone):%d %b %H:%M}" for moment in times)
        for times in (
            (w.opens_at, w.due_at, w.expires_at)
            for w in windows(schedule, assigned_at=assigned_at, zone=zone)
        )
    ]


def test_once_opens_when_assigned_and_never_expires():
    assigned_at = local(BERLIN, 2026, 6, 1, 14, 30)
    assert spans(Once(), assigned_at, BERLIN) == [("01 Jun 14:30", None, None)]
    assert spans(Once(due_on=date(2026, 6, 5)), assigned_at, BERLIN) == [
        ("01 Jun 14:30", "05 Jun 21:00", None)
    ]


@pytest.mark.parametrize("due_on", [date(2026, 6, 1), date(2026, 5, 1)])
def test_once_is_due_at_the_next_evening_when_its_own_has_passed(due_on):
    assigned_at = local(BERLIN, 2026, 6, 1, 21, 0)
    assert spans(Once(due_on=due_on), assigned_at, BERLIN) == [
        ("01 Jun 21:00", "02 Jun 21:00", None)
    ]


def test_weekly_from_today_opens_at_once_and_then_on_mornings():
    schedule = Weekly(starts_on=date(2026, 6, 1), times=3)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 14, 30), BERLIN) == [
        ("01 Jun 14:30", "04 Jun 21:00", "08 Jun 06:00"),
        ("08 Jun 06:00", "11 Jun 21:00", "15 Jun 06:00"),
        ("15 Jun 06:00", "18 Jun 21:00", "22 Jun 06:00"),
    ]


def test_weekly_from_a_later_day_opens_on_that_morning():
    schedule = Weekly(starts_on=date(2026, 6, 3), times=1)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 14, 30), BERLIN) == [
        ("03 Jun 06:00", "06 Jun 21:00", "10 Jun 06:00")
    ]


def test_weekly_from_a_day_gone_by_starts_today_and_loses_no_week():
    schedule = Weekly(starts_on=date(2026, 5, 1), times=2)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 14, 30), BERLIN) == [
        ("01 Jun 14:30", "04 Jun 21:00", "08 Jun 06:00"),
        ("08 Jun 06:00", "11 Jun 21:00", "15 Jun 06:00"),
    ]


def test_today_is_the_clients_today():
    """Monday 23:00 in Berlin is Tuesday morning in Auckland."""
    schedule = Weekly(starts_on=date(2026, 6, 2), times=1)
    assigned_at = local(BERLIN, 2026, 6, 1, 23)
    assert spans(schedule, assigned_at, ZoneInfo("Pacific/Auckland"))[0][0] == "02 Jun 09:00"
    assert spans(schedule, assigned_at, BERLIN)[0][0] == "02 Jun 06:00"


def test_weekly_keeps_the_hour_when_the_clocks_change():
    schedule = Weekly(starts_on=date(2026, 10, 19), times=2)
    before, after = windows(schedule, assigned_at=local(BERLIN, 2026, 10, 1, 12), zone=BERLIN)
    assert before.opens_at == datetime(2026, 10, 19, 4, tzinfo=UTC)
    assert after.opens_at == datetime(2026, 10, 26, 5, tzinfo=UTC)
    assert before.expires_at == after.opens_at
    assert before.due_at == datetime(2026, 10, 22, 19, tzinfo=UTC)
    assert after.due_at == datetime(2026, 10, 29, 20, tzinfo=UTC)


@pytest.mark.parametrize("first", [date(2026, 6, day) for day in range(1, 8)])
def test_whatever_day_a_week_begins_on_a_weekday_is_left_for_a_reminder(first):
    """Clients who may be reached on weekdays only would never hear of what they missed."""
    weekdays = ContactRules(BERLIN, frozenset({1, 2, 3, 4, 5}), time(9), time(20), 2, 2, None)
    [window] = windows(
        Weekly(starts_on=first, times=1), assigned_at=local(BERLIN, 2026, 5, 31, 12), zone=BERLIN
    )
    assert next_allowed(weekdays, window.due_at) < window.expires_at


def test_a_due_day_that_never_was_is_the_next_midnight():
    """Samoa crossed the date line: 30 December 2011 does not exist there."""
    apia = ZoneInfo("Pacific/Apia")
    schedule = Weekly(starts_on=date(2011, 12, 27), times=1)
    assert spans(schedule, local(apia, 2011, 12, 1, 12), apia) == [
        ("27 Dec 06:00", "31 Dec 00:00", "03 Jan 06:00")
    ]


def test_every_zone_opens_and_closes_at_its_own_hours_for_a_year():
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        made = windows(
            Weekly(starts_on=date(2026, 1, 5), times=52),
            assigned_at=datetime(2026, 1, 1, tzinfo=UTC),
            zone=zone,
        )
        for k, window in enumerate(made):
            monday = date(2026, 1, 5) + 7 * k * DAY
            assert wall(window.opens_at, zone) == datetime.combine(monday, time(6)), name
            assert wall(window.due_at, zone) == datetime.combine(monday + 3 * DAY, time(21)), name
            assert wall(window.expires_at, zone) == datetime.combine(monday + 7 * DAY, time(6))


@given(
    zone=st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
    assigned_at=st.datetimes(datetime(1950, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)),
    starts_in=st.integers(-400, 400),
    times=st.integers(1, 52),
)
def test_windows_follow_each_other_without_overlap(zone, assigned_at, starts_in, times):
    starts_on = max(date(2000, 1, 1), assigned_at.date() + starts_in * DAY)
    made = windows(Weekly(starts_on=starts_on, times=times), assigned_at=assigned_at, zone=zone)
    assert [w.number for w in made] == list(range(1, times + 1))
    assert made[0].opens_at >= assigned_at
    assert all(w.opens_at < w.due_at < w.expires_at for w in made)
    assert all(a.expires_at == b.opens_at for a, b in pairwise(made))
    assert all(t.tzinfo is UTC for w in made for t in (w.opens_at, w.due_at, w.expires_at))
    (once,) = windows(Once(due_on=starts_on), assigned_at=assigned_at, zone=zone)
    assert once.opens_at == assigned_at < once.due_at


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


# --- the next contact ---------------------------------------------------------------------------


def test_nothing_open_nothing_to_say():
    assert contact(now=local(BERLIN, 2026, 6, 3, 12)) is None


def test_new_work_is_announced_in_the_next_allowed_hour():
    new = item(announce=True, opens_at=local(BERLIN, 2026, 6, 5, 18))
    assert contact(new, now=local(BERLIN, 2026, 6, 3, 12)) == Contact(
        at=local(BERLIN, 2026, 6, 8, 9),
        announces=("weekly check",),
        nudges=(),
        mentions=("weekly check",),
    )


def test_the_first_reminder_comes_after_due_not_before():
    reminder = contact(item(), now=local(BERLIN, 2026, 6, 3, 12))
    assert reminder.at == local(BERLIN, 2026, 6, 8, 9)  # due on Sunday at 21:00
    assert reminder.nudges == ("weekly check",)


def test_the_second_reminder_keeps_its_distance():
    reminded = item(nudges=1, last_nudge_at=local(BERLIN, 2026, 6, 8, 9))
    assert contact(reminded, now=local(BERLIN, 2026, 6, 8, 10)).at == local(BERLIN, 2026, 6, 10, 9)


def test_the_second_reminder_comes_at_the_time_of_day_of_the_first():
    """The clocks go back between them."""
    reminded = item(nudges=1, last_nudge_at=local(BERLIN, 2026, 10, 23, 14, 30))
    planned = contact(reminded, now=local(BERLIN, 2026, 10, 23, 15), weekdays=EVERY_DAY)
    assert planned.at == local(BERLIN, 2026, 10, 25, 14, 30)


def test_a_pause_outlasts_the_day_of_the_last_contact():
    planned = contact(
        item(announce=True),
        now=local(BERLIN, 2026, 6, 3, 12),
        last=local(BERLIN, 2026, 6, 3, 9),
        paused_until=date(2026, 6, 10),
    )
    assert planned.at == local(BERLIN, 2026, 6, 11, 9)


def test_after_the_last_reminder_the_clinician_looks_and_the_client_has_peace():
    reminded = item(nudges=2, last_nudge_at=local(BERLIN, 2026, 6, 10, 9))
    assert contact(reminded, now=local(BERLIN, 2026, 6, 10, 10)) is None
    assert not given_up(reminded, rules(), now=local(BERLIN, 2026, 6, 12, 8, 59))
    assert given_up(reminded, rules(), now=local(BERLIN, 2026, 6, 12, 9))


@pytest.mark.parametrize(
    ("changes", "most", "expected"),
    [
        ({}, 2, False),  # not reminded yet
        ({}, 0, True),  # no reminders wanted: due is enough
        ({"due_at": None}, 0, False),
        ({"due_at": local(BERLIN, 2026, 7, 1, 21)}, 0, False),
        ({"nudges": 3, "last_nudge_at": local(BERLIN, 2026, 6, 8, 9)}, 2, True),
    ],
)
def test_given_up(changes, most, expected):
    now = local(BERLIN, 2026, 6, 12, 9)
    assert given_up(item(**changes), rules(most=most), now=now) is expected


def test_work_without_a_due_day_is_announced_and_never_chased():
    reading = item(due_at=None)
    assert contact(reading, now=local(BERLIN, 2026, 9, 1, 12)) is None
    told = contact(replace(reading, announce=True), now=local(BERLIN, 2026, 9, 1, 12))
    assert told.announces == ("weekly check",)


def test_what_was_never_announced_is_announced_first_even_if_it_is_late():
    late = contact(item(announce=True), now=local(BERLIN, 2026, 6, 16, 12))
    assert (late.announces, late.nudges) == (("weekly check",), ())


def test_one_message_a_day_for_everything():
    """Announced at nine; at ten more is assigned: it waits for tomorrow, and joins a reminder."""
    due = item("limit log", due_at=local(BERLIN, 2026, 6, 2, 21))
    new = item("reading", announce=True, opens_at=local(BERLIN, 2026, 6, 2, 10), due_at=None)
    quiet = item("check", due_at=local(BERLIN, 2026, 6, 30, 21))
    later = item("next week", announce=True, opens_at=local(BERLIN, 2026, 6, 8, 6))
    assert contact(
        due,
        new,
        quiet,
        later,
        now=local(BERLIN, 2026, 6, 2, 10),
        last=local(BERLIN, 2026, 6, 2, 9),
    ) == Contact(
        at=local(BERLIN, 2026, 6, 3, 9),
        announces=("reading",),
        nudges=("limit log",),
        mentions=("limit log", "reading", "check"),
    )


def test_a_clock_set_back_does_not_bring_a_second_message():
    new = item(announce=True)
    sent = local(BERLIN, 2026, 6, 4, 9)
    planned = contact(new, now=local(BERLIN, 2026, 6, 3, 12), last=sent)
    assert planned.at == local(BERLIN, 2026, 6, 5, 9)


def test_the_evening_that_comes_twice_is_one_evening():
    """At 00:01 on 7 November 2010 it was 23:01 on the 6th again in Newfoundland."""
    zone = ZoneInfo("America/St_Johns")
    late = {"zone": zone, "weekdays": EVERY_DAY, "starts": time(23, 10), "ends": time(23, 50)}
    sent = local(zone, 2010, 11, 6, 23, 10)
    midnight = local(zone, 2010, 11, 7, 0, 0)
    new = item(announce=True, opens_at=sent, due_at=None)
    assert contact(new, now=midnight, **late).at == local(zone, 2010, 11, 6, 23, 10, fold=1)
    assert contact(new, now=midnight, last=sent, **late).at == local(zone, 2010, 11, 7, 23, 10)


def test_what_expires_before_the_contact_is_not_spoken_of():
    friday_evening = local(BERLIN, 2026, 6, 5, 18)
    gone = item("gone", announce=True, expires_at=local(BERLIN, 2026, 6, 8, 6))
    kept = item("kept", announce=True, expires_at=local(BERLIN, 2026, 6, 15, 6))
    assert contact(gone, now=friday_evening) is None
    assert contact(gone, kept, now=friday_evening) == Contact(
        at=local(BERLIN, 2026, 6, 8, 9), announces=("kept",), nudges=(), mentions=("kept",)
    )


@pytest.mark.parametrize(("minutes", "spoken_of"), [(0, False), (1, True)])
def test_expired_is_from_the_minute_of_expiry(minutes, spoken_of):
    monday = local(BERLIN, 2026, 6, 8, 9)
    new = item(announce=True, expires_at=monday + minutes * MINUTE)
    assert (contact(new, now=local(BERLIN, 2026, 6, 5, 18)) is not None) is spoken_of


def test_a_wish_that_expires_does_not_pull_the_others_forward():
    friday_evening = local(BERLIN, 2026, 6, 5, 18)
    gone = item("gone", announce=True, expires_at=local(BERLIN, 2026, 6, 8, 6))
    later = item("later", announce=True, opens_at=local(BERLIN, 2026, 6, 10, 6))
    assert contact(gone, later, now=friday_evening).at == local(BERLIN, 2026, 6, 10, 9)


def test_times_of_one_zone_compare_as_instants_not_as_clocks_show_them():
    """02:30 comes twice on this night; the item expires at the second."""
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    now = datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN)
    new = item(announce=True, due_at=None, expires_at=second)
    always = {"weekdays": EVERY_DAY, "starts": time(0), "ends": time.max}
    assert contact(new, now=now, **always).at == now.astimezone(UTC)


# --- properties ---------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Asia/Kathmandu",
        "Asia/Gaza",
        "Africa/Casablanca",
        "Antarctica/Troll",
    ]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2009, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
CLOCK = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))


@st.composite
def contact_rules(draw):
    starts, ends = sorted(draw(st.lists(CLOCK, min_size=2, max_size=2, unique=True)))
    return ContactRules(
        zone=draw(ZONES),
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        starts=starts,
        ends=draw(st.sampled_from([ends, time.max])),
        most=draw(st.integers(0, 4)),
        spacing_days=draw(st.integers(0, 10)),
        paused_until=draw(st.none() | MOMENTS.map(datetime.date)),
    )


@st.composite
def open_items(draw, near):
    opens_at = near + draw(st.integers(-60 * 24, 60 * 24)) * HOUR
    due_at = draw(st.none() | st.integers(1, 400).map(lambda n: opens_at + n * HOUR))
    last_due = due_at or opens_at
    nudges = draw(st.integers(0, 4))
    return OpenItem(
        key=draw(st.uuids()),
        opens_at=opens_at,
        due_at=due_at,
        expires_at=draw(st.none() | st.integers(1, 200).map(lambda n: last_due + n * HOUR)),
        announce=draw(st.booleans()),
        nudges=nudges,
        last_nudge_at=near - draw(st.integers(-24, 400)) * HOUR if nudges else None,
    )


@given(rules=contact_rules(), moment=MOMENTS)
def test_next_allowed_is_allowed_and_stays_put(rules, moment):
    at = next_allowed(rules, moment)
    assert at is not None
    assert at >= moment
    assert rules.allow(at.astimezone(rules.zone))
    assert next_allowed(rules, at) == at


@given(rules=contact_rules(), moment=MOMENTS, earlier=st.integers(0, 14 * 24 * 60))
def test_next_allowed_never_goes_back(rules, moment, earlier):
    assert next_allowed(rules, moment - earlier * MINUTE) <= next_allowed(rules, moment)


@given(data=st.data(), rules=contact_rules(), now=MOMENTS)
def test_a_contact_keeps_every_rule(data, rules, now):
    items = data.draw(st.lists(open_items(now), max_size=6))
    last = data.draw(st.none() | st.integers(0, 100).map(lambda n: now - n * HOUR))
    planned = next_contact(items, rules, now=now, last_contact_at=last)
    assert planned == next_contact(items, rules, now=now, last_contact_at=last)
    if planned is None:
        return
    shown = planned.at.astimezone(rules.zone)
    assert planned.at >= now
    assert rules.allow(shown)
    assert last is None or shown.date() > last.astimezone(rules.zone).date()
    assert planned.announces + planned.nudges
    assert {*planned.announces, *planned.nudges} <= {*planned.mentions}
    by_key = {item.key: item for item in items}
    assert all(by_key[key].announce for key in planned.announces)
    assert all(by_key[key].nudges < rules.most for key in planned.nudges)
    assert all(by_key[key].due_at <= planned.at for key in planned.nudges)


def live_through(items, rules, *, now, until):
    """A year in which nobody answers and every message is sent when it was planned."""
    sent, last = [], None
    while (
        planned := next_contact(items, rules, now=now, last_contact_at=last)
    ) and planned.at < until:
        sent.append(planned)
        now = last = planned.at
        items = [
            replace(
                item,
                announce=item.announce and item.key not in planned.announces,
                nudges=item.nudges + (item.key in planned.nudges),
                last_nudge_at=now if item.key in planned.nudges else item.last_nudge_at,
            )
            for item in items
        ]
    return sent, items


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), rules=contact_rules(), now=MOMENTS)
def test_a_year_without_an_answer(data, rules, now):
    rules = replace(rules, paused_until=None)
    items = data.draw(st.lists(open_items(now), max_size=5, unique_by=lambda item: item.key))
    items = [replace(item, nudges=0, last_nudge_at=None) for item in items]
    until = now + 365 * DAY
    sent, left = live_through(items, rules, now=now, until=until)

    days = [planned.at.astimezone(rules.zone).date() for planned in sent]
    assert days == sorted(set(days))
    for item, after in zip(items, left, strict=True):
        nudged = [planned.at for planned in sent if item.key in planned.nudges]
        told = [planned.at for planned in sent if item.key in planned.announces]
        assert len(nudged) == after.nudges <= rules.most
        assert len(told) == (item.announce and not after.announce)
        assert told == sorted(told + nudged)[: len(told)]
        gaps = [
            b.astimezone(rules.zone).date() - a.astimezone(rules.zone).date()
            for a, b in pairwise(nudged)
        ]
        assert all(gap >= rules.spacing_days * DAY for gap in gaps)
        if item.expires_at is None:
            assert not after.announce
            if item.due_at is not None:
                assert given_up(after, rules, now=until)


@given(
    rules=contact_rules(),
    moment=st.datetimes(datetime(1, 6, 1), datetime(9998, 6, 1), timezones=st.just(UTC)),
    due_in=st.integers(-100, 100),
)
def test_any_century_will_do(rules, moment, due_in):
    new = item(opens_at=moment, due_at=moment + due_in * DAY, announce=True)
    rules = replace(rules, paused_until=None)
    planned = next_contact([new], rules, now=moment, last_contact_at=moment)
    assert planned.at.astimezone(rules.zone).date() > moment.astimezone(rules.zone).date()


def test_at_the_end_of_the_calendar_there_is_nothing_more_to_say():
    moment = datetime.max.replace(tzinfo=UTC)
    assert next_allowed(rules(zone=ZoneInfo("UTC"), ends=time(9, 1)), moment) is None
