"""The oracle beside examples worked out by hand, and the product beside the oracle, briefly."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from tests.full import compare, oracle
from tests.full.clocks import Clocks, micros, moment
from tests.full.oracle import Expected, Meeting
from tests.full.sweep import Share, swept, wrong_in

BERLIN = "Europe/Berlin"


def clocks_of(zone, year):
    return Clocks(ZoneInfo(zone), date(year - 1, 12, 1), date(year + 2, 3, 1))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(zone, schedule, assigned_at, sessions=None):
    """Each occurrence as (opens, due, expires) in UTC, to the minute."""
    assigned = at(assigned_at)
    clocks = clocks_of(zone, assigned.year)
    if sessions is None:
        before = micros(assigned + timedelta(days=400))
        found = oracle.expected(schedule, micros(assigned), clocks, before=before)
    else:
        meetings = [
            Meeting(key, micros(at(starts)), micros(at(ends))) for key, starts, ends in sessions
        ]
        found = oracle.around(schedule, meetings, micros(assigned), clocks)
    return [tuple(instant and f"{moment(instant):%m-%d %H:%M}" for instant in x[1:]) for x in found]


def every(kind, starts_on, at="06:00", interval=1, times=None, until=None, **more):
    common = {"every": kind, "interval": interval, "starts_on": starts_on, "at": at}
    return common | {"times": times, "until": until} | more


@pytest.mark.parametrize(
    ("zone", "day", "time", "instant"),
    [
        # Berlin went from 02:00 to 03:00, and back from 03:00 to 02:00.
        (BERLIN, "2026-03-29", "01:30", "2026-03-29 00:30"),
        (BERLIN, "2026-03-29", "02:30", "2026-03-29 01:00"),
        (BERLIN, "2026-03-29", "03:00", "2026-03-29 01:00"),
        (BERLIN, "2026-10-25", "02:30", "2026-10-25 00:30"),
        (BERLIN, "2026-10-25", "03:00", "2026-10-25 02:00"),
        # Lord Howe changes by half an hour: from 02:00 to 02:30, and back from 02:00 to 01:30.
        ("Australia/Lord_Howe", "2026-10-04", "02:00", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:29", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04 15:30"),
        # Apia had no 30 December 2011.
        ("Pacific/Apia", "2011-12-29", "23:59", "2011-12-30 09:59"),
        ("Pacific/Apia", "2011-12-30", "06:00", "2011-12-30 10:00"),
        ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30 10:00"),
        # Santiago skips midnight, and goes back from midnight to 23:00.
        ("America/Santiago", "2026-09-06", "00:00", "2026-09-06 04:00"),
        ("America/Santiago", "2026-09-06", "00:30", "2026-09-06 04:00"),
        ("America/Santiago", "2026-04-04", "23:30", "2026-04-05 02:30"),
        ("America/Santiago", "2026-04-05", "00:00", "2026-04-05 04:00"),
        # Easter Island has two evenings at 21:00.
        ("Pacific/Easter", "2026-04-04", "21:00", "2026-04-05 02:00"),
    ],
)
def test_a_day_at_a_time(zone, day, time, instant):
    clocks = clocks_of(zone, int(day[:4]))
    ordinal = date.fromisoformat(day).toordinal()
    assert moment(clocks.instant(ordinal, oracle.minute_of(time))) == at(instant)


@pytest.mark.parametrize("zone", [BERLIN, "Australia/Lord_Howe", "Antarctica/Troll", "Asia/Gaza"])
def test_a_wall_is_first_shown_when_the_zone_says_so(zone):
    """The table beside the zone itself, asked in each minute around each change of a year."""
    clocks = clocks_of(zone, 2026)
    for change in clocks.changes:
        first = {}
        for minute in range(-600, 600):
            instant = moment(change) + timedelta(minutes=minute)
            shown = instant.astimezone(clocks.zone).replace(tzinfo=None, fold=0)
            first.setdefault(shown, instant)
        for shown, instant in first.items():
            found = clocks.instant(shown.toordinal(), shown.hour * 60 + shown.minute)
            assert moment(found) == instant


def test_every_day_through_both_changes():
    spring = told(BERLIN, every("day", "2026-03-28", at="02:30", times=3), "2026-03-27 12:00")
    assert spring == [
        ("03-28 01:30", "03-28 17:00", "03-29 01:00"),
        ("03-29 01:00", "03-29 16:00", "03-30 00:30"),
        ("03-30 00:30", "03-30 16:00", "03-31 00:30"),
    ]
    autumn = told(BERLIN, every("day", "2026-10-24", at="02:30", times=2), "2026-10-23 12:00")
    assert autumn == [
        ("10-24 00:30", "10-24 16:00", "10-25 00:30"),
        ("10-25 00:30", "10-25 17:00", "10-26 01:30"),
    ]


def test_a_day_that_never_was():
    assert told("Pacific/Apia", every("day", "2011-12-29", times=3), "2011-12-28 12:00") == [
        ("12-29 16:00", "12-30 04:00", "12-30 10:00"),
        ("12-30 10:00", "12-30 16:00", "12-30 16:00"),
        ("12-30 16:00", "12-31 04:00", "12-31 16:00"),
    ]


def test_the_ends_of_months():
    found = told("UTC", every("month", "2027-01-31", on_day=31, times=4), "2027-01-05 12:00")
    assert found == [
        ("01-31 06:00", "02-03 21:00", "02-28 06:00"),
        ("02-28 06:00", "03-03 21:00", "03-31 06:00"),
        ("03-31 06:00", "04-03 21:00", "04-30 06:00"),
        ("04-30 06:00", "05-03 21:00", "05-31 06:00"),
    ]
    found = told("UTC", every("month", "2027-01-31", on_day=30, interval=3), "2027-01-05 12:00")
    assert [opens for opens, _, _ in found[:3]] == ["02-28 06:00", "05-30 06:00", "08-30 06:00"]


def test_weekdays_every_second_week():
    """From a Wednesday: its week's Thursday, then Monday and Thursday a fortnight on."""
    fortnightly = every("week", "2026-11-18", weekdays=[1, 4], interval=2, until="2026-12-17")
    assert told("UTC", fortnightly, "2026-11-01 12:00") == [
        ("11-19 06:00", "11-22 21:00", "11-30 06:00"),
        ("11-30 06:00", "12-01 21:00", "12-03 06:00"),
        ("12-03 06:00", "12-06 21:00", "12-14 06:00"),
        ("12-14 06:00", "12-15 21:00", "12-17 06:00"),
        ("12-17 06:00", "12-20 21:00", "12-28 06:00"),
    ]


