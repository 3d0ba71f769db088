"""When a client may be contacted, and when they next hear from us, about what."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from .clocks import DAY, at_wall_clock, change_of_clocks, utc

END_OF_DAY = time(23, 59, 59)  # allowed hours that end here or later last until midnight
LONGEST_SEARCH = 400  # days; allowed hours that exist at all come round within a few weeks


@dataclass(frozen=True)
class ContactRules:
    """How a client may be reached: their SafeContact over the defaults of the practice."""

    zone: ZoneInfo
    weekdays: frozenset[int]  # ISO: Monday is 1
    starts: time
    ends: time  # exclusive; from END_OF_DAY on, until midnight
    most: int  # reminders about one item
    spacing_days: int  # local days between two reminders about one item
    paused_until: date | None  # the last quiet day; None: for ever, if there is a first one
    paused_from: date | None = None  # the first quiet day; None: long ago, if there is a last one
    first_days: int = 0  # from when it is due to the first reminder about it

    def __post_init__(self) -> None:
        if self.starts >= self.ends:
            raise ValueError("Allowed hours end after they start, on the same day.")
        if not self.weekdays <= frozenset(range(1, 8)):
            raise ValueError("Weekdays are numbered from 1, Monday, to 7, Sunday.")
        if self.most < 0 or not 0 <= self.spacing_days <= 366:
            raise ValueError("Reminders are at least 0, and at most 366 days apart.")
        if not -7 <= self.first_days <= 7:
            raise ValueError("The first reminder comes within a week of when something is due.")
        if self.paused_from and self.paused_until and self.paused_from > self.paused_until:
            raise ValueError("A pause ends on the day on which it starts, or later.")

    def allow(self, wall: datetime) -> bool:
        """May the client be contacted when their clock shows ``wall``?"""
        return (
            wall.isoweekday() in self.weekdays
            and not self.is_quiet(wall.date())
            and self.starts <= wall.time()
            and (wall.time() < self.ends or self.ends >= END_OF_DAY)
        )

    def is_quiet(self, day: date) -> bool:
        if self.paused_from is None and self.paused_until is None:
            return False
        return (self.paused_from or date.min) <= day <= (self.paused_until or date.max)


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
    asked_for_at: datetime | None = None  # from when on; only while it has not been sent
    asked_by_client: bool = False  # and not by a clinician: "remind me tonight"

    def is_open(self, moment: datetime) -> bool:
        return self.opens_at <= moment and not self.is_over(moment)

    def is_over(self, moment: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= moment


@dataclass(frozen=True)
class Contact:
    """One message to one client about all that is open for them."""

    at: datetime
    announces: tuple[Hashable, ...]  # items the client hears of for the first time
    nudges: tuple[Hashable, ...]  # items the client is reminded of, asked for or not
    mentions: tuple[Hashable, ...]  # all that is open then, these included


def next_allowed(
    rules: ContactRules, moment: datetime, *, after: date | None = None
) -> datetime | None:
    """The first instant from ``moment`` on, and after the day ``after``, that the rules allow.

    None if there is none. It hops from one morning's ``starts`` to the next, and stops at each
    change of clocks between them, because that can skip the morning or bring allowed hours back.
    """
    at = utc(moment)
    if not rules.weekdays:
        return None
    try:
        for _ in range(LONGEST_SEARCH):
            wall = at.astimezone(rules.zone)
            quiet_until = _quiet_until(wall.date(), rules, after)
            if quiet_until is None and rules.allow(wall):
                return at
            at = _next_start(at, wall, rules)
            # On the first day of a pause, clocks that go back may lead out of it once more.
            if quiet_until is not None and wall.date() != rules.paused_from:
                at = max(at, at_wall_clock(quiet_until + DAY, time.min, rules.zone))
    except OverflowError:  # paused for ever, or the calendar ends
        return None
    return None


def _quiet_until(day: date, rules: ContactRules, after: date | None) -> date | None:
    """The last of the quiet days that ``day`` is one of, if it is one."""
    if rules.is_quiet(day):
        return rules.paused_until or date.max
    return after if after is not None and day <= after else None


def _next_start(at: datetime, wall: datetime, rules: ContactRules) -> datetime:
    """The next time the clock shows ``starts``, or the next change of clocks if that is sooner."""
    day = wall.date() if wall.time() < rules.starts else wall.date() + DAY
    until_start = datetime.combine(day, rules.starts) - wall.replace(tzinfo=None)
    morning = at + until_start
    if morning.astimezone(rules.zone).utcoffset() == wall.utcoffset():
        return morning
    return change_of_clocks(at, morning, rules.zone)


@dataclass(frozen=True)
class _Wish:
    """From ``at`` on the client should hear of the item ``key``, on a later day than ``after``."""

    at: datetime
    key: Hashable
    after: date | None


def next_contact(
    items: Iterable[OpenItem],
    rules: ContactRules,
    *,
    now: datetime,
    last_contact_at: datetime | None,
    is_silent: bool = False,
) -> Contact | None:
    """When this client next hears from us, and about what; None if there is nothing to say.

    One message a day: on the local day of the last contact, and before it, the client is left in
    peace, unless they asked for a reminder themselves. Whatever else is wished for by then joins
    the message, that one too: as it comes anyway, it spares them another. ``is_silent``: what is
    due is not spoken of by itself any more, because their clinician is told instead.
    """
    now, items = utc(now), tuple(items)
    after = last_contact_at.astimezone(rules.zone).date() if last_contact_at else None
    heard = [item for item in items if not item.is_over(now)]
    wishes = [wish for item in heard for wish in _wishes(item, rules, now, after, is_silent)]
    while wishes:
        starts = {(wish.at, wish.after) for wish in wishes}
        allowed = (next_allowed(rules, at, after=day) for at, day in starts)
        at = min((moment for moment in allowed if moment is not None), default=None)
        if at is None:
            return None
        gone = {item.key for item in heard if item.is_over(at)}
        if not any(wish.key in gone for wish in wishes):
            return _message(at, items, {wish.key for wish in wishes if wish.at <= at})
        wishes = [wish for wish in wishes if wish.key not in gone]
    return None


def _message(at: datetime, items: tuple[OpenItem, ...], wished: set[Hashable]) -> Contact:
    return Contact(
        at=at,
        announces=tuple(item.key for item in items if item.key in wished and item.announce),
        nudges=tuple(item.key for item in items if item.key in wished and not item.announce),
        mentions=tuple(item.key for item in items if item.is_open(at)),
    )


def _wishes(
    item: OpenItem, rules: ContactRules, now: datetime, after: date | None, is_silent: bool
) -> Iterator[_Wish]:
    """Why the client should hear of this open item: somebody asked, or it is new, or due."""
    since = max(now, utc(item.opens_at))
    if item.asked_for_at is not None:  # "remind me then": and not before
        day = None if item.asked_by_client else after
        yield _Wish(max(since, utc(item.asked_for_at)), item.key, day)
        return
    if item.announce:
        yield _Wish(since, item.key, after)
    reminder_at = None if is_silent else _next_reminder_at(item, rules)
    if reminder_at is not None:
        yield _Wish(max(since, reminder_at), item.key, after)


def first_reminder_at(item: OpenItem, rules: ContactRules) -> datetime | None:
    """From when on the client is first reminded of this item by itself, if it is ever due."""
    if item.due_at is None:
        return None
    wall = item.due_at.astimezone(rules.zone)
    clock = rules.starts if rules.first_days < 0 else wall.time()
    at = utc(item.due_at)
    if rules.first_days:
        at = at_wall_clock(wall.date() + rules.first_days * DAY, clock, rules.zone)
    return max(at, utc(item.opens_at))


def _next_reminder_at(item: OpenItem, rules: ContactRules) -> datetime | None:
    first = first_reminder_at(item, rules)
    if first is None or item.nudges >= rules.most:
        return None
    return max(first, _rested(item, rules) or first)


def _rested(item: OpenItem, rules: ContactRules) -> datetime | None:
    """The same time of day, ``spacing_days`` after the last reminder about this item."""
    if item.last_nudge_at is None:
        return None
    wall = item.last_nudge_at.astimezone(rules.zone)
    return at_wall_clock(wall.date() + rules.spacing_days * DAY, wall.time(), rules.zone)


def given_up(item: OpenItem, rules: ContactRules, *, now: datetime) -> bool:
    """Due, unanswered, reminded as often as allowed, and rested since: the clinician looks now."""
    now = utc(now)
    if item.due_at is None or item.due_at > now or item.nudges < rules.most:
        return False
    rested = _rested(item, rules)
    return rested is None or rested <= now
