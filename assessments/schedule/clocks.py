"""The client's wall clock: days and times of day there, and the instants that they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)


def utc(moment: datetime) -> datetime:
    """In UTC, where times compare and add up; two times of one zone compare as its clocks show."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be placed on a wall clock.")
    return moment.astimezone(UTC)


def at_wall_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the clocks in ``zone`` show this or, if it is skipped, later.

    Never earlier for a later wall time. OverflowError where the calendar ends.
    """
    # A zone is asked with a time as its clocks show it, whatever zone that says it is in: written
    # as one of UTC, all that is left to do is to subtract. Simulations spend their time here.
    wall = datetime.combine(day, clock, UTC)
    from_before = zone.utcoffset(wall) or NOTHING
    from_after = zone.utcoffset(wall.replace(fold=1)) or NOTHING
    first = wall - from_before
    if from_before >= from_after:
        return first  # shown once or, when the clocks go back, twice
    return change_of_clocks(wall - from_after, first, zone)  # skipped


def change_of_clocks(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant in (before, after] that has another UTC offset than ``before``."""
    offset = before.astimezone(zone).utcoffset()
    low = before.replace(microsecond=0)  # clocks change on whole seconds
    span = -(-(after - low) // SECOND)
    while span > 1:
        half = low + span // 2 * SECOND
        if half.astimezone(zone).utcoffset() == offset:
            low, span = half, span - span // 2
        else:
            span //= 2
    return low + SECOND


def moved(
    moment: datetime | None, *, from_zone: ZoneInfo, to_zone: ZoneInfo, now: datetime
) -> datetime | None:
    """``moment`` once its client lives in ``to_zone``: what their clock showed, it shows there.

    What has come stays, and what would then have come already: nothing happens unseen.
    """
    if moment is None:
        return None
    moment, now = utc(moment), utc(now)
    if moment <= now:
        return moment
    wall = moment.astimezone(from_zone)
    there = at_wall_clock(wall.date(), wall.time(), to_zone)
    return there if there > now else moment
