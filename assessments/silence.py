"""Who has fallen silent: they sent nothing since something was due, and no message will reach them
for it; or they have not come since one was sent."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery

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


def silent_among(
    clients: Mapping[UUID, Client], policy: ReminderPolicy, now: datetime
) -> list[Silent]:
    """Who waits longest first; the number of statements does not depend on how many there are.

    What was missed before they last sent anything is history and not a reason for today.
    """
    answered = dict(
        Response.objects.submitted()
        .filter(client__in=clients, mode=Response.Mode.PORTAL)
        .values_list("client_id")
        .annotate(Max("submitted_at"))
    )
    missed = defaultdict(list)
    for occurrence in (
        Occurrence.objects.overdue(now)
        .filter(client__in=clients, noted_at__isnull=True)
        .order_by("client_id", "-due_at")
    ):
        last = answered.get(occurrence.client_id)
        if last is None or last < occurrence.due_at:
            missed[occurrence.client_id].append(occurrence)
    told = _told([row for rows in missed.values() for row in rows])
    contacts = {
        row.client_id: row for row in SafeContact.objects.current().filter(client__in=missed)
    }
    planned = set(
        Reminder.objects.planned().filter(client__in=missed).values_list("client_id", flat=True)
    )
    found = [
        Silent(
            client=clients[pk],
            since=rows[-1].due_at,
            missed=len({row.due_at for row in rows}),  # what is due at once is one evening
            nudges=len(set().union(*(told[row.pk] for row in rows))),
            has_answered=pk in answered,
        )
        for pk, rows in missed.items()
        if _is_over_to_clinician(rows[0], told, _most(contacts.get(pk), policy), pk in planned, now)
    ]
    found += [
        Silent(client=clients[pk], since=since)
        for pk, since in away_since(clients, policy=policy, now=now).items()
        if pk not in missed
    ]
    return sorted(found, key=lambda silent: silent.since)


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


def _most(contact, policy) -> int:
    """How often this client is reminded of one thing."""
    if contact is None:
        return 0
    return policy.most_reminders if contact.most_reminders is None else contact.most_reminders


def _is_over_to_clinician(newest, told, most, is_planned, now) -> bool:
    """No message is planned, or the newest of what was missed was reminded of, or has ended."""
    if not is_planned:
        return True
    return len(told[newest.pk]) >= most or not newest.is_open(now)
