"""When does each client next hear from us, about what, and if never: why not?"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from assessments.models import Delivery, Reminder
from assessments.models.reminders import Outcome
from clients.models import Client
from practice import bulk

from .standing import Why, standings


@transaction.atomic
def plan(client_ids: Iterable[UUID], *, now: datetime) -> None:
    """Write down the next contact of each client; a plan in somebody's hands is left
    alone, unless it is not right any more."""
    ids = sorted(set(client_ids))
    # One planner a client at a time; NO KEY UPDATE lets others go on writing about the client.
    list(
        Client.objects.select_for_update(no_key=True)
        .filter(pk__among=ids)
        .order_by("pk")
        .values_list("pk")
    )
    # Nobody claims a plan while we change it; one that is being claimed is not waited for, because
    # its sweep looks again at the client, and plans for them when it is done.
    ours = set(
        Reminder.objects.planned()
        .filter(client__among=ids, claim__isnull=True)
        .select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", flat=True)
    )
    planned = {row.client_id: row for row in Reminder.objects.planned().filter(client__among=ids)}
    new, moved, dropped, called_back = [], [], [], []
    for pk, standing in standings(ids, now=now).items():
        reminder, contact = planned.get(pk), standing.next_contact(now)
        if reminder is not None and reminder.pk not in ours:
            if contact is None or contact.at > now:
                called_back.append((reminder, standing.block))
            continue
        if contact is None:
            if reminder is not None:
                dropped.append((reminder, standing.block or Why.NOTHING_OPEN))
        elif reminder is None:
            new.append(
                Reminder(
                    practice_id=standing.client.practice_id,
                    client_id=pk,
                    kind=standing.kind(contact),
                    planned_for=contact.at,
                )
            )
        elif reminder.attempts == 0:
            reminder.kind, reminder.planned_for = standing.kind(contact), contact.at
            moved.append(reminder)
    _call_back(called_back, now)
    bulk.insert(new)
    Reminder.objects.bulk_update(moved, ["kind", "planned_for"], batch_size=500)
    _drop(dropped, now)


def _call_back(reminders: list[tuple[Reminder, str]], now: datetime) -> None:
    """They are in a sweep's hands and not right any more: what has not begun does not begin.

    A sweep begins one with its reminder in hand, and then its delivery: whoever has the reminder
    first decides, and nobody waits for it. One that is not to be had begins just now, or is looked
    at again in any case. When somebody may not be written to at all, that is settled here; else
    the sweep plans anew when it is done.
    """
    if not reminders:
        return
    ours = (
        Reminder.objects.planned()
        .filter(pk__among=[reminder for reminder, _why in reminders])
        .select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", flat=True)
    )
    intents = Delivery.objects.filter(reminder__among=list(ours), began_at__isnull=True)
    called = set(intents.select_for_update().values_list("reminder_id", flat=True))
    intents.filter(reminder__among=called).delete()
    for why in {why for _reminder, why in reminders if why}:
        Reminder.objects.planned().filter(
            pk__among=[row.pk for row, reason in reminders if reason == why and row.pk in called]
        ).update(settled_at=now, outcome=Outcome.SUPPRESSED, why=why, claim=None, lease_until=None)


def _drop(dropped, now) -> None:
    """A plan that nobody began is no history; one with attempts is settled with its reason."""
    untouched = [reminder.pk for reminder, _why in dropped if reminder.attempts == 0]
    Reminder.objects.filter(pk__among=untouched, deliveries__isnull=True).delete()
    for why in {reason for _reminder, reason in dropped}:
        Reminder.objects.planned().filter(
            pk__in=[reminder.pk for reminder, reason in dropped if reason == why]
        ).update(settled_at=now, outcome=Outcome.SUPPRESSED, why=why)


def contact_changed(*, client, now) -> None:
    """The hook of ``clients``: how or whether this client may be reached is not what it was."""
    plan([client.pk], now=now)
