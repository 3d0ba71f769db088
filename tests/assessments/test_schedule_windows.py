"""When occurrences open, are due and expire: each row of docs/schedules.md by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.schedule import (
    AroundSessions,
    ContactRules,
    Daily,
    Monthly,
    Once,
    Weekly,
    days_of,
    moved,
    next_allowed,
    windows,
)

BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
DAY = timedelta(days=1)
JUNE = date(2026, 6, 1)  # a Monday


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)


def shown(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment and f"{moment.astimezone(zone):%d %b %H:%M}"


def spans(schedule, assigned_at, zone=BERLIN, most=10):
    """The first windows as the client's clock shows them."""
    return [
        tuple(shown(moment, zone) for moment in (w.opens_at, w.due_at, w.expires_at))
        for w in islice(windows(schedule, assigned_at=assigned_at, zone=zone), most)
    ]


def days(schedule, most, first=None):
    return [
        f"{day:%a %d %b}" for day in islice(days_of(schedule, first or schedule.starts_on), most)
    ]


# --- once ---------------------------------------------------------------------------------------


def test_once_opens_when_assigned_and_never_expires():
    assigned_at = local(BERLIN, 2026, 6, 1, 14, 30)
    assert spans(Once(), assigned_at) == [("01 Jun 14:30", None, None)]
    assert spans(Once(due_on=date(2026, 6, 5)), assigned_at) == [
        ("01 Jun 14:30", "05 Jun 21:00", None)
    ]


@pytest.mark.parametrize(
    ("opens_on", "opens_at"),
    [
        (date(2026, 6, 2), "02 Jun 06:00"),
        (date(2026, 6, 1), "01 Jun 04:30"),  # today: at once, even before six
        (date(2026, 5, 1), "01 Jun 04:30"),
    ],
)
def test_once_opens_in_the_morning_of_a_later_day(opens_on, opens_at):
    schedule = Once(opens_on=opens_on)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 4, 30)) == [(opens_at, None, None)]


@pytest.mark.parametrize("due_on", [date(2026, 6, 1), date(2026, 5, 1)])
def test_once_is_due_at_the_next_evening_when_its_own_has_passed(due_on):
    assigned_at = local(BERLIN, 2026, 6, 1, 21, 0)
    assert spans(Once(due_on=due_on), assigned_at) == [("01 Jun 21:00", "02 Jun 21:00", None)]


def test_once_is_not_due_before_it_opens():
    schedule = Once(opens_on=date(2026, 6, 10), due_on=date(2026, 6, 5))
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 12)) == [
        ("10 Jun 06:00", "10 Jun 21:00", None)
    ]


# --- the days of a schedule ---------------------------------------------------------------------


def test_every_so_many_days():
    assert days(Daily(starts_on=JUNE), 3) == ["Mon 01 Jun", "Tue 02 Jun", "Wed 03 Jun"]
    assert days(Daily(starts_on=JUNE, interval=10), 3) == ["Mon 01 Jun", "Thu 11 Jun", "Sun 21 Jun"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["Wed 03 Jun", "Wed 10 Jun", "Wed 17 Jun"]),
        ({"interval": 3}, ["Wed 03 Jun", "Wed 24 Jun", "Wed 15 Jul"]),
        ({"weekdays": (1, 4)}, ["Thu 04 Jun", "Mon 08 Jun", "Thu 11 Jun", "Mon 15 Jun"]),
        # Every second week counts from the week of its first day, which the Thursday is.
        (
            {"weekdays": (1, 4), "interval": 2},
            ["Thu 04 Jun", "Mon 15 Jun", "Thu 18 Jun", "Mon 29 Jun"],
        ),
        # The first Tuesday comes in the next week: that is the first week.
        ({"weekdays": (1, 2), "interval": 2}, ["Mon 08 Jun", "Tue 09 Jun", "Mon 22 Jun"]),
        ({"weekdays": (7,), "interval": 12}, ["Sun 07 Jun", "Sun 30 Aug"]),
    ],
)
def test_weekdays_of_every_so_many_weeks(changes, expected):
    schedule = Weekly(starts_on=date(2026, 6, 3), **changes)  # a Wednesday
    assert days(schedule, len(expected)) == expected