def test_a_week_counts_from_the_first_such_day():
    """From a Friday, on Mondays: the first is in the week after, and the weeks count from there."""
    mondays = every("week", "2026-11-20", weekdays=[1], interval=2, times=2)
    found = told("UTC", mondays, "2026-11-20 12:00")
    assert [opens for opens, _, _ in found] == ["11-23 06:00", "12-07 06:00"]


def test_weekly_work_is_due_on_its_fourth_evening():
    weekly = every("week", "2026-11-18", weekdays=[], times=1)
    assert told("UTC", weekly, "2026-11-18 10:00") == [
        ("11-18 10:00", "11-21 21:00", "11-25 06:00")
    ]


def test_assigned_at_ten_in_the_evening():
    assert told("UTC", every("day", "2026-11-18", times=2), "2026-11-18 22:00") == [
        ("11-18 22:00", "11-19 06:00", "11-19 06:00"),
        ("11-19 06:00", "11-19 18:00", "11-20 06:00"),
    ]
    other_days = every("day", "2026-11-18", interval=2, times=1)
    assert told("UTC", other_days, "2026-11-18 22:00") == [
        ("11-18 22:00", "11-19 21:00", "11-20 06:00")
    ]


@pytest.mark.parametrize(
    ("opens_on", "due_on", "opens", "due"),
    [
        (None, None, "11-18 22:00", None),
        ("2026-11-18", "2026-11-20", "11-18 22:00", "11-20 21:00"),
        ("2026-11-20", "2026-11-20", "11-20 06:00", "11-20 21:00"),
        ("2026-11-20", "2026-11-18", "11-20 06:00", "11-20 21:00"),
        (None, "2026-11-18", "11-18 22:00", "11-19 21:00"),
    ],
)
def test_once(opens_on, due_on, opens, due):
    schedule = {"every": "once", "opens_on": opens_on, "due_on": due_on}
    assert told("UTC", schedule, "2026-11-18 22:00") == [(opens, due, None)]


