"""Every zone there is, for two years around each of its changes of clocks.

Nothing is missing, doubled or at another local hour than asked. What is asked is worked out here
with dates alone, and read off the clocks of the zone.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest

from assessments.schedule import Daily, Monthly, Weekly, windows

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
YEAR = 365 * DAY
FIRST, LAST = date(2000, 1, 1), date(2037, 12, 31)
LOOK = 3 * DAY
LOOKS = [datetime(1999, 12, 31) + n * LOOK for n in range((LAST - FIRST) // LOOK + 2)]
SHARES = 4  # of the work, so that it can be spread over processes


@dataclass(frozen=True)
class Change:
    """Clocks showed ``before`` and, from then on, ``after``."""

    at: datetime
    before: datetime
    after: datetime


def changes_of(zone: ZoneInfo) -> tuple[Change, ...]:
    """All between FIRST and LAST; none was ever taken back within the days of a LOOK."""
    found = []
    offsets = list(map(zone.utcoffset, LOOKS))
    for look, (before, after) in zip(LOOKS, pairwise(offsets), strict=False):
        if before != after:
            low = look.replace(tzinfo=zone).astimezone(UTC)
            high = (look + LOOK).replace(tzinfo=zone).astimezone(UTC)
            while high - low > SECOND:
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if middle.astimezone(zone).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            naive = high.replace(tzinfo=None)
            found.append(Change(high, naive + before, naive + after))
    return tuple(found)


@cache
def alike() -> tuple[tuple[tuple[str, ...], tuple[Change, ...]], ...]:
    """All zones and their changes; those whose clocks always agreed are looked at as one."""
    groups: dict[object, list[str]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        groups.setdefault((zone.utcoffset(LOOKS[0]), changes_of(zone)), []).append(name)
    return tuple((tuple(names), changes) for (_, changes), names in groups.items())


def two_years_around(changes: tuple[Change, ...]) -> list[tuple[date, date]]:
    """From a year before a change to a year after it; those that touch are one."""
    stretches: list[tuple[date, date]] = []
    for change in changes or (Change(*3 * [datetime(2020, 1, 1)]),):
        start, end = max(FIRST, (change.at - YEAR).date()), (change.at + YEAR).date()
        if stretches and start <= stretches[-1][1]:
            start, _ = stretches.pop()
        stretches.append((start, end))
    return stretches


def telling_times(change: Change) -> list[time]:
    """On the minute: around what the clocks skip, or show twice."""
    low, high = sorted((change.before, change.after))
    moments = (low - HOUR / 60, low, low + (high - low) / 2, high - HOUR / 60, high)
    return sorted({moment.time().replace(second=0, microsecond=0) for moment in moments})


def opens_as_asked(moment: datetime, day: date, at: time, zone: ZoneInfo) -> bool:
    """The clocks show this for the first time or, if they never do, have just skipped it."""
    asked, clocks = datetime.combine(day, at), moment.astimezone(zone)
    if clocks.replace(tzinfo=None) == asked:
        return not clocks.fold
    a_second_ago = (moment - SECOND).astimezone(zone).replace(tzinfo=None)
    return a_second_ago < asked < clocks.replace(tzinfo=None)


def assert_as_asked(schedule, days: list[date], zone: ZoneInfo) -> None:
    """Exactly ``days``, each at its local time, each open until the next opens."""
    assigned_at = datetime.combine(schedule.starts_on - 2 * DAY, time(12), UTC)
    made = list(windows(schedule, assigned_at=assigned_at, zone=zone))
    assert [w.number for w in made] == list(range(1, len(days) + 1)), (zone, schedule)
    by_day = list(zip(made, days, strict=True))
    wrong = [d for w, d in by_day if not opens_as_asked(w.opens_at, d, schedule.at, zone)]
    assert wrong == [], (zone, schedule)
    assert all(w.opens_at <= w.due_at <= w.expires_at for w in made), (zone, schedule)
    assert all(a.expires_at == b.opens_at for a, b in pairwise(made)), (zone, schedule)


def daily(start: date, end: date, at: time, random: Random) -> tuple[Daily, list[date]]:
    interval = random.randint(1, 4)
    days = [start + n * DAY for n in range(0, (end - start).days + 1, interval)]
    return Daily(starts_on=start, interval=interval, at=at, until=end), days


def weekly(start: date, end: date, at: time, random: Random) -> tuple[Weekly, list[date]]:
    interval = random.randint(1, 3)
    weekdays = tuple(sorted(random.sample(range(1, 8), random.randint(1, 2))))
    days = [start + n * DAY for n in range((end - start).days + 1)]
    days = [day for day in days if day.isoweekday() in weekdays]
    week_of = {day: (day.toordinal() - 1) // 7 for day in days}  # 1 January of year 1: a Monday
    days = [day for day in days if (week_of[day] - week_of[days[0]]) % interval == 0]
    return Weekly(starts_on=start, interval=interval, weekdays=weekdays, at=at, until=end), days


def monthly(start: date, end: date, at: time, random: Random) -> tuple[Monthly, list[date]]:
    interval, on_day = random.randint(1, 3), random.choice([1, 15, 28, 29, 30, 31])
    days = [start + n * DAY for n in range((end - start).days + 1)]
    days = [day for day in days if day.day == min(on_day, monthrange(day.year, day.month)[1])]
    return Monthly(starts_on=start, on_day=on_day, interval=interval, at=at, until=end), days[
        ::interval
    ]


def test_every_zone_is_looked_at():
    assert {name for names, _ in alike() for name in names} == available_timezones()
    found = {name: changes for names, changes in alike() for name in names}
    assert found["Asia/Kolkata"] == ()
    assert len(found["Europe/Berlin"]) == 2 * 38
    assert (
        Change(
            at=datetime(2011, 12, 30, 10, tzinfo=UTC),
            before=datetime(2011, 12, 30),
            after=datetime(2011, 12, 31),
        )
        in found["Pacific/Apia"]
    )


@pytest.mark.parametrize("share", range(SHARES))
def test_two_years_around_each_change_of_clocks(share):
    """The sample is drawn by the name of the zone: each run sees every zone, and the same."""
    for names, changes in alike()[share::SHARES]:
        zone, random = ZoneInfo(names[0]), Random(names[0])
        telling = [at for change in changes for at in telling_times(change)] or [time(6)]
        for start, end in two_years_around(changes):
            for kind in (daily, weekly, monthly):
                schedule, days = kind(start, end, random.choice(telling), random)
                assert_as_asked(schedule, days, zone)


@pytest.mark.parametrize("share", range(SHARES))
def test_the_days_of_each_change_of_clocks_at_its_own_times(share):
    for names, changes in alike()[share::SHARES]:
        zone = ZoneInfo(names[0])
        for change in changes:
            start = max(FIRST, change.before.date() - DAY)
            days = [start + n * DAY for n in range(4)]
            for at in telling_times(change):
                assert_as_asked(Daily(starts_on=start, at=at, times=4), days, zone)
