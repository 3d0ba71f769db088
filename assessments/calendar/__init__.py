"""The calendar of one client: what they will be asked and sent, and when, and why not.

``coming`` reads what is asked in the weeks ahead, ``ahead`` plays through which messages leave if
nothing is answered, ``reasons`` says why something is not spoken of, ``words`` says it all in
sentences, and ``weeks`` lays it out by days. All on the client's wall clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import Reminder
from assessments.reminders import Why, standings
from assessments.reminders.standing import Standing

from .ahead import Message, messages_ahead
from .coming import coming_of, sessions_of, silence_of
from .reasons import NotSpokenOf, not_spoken_of
from .weeks import Week, weeks_of
from .words import OpenNow, open_now, sentence_of

LOOKED_AHEAD = timedelta(weeks=8)

__all__ = ["LOOKED_AHEAD", "Calendar", "Told", "calendar_from", "calendar_of"]


@dataclass(frozen=True)
class Told:
    """One message that will leave, and what it will be about."""

    at: datetime
    kind: str  # a Reminder.Kind
    sentence: str


@dataclass(frozen=True)
class Calendar:
    """The weeks from ``now`` to ``until``, if nothing is answered meanwhile."""

    standing: Standing
    why_nobody: str  # why nothing is sent to this client at all, in words
    until: datetime
    weeks: list[Week]
    open: list[OpenNow]
    messages: list[Told]
    not_spoken_of: list[NotSpokenOf]
    silent_from: datetime | None  # from then on their clinician is told instead
    stale_from: datetime | None  # from then on nothing is sent until they are asked anew

    @property
    def is_empty(self) -> bool:
        return not self.open and all(week.is_empty for week in self.weeks)


def calendar_of(client, *, now: datetime) -> Calendar:
    """The number of statements does not depend on how much is asked."""
    planned = Reminder.objects.planned().filter(client=client).first()
    return calendar_from(standings([client.pk], now=now)[client.pk], planned, now=now)


def calendar_from(standing: Standing, planned: Reminder | None, *, now: datetime) -> Calendar:
    client, until = standing.client, now + LOOKED_AHEAD
    coming = coming_of(client, now=now, until=until)
    ahead = messages_ahead(
        standing, coming, silence_of(standing, coming), planned, now=now, until=until
    )
    titles = {each.key: each.title for each in coming}
    told = [_told(message, titles, client.zone) for message in ahead.messages]
    return Calendar(
        standing=standing,
        why_nobody=Why(standing.block).label if standing.block else "",
        until=until,
        weeks=weeks_of(
            coming,
            sessions_of(client, now=now, until=until),
            told,
            standing,
            now=now,
            until=until,
        ),
        open=open_now(coming, now, client),
        messages=told,
        not_spoken_of=not_spoken_of(coming, ahead, now=now, until=until),
        silent_from=ahead.silence.begins_at(),
        stale_from=ahead.stale_from if ahead.stale_from and ahead.stale_from < until else None,
    )


def _told(message: Message, titles: dict, zone) -> Told:
    return Told(message.contact.at, message.kind, sentence_of(message, titles, zone))