@pytest.mark.parametrize(
    ("starts_on", "on_day", "interval", "expected"),
    [
        (date(2026, 1, 15), 15, 1, ["Thu 15 Jan", "Sun 15 Feb", "Sun 15 Mar"]),
        (date(2026, 1, 16), 15, 1, ["Sun 15 Feb", "Sun 15 Mar"]),
        (date(2026, 1, 1), 31, 1, ["Sat 31 Jan", "Sat 28 Feb", "Tue 31 Mar", "Thu 30 Apr"]),
        (date(2028, 1, 31), 31, 1, ["Mon 31 Jan", "Tue 29 Feb", "Fri 31 Mar"]),
        (date(2026, 2, 28), 31, 1, ["Sat 28 Feb", "Tue 31 Mar"]),
        (date(2026, 11, 30), 29, 3, ["Tue 29 Dec", "Mon 29 Mar", "Tue 29 Jun"]),
        (date(2028, 2, 29), 29, 12, ["Tue 29 Feb", "Wed 28 Feb", "Thu 28 Feb"]),
    ],
)
def test_a_day_of_every_so_many_months(starts_on, on_day, interval, expected):
    schedule = Monthly(starts_on=starts_on, on_day=on_day, interval=interval)
    assert days(schedule, len(expected)) == expected


# --- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "opened"),
    [
        ({"times": 2}, 2),
        ({"until": date(2026, 6, 4)}, 4),  # that day too
        ({"until": date(2026, 6, 4), "times": 3}, 3),
        ({"until": date(2026, 6, 4), "times": 5}, 4),
        ({"until": date(2026, 5, 31)}, 0),
    ],
)
def test_it_ends_after_so_many_or_with_a_day_whichever_comes_first(end, opened):
    made = list(
        windows(
            Daily(starts_on=JUNE, **end), assigned_at=local(BERLIN, 2026, 5, 20, 12), zone=BERLIN
        )
    )
    assert len(made) == opened


def test_without_an_end_windows_are_made_as_they_are_asked_for():
    made = windows(Daily(starts_on=JUNE), assigned_at=local(BERLIN, 2026, 6, 1, 12), zone=BERLIN)
    [window] = islice(made, 4000, 4001)
    assert window.number == 4001
    assert window.opens_at.astimezone(BERLIN).date() == JUNE + 4000 * DAY


@pytest.mark.parametrize(
    "schedule",
    [
        Daily(starts_on=JUNE, interval=90),
        Weekly(starts_on=JUNE, interval=12, weekdays=(1, 7)),
        Monthly(starts_on=JUNE, on_day=31),
    ],
)
@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_they_end_with_the_calendar(schedule, name):
    assigned_at = datetime(9998, 6, 1, tzinfo=UTC)
    *_, last = windows(schedule, assigned_at=assigned_at, zone=ZoneInfo(name))
    assert last.opens_at.year == 9999


def test_numbers_go_on_from_another():
    schedule = Daily(starts_on=JUNE, times=3)
    made = windows(schedule, assigned_at=local(BERLIN, 2026, 6, 1, 12), zone=BERLIN, first_number=7)
    assert [w.number for w in made] == [7, 8, 9]
    [once] = windows(Once(), assigned_at=local(BERLIN, 2026, 6, 1), zone=BERLIN, first_number=2)
    assert once.number == 2


def test_work_around_sessions_has_no_windows_of_its_own():
    with pytest.raises(TypeError, match="session_windows"):
        windows(
            AroundSessions(side="after"), assigned_at=local(BERLIN, 2026, 6, 1, 12), zone=BERLIN
        )


