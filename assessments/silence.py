"""Who has fallen silent: they sent nothing since something was due, and no message will reach them
for it; or they have not come since one was sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from clients.models import Client, ReminderPolicy, SafeContact

from .models import Occurrence, Reminder, ReminderItem, Response
from .models.reminders import MAY_HAVE_ARRIVED
from .reminders import away_since


@dataclass(frozen=True)
class Silent:
    """``missed`` evenings since ``since``, and how many reminders spoke of them; none are missed
    where nothing was due, and yet they have not come."""

    client: Client
    since: datetime
    missed: int = 0
    nudges: int = 0
    has_answered: bool = False  # ever


def overdue_of(clients: Collection[UUID], now: datetime) -> list[Occurrence]:
    """What these let pass and nobody of the care team has noted, the newest first; each with its
    ``activity_id``, and whether its course of care ``goes_on``. One statement."""
    return list(
        Occurrence.objects.overdue(now)
        .filter(client__among=clients, noted_at__isnull=True)
        .annotate(
            activity_id=F("assignment__activity"),
            goes_on=Q(assignment__episode__closed_at__isnull=True),
        )
        .order_by("client_id", "-due_at")
    )


def silent_among(
    clients: Mapping[UUID, Client],
    policy: ReminderPolicy,
    now: datetime,
    *,
    overdue: Iterable[Occurrence] | None = None,
) -> list[Silent]:
    """Who waits longest first; the number of statements does not depend on how many there are.
    ``overdue``: ``overdue_of`` them, where that was read already.

    What was missed before they last sent anything is history and not a reason for today.
    """
    stands = _standing(clients, policy, now)
    missed = defaultdict(list)
    for occurrence in overdue_of(clients, now) if overdue is None else overdue:
        last = stands[occurrence.client_id].answered_at
        if last is None or last < occurrence.due_at:
            missed[occurrence.client_id].append(occurrence)
    told = _told([row for rows in missed.values() for row in rows])
    found = [
        Silent(
            client=clients[pk],
            since=rows[-1].due_at,
            missed=len({row.due_at for row in rows}),  # what is due at once is one evening
            nudges=len(set().union(*(told[row.pk] for row in rows))),
            has_answered=stands[pk].answered_at is not None,
        )
        for pk, rows in missed.items()
        if _is_over_to_clinician(rows[0], told, stands[pk], now)
    ]
    found += [
        Silent(client=clients[pk], since=each.away_since)
        for pk, each in stands.items()
        if each.away_since and pk not in missed
    ]
    return sorted(found, key=lambda silent: silent.since)


@dataclass(frozen=True)
class _Standing:
    """``answered_at``: when they last sent something from the portal."""

    pk: UUID
    answered_at: datetime | None
    away_since: datetime | None
    most: int | None  # how often they are reminded of one thing; None: not at all
    is_planned: bool


def _standing(
    clients: Collection[UUID], policy: ReminderPolicy, now: datetime
) -> dict[UUID, _Standing]:
    """For each the newest row of a kind, and not the newest of all their rows."""
    about = {"client": OuterRef("pk")}
    sent = Response.objects.submitted().filter(mode=Response.Mode.PORTAL, **about)
    contact = SafeContact.objects.current().filter(**about)
    rows = (
        Client.objects.filter(pk__among=clients)
        .annotate(
            answered=Subquery(sent.order_by("-submitted_at").values("submitted_at")[:1]),
            away=away_since(policy, now),
            most=Subquery(
                contact.values(most=Coalesce("most_reminders", policy.most_reminders))[:1]
            ),
            is_planned=Exists(Reminder.objects.planned().filter(**about)),
        )
        .values_list("pk", "answered", "away", "most", "is_planned")
    )
    return {row[0]: _Standing(*row) for row in rows}


def _told(occurrences) -> dict:
    """Which reminders spoke of each occurrence; one may speak of several.

    Written, as in ``reminders.standing.open``, so that the database cannot turn it round: for some
    thousand occurrences it would read all reminders that there are.
    """
    arrived = Reminder.objects.filter(pk=OuterRef("reminder"), outcome__in=MAY_HAVE_ARRIVED)
    told = defaultdict(set)
    for occurrence_id, reminder_id in (
        ReminderItem.objects.filter(occurrence__among=occurrences, is_nudge=True)
        .annotate(arrived=Subquery(arrived.values("pk")[:1]))
        .filter(arrived__isnull=False)
        .values_list("occurrence_id", "arrived")
    ):
        told[occurrence_id].add(reminder_id)
    return told


def _is_over_to_clinician(newest: Occurrence, told, standing: _Standing, now: datetime) -> bool:
    """No message is planned, or the newest of what was missed was reminded of, or has ended."""
    if not standing.is_planned:
        return True
    return len(told[newest.pk]) >= (standing.most or 0) or not newest.is_open(now)
