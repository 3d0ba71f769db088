"""What a client would receive, before it is assigned."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.schedule import (
    ContactRules,
    Daily,
    Monthly,
    Once,
    Weekly,
    Window,
    forecast,
    windows,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 6, 1)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)


NOON = local(2026, 6, 1, 12)


def rules(**changes) -> ContactRules:
    usual = {
        "zone": BERLIN,
        "weekdays": frozenset(range(1, 6)),
        "starts": time(9),
        "ends": time(20),
        "most": 2,
        "spacing_days": 2,
        "paused_until": None,
    }
    return ContactRules(**{**usual, **changes})


def heard(schedule, *, now=NOON, changes=None, **more):
    """Each message as the client's clock shows it, and what it is about."""
    made = windows(schedule, assigned_at=now, zone=BERLIN)
    return [
        (f"{contact.at.astimezone(BERLIN):%a %d %b %H:%M}", contact.announces, contact.nudges)
        for contact in forecast(made, rules(**(changes or {})), now=now, **more)
    ]


WEEKLY = Weekly(starts_on=MONDAY, times=2)
UNANSWERED = [
    ("Mon 01 Jun 12:00", (1,), ()),
    ("Fri 05 Jun 09:00", (), (1,)),  # due on Thursday at 21:00
    ("Fri 12 Jun 09:00", (), (2,)),
]


def test_what_comes_when_nothing_is_answered():
    assert heard(WEEKLY) == UNANSWERED


def test_what_comes_when_all_is_answered_in_time():
    assert heard(WEEKLY, answers=True) == UNANSWERED[:1]
    assert heard(WEEKLY, answers=True, is_told=True) == []


def test_only_the_first_is_news_and_only_to_those_who_have_not_seen_it():
    assert heard(WEEKLY, is_told=True) == UNANSWERED[1:]


def test_reminders_are_counted_and_spaced():
    schedule = Once(due_on=date(2026, 6, 2))
    assert heard(schedule, changes={"most": 3}) == [
        ("Mon 01 Jun 12:00", (1,), ()),
        ("Wed 03 Jun 09:00", (), (1,)),
        ("Fri 05 Jun 09:00", (), (1,)),
        ("Mon 08 Jun 09:00", (), (1,)),  # Sunday is not allowed
    ]
    assert heard(schedule, changes={"most": 0}) == [("Mon 01 Jun 12:00", (1,), ())]


def test_reminders_before_something_is_due():
    assert heard(Once(due_on=date(2026, 6, 5)), changes={"first_days": -2, "most": 1}) == [
        ("Mon 01 Jun 12:00", (1,), ()),
        ("Wed 03 Jun 09:00", (), (1,)),
    ]


def test_a_message_today_was_the_message_of_today():
    assert heard(WEEKLY, last_contact_at=local(2026, 6, 1, 9))[0] == (
        "Tue 02 Jun 09:00",
        (1,),
        (),
    )


def test_a_pause_ahead_is_kept():
    changes = {"paused_from": date(2026, 6, 4), "paused_until": date(2026, 6, 9)}
    assert heard(WEEKLY, changes=changes) == [UNANSWERED[0], UNANSWERED[2]]


def test_after_so_many_missed_in_a_row_the_clinician_is_told_instead():
    endless = Weekly(starts_on=MONDAY)
    reminded = [about for _at, _news, about in heard(endless, silent_after=3)]
    assert reminded == [(), (1,), (2,)]
    assert heard(endless, silent_after=0) == UNANSWERED[:1]


@pytest.mark.parametrize("most", [0, 1, 7, 200])
def test_work_without_an_end_is_looked_at_so_far(most):
    weekly = Weekly(starts_on=MONDAY)
    assert len(heard(weekly, most=most)) == most
    assert len(heard(weekly, most=most, is_told=True)) == most


@pytest.mark.parametrize(
    ("schedule", "changes"),
    [
        # Due at 18:00 and over at 06:00, outside allowed hours.
        (Daily(starts_on=MONDAY), {"ends": time(17)}),
        (Daily(starts_on=MONDAY), {"paused_from": MONDAY}),
        (Daily(starts_on=MONDAY), {"weekdays": frozenset()}),
        (Monthly(starts_on=MONDAY, on_day=31, interval=12), {"most": 0}),
    ],
)
def test_work_without_an_end_that_is_never_spoken_of_ends(schedule, changes):
    assert heard(schedule, changes=changes, is_told=True) == []


def test_a_pause_of_years_is_waited_for():
    changes = {"paused_from": MONDAY, "paused_until": date(2029, 1, 1), "first_days": -1}
    assert heard(Daily(starts_on=MONDAY), changes=changes, most=1)[0][0] == "Tue 02 Jan 09:00"


def test_all_that_is_open_is_mentioned():
    """Three at once, as they stand in a client's list; only the first would be news."""
    open_now = [
        Window(n, NOON, NOON + n * DAY, None) if n < 3 else Window(n, NOON, None, None)
        for n in (1, 2, 3)
    ]
    first, second, third = forecast(open_now, rules(most=1), now=NOON)
    assert (first.announces, first.nudges, first.mentions) == ((1,), (), (1, 2, 3))
    assert (second.at, second.nudges) == (NOON + DAY, (1,))
    assert (third.at, third.nudges) == (NOON + 2 * DAY, (2,))


@given(
    interval=st.integers(1, 40),
    first_days=st.integers(-7, 7),
    most=st.integers(0, 5),
    spacing_days=st.integers(0, 10),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    hours=st.lists(st.integers(0, 23), min_size=2, max_size=2, unique=True),
)
def test_a_forecast_keeps_the_rules(interval, first_days, most, spacing_days, weekdays, hours):
    starts, ends = (time(hour) for hour in sorted(hours))
    kept = rules(
        weekdays=weekdays,
        starts=starts,
        ends=ends,
        most=most,
        spacing_days=spacing_days,
        first_days=first_days,
    )
    schedule = Daily(starts_on=MONDAY, interval=interval, times=30)
    contacts = forecast(windows(schedule, assigned_at=NOON, zone=BERLIN), kept, now=NOON)
    days = [contact.at.astimezone(BERLIN).date() for contact in contacts]
    assert days == sorted(set(days))
    assert all(kept.allow(contact.at.astimezone(BERLIN)) for contact in contacts)
    assert [contact.announces for contact in contacts if contact.announces] in ([], [(1,)])
    nudged = [key for contact in contacts for key in contact.nudges]
    assert all(nudged.count(key) <= most for key in nudged)
    by_number = {w.number: w for w in windows(schedule, assigned_at=NOON, zone=BERLIN)}
    for contact in contacts:
        open_then = [n for n, w in by_number.items() if w.opens_at <= contact.at < w.expires_at]
        assert contact.mentions == tuple(open_then)


def test_looking_ahead_is_lazy():
    taken = []

    def made():
        for n in count(1):
            taken.append(n)
            yield Window(n, NOON + n * DAY, NOON + n * DAY + HOUR, NOON + (n + 7) * DAY)

    assert len(forecast(made(), rules(most=1), now=NOON, most=5)) == 5
    assert len(taken) < 20