SESSIONS = [
    ("past", "2026-11-16 15:00", "2026-11-16 15:50"),
    ("third", "2026-12-02 15:00", "2026-12-02 15:50"),
    ("first", "2026-11-18 15:00", "2026-11-18 15:50"),
    ("second", "2026-11-25 15:00", "2026-11-25 15:50"),
]


def around(side, nth=1, days=2, times=None, until=None):
    common = {"every": "session", "side": side, "nth": nth, "days": days}
    return common | {"times": times, "until": until}


def test_before_sessions():
    assert told("UTC", around("before"), "2026-11-18 10:00", SESSIONS) == [
        ("11-18 10:00", "11-18 15:00", "11-18 15:00"),
        ("11-23 06:00", "11-24 21:00", "11-25 15:00"),
        ("11-30 06:00", "12-01 21:00", "12-02 15:00"),
    ]
    every_other = around("before", nth=2, days=0)
    assert told("UTC", every_other, "2026-11-18 10:00", SESSIONS) == [
        ("11-18 10:00", "11-18 15:00", "11-18 15:00"),
        ("12-01 06:00", "12-01 21:00", "12-02 15:00"),
    ]


def test_after_sessions():
    assert told("UTC", around("after", times=2), "2026-11-18 10:00", SESSIONS) == [
        ("11-18 15:50", "11-20 21:00", "11-27 21:00"),
        ("11-25 15:50", "11-27 21:00", "12-04 21:00"),
    ]
    late = [("late", "2026-11-18 21:10", "2026-11-18 22:00")]
    same_day = around("after", days=0, until="2026-11-18")
    assert told("UTC", same_day, "2026-11-18 10:00", [*late, *SESSIONS]) == [
        ("11-18 15:50", "11-18 21:00", "11-25 21:00"),
        ("11-18 22:00", "11-19 21:00", "11-26 21:00"),
    ]


ONE, TWO, THREE = (Expected(n, n * 10**11, n * 10**11 + 5, n * 10**11 + 9) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("got", "counts"),
    [
        ([ONE, TWO, THREE], {}),
        ([ONE, THREE], {"missed": 1}),
        ([ONE, TWO, TWO, THREE], {"doubled": 1}),
        ([ONE, TWO, THREE, Expected(4, 10**12, None, None)], {"unasked": 1}),
        ([ONE, TWO._replace(opens=TWO.opens + 1), THREE], {"wrong_opens": 1}),
        ([ONE, TWO._replace(due=None), THREE], {"wrong_due": 1}),
        ([ONE, TWO._replace(expires=THREE.opens), THREE], {"wrong_expires": 1}),
        ([ONE, TWO._replace(which=7), THREE], {"misnumbered": 1}),
        ([TWO, ONE, THREE], {"misnumbered": 1}),
    ],
)
def test_each_way_to_differ_is_seen(got, counts):
    assert +compare.differences([ONE, TWO, THREE], got) == Counter(counts)


@pytest.mark.parametrize(
    "zone",
    [
        BERLIN,
        "Africa/Casablanca",
        "America/Havana",
        "America/Nuuk",
        "America/Santiago",
        "Antarctica/Troll",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Easter",
        "Pacific/Kiritimati",
    ],
)
def test_the_product_beside_the_oracle(zone):
    """A share of `make test-full`."""
    found = swept(Share(zone, 2000, 4, 2024, 2029))
    assert not wrong_in(found.counts), "\n".join(["", *found.shown])
    assert found.counts["occurrences"] >= 2000


def test_a_product_that_forgets_is_found_out(monkeypatch):
    """Every second occurrence dropped from an otherwise right answer."""
    right = compare.product.windows
    forgetful = lambda *args, **more: islice(right(*args, **more), 0, None, 2)  # noqa: E731
    monkeypatch.setattr(compare.product, "windows", forgetful)
    found = swept(Share(BERLIN, 200, 4, 2024, 2029))
    assert found.counts["missed"] > 50
    assert "Europe/Berlin" in found.shown[0]
    assert "expected 2 [" in found.shown[0]