# --- opens, due, expires ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (
            Daily(starts_on=JUNE),
            [
                ("01 Jun 06:00", "01 Jun 18:00", "02 Jun 06:00"),
                ("02 Jun 06:00", "02 Jun 18:00", "03 Jun 06:00"),
            ],
        ),
        (Daily(starts_on=JUNE, interval=2), [("01 Jun 06:00", "01 Jun 21:00", "03 Jun 06:00")]),
        (Daily(starts_on=JUNE, interval=3), [("01 Jun 06:00", "02 Jun 21:00", "04 Jun 06:00")]),
        (Daily(starts_on=JUNE, interval=4), [("01 Jun 06:00", "02 Jun 21:00", "05 Jun 06:00")]),
        (Daily(starts_on=JUNE, interval=5), [("01 Jun 06:00", "03 Jun 21:00", "06 Jun 06:00")]),
        (Daily(starts_on=JUNE, interval=6), [("01 Jun 06:00", "03 Jun 21:00", "07 Jun 06:00")]),
        (Daily(starts_on=JUNE, interval=7), [("01 Jun 06:00", "04 Jun 21:00", "08 Jun 06:00")]),
        (Daily(starts_on=JUNE, interval=20), [("01 Jun 06:00", "04 Jun 21:00", "21 Jun 06:00")]),
        (  # from one to the next: three days, then four
            Weekly(starts_on=JUNE, weekdays=(1, 4), at=time(18, 30)),
            [
                ("01 Jun 18:30", "02 Jun 21:00", "04 Jun 18:30"),
                ("04 Jun 18:30", "05 Jun 21:00", "08 Jun 18:30"),
            ],
        ),
        (
            Weekly(starts_on=JUNE, weekdays=(1, 2), interval=2),
            [
                ("01 Jun 06:00", "01 Jun 18:00", "02 Jun 06:00"),
                ("02 Jun 06:00", "05 Jun 21:00", "15 Jun 06:00"),
            ],
        ),
        (
            Monthly(starts_on=JUNE, on_day=31),
            [
                ("30 Jun 06:00", "03 Jul 21:00", "31 Jul 06:00"),
                ("31 Jul 06:00", "03 Aug 21:00", "31 Aug 06:00"),
            ],
        ),
        # It opens when the evening is over: due the next evening, if it is still open then.
        (
            Daily(starts_on=JUNE, at=time(22)),
            [("01 Jun 22:00", "02 Jun 21:00", "02 Jun 22:00")],
        ),
        (Daily(starts_on=JUNE, at=time(21)), [("01 Jun 21:00", "02 Jun 21:00", "02 Jun 21:00")]),
    ],
)
def test_an_occurrence_belongs_to_its_day(schedule, expected):
    made = spans(schedule, local(BERLIN, 2026, 5, 20, 12), most=len(expected))
    assert made == expected


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (4, 30, ("01 Jun 06:00", "01 Jun 18:00", "02 Jun 06:00")),
        (6, 0, ("01 Jun 06:00", "01 Jun 18:00", "02 Jun 06:00")),
        (14, 30, ("01 Jun 14:30", "01 Jun 18:00", "02 Jun 06:00")),
        (21, 0, ("01 Jun 21:00", "02 Jun 06:00", "02 Jun 06:00")),
        (22, 0, ("01 Jun 22:00", "02 Jun 06:00", "02 Jun 06:00")),
    ],
)
def test_the_first_day_is_today_and_nothing_opens_before_it_was_assigned(hour, minute, expected):
    first, second = spans(Daily(starts_on=JUNE), local(BERLIN, 2026, 6, 1, hour, minute), most=2)
    assert first == expected
    assert second == ("02 Jun 06:00", "02 Jun 18:00", "03 Jun 06:00")


def test_the_last_expires_when_the_next_would_open():
    made = spans(Weekly(starts_on=JUNE, weekdays=(1, 3), times=2), local(BERLIN, 2026, 5, 20, 12))
    assert made == [
        ("01 Jun 06:00", "01 Jun 21:00", "03 Jun 06:00"),
        ("03 Jun 06:00", "05 Jun 21:00", "08 Jun 06:00"),
    ]


def test_weekly_from_today_opens_at_once_and_then_on_mornings():
    schedule = Weekly(starts_on=JUNE, times=3)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 14, 30)) == [
        ("01 Jun 14:30", "04 Jun 21:00", "08 Jun 06:00"),
        ("08 Jun 06:00", "11 Jun 21:00", "15 Jun 06:00"),
        ("15 Jun 06:00", "18 Jun 21:00", "22 Jun 06:00"),
    ]


def test_weekly_from_a_later_day_opens_on_that_morning():
    schedule = Weekly(starts_on=date(2026, 6, 3), times=1)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 14, 30)) == [
        ("03 Jun 06:00", "06 Jun 21:00", "10 Jun 06:00")
    ]


def test_weekly_from_a_day_gone_by_starts_today_and_loses_no_week():
    schedule = Weekly(starts_on=date(2026, 5, 1), times=2)
    assert spans(schedule, local(BERLIN, 2026, 6, 1, 14, 30)) == [
        ("01 Jun 14:30", "04 Jun 21:00", "08 Jun 06:00"),
        ("08 Jun 06:00", "11 Jun 21:00", "15 Jun 06:00"),
    ]


def test_today_is_the_clients_today():
    """Monday 23:00 in Berlin is Tuesday morning in Auckland."""
    schedule = Weekly(starts_on=date(2026, 6, 2), times=1)
    assigned_at = local(BERLIN, 2026, 6, 1, 23)
    assert spans(schedule, assigned_at, ZoneInfo("Pacific/Auckland"))[0][0] == "02 Jun 09:00"
    assert spans(schedule, assigned_at, BERLIN)[0][0] == "02 Jun 06:00"


