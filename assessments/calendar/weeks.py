"""The weeks ahead, day by day: what opens, is due and ends, sessions and messages."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.reminders.standing import Standing

from .coming import Coming

DAY = timedelta(days=1)
# When several come at once: what is done to the client stands before what is asked of them.
ORDER = ("session", "message", "opens", "due", "ends")
ICONS = {
    "session": "calendar",
    "message": "letter",
    "opens": "plus",
    "due": "clock",
    "ends": "close",
}


@dataclass(frozen=True)
class Entry:
    at: datetime  # as the client's clock shows it
    kind: str
    word: str
    text: str

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


@dataclass(frozen=True)
class Day:
    date: date
    entries: list[Entry]
    is_today: bool
    is_past: bool
    is_quiet: bool  # the client wants no messages on this day: a pause


@dataclass(frozen=True)
class Week:
    days: list[Day]

    @property
    def is_empty(self) -> bool:
        return not any(day.entries for day in self.days)


def weeks_of(
    coming: list[Coming], sessions, told, standing: Standing, *, now: datetime, until: datetime
) -> list[Week]:
    """From the Monday of this week to the last week in which anything happens."""
    zone = standing.client.zone
    entries = defaultdict(list)
    for entry in (*_asked(coming, now, until), *_met(sessions), *_told(told)):
        local = Entry(entry.at.astimezone(zone), entry.kind, entry.word, entry.text)
        entries[local.at.date()].append(local)
    today = now.astimezone(zone).date()
    monday = today - (today.isoweekday() - 1) * DAY
    is_quiet = standing.rules.is_quiet if standing.contact else lambda day: False
    weeks = []
    while monday <= max(entries, default=today):
        weeks.append(Week([_day(monday + n * DAY, entries, today, is_quiet) for n in range(7)]))
        monday += 7 * DAY
    return weeks


def _day(day: date, entries: dict, today: date, is_quiet) -> Day:
    in_order = sorted(entries[day], key=lambda each: (each.at, ORDER.index(each.kind)))
    return Day(day, in_order, day == today, day < today, is_quiet(day))


def _asked(coming: list[Coming], now: datetime, until: datetime):
    """What ends as the next of its kind opens does not need to be said."""
    opens = {(each.assignment, each.opens_at) for each in coming}
    for each in coming:
        if each.opens_at > now:
            yield Entry(each.opens_at, "opens", _("Opens"), each.title)
        if each.due_at and now <= each.due_at < until:
            yield Entry(each.due_at, "due", _("Due"), each.title)
        is_last = (each.assignment, each.ends_at) not in opens
        if each.ends_at and is_last and each.ends_at < until:
            yield Entry(each.ends_at, "ends", _("Ends"), each.title)


def _met(sessions):
    for session in sessions:
        minutes = ngettext("%(n)s minute", "%(n)s minutes", session.minutes)
        yield Entry(session.starts_at, "session", _("Session"), minutes % {"n": session.minutes})


def _told(told):
    for each in told:
        yield Entry(each.at, "message", _("One message"), each.sentence)
