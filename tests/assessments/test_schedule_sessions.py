"""Work before and after sessions: each row of docs/schedules.md by example, and in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.schedule import AroundSessions, SessionTime, session_windows

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(*parts: int, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(*parts, tzinfo=zone).astimezone(UTC)


ASSIGNED_AT = local(2026, 6, 1, 12)


def session(day: int, hour: int = 15, minute: int = 0, length: timedelta = HOUR) -> SessionTime:
    starts_at = local(2026, 6, day, hour, minute)
    return SessionTime(key=f"{day}th", starts_at=starts_at, ends_at=starts_at + length)


def spans(schedule, *sessions, assigned_at=ASSIGNED_AT, zone=BERLIN):
    made = session_windows(schedule, sessions, assigned_at=assigned_at, zone=zone)
    return [
        tuple(f"{m.astimezone(zone):%d %b %H:%M}" for m in (w.opens_at, w.due_at, w.expires_at))
        for w in made
    ]


def keys(schedule, *sessions):
    made = session_windows(schedule, sessions, assigned_at=ASSIGNED_AT, zone=BERLIN)
    return [window.key for window in made]


# --- before -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "opens_at"),
    [(0, "09 Jun 06:00"), (1, "09 Jun 06:00"), (2, "08 Jun 06:00"), (7, "03 Jun 06:00")],
)
def test_before_a_session_it_opens_some_days_ahead_and_is_due_on_the_evening_before(days, opens_at):
    schedule = AroundSessions(side="before", days=days)
    assert spans(schedule, session(10)) == [(opens_at, "09 Jun 21:00", "10 Jun 15:00")]


def test_before_a_session_nothing_opens_before_it_was_assigned():
    schedule = AroundSessions(side="before", days=14)
    assert spans(schedule, session(10)) == [("01 Jun 12:00", "09 Jun 21:00", "10 Jun 15:00")]


@pytest.mark.parametrize("assigned_at", [local(2026, 6, 9, 21), local(2026, 6, 10, 14)])
def test_when_the_evening_before_is_over_it_is_due_when_the_session_begins(assigned_at):
    schedule = AroundSessions(side="before")
    [(opens_at, due_at, expires_at)] = spans(schedule, session(10), assigned_at=assigned_at)
    assert opens_at == f"{assigned_at.astimezone(BERLIN):%d %b %H:%M}"
    assert due_at == expires_at == "10 Jun 15:00"


# --- after --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "due_at", "expires_at"),
    [
        (0, "10 Jun 21:00", "17 Jun 21:00"),
        (1, "11 Jun 21:00", "18 Jun 21:00"),
        (14, "24 Jun 21:00", "01 Jul 21:00"),
    ],
)
def test_after_a_session_it_opens_when_it_ends(days, due_at, expires_at):
    schedule = AroundSessions(side="after", days=days)
    assert spans(schedule, session(10)) == [("10 Jun 16:00", due_at, expires_at)]


@pytest.mark.parametrize(
    ("late", "due_at"),
    [
        (session(10, 20, 0), "11 Jun 21:00"),  # ends at 21:00
        (session(10, 20, 30), "11 Jun 21:00"),
        (session(10, 19, 59), "10 Jun 21:00"),
        (session(10, 23, 0, length=2 * HOUR), "11 Jun 21:00"),  # its date is that of its beginning
    ],
)
def test_after_a_late_session_it_is_due_on_the_next_evening(late, due_at):
    [(_opens, due, _expires)] = spans(AroundSessions(side="after", days=0), late)
    assert due == due_at


def test_seven_days_later_is_the_same_time_of_day_when_the_clocks_change():
    starts_at = local(2026, 10, 20, 15)
    autumn = SessionTime("autumn", starts_at, starts_at + HOUR)
    assert spans(AroundSessions(side="after", days=1), autumn) == [
        ("20 Oct 16:00", "21 Oct 21:00", "28 Oct 21:00")
    ]


# --- which sessions -----------------------------------------------------------------------------


def test_each_or_every_other_in_order_of_their_start():
    sessions = [session(day) for day in (24, 10, 3, 17)]
    assert keys(AroundSessions(side="after"), *sessions) == ["3th", "10th", "17th", "24th"]
    assert keys(AroundSessions(side="after", nth=2), *sessions) == ["3th", "17th"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ({"times": 1}, ["3th"]),
        ({"times": 2}, ["3th", "17th"]),
        ({"until": date(2026, 6, 17)}, ["3th", "17th"]),
        ({"until": date(2026, 6, 16)}, ["3th"]),
        ({"until": date(2026, 6, 17), "times": 1}, ["3th"]),
        ({"until": date(2026, 6, 2)}, []),
    ],
)
def test_they_end_after_so_many_or_with_a_day(end, expected):
    sessions = [session(day) for day in (3, 10, 17, 24)]
    assert keys(AroundSessions(side="before", nth=2, **end), *sessions) == expected


def test_sessions_from_before_it_was_assigned_are_not_counted():
    """At twelve, one is over, one goes on until half past, one begins now."""
    over, going_on, beginning = session(1, 10), session(1, 11, 30), session(1, 12)
    over, going_on, beginning = (
        SessionTime(name, each.starts_at, each.ends_at)
        for name, each in (("over", over), ("going on", going_on), ("beginning", beginning))
    )
    sessions = [over, going_on, beginning, session(10)]
    assert keys(AroundSessions(side="before"), *sessions) == ["beginning", "10th"]
    assert keys(AroundSessions(side="after"), *sessions) == ["going on", "beginning", "10th"]
    assert keys(AroundSessions(side="after", nth=2), *sessions) == ["going on", "10th"]


def test_the_date_of_a_session_is_that_of_the_client():
    """Ten in the evening in Berlin is the next morning in Auckland."""
    late = session(10, 22)
    auckland = ZoneInfo("Pacific/Auckland")
    assert spans(AroundSessions(side="before", days=1), late, zone=auckland) == [
        ("10 Jun 06:00", "10 Jun 21:00", "11 Jun 08:00")
    ]
    until = AroundSessions(side="before", until=date(2026, 6, 10))
    assert len(spans(until, late)) == 1
    assert spans(until, late, zone=auckland) == []


def test_when_a_session_moves_its_occurrence_moves():
    schedule = AroundSessions(side="before", days=1)
    assert spans(schedule, session(3), session(10)) == [
        ("02 Jun 06:00", "02 Jun 21:00", "03 Jun 15:00"),
        ("09 Jun 06:00", "09 Jun 21:00", "10 Jun 15:00"),
    ]
    assert spans(schedule, session(3), session(12, 9)) == [
        ("02 Jun 06:00", "02 Jun 21:00", "03 Jun 15:00"),
        ("11 Jun 06:00", "11 Jun 21:00", "12 Jun 09:00"),
    ]


def test_a_session_without_a_zone_is_refused():
    naive = SessionTime("naive", datetime(2026, 6, 10, 15), datetime(2026, 6, 10, 16))
    with pytest.raises(ValueError, match="without a time zone"):
        spans(AroundSessions(side="after"), naive)


# --- properties ---------------------------------------------------------------------------------


@given(
    side=st.sampled_from(["before", "after"]),
    nth=st.integers(1, 2),
    days=st.integers(0, 14),
    name=st.sampled_from(["Europe/Berlin", "America/Santiago", "Pacific/Apia", "Antarctica/Troll"]),
    assigned_at=st.datetimes(datetime(2009, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
    starts=st.lists(st.integers(-10 * 24 * 60, 300 * 24 * 60), max_size=12, unique=True),
    seed=st.integers(0, 99),
)
def test_around_sessions_every_window_is_in_order(side, nth, days, name, assigned_at, starts, seed):
    zone, minute = ZoneInfo(name), timedelta(minutes=1)
    sessions = [
        SessionTime(n, assigned_at + n * minute, assigned_at + (n + 50) * minute)
        for n in sorted(starts)
    ]
    schedule = AroundSessions(side=side, nth=nth, days=days)
    made = session_windows(schedule, sessions, assigned_at=assigned_at, zone=zone)
    Random(seed).shuffle(sessions)
    assert session_windows(schedule, sessions, assigned_at=assigned_at, zone=zone) == made
    ahead = [n for n in sorted(starts) if n + (50 if side == "after" else 0) >= 0]
    assert [window.key for window in made] == ahead[::nth]
    for window in made:
        assert assigned_at <= window.opens_at <= window.due_at <= window.expires_at
        if side == "before":
            assert window.expires_at == assigned_at + window.key * minute
        else:
            assert window.opens_at == assigned_at + (window.key + 50) * minute
