"""Why no message will speak of something that is asked."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import schedule

from .ahead import Ahead, Silence
from .coming import Coming


@dataclass(frozen=True)
class NotSpokenOf:
    """One activity of which no message will speak, why not, and when it would be due."""

    title: str
    why: str
    days: list  # on the client's calendar


def not_spoken_of(
    coming: list[Coming], ahead: Ahead, *, now: datetime, until: datetime
) -> list[NotSpokenOf]:
    """Nothing when no message may go at all: that is said once, for everything."""
    if ahead.standing.block:
        return []
    spoken_of = {
        key
        for message in ahead.messages
        for key in (*message.contact.announces, *message.contact.nudges)
    }
    items = {item.key: item for item in ahead.standing.items}
    found = defaultdict(list)
    for each in coming:
        if each.key not in spoken_of:
            why = _why(each, items.get(each.key), ahead, now=now, until=until)
            if why:
                day = (each.due_at or each.opens_at).astimezone(ahead.standing.client.zone).date()
                found[each.title, why].append(day)
    return [NotSpokenOf(title, why, days) for (title, why), days in found.items()]


def _why(each: Coming, item, ahead: Ahead, *, now: datetime, until: datetime) -> str:
    """Empty when a message may come later than is looked ahead."""
    rules = ahead.standing.rules
    if each.is_paused:
        return _("It is paused.")
    if each.is_put_away or item is None:
        return _("The client has put it away.")
    if item.asked_for_at is not None:
        if item.asked_for_at >= until:
            return _("They asked to be reminded later.")
        return _why_not_then(item, ahead, max(now, item.asked_for_at), now, until)
    if item.due_at is None:
        return _("It is not due at any time.")
    if not rules.most:
        return _("They get no reminders about what is due: that was agreed.")
    if item.nudges >= rules.most:
        return ngettext(
            "They were reminded of it once, and that is as often as was agreed.",
            "They were reminded of it %(n)s times, and that is as often as was agreed.",
            item.nudges,
        ) % {"n": item.nudges}
    wished_for = _wished_for(item, rules, now)
    return _why_not_then(item, ahead, wished_for, now, until) if wished_for < until else ""


def _wished_for(item, rules: schedule.ContactRules, now: datetime) -> datetime:
    first = max(now, schedule.first_reminder_at(item, rules))
    if item.last_nudge_at is None:
        return first
    last = item.last_nudge_at.astimezone(rules.zone)
    rested = last.date() + timedelta(days=rules.spacing_days)
    return max(first, schedule.at_wall_clock(rested, last.time(), rules.zone))


def _why_not_then(item, ahead: Ahead, wished_for: datetime, now: datetime, until: datetime) -> str:
    """It should be spoken of from ``wished_for`` on. What keeps it back?"""
    rules = ahead.standing.rules
    allowed = schedule.next_allowed(rules, wished_for)
    if allowed is None or item.is_over(allowed):
        return _rests_too_long(item, rules, now) or _why_no_hour(item, rules, wished_for)
    if allowed >= until:
        return ""
    if item.asked_for_at is None and ahead.silence.holds(allowed):
        return silent_in_words(ahead.silence, allowed, now)
    if ahead.stale_from and ahead.stale_from < allowed:
        return _("By then, how they may be reached was last confirmed over six months ago.")
    return _("Another message leaves on the only day on which this one could.")


def _rests_too_long(item, rules: schedule.ContactRules, now: datetime) -> str:
    """They were reminded already, and it ends before the next reminder may follow."""
    if item.last_nudge_at is None or item.asked_for_at is not None:
        return ""
    allowed = schedule.next_allowed(rules, max(now, schedule.first_reminder_at(item, rules)))
    if allowed is None or item.is_over(allowed):
        return ""
    return ngettext(
        "They were reminded of it, and it ends before a day has passed since.",
        "They were reminded of it, and it ends before %(n)s days have passed since.",
        rules.spacing_days,
    ) % {"n": rules.spacing_days}


def _why_no_hour(item, rules: schedule.ContactRules, wished_for: datetime) -> str:
    never_paused = replace(rules, paused_from=None, paused_until=None)
    otherwise = schedule.next_allowed(never_paused, wished_for)
    if otherwise is None or item.is_over(otherwise):
        return _("No hour that they allow falls between when it is due and when it ends.")
    if rules.paused_until is None:
        return _("Messages are paused until they say otherwise.")
    return _("Messages are paused until the end of %(day)s.") % {
        "day": formats.date_format(rules.paused_until, "j M Y")
    }


def silent_in_words(silence: Silence, moment: datetime, now: datetime) -> str:
    """Why ``silence`` holds at ``moment``: already now, or by then if nothing is answered."""
    if silence.by_missing(moment):
        n = silence.policy.missed_in_a_row
        if silence.holds(now):
            words = ngettext(
                "They have not answered what was due: you are told instead.",
                "They have not answered %(n)s in a row: you are told instead.",
                n,
            )
        else:
            words = ngettext(
                "By then they would not have answered what was due: you are told instead.",
                "By then they would not have answered %(n)s in a row: you are told instead.",
                n,
            )
        return words % {"n": n}
    days = silence.policy.unread_days
    return ngettext(
        "They have not been in the portal for a day after a message: you are told instead.",
        "They have not been in the portal for %(n)s days after a message: you are told instead.",
        days,
    ) % {"n": days}
