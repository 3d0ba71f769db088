"""“Remind me tonight”, “remind me tomorrow”: when the client can have it, and in which words.

Only what can be kept is offered: a moment that the client has named as safe, before it ends.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import formats
from django.utils.translation import gettext as _

from clients.models import (
    ChannelStop,
    Client,
    Episode,
    ReminderPolicy,
    SafeContact,
    SafetyCheck,
)

from . import schedule
from .models import Alert, Occurrence
from .reminders.standing import STALE_AFTER, rules_of, usable_channels

DAY = timedelta(days=1)
TONIGHT = time(19)
OFFER_TONIGHT_UNTIL = time(17)
MORNING, TOO_EARLY = time(9), time(6)
AT_MOST_DAYS = 6  # a weekday alone says which day is meant


@dataclass(frozen=True)
class Snooze:
    """For one client at one moment; ``rules`` is None when no message may go."""

    client: Client
    now: datetime
    rules: schedule.ContactRules | None
    last_at: datetime | None  # until then they may be contacted without being asked anew

    def ways_for(self, occurrence: Occurrence) -> list[tuple[str, str]]:
        """Names and words of what can be chosen for ``occurrence``."""
        words = {"tonight": _("Remind me tonight"), "later": _("Remind me %(day)s")}
        return [
            (name, words[name] % {"day": self._day(at)})
            for name in words
            if (at := self.moment(occurrence, name)) is not None
        ]

    def moment(self, occurrence: Occurrence, way: str) -> datetime | None:
        """When they would be reminded; None when that is not to be had."""
        is_off = occurrence.put_away_at or occurrence.assignment.paused_at
        if occurrence.answered_at or is_off or not occurrence.is_open(self.now):
            return None
        found = {"tonight": self._tonight, "later": self._later}
        at = found[way]() if self.rules and way in found else None
        return at if at is not None and self._can_be(occurrence, at) else None

    def standing_for(self, occurrence: Occurrence) -> str:
        """What was asked for, in words; empty when nothing was, or nothing can be sent."""
        asked_at = occurrence.remind_at
        if occurrence.assignment.paused_at or self.rules is None:
            return ""
        if asked_at is None or asked_at <= self.now:
            return ""
        at = schedule.next_allowed(self.rules, asked_at)
        is_theirs = occurrence.remind_by_id == self.client.user_id
        if not is_theirs or at is None or not self._can_be(occurrence, at):
            return ""
        return _("We remind you %(day)s at about %(time)s.") % {
            "day": self._day(at),
            "time": formats.date_format(at.astimezone(self.client.zone), "G:i"),
        }

    def _can_be(self, occurrence: Occurrence, at: datetime) -> bool:
        return at <= self.last_at and (occurrence.ends_at is None or at < occurrence.ends_at)

    def _tonight(self) -> datetime | None:
        here = self.now.astimezone(self.client.zone)
        if here.time() >= OFFER_TONIGHT_UNTIL:
            return None
        at = schedule.next_allowed(
            self.rules, schedule.at_wall_clock(here.date(), TONIGHT, self.client.zone)
        )
        return at if at and at.astimezone(self.client.zone).date() == here.date() else None

    def _later(self) -> datetime | None:
        """Tomorrow, or on the next day that they allow, when their hours begin."""
        today = self.now.astimezone(self.client.zone).date()
        for days in range(1, AT_MOST_DAYS + 1):
            day = today + days * DAY
            at = schedule.at_wall_clock(day, self._morning(), self.client.zone)
            if schedule.next_allowed(self.rules, at) == at:
                return at
        return None

    def _morning(self) -> time:
        """Hours that begin in the night begin at nine here, if they last until then."""
        starts, ends = self.rules.starts, self.rules.ends
        return MORNING if starts < TOO_EARLY and ends > MORNING else starts

    def _day(self, at: datetime) -> str:
        day = at.astimezone(self.client.zone).date()
        distance = (day - self.now.astimezone(self.client.zone).date()).days
        if distance < 1:
            return _("today")
        if distance == 1:
            return _("tomorrow")
        return _("on %(weekday)s") % {"weekday": formats.date_format(day, "l")}


def snooze_of(client: Client, *, now: datetime) -> Snooze:
    """What stands in the way of a message is read in one statement."""
    of_client = {"client": OuterRef("client")}
    contact = (
        SafeContact.objects.current()
        .filter(client=client)
        .annotate(
            in_care=Exists(Episode.objects.filter(closed_at__isnull=True, **of_client)),
            is_alerted=Exists(Alert.objects.that_stop_messages().filter(**of_client)),
            outcome=SafetyCheck.objects.newest_outcome_of("client"),
            stopped=ArraySubquery(
                ChannelStop.objects.standing().filter(**of_client).values("channel")
            ),
        )
        .first()
    )
    may_be_reached = (
        contact is not None
        and contact.in_care
        and not contact.is_alerted
        and contact.outcome != SafetyCheck.Outcome.HOLD
        and contact.weekdays
        and usable_channels(client, contact, contact.stopped)
    )
    if not may_be_reached:
        return Snooze(client, now, rules=None, last_at=None)
    # How often they are reminded by itself does not matter to what they ask for.
    rules = rules_of(client, contact, ReminderPolicy())
    return Snooze(client, now, rules=rules, last_at=contact.confirmed_at + STALE_AFTER)
