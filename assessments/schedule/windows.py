"""The windows of a schedule: when each occurrence opens, is due and expires."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from .clocks import DAY, at_wall_clock, utc
from .kinds import OPEN_TIME, AroundSessions, Daily, Monthly, Once, Schedule, Weekly

DUE_TIME = time(21)  # "by Friday" means Friday evening
DUE_THE_SAME_DAY = time(18)  # work of one day ends with it: an evening is left for a reminder
UNTIL_DUE = 3  # days, at most: whatever day a week begins on, a weekday is left for a reminder
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Window:
    """When one occurrence opens, is due and expires."""

    number: int  # from 1
    opens_at: datetime
    due_at: datetime | None
    expires_at: datetime | None


def windows(
    schedule: Schedule, *, assigned_at: datetime, zone: ZoneInfo, first_number: int = 1
) -> Iterator[Window]:
    """What an assignment that counts from ``assigned_at`` asks of a client who lives in ``zone``.

    In order, each made when it is asked for; without ``times`` or ``until`` they end with the
    calendar only. Numbered from ``first_number``, which does not count against ``times``. A window
    is empty (expires as it opens) where the clocks skip a whole day. TypeError for what is asked
    around sessions: see ``session_windows``.
    """
    assigned_at = utc(assigned_at)
    if isinstance(schedule, AroundSessions):
        raise TypeError("Work around sessions is asked for by session_windows.")
    if isinstance(schedule, Once):
        return iter([_once(schedule, assigned_at, zone, first_number)])
    return _repeated(schedule, assigned_at, zone, first_number)


def _once(schedule: Once, assigned_at: datetime, zone: ZoneInfo, number: int) -> Window:
    opens_at = assigned_at
    if schedule.opens_on and schedule.opens_on > assigned_at.astimezone(zone).date():
        opens_at = at_wall_clock(schedule.opens_on, OPEN_TIME, zone)
    due_at = due(schedule.due_on, opens_at, zone) if schedule.due_on else None
    return Window(number, opens_at, due_at, None)


def _repeated(
    schedule: Daily | Weekly | Monthly, assigned_at: datetime, zone: ZoneInfo, first_number: int
) -> Iterator[Window]:
    days = days_of(schedule, max(schedule.starts_on, assigned_at.astimezone(zone).date()))
    clock, until = schedule.at, schedule.until or date.max
    numbers = range(first_number, first_number + schedule.times) if schedule.times else None
    try:
        day = next(days)
        opens_at = max(at_wall_clock(day, clock, zone), assigned_at)
        for number in numbers or count(first_number):
            if day > until:
                return
            next_day = next(days)
            expires_at = max(at_wall_clock(next_day, clock, zone), assigned_at)
            gap = (next_day - day).days
            due_on = day + min(UNTIL_DUE, (gap - 1) // 2) * DAY
            due_time = DUE_THE_SAME_DAY if gap == 1 else DUE_TIME
            due_at = min(due(due_on, opens_at, zone, due_time), expires_at)
            yield Window(number, opens_at, due_at, expires_at)
            day, opens_at = next_day, expires_at
    except OverflowError:
        return


def due(day: date, opens_at: datetime, zone: ZoneInfo, due_time: time = DUE_TIME) -> datetime:
    """``due_time`` on ``day``; if that is not after ``opens_at``, the first ``DUE_TIME`` after."""
    due_at = at_wall_clock(day, due_time, zone)
    if due_at > opens_at:
        return due_at
    day = opens_at.astimezone(zone).date()
    while (due_at := at_wall_clock(day, DUE_TIME, zone)) <= opens_at:
        day += DAY
    return due_at


def days_of(schedule: Daily | Weekly | Monthly, first: date) -> Iterator[date]:
    """The days of ``schedule`` from ``first`` on, as if it had no end.

    OverflowError when the calendar ends.
    """
    if isinstance(schedule, Daily):
        return _every(schedule.interval * DAY, first)
    if isinstance(schedule, Weekly):
        return _on_weekdays(schedule.weekdays or (first.isoweekday(),), schedule.interval, first)
    return _on_day_of_month(schedule.on_day, schedule.interval, first)


def _every(step: timedelta, day: date) -> Iterator[date]:
    while True:
        yield day
        day += step


def _on_weekdays(weekdays: tuple[int, ...], interval: int, first: date) -> Iterator[date]:
    while first.isoweekday() not in weekdays:
        first += DAY
    monday = first - (first.isoweekday() - 1) * DAY
    while True:
        for weekday in weekdays:
            day = monday + (weekday - 1) * DAY
            if day >= first:
                yield day
        monday += interval * WEEK


def _on_day_of_month(on_day: int, interval: int, first: date) -> Iterator[date]:
    month = 12 * first.year + first.month - 1
    if _in_month(month, on_day) < first:
        month += 1
    while True:
        yield _in_month(month, on_day)
        month += interval


def _in_month(month: int, on_day: int) -> date:
    """``on_day`` of the ``month``th month since year 0, or its last day."""
    year, january_is_0 = divmod(month, 12)
    if year > date.max.year:
        raise OverflowError("The calendar ends.")
    return date(year, january_is_0 + 1, min(on_day, monthrange(year, january_is_0 + 1)[1]))