@pytest.mark.parametrize("first", [date(2026, 6, day) for day in range(1, 8)])
def test_whatever_day_a_week_begins_on_a_weekday_is_left_for_a_reminder(first):
    """Clients who may be reached on weekdays only would never hear of what they missed."""
    weekdays = ContactRules(BERLIN, frozenset({1, 2, 3, 4, 5}), time(9), time(20), 2, 2, None)
    [window] = windows(
        Weekly(starts_on=first, times=1), assigned_at=local(BERLIN, 2026, 5, 31, 12), zone=BERLIN
    )
    assert next_allowed(weekdays, window.due_at) < window.expires_at


# --- when the clocks change ---------------------------------------------------------------------


def test_weekly_keeps_the_hour_when_the_clocks_change():
    schedule = Weekly(starts_on=date(2026, 10, 19), times=2)
    before, after = windows(schedule, assigned_at=local(BERLIN, 2026, 10, 1, 12), zone=BERLIN)
    assert before.opens_at == datetime(2026, 10, 19, 4, tzinfo=UTC)
    assert after.opens_at == datetime(2026, 10, 26, 5, tzinfo=UTC)
    assert before.expires_at == after.opens_at
    assert before.due_at == datetime(2026, 10, 22, 19, tzinfo=UTC)
    assert after.due_at == datetime(2026, 10, 29, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "day", "at", "opens_at"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "29 Mar 03:00"),
        ("America/Santiago", date(2026, 9, 6), time(0), "06 Sep 01:00"),
        ("America/Santiago", date(2026, 9, 6), time(0, 59), "06 Sep 01:00"),
        ("America/Havana", date(2026, 3, 8), time(0, 30), "08 Mar 01:00"),
        ("Asia/Beirut", date(2026, 3, 29), time(0), "29 Mar 01:00"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 15), "24 Apr 01:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "04 Oct 02:30"),
        ("Antarctica/Troll", date(2026, 3, 29), time(1, 30), "29 Mar 03:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(6), "31 Dec 00:00"),
    ],
)
def test_what_would_open_while_the_clocks_skip_opens_after_the_skip(name, day, at, opens_at):
    zone = ZoneInfo(name)
    schedule = Daily(starts_on=day - 2 * DAY, at=at)
    made = spans(schedule, local(zone, day.year, day.month, day.day, 12) - 10 * DAY, zone, 5)
    asked = [f"{day + n * DAY:%d %b} {at:%H:%M}" for n in range(-2, 3)]
    assert [opened for opened, _due, _expires in made] == [*asked[:2], opens_at, *asked[3:]]


@pytest.mark.parametrize(
    ("name", "day", "at"),
    [
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30)),
        ("America/Santiago", date(2026, 4, 4), time(23, 30)),
        ("America/Havana", date(2026, 11, 1), time(0, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45)),
        ("Antarctica/Troll", date(2026, 10, 25), time(2)),
    ],
)
def test_what_would_open_twice_opens_the_first_time(name, day, at):
    zone = ZoneInfo(name)
    assigned_at = local(zone, day.year, day.month, day.day, 12) - 10 * DAY
    [window] = windows(Daily(starts_on=day, at=at, times=1), assigned_at=assigned_at, zone=zone)
    opened = window.opens_at.astimezone(zone)
    assert (opened.date(), opened.time(), opened.fold) == (day, at, 0)
    assert datetime.combine(day, at, zone).replace(fold=1).astimezone(UTC) > window.opens_at


def test_a_due_day_that_never_was_is_the_next_midnight():
    """Samoa crossed the date line: 30 December 2011 does not exist there."""
    schedule = Weekly(starts_on=date(2011, 12, 27), times=1)
    assert spans(schedule, local(APIA, 2011, 12, 1, 12), APIA) == [
        ("27 Dec 06:00", "31 Dec 00:00", "03 Jan 06:00")
    ]


def test_a_day_that_never_was_is_over_in_the_morning_of_the_next():
    schedule = Daily(starts_on=date(2011, 12, 29), times=3)
    assert spans(schedule, local(APIA, 2011, 12, 1, 12), APIA) == [
        ("29 Dec 06:00", "29 Dec 18:00", "31 Dec 00:00"),
        ("31 Dec 00:00", "31 Dec 06:00", "31 Dec 06:00"),
        ("31 Dec 06:00", "31 Dec 18:00", "01 Jan 06:00"),
    ]


