"""A schedule in a sentence, when messages may come, and days and times on the client's clock."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import schedule

WORKING_DAYS = (1, 2, 3, 4, 5)
SHORTEST_MONTH = 28
MOST_NAMED = 3  # days on which nothing may come; of more, those on which something may
LAST_MINUTE = time(23, 59)
ALL_DAYS = frozenset(range(1, 8))


def in_words(when: schedule.Schedule, *, today: date) -> str:
    """“Every second week on Monday and Thursday, from 6:00, until 3 January”.

    No full stop: it stands among other words. A year is named when it is not that of ``today``.
    """
    if isinstance(when, schedule.Once):
        parts = [_once(when, today)]
    elif isinstance(when, schedule.AroundSessions):
        parts = [_around(when), *_ends(when, today)]
    else:
        parts = [_days(when)]
        if when.starts_on > today:
            parts.append(_("beginning %(day)s") % {"day": long_day(when.starts_on, today)})
        parts.append(_("from %(time)s") % {"time": clock(when.at)})
        parts += _ends(when, today)
    return ", ".join(parts)


def _once(when: schedule.Once, today: date) -> str:
    opens = when.opens_on if when.opens_on and when.opens_on > today else None
    words = {"start": short_day(opens, today), "end": short_day(when.due_on, today)}
    if opens and when.due_on:
        return _("Once, from %(start)s, by the evening of %(end)s") % words
    if opens:
        return _("Once, from %(start)s") % words
    if when.due_on:
        return _("Once, by the evening of %(end)s") % words
    return _("Once, at any time")


def _days(when: schedule.Daily | schedule.Weekly | schedule.Monthly) -> str:
    if isinstance(when, schedule.Daily):
        return _every(when.interval, _("Every day"), _("Every second day"), _("Every %(n)s days"))
    if isinstance(when, schedule.Monthly):
        month = _every(
            when.interval, _("Every month"), _("Every second month"), _("Every %(n)s months")
        )
        return _("%(month)s %(day)s") % {"month": month, "day": _day_of_month(when.on_day)}
    week = _every(when.interval, _("Every week"), _("Every second week"), _("Every %(n)s weeks"))
    days = when.weekdays or (when.starts_on.isoweekday(),)
    return _("%(week)s %(days)s") % {"week": week, "days": _weekdays(days)}


def _every(interval: int, one: str, two: str, more: str) -> str:
    return {1: one, 2: two}.get(interval) or more % {"n": interval}


def _weekdays(days: tuple[int, ...]) -> str:
    if len(days) == 7:
        return _("on every day")
    if days == WORKING_DAYS:
        return _("from Monday to Friday")
    return _("on %(days)s") % {"days": names_of(days)}


def names_of(days) -> str:
    """“Monday and Thursday”, of ISO weekdays."""
    return get_text_list([str(WEEKDAYS[day - 1]) for day in days], _("and"))


def _day_of_month(day: int) -> str:
    if day == 31:
        return _("on its last day")
    if day > SHORTEST_MONTH:
        return _("on day %(n)s or its last day") % {"n": day}
    return _("on day %(n)s") % {"n": day}


def _around(when: schedule.AroundSessions) -> str:
    words = {
        ("before", 1): _("Before each session"),
        ("before", 2): _("Before every other session"),
        ("after", 1): _("After each session"),
        ("after", 2): _("After every other session"),
    }[when.side, when.nth]
    if when.side == "before":
        lead = max(when.days, 1)
        how = ngettext("from the day before", "from %(n)s days before", lead) % {"n": lead}
    elif when.days == 0:
        how = _("by the same evening")
    else:
        how = ngettext("by the next evening", "by %(n)s days later", when.days) % {"n": when.days}
    return f"{words}, {how}"


def _ends(when, today: date) -> list[str]:
    parts = []
    if when.times is not None:
        parts.append(ngettext("%(n)s time", "%(n)s times", when.times) % {"n": when.times})
    if when.until is not None:
        parts.append(_("until %(day)s") % {"day": long_day(when.until, today)})
    return parts or [_("until care ends")]


def hours_in_words(rules: schedule.ContactRules) -> str:
    """“only between 9:00 and 17:00, never at weekends”; nothing when any hour is allowed."""
    parts = []
    if rules.starts.hour > 0 or rules.ends < LAST_MINUTE:
        words = {"start": clock(rules.starts), "end": clock(rules.ends)}
        parts.append(_("only between %(start)s and %(end)s") % words)
    never = sorted(ALL_DAYS - rules.weekdays)
    if never == [6, 7]:
        parts.append(_("never at weekends"))
    elif len(never) > MOST_NAMED:
        parts.append(_("only on %(days)s") % {"days": names_of(sorted(rules.weekdays))})
    elif never:
        parts.append(_("never on %(days)s") % {"days": names_of(never)})
    return ", ".join(parts)


def pause_in_words(rules: schedule.ContactRules, *, today: date) -> str:
    """The pause that lasts or is to come, in a sentence; nothing without one."""
    start, end = rules.paused_from, rules.paused_until
    if (start is None and end is None) or (end and end < today):
        return ""
    words = {"start": start and long_day(start, today), "end": end and long_day(end, today)}
    begins = start is not None and start > today
    if begins and end:
        return _("Messages are paused from %(start)s until the end of %(end)s.") % words
    if begins:
        return _("Messages are paused from %(start)s on.") % words
    if end:
        return _("Messages are paused until the end of %(end)s.") % words
    return _("Messages are paused until they say otherwise.")


def short_day(day: date | None, today: date) -> str:
    """“Fri 20 Nov”; nothing of nothing."""
    return formats.date_format(day, "D j M" if day.year == today.year else "D j M Y") if day else ""


def long_day(day: date, today: date) -> str:
    """“3 January”."""
    return formats.date_format(day, "j F" if day.year == today.year else "j F Y")


def clock(moment) -> str:
    """“6:00”."""
    return formats.time_format(moment, "G:i")


def moment(at: datetime, zone: ZoneInfo, today: date) -> str:
    """“Fri 20 Nov at 21:00”, on the clock of ``zone``."""
    wall = at.astimezone(zone)
    return _("%(day)s at %(time)s") % {"day": short_day(wall.date(), today), "time": clock(wall)}
