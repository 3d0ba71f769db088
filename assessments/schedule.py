"""When work opens, is due and expires, and when a client may be told about it.

Everything is asked and answered on the client's wall clock and returned in UTC. Nothing here
reads a clock: ``now`` is an argument. Two halves: a *schedule* gives the windows of an assignment,
and *contact rules* give the next moment at which a client may hear from us.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

OPEN_TIME = time(6)  # work that opens on a day is there before breakfast
DUE_TIME = time(21)  # "by Friday" means Friday evening
UNTIL_DUE = timedelta(days=3)  # whatever day a week begins on, a weekday is left for a reminder
END_OF_DAY = time(23, 59, 59)  # allowed hours that end here or later last until midnight
LONGEST_SEARCH = 400  # days; allowed hours that exist at all come round within a few weeks

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

# A year typed wrongly (0206, 20226) is refused here and not met again as an overflow elsewhere.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Once(Frozen):
    """Now, and by a day if one is named. It never expires."""

    every: Literal["once"] = "once"
    due_on: Day | None = None


class Weekly(Frozen):
    """Every seven days from ``starts_on``; each is due on its fourth evening, and ends a week on.

    Reminders come after something was due, and stop when it has expired: between the two there
    must be days on which a client may be reached.
    """

    every: Literal["week"] = "week"
    starts_on: Day
    times: int = Field(ge=1, le=52, strict=True)


Schedule = Annotated[Once | Weekly, Field(discriminator="every")]

_ADAPTER: TypeAdapter[Once | Weekly] = TypeAdapter(Schedule)


def parse(data: dict[str, Any]) -> Schedule:
    """The schedule in ``data``, as it is stored: ``schedule.model_dump(mode="json")``."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
    if not first["loc"]:
        raise ValueError("A schedule says in “every” whether it is “once” or “week”.")
    raise ValueError(f"This schedule cannot be read, at “{first['loc'][-1]}”: {first['msg']}.")


@dataclass(frozen=True)
class Window:
    """When one occurrence opens, is due and expires."""

    number: int  # from 1
    opens_at: datetime
    due_at: datetime | None
    expires_at: datetime | None


def windows(schedule: Schedule, *, assigned_at: datetime, zone: ZoneInfo) -> tuple[Window, ...]:
    """What an assignment made at ``assigned_at`` asks of a client who lives in ``zone``.

    Nothing opens before it was assigned, and nothing is due before it has opened: days that have
    already passed for the client count as their today (for once: as the next ``DUE_TIME``).
    """
    assigned_at = _utc(assigned_at)
    if isinstance(schedule, Once):
        due_at = _evening(schedule.due_on, assigned_at, zone) if schedule.due_on else None
        return (Window(1, assigned_at, due_at, None),)
    today = assigned_at.astimezone(zone).date()
    first = max(schedule.starts_on, today)
    return tuple(
        Window(
            number=k,
            opens_at=assigned_at
            if (k, first) == (1, today)
            else at_wall_clock(first + 7 * (k - 1) * DAY, OPEN_TIME, zone),
            due_at=at_wall_clock(first + 7 * (k - 1) * DAY + UNTIL_DUE, DUE_TIME, zone),
            expires_at=at_wall_clock(first + 7 * k * DAY, OPEN_TIME, zone),
        )
        for k in range(1, schedule.times + 1)
    )


def _utc(moment: datetime) -> datetime:
    """In UTC, where times compare and add up; two times of one zone compare as its clocks show."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be placed on a wall clock.")
    return moment.astimezone(UTC)


def _evening(day: date, opens_at: datetime, zone: ZoneInfo) -> datetime:
    """``DUE_TIME`` on ``day``, or the first one after ``opens_at`` if that has passed."""
    day = max(day, opens_at.astimezone(zone).date())
    due_at = at_wall_clock(day, DUE_TIME, zone)
    return due_at if due_at > opens_at else at_wall_clock(day + DAY, DUE_TIME, zone)


def at_wall_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the clocks in ``zone`` show this or, if it is skipped, later."""
    wall = datetime.combine(day, clock)
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_of_clocks(before, first, zone)  # skipped: PEP 495 reads it from both sides


