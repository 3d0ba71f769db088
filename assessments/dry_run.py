"""A dry run: what a client would receive of a schedule, when, and why not. In sentences.

Nothing is written, and the number of statements depends on nothing. It is of this one schedule
alone: a message speaks of all that is open, so in life there may be fewer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import schedule
from .reminders import Why, standings
from .schedule_words import clock, hours_in_words, in_words, long_day, moment, pause_in_words

FIRST = 3  # that are named with day and time
MOST, LONGEST = 200, timedelta(days=400)  # what is looked at
OPEN_END = timedelta(weeks=12)  # of what goes on for longer, or for ever
HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True)
class DryRun:
    asked: tuple[str, ...]  # what comes, and how often
    first: tuple[str, ...]  # when the first ones open and are due
    messages: tuple[str, ...]
    why_not: str  # no message goes out at all, and why
    clock: str  # whose, when it is not that of the reader


@dataclass(frozen=True)
class _Asked:
    """What would be asked: this much was looked at."""

    when: schedule.Schedule
    windows: tuple[schedule.Window, ...]
    goes_on: bool
    zone: ZoneInfo
    now: datetime

    @property
    def today(self):
        return self.now.astimezone(self.zone).date()

    def words(self, at: datetime) -> str:
        return _("now") if at <= self.now else moment(at, self.zone, self.today)


def dry_run_of(client, when, *, now: datetime, reader: ZoneInfo, assignment=None) -> DryRun:
    """What would come of ``when`` from ``now`` on; ``assignment``: whose schedule it would be.

    ``reader`` is the zone of the clinician who reads this.
    """
    standing = standings([client.pk], now=now)[client.pk]
    asked = _ask(client, when, now)
    # Only the very first of an assignment is news: what a change brings is not announced.
    own = set(assignment.occurrences.values_list("pk", flat=True)) if assignment else set()
    is_told = client.user_id is None or bool(own)
    messages, why_not = (), ""
    if standing.block:
        why_not = Why(standing.block).label
    elif asked.windows:
        messages, why_not = _messages(asked, standing, is_told)
    elif standing.rules.most:
        messages = (_at_most(standing.rules),)
    if not standing.block and not why_not:
        others = any(item.key not in own and item.is_open(now) for item in standing.items)
        messages += tuple(_manner(standing.rules, asked, others))
    return DryRun(
        asked=tuple(_what(asked, client)),
        first=tuple(_first(asked)),
        messages=messages,
        why_not=why_not,
        clock=_whose_clock(client, now, reader),
    )


def _ask(client, when, now) -> _Asked:
    if isinstance(when, schedule.AroundSessions):
        windows = _around_sessions(client, when, now)
    else:
        windows = schedule.windows(when, assigned_at=now, zone=client.zone)
    ahead = list(islice(windows, MOST + 1))
    seen = tuple(each for each in ahead[:MOST] if each.opens_at < now + LONGEST)
    return _Asked(when, seen, len(seen) < len(ahead), client.zone, now)


def _around_sessions(client, when, now) -> Iterable[schedule.Window]:
    booked = client.sessions.filter(cancelled_at__isnull=True, starts_at__gte=now - LONGEST)
    if when.side == "after":
        booked = booked.filter(missed_at__isnull=True)
    times = [
        schedule.SessionTime(
            each.pk, each.starts_at, each.starts_at + timedelta(minutes=each.minutes)
        )
        for each in booked.order_by("starts_at")
    ]
    found = schedule.session_windows(when, times, assigned_at=now, zone=client.zone)
    ordered = sorted(found, key=lambda each: each.opens_at)
    return (
        schedule.Window(number, each.opens_at, each.due_at, each.expires_at)
        for number, each in enumerate(ordered, start=1)
    )


# -- what is asked ------------------------------------------------------------------------------


def _what(asked: _Asked, client) -> Iterable[str]:
    yield _("%(schedule)s.") % {"schedule": in_words(asked.when, today=asked.today)}
    if not client.has_joined:
        yield (
            _("They see it as soon as they have joined the portal. They are invited.")
            if client.invited_at
            else _("They are not invited to the portal yet. It waits there for them.")
        )
    if isinstance(asked.when, schedule.AroundSessions):
        yield _sessions_in_words(asked)
    elif not isinstance(asked.when, schedule.Once):
        yield _how_often(asked)


def _sessions_in_words(asked: _Asked) -> str:
    n = len(asked.windows)
    if not n:
        return _("No session is booked yet. It comes when you book one.")
    words = ngettext(
        "So far it comes once: it follows the session that is booked.",
        "So far it comes %(n)s times: it follows the sessions that are booked.",
        n,
    )
    return words % {"n": n}


def _how_often(asked: _Asked) -> str:
    days = [each.opens_at.astimezone(asked.zone).date() for each in asked.windows]
    if asked.goes_on:
        n = sum(day < days[0] + OPEN_END for day in days)
        words = ngettext(
            "That is once in the first 12 weeks, and it goes on.",
            "That is %(n)s times in the first 12 weeks, and it goes on.",
            n,
        )
        return words % {"n": n}
    last = long_day(days[-1], asked.today)
    if asked.when.times is not None and len(days) > 1:  # how often was said
        return _("The last one comes on %(day)s.") % {"day": last}
    words = ngettext(
        "That is once, on %(day)s.",
        "That is %(n)s times: the last one comes on %(day)s.",
        len(days),
    )
    return words % {"n": len(days), "day": last}


def _first(asked: _Asked) -> Iterable[str]:
    for each in asked.windows[:FIRST]:
        opens = asked.words(each.opens_at)
        if each.due_at is None:
            yield _("There from %(opens)s.") % {"opens": opens}
        else:
            due = asked.words(each.due_at)
            yield _("There from %(opens)s, due by %(due)s.") % {"opens": opens, "due": due}


# -- what is said about it ----------------------------------------------------------------------


def _messages(asked: _Asked, standing, is_told: bool) -> tuple[tuple[str, ...], str]:
    """(sentences, why there is no message at all)."""
    rules, most = standing.rules, standing.policy.missed_in_a_row

    def heard(*, answers: bool) -> list[schedule.Contact]:
        return schedule.forecast(
            asked.windows,
            rules,
            now=asked.now,
            last_contact_at=standing.last_contact_at,
            is_told=is_told,
            answers=answers or standing.is_silent,
            silent_after=most,
        )

    at_worst, at_best = heard(answers=False), heard(answers=True)
    if not any(contact.nudges for contact in at_worst):
        why = _why_no_reminder(asked, standing)
        if not at_best:
            return (), why
        return (_news(at_best, asked), why), ""
    sentences = [_("If nothing is answered: %(n)s.") % {"n": _counted(at_worst, asked)}]
    sentences.append(
        _("If all is answered in time: %(n)s.") % {"n": _counted(at_best, asked)}
        if at_best
        else _("If all is answered in time: no message.")
    )
    due = [each.due_at for each in asked.windows if each.due_at]
    if len(asked.windows) > 1:
        sentences.append(_at_most(rules))
    if len(due) >= most:
        words = ngettext(
            "Once they have missed %(n)s, no reminder goes out: you see it on Today.",
            "Once they have missed %(n)s in a row, no reminder goes out: you see it on Today.",
            most,
        )
        sentences.append(words % {"n": most})
    return tuple(sentences), ""


def _counted(contacts: list[schedule.Contact], asked: _Asked) -> str:
    """“about 6 messages until 3 January, the first ones on Fri 20 Nov at 21:00, …”"""
    n = len(contacts)
    named = [moment(each.at, asked.zone, asked.today) for each in contacts[:FIRST]]
    words = {"n": n, "days": get_text_list(named, _("and"))}
    if n <= FIRST:
        text = ngettext("1 message, on %(days)s", "about %(n)s messages, on %(days)s", n)
        return text % words
    last = contacts[-1].at.astimezone(asked.zone).date()
    words["last"] = long_day(last, asked.today)
    return _("about %(n)s messages until %(last)s, the first ones on %(days)s") % words


def _news(contacts: list[schedule.Contact], asked: _Asked) -> str:
    at = moment(contacts[0].at, asked.zone, asked.today)
    return _("1 message, that something is waiting, on %(day)s.") % {"day": at}


def _at_most(rules: schedule.ContactRules) -> str:
    words = ngettext(
        "At most %(n)s reminder about each one.",
        "At most %(n)s reminders about each one.",
        rules.most,
    )
    return words % {"n": rules.most}


def _why_no_reminder(asked: _Asked, standing) -> str:
    if standing.is_silent:
        return _("No reminder goes out for now: they have not answered for a while. See Today.")
    if not standing.rules.most:
        return _("No reminder goes out: none is agreed with them.")
    if not any(each.due_at for each in asked.windows):
        return _("Nothing is due, so no reminder goes out.")
    if schedule.next_allowed(standing.rules, asked.now) is None:
        return _("No reminder goes out: messages are paused.")
    return _(
        "No hour that they allow falls between when it is due and when it ends: "
        "no reminder goes out."
    )


def _manner(rules: schedule.ContactRules, asked: _Asked, others: bool) -> Iterable[str]:
    """When messages may come, and what they have in common with those about other things."""
    if hours := hours_in_words(rules):
        yield _("Messages come %(hours)s.") % {"hours": hours}
    if pause := pause_in_words(rules, today=asked.today):
        yield pause
    if others:
        yield _("Other things are open for them: one message a day speaks of everything.")


def _whose_clock(client, now, reader: ZoneInfo) -> str:
    offsets = (
        (at.astimezone(client.zone).utcoffset(), at.astimezone(reader).utcoffset())
        for at in (now, now + HALF_A_YEAR)
    )
    if all(theirs == ours for theirs, ours in offsets):
        return ""
    return _("These are times on their clock (%(zone)s), which shows %(time)s now.") % {
        "zone": client.time_zone.replace("_", " "),
        "time": clock(now.astimezone(client.zone)),
    }
