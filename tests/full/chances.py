"""Schedules as somebody might write them, assigned at moments that are hard on a clock."""

from datetime import date
from random import Random
from typing import NamedTuple

from tests.full.clocks import DAY, HOUR, MINUTE, SECOND, Clocks
from tests.full.oracle import Meeting

# Midnight and what lies around it, the hours that are skipped and doubled, and hours of the day.
ATS = ["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "06:00", "12:00", "21:30", "23:30"]
EDGES = [0, -1, 1, -SECOND, SECOND, -30 * MINUTE, 30 * MINUTE, -HOUR, HOUR]
KINDS = {"once": 8, "day": 32, "week": 24, "month": 12, "session": 24}


class Case(NamedTuple):
    """What is asked of one client: `assigned_at` and sessions in µs since 1970 UTC."""

    schedule: dict
    assigned_at: int
    sessions: list[Meeting] | None = None


def cases(rng: Random, clocks: Clocks, begins: int, ends: int):
    """Cases without end, assigned between the two instants."""
    yield from through_each_change(rng, clocks, begins, ends)
    while True:
        assigned_at = a_moment(rng, clocks, begins, ends)
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        today = clocks.day_of(assigned_at)
        if kind == "once":
            yield Case(a_single(rng, today), assigned_at)
        elif kind == "session":
            yield from around_sessions(rng, assigned_at, today)
        else:
            yield Case(a_repeated(rng, kind, today), assigned_at)


def through_each_change(rng: Random, clocks: Clocks, begins: int, ends: int):
    """Every day at each of ATS, from some days before each change of the clocks till after."""
    for change in clocks.changes:
        if begins <= change < ends:
            for at in ATS:
                assigned_at = change - rng.randrange(3 * DAY)
                today = clocks.day_of(assigned_at)
                daily = {"every": "day", "interval": 1, "starts_on": iso(today), "at": at}
                yield Case(daily | {"times": 6, "until": None}, assigned_at)


def a_moment(rng: Random, clocks: Clocks, begins: int, ends: int) -> int:
    chance = rng.random()
    changes = [change for change in clocks.changes if begins < change < ends]
    moment = rng.randrange(begins, ends)
    if changes and chance < 0.4:
        moment = rng.choice(changes) + rng.randrange(-3 * DAY, 3 * DAY)
    elif changes and chance < 0.5:
        moment = rng.choice(changes) + rng.choice(EDGES)
    elif chance < 0.7:
        moment = clocks.instant(clocks.day_of(moment), a_minute(rng)) + rng.choice(EDGES)
    return min(max(moment, begins), ends - 1)


def a_minute(rng: Random) -> int:
    minutes = [*(int(at[:2]) * 60 + int(at[3:]) for at in ATS), 21 * 60, rng.randrange(1440)]
    return rng.choice(minutes)


def an_hour(rng: Random) -> str:
    minute = a_minute(rng)
    return f"{minute // 60:02}:{minute % 60:02}"


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def a_single(rng: Random, today: int) -> dict:
    opens_on = rng.choice([None, today, today - 3, today + rng.randrange(1, 60)])
    due_on = rng.choice([None, today, today - 1, today + 1, today + rng.randrange(90)])
    return {
        "every": "once",
        "opens_on": opens_on and iso(opens_on),
        "due_on": due_on and iso(due_on),
    }


def a_repeated(rng: Random, kind: str, today: int) -> dict:
    starts_on = rng.choice([today, today, today - rng.randrange(1, 400), today + rng.randrange(60)])
    most = 90 if kind == "day" else 12
    interval = rng.choice([1, 1, 1, 2, 3, 4, rng.randint(1, most), most])
    schedule = {"every": kind, "interval": interval, "starts_on": iso(starts_on)}
    schedule["at"] = an_hour(rng)
    if kind == "week":
        days = rng.choice([0, 1, 1, 2, 3, 5, 7])
        schedule["weekdays"] = sorted(rng.sample(range(1, 8), days))
    elif kind == "month":
        schedule["on_day"] = rng.choice([1, 28, 29, 30, 31, rng.randint(1, 31)])
    return schedule | an_end(rng, max(today, starts_on))


def an_end(rng: Random, first: int) -> dict:
    """Mostly soon: many schedules find more than many occurrences of one."""
    times = rng.choice([1, 2, 7, rng.randint(1, 60), rng.randint(1, 400)])
    until = first + rng.choice([0, 1, 14, rng.randrange(60), rng.randrange(800)])
    has_times, has_until = rng.choices([(0, 0), (1, 0), (0, 1), (1, 1)], [1, 3, 2, 2])[0]
    return {"times": times if has_times else None, "until": iso(until) if has_until else None}


def around_sessions(rng: Random, assigned_at: int, today: int):
    """The same schedule twice: with the sessions, and after some were moved and some cancelled."""
    schedule = {
        "every": "session",
        "side": rng.choice(["before", "after"]),
        "nth": rng.choice([1, 2]),
        "days": rng.choice([0, 1, 2, rng.randint(0, 14)]),
    } | an_end(rng, today)
    sessions = some_sessions(rng, assigned_at)
    yield Case(schedule, assigned_at, sessions)
    yield Case(schedule, assigned_at, changed(rng, sessions))


def some_sessions(rng: Random, assigned_at: int) -> list[Meeting]:
    """Up to sixty, some of them past; rarely one that begins, or ends, as the work is assigned."""
    every = rng.choice([1, 2, 7, 7, 14]) * DAY
    begin = assigned_at - rng.randrange(20 * DAY) // MINUTE * MINUTE
    sessions = []
    for number in range(rng.randint(1, 60)):
        starts = begin + number * every + rng.choice([0, 0, rng.randrange(48 * 60) * MINUTE])
        lasts = rng.choice([25, 50, 50, 90, 240]) * MINUTE
        sessions.append(Meeting(f"s{number}", starts, starts + lasts))
    if rng.random() < 0.2:
        starts = assigned_at - rng.choice([0, 50, 25]) * MINUTE
        sessions.append(Meeting("now", starts, starts + 50 * MINUTE))
    return in_any_order(rng, sessions)


def changed(rng: Random, sessions: list[Meeting]) -> list[Meeting]:
    left = []
    for session in sessions:
        by = rng.choice([0, 0, 0, rng.randrange(-20 * 1440, 20 * 1440)]) * MINUTE
        if rng.random() < 0.85:
            left.append(Meeting(session.key, session.starts + by, session.ends + by))
    return in_any_order(rng, left)


def in_any_order(rng: Random, sessions: list[Meeting]) -> list[Meeting]:
    """No two begin at once: which of them is first is not said."""
    one_each = list({session.starts: session for session in sessions}.values())
    rng.shuffle(one_each)
    return one_each
