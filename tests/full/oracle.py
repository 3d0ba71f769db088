"""What docs/schedules.md asks for, worked out a second time and from its text alone.

It shares no line with `assessments/schedule/` and goes a way of its own: a table of each zone's
offsets (`clocks`), and a walk over every single day that asks of each whether it is one of the
schedule's. Above each rule stands its sentence.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import count
from typing import NamedTuple

from tests.full.clocks import Clocks

# “Work opens at 06:00 unless the schedule says another time (`at`).”
MORNING = 6 * 60
# “It is due in the evening, at 21:00.”
EVENING = 21 * 60
# “work of every single day at 18:00”
SAME_DAY = 18 * 60


class Expected(NamedTuple):
    """One occurrence: its number or the key of its session, and its instants. None: never."""

    which: int | str
    opens: int
    due: int | None
    expires: int | None


class Meeting(NamedTuple):
    """A session, not cancelled (and for *after*, not missed)."""

    key: str
    starts: int
    ends: int


class Page(NamedTuple):
    """A day in the calendar. Weeks run from Monday to Sunday and are counted, as are months."""

    weekday: int
    week: int
    month: int
    number: int
    last: bool


@cache
def page(day: int) -> Page:
    found = date.fromordinal(day)
    tomorrow = date.fromordinal(day + 1)
    # The first day of all, 1 January 1, was a Monday.
    return Page(
        found.isoweekday(),
        (day - 1) // 7,
        found.year * 12 + found.month,
        found.day,
        tomorrow.month != found.month,
    )


def day_or_nothing(text: str | None) -> int | None:
    return date.fromisoformat(text).toordinal() if text else None


def minute_of(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def expected(
    schedule: dict, assigned_at: int, clocks: Clocks, *, before: int
) -> Iterator[Expected]:
    """Each occurrence of a schedule without sessions that opens before that instant."""
    if schedule["every"] == "once":
        yield from once(schedule, assigned_at, clocks)
    else:
        yield from repeated(schedule, assigned_at, clocks, before)


def once(schedule: dict, assigned_at: int, clocks: Clocks) -> Iterator[Expected]:
    # “*Today* is the date in the client's zone at `assigned_at`.”
    today = clocks.day_of(assigned_at)
    opens_on = day_or_nothing(schedule.get("opens_on"))
    due_on = day_or_nothing(schedule.get("due_on"))
    # “opens: at `assigned_at`; on `opens_on` at 06:00 if that day comes after today”
    opens = assigned_at
    if opens_on is not None and opens_on > today:
        opens = clocks.instant(opens_on, MORNING)
    # “due: on `due_on` at 21:00; if that is not after it opens, at the first 21:00 that is.
    #  Nothing is due without `due_on`.”
    due = None
    if due_on is not None:
        due = evening_after(due_on, opens, clocks)
    # “expires: never”
    yield Expected(1, opens, due, None)


def evening_after(day: int, opens: int, clocks: Clocks, minute: int = EVENING) -> int:
    """That day at 21:00; “if that is not after it opens, at the first 21:00 that is”."""
    due = clocks.instant(day, minute)
    return due if due > opens else clocks.first_after(EVENING, opens)


def days_of(schedule: dict, today: int) -> Iterator[int]:
    """The days of a repeated schedule, without end."""
    # “*First day*: `starts_on`, or today if that has passed.”
    first = max(day_or_nothing(schedule["starts_on"]), today)
    # “Without `weekdays`: the weekday of the first day.”
    weekdays = schedule.get("weekdays") or [page(first).weekday]
    every, interval = schedule["every"], schedule["interval"]
    begun = None
    for day in count(first):
        # “**day**: the first day, and every `interval` days from it”
        turn = day
        if every == "week":
            # “each of `weekdays` from the first day on, in the week (Monday to Sunday) of the first
            #  such day and in every `interval`th week after it”
            if page(day).weekday not in weekdays:
                continue
            turn = page(day).week
        elif every == "month":
            # “The first is the first such day that is not before the first day; then every
            #  `interval` months.”
            if not is_the_months(day, schedule["on_day"]):
                continue
            turn = page(day).month
        begun = turn if begun is None else begun
        if (turn - begun) % interval == 0:
            yield day


def is_the_months(day: int, on_day: int) -> bool:
    """“`on_day` of a month, or the last day of a month that is shorter”."""
    leaf = page(day)
    return leaf.number == on_day or (leaf.last and leaf.number < on_day)


def repeated(schedule: dict, assigned_at: int, clocks: Clocks, before: int) -> Iterator[Expected]:
    at = minute_of(schedule["at"])
    times, until = schedule.get("times"), day_or_nothing(schedule.get("until"))
    days = days_of(schedule, clocks.day_of(assigned_at))
    day = next(days)
    # “Occurrence *k* belongs to the *k*-th day”
    for number in count(1):
        # “They end after `times` days, or with the last one that is not after `until`, or with
        #  neither … With both, whichever comes first.”
        if (times and number > times) or (until and day > until):
            return
        # “opens: that day at `at`; if that is before `assigned_at`, at `assigned_at`”
        opens = max(clocks.instant(day, at), assigned_at)
        if opens >= before:
            return
        # “*gap* is the number of days to the next day of the schedule”
        following = next(days)
        gap = following - day
        # “due: `min(3, (gap - 1) // 2)` days after that day at 21:00 (at 18:00 when *gap* is 1) …;
        #  if that is not after it opens, at the first 21:00 that is”
        minute = SAME_DAY if gap == 1 else EVENING
        due = evening_after(day + min(3, (gap - 1) // 2), opens, clocks, minute)
        # “expires: when the next one opens, or would open if the schedule went on”
        expires = max(clocks.instant(following, at), assigned_at)
        # “If the due moment would not be before it expires, it is due when it expires.”
        yield Expected(number, opens, min(due, expires), expires)
        day = following


def around(
    schedule: dict, sessions: list[Meeting], assigned_at: int, clocks: Clocks
) -> Iterator[Expected]:
    """Each occurrence of a schedule around these sessions."""
    is_before = schedule["side"] == "before"
    times, until = schedule.get("times"), day_or_nothing(schedule.get("until"))
    # “Sessions that began (for *after*: ended) before `assigned_at` are left out and not counted.”
    left = [each for each in sessions if (each.starts if is_before else each.ends) >= assigned_at]
    # “… in order of their start. `nth` 1 takes each, 2 takes the first, third, fifth …”
    left.sort(key=lambda each: each.starts)
    for taken, session in enumerate(left[:: schedule["nth"]], start=1):
        date_of = clocks.day_of(session.starts)
        # “`times` and `until` (the date of the session) end it.”
        if (times and taken > times) or (until and date_of > until):
            return
        rule = before_session if is_before else after_session
        yield rule(session, date_of, schedule["days"], assigned_at, clocks)


def before_session(
    session: Meeting, date_of: int, days: int, assigned_at: int, clocks: Clocks
) -> Expected:
    # “opens: `days` days (1 at least) before the session's date at 06:00, not before `assigned_at`”
    opens = max(clocks.instant(date_of - max(days, 1), MORNING), assigned_at)
    # “due: on the evening before the session's date at 21:00; if that is not after it opens, when
    #  the session begins”
    evening = clocks.instant(date_of - 1, EVENING)
    due = evening if evening > opens else session.starts
    # “expires: when the session begins”
    return Expected(session.key, opens, due, session.starts)


def after_session(
    session: Meeting, date_of: int, days: int, _assigned_at: int, clocks: Clocks
) -> Expected:
    # “opens: when the session ends”
    # “due: `days` days after the session's date at 21:00; if that is not after it opens, at the
    #  first 21:00 that is”
    due = evening_after(date_of + days, session.ends, clocks)
    # “expires: seven days after it is due, at the same time of day”
    expires = clocks.instant(clocks.day_of(due) + 7, EVENING)
    return Expected(session.key, session.ends, due, expires)