def test_an_evening_that_comes_twice_opens_nothing_before_it_was_assigned():
    """At 00:01 on 7 November 2010 it was 23:01 on the 6th again in Newfoundland."""
    zone = ZoneInfo("America/St_Johns")
    assigned_at = local(zone, 2010, 11, 6, 23, 30, fold=1)
    made = list(
        windows(
            Daily(starts_on=date(2010, 11, 6), at=time(0), times=3),
            assigned_at=assigned_at,
            zone=zone,
        )
    )
    assert made[0].opens_at == made[1].opens_at == assigned_at
    assert all(a.expires_at == b.opens_at for a, b in pairwise(made))


# --- properties ---------------------------------------------------------------------------------


@st.composite
def repeated(draw, around):
    starts_on = max(date(2000, 1, 1), around + draw(st.integers(-400, 400)) * DAY)
    shared = {
        "starts_on": starts_on,
        "at": time(draw(st.integers(0, 23)), draw(st.integers(0, 59))),
        "times": draw(st.integers(1, 60)),
    }
    kind = draw(st.sampled_from([Daily, Weekly, Monthly]))
    if kind is Monthly:
        return Monthly(**shared, on_day=draw(st.integers(1, 31)), interval=draw(st.integers(1, 12)))
    if kind is Daily:
        return Daily(**shared, interval=draw(st.integers(1, 90)))
    weekdays = tuple(draw(st.frozensets(st.integers(1, 7))))
    return Weekly(**shared, interval=draw(st.integers(1, 12)), weekdays=weekdays)


@given(
    data=st.data(),
    zone=st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
    assigned_at=st.datetimes(datetime(1950, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)),
)
def test_windows_follow_each_other_without_overlap(data, zone, assigned_at):
    schedule = data.draw(repeated(assigned_at.date()))
    made = list(windows(schedule, assigned_at=assigned_at, zone=zone))
    assert [w.number for w in made] == list(range(1, schedule.times + 1))
    assert made[0].opens_at >= assigned_at
    assert all(w.opens_at <= w.due_at <= w.expires_at for w in made)
    assert all(a.expires_at == b.opens_at for a, b in pairwise(made))
    assert all(t.tzinfo is UTC for w in made for t in (w.opens_at, w.due_at, w.expires_at))
    (once,) = windows(Once(due_on=schedule.starts_on), assigned_at=assigned_at, zone=zone)
    assert once.opens_at == assigned_at < once.due_at


# --- another zone -------------------------------------------------------------------------------

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (local(BERLIN, 2026, 6, 2, 21), local(NEW_YORK, 2026, 6, 2, 21)),
        (local(BERLIN, 2026, 6, 1, 12), local(BERLIN, 2026, 6, 1, 12)),  # it is now: it has come
        (local(BERLIN, 2026, 5, 2, 21), local(BERLIN, 2026, 5, 2, 21)),
        (local(BERLIN, 2026, 11, 1, 1, 30), local(NEW_YORK, 2026, 11, 1, 1, 30)),  # twice there
        (None, None),
    ],
)
def test_what_is_to_come_moves_with_the_wall_clock(moment, expected):
    now = local(BERLIN, 2026, 6, 1, 12)
    assert moved(moment, from_zone=BERLIN, to_zone=NEW_YORK, now=now) == expected


def test_what_would_then_have_passed_stays():
    """At 12:00 in New York it is 18:00 in Berlin."""
    at_six = local(NEW_YORK, 2026, 6, 1, 18)
    for minutes, expected in ((-1, local(BERLIN, 2026, 6, 1, 18)), (0, at_six)):
        now = local(NEW_YORK, 2026, 6, 1, 12) + timedelta(minutes=minutes)
        assert moved(at_six, from_zone=NEW_YORK, to_zone=BERLIN, now=now) == expected


@given(
    moment=st.datetimes(datetime(2010, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),
    hours=st.integers(-50, 50),
    zones=st.lists(
        st.sampled_from(sorted(available_timezones())).map(ZoneInfo), min_size=2, max_size=2
    ),
)
def test_a_moment_shows_the_same_there_or_has_not_moved(moment, hours, zones):
    here, there = zones
    now = moment - timedelta(hours=hours)
    after = moved(moment, from_zone=here, to_zone=there, now=now)
    assert moved(moment, from_zone=here, to_zone=here, now=now) <= moment  # the first of two
    if moment <= now:
        assert after == moment
    elif after != moment:
        assert after > now
        asked, seen = (
            m.astimezone(z).replace(tzinfo=None) for m, z in ((moment, here), (after, there))
        )
        earlier = (after - timedelta(seconds=1)).astimezone(there).replace(tzinfo=None)
        assert seen == asked or earlier < asked < seen