def _change_of_clocks(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
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


@dataclass(frozen=True)
class ContactRules:
    """How a client may be reached: their SafeContact over the defaults of the practice."""

    zone: ZoneInfo
    weekdays: frozenset[int]  # ISO: Monday is 1
    starts: time
    ends: time  # exclusive; from END_OF_DAY on, until midnight
    most: int  # reminders about one item
    spacing_days: int  # local days between two reminders about one item
    paused_until: date | None  # the last quiet day

    def __post_init__(self) -> None:
        if self.starts >= self.ends:
            raise ValueError("Allowed hours end after they start, on the same day.")
        if not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("Weekdays are numbered from 1, Monday, to 7, Sunday.")
        if self.most < 0 or not 0 <= self.spacing_days <= 366:
            raise ValueError("Reminders are at least 0, and at most 366 days apart.")

    def allow(self, wall: datetime) -> bool:
        """May the client be contacted when their clock shows ``wall``?"""
        return (
            wall.isoweekday() in self.weekdays
            and (self.paused_until is None or wall.date() > self.paused_until)
            and self.starts <= wall.time()
            and (wall.time() < self.ends or self.ends >= END_OF_DAY)
        )


@dataclass(frozen=True)
class OpenItem:
    """One unanswered occurrence, and what its client has heard about it."""

    key: Hashable
    opens_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    announce: bool  # the client must still be told that this exists
    nudges: int  # reminders sent, or of unknown fate, about it
    last_nudge_at: datetime | None

    def is_open(self, moment: datetime) -> bool:
        return self.opens_at <= moment and not self.is_over(moment)

    def is_over(self, moment: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= moment


@dataclass(frozen=True)
class Contact:
    """One message to one client about all that is open for them."""

    at: datetime
    announces: tuple[Hashable, ...]  # items the client hears of for the first time
    nudges: tuple[Hashable, ...]  # items the client is reminded of
    mentions: tuple[Hashable, ...]  # all that is open then, these included


def next_allowed(rules: ContactRules, moment: datetime) -> datetime | None:
    """The first instant from ``moment`` on at which the client may be contacted, if there is one.

    It hops from one morning's ``starts`` to the next, and stops at each change of clocks between
    them, because that can skip the morning or bring allowed hours back.
    """
    at = _utc(moment)
    if not rules.weekdays:
        return None
    try:
        if rules.paused_until and rules.paused_until >= at.astimezone(rules.zone).date():
            at = max(at, at_wall_clock(rules.paused_until + DAY, time.min, rules.zone))
        for _ in range(LONGEST_SEARCH):
            wall = at.astimezone(rules.zone)
            if rules.allow(wall):
                return at
            at = _next_start(at, wall, rules)
    except OverflowError:  # paused for ever, or the calendar ends
        return None
    return None


def _next_start(at: datetime, wall: datetime, rules: ContactRules) -> datetime:
    """The next time the clock shows ``starts``, or the next change of clocks if that is sooner."""
    day = wall.date() if wall.time() < rules.starts else wall.date() + DAY
    until_start = datetime.combine(day, rules.starts) - wall.replace(tzinfo=None)
    morning = at + until_start
    if morning.astimezone(rules.zone).utcoffset() == wall.utcoffset():
        return morning
    return _change_of_clocks(at, morning, rules.zone)


def next_contact(
    items: Iterable[OpenItem],
    rules: ContactRules,
    *,
    now: datetime,
    last_contact_at: datetime | None,
) -> Contact | None:
    """When this client next hears from us, and about what; None if there is nothing to say.

    One message a day: on the local day of the last contact, and before it, the client is left in
    peace. Whatever else is wished for by then joins the message.
    """
    now, items = _utc(now), tuple(items)
    if last_contact_at is not None:
        contacted_on = last_contact_at.astimezone(rules.zone).date()
        rules = replace(rules, paused_until=max(contacted_on, rules.paused_until or date.min))
    wishes = [(wish, item) for item in items if (wish := _wish(item, rules, now)) is not None]
    while wishes:
        at = next_allowed(rules, min(wish for wish, _ in wishes))
        if at is None:
            return None
        in_time = [(wish, item) for wish, item in wishes if not item.is_over(at)]
        if len(in_time) == len(wishes):
            joining = [item for wish, item in wishes if wish <= at]
            return Contact(
                at=at,
                announces=tuple(item.key for item in joining if item.announce),
                nudges=tuple(item.key for item in joining if not item.announce),
                mentions=tuple(item.key for item in items if item.is_open(at)),
            )
        wishes = in_time
    return None


def _wish(item: OpenItem, rules: ContactRules, now: datetime) -> datetime | None:
    """From when on the client should hear of this item: it exists, or it is due and unanswered."""
    if item.is_over(now):
        return None
    if item.announce:
        return max(item.opens_at, now)
    if item.due_at is None or item.nudges >= rules.most:
        return None
    return max(item.due_at, _rested(item, rules) or now, now)


def _rested(item: OpenItem, rules: ContactRules) -> datetime | None:
    """The same time of day, ``spacing_days`` after the last reminder about this item."""
    if item.last_nudge_at is None:
        return None
    wall = item.last_nudge_at.astimezone(rules.zone)
    return at_wall_clock(wall.date() + rules.spacing_days * DAY, wall.time(), rules.zone)


def given_up(item: OpenItem, rules: ContactRules, *, now: datetime) -> bool:
    """Due, unanswered, reminded as often as allowed, and rested since: the clinician looks now."""
    now = _utc(now)
    if item.due_at is None or item.due_at > now or item.nudges < rules.most:
        return False
    rested = _rested(item, rules)
    return rested is None or rested <= now
