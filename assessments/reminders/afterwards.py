"""After a restore: which messages may have left since the moment of the backup.

The clock is run from that moment to now as the sweep would have: each message that it would have
sent counts as sent, and its fate as unknown. So the plan goes on as if it had arrived, and nothing
that may have been said is said again by itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from assessments import schedule
from assessments.models import Delivery, Occurrence, Reminder, ReminderItem
from assessments.models.reminders import Outcome
from practice.models import Practice

from .planning import plan
from .replanning import AT_ONCE
from .standing import INVITATION, Standing, Why, standings

MOMENT = timedelta(microseconds=1)


def may_have_gone(practice: Practice, *, since: datetime, now: datetime) -> int:
    """How many. Clients are taken some at a time; within the transaction of whoever restores."""
    waiting = Occurrence.objects.waiting().not_over(since).filter(practice=practice)
    planned = Reminder.objects.planned().filter(practice=practice)
    ids = sorted(
        set(waiting.values_list("client_id", flat=True))
        | set(planned.values_list("client_id", flat=True))
    )
    batches = [ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE)]
    return sum(_of(batch, since, now) for batch in batches)


@transaction.atomic
def _of(ids: list[UUID], since: datetime, now: datetime) -> int:
    in_hand = Q(claim__isnull=False) | Q(deliveries__isnull=False)
    due = {
        row.client_id: row
        for row in Reminder.objects.planned()
        .filter(in_hand | Q(planned_for__lte=now), client__among=ids)
        .distinct()
    }
    count = 0
    for pk, standing in standings(ids, now=since).items():
        messages = list(_messages(standing, since, now))
        first = due.get(pk)
        if first is not None:
            _settle(first, standing, messages.pop(0) if messages else None, now)
            count += 1
        for message in messages:
            _settle(_another(standing, message), standing, message, now)
            count += 1
    plan(ids, now=now)
    return count


def _messages(standing: Standing, since: datetime, now: datetime) -> Iterator[schedule.Contact]:
    """What would have been sent, one after the other. Nobody is taken for silent: whether they were
    depends on what they did meanwhile, and one message too many here is one too few later."""
    standing, clock = replace(standing, is_silent=False), since
    while (message := standing.next_contact(clock)) is not None and message.at <= now:
        yield message
        items = tuple(_heard(item, message) for item in standing.items)
        standing = replace(
            standing,
            items=items,
            invitation_is_due=standing.invitation_is_due and INVITATION not in message.announces,
            last_contact_at=message.at,
        )
        clock = message.at + MOMENT


def _heard(item: schedule.OpenItem, message: schedule.Contact) -> schedule.OpenItem:
    if item.key not in message.mentions:
        return item
    asked = item.asked_for_at
    nudged = item.key in message.nudges
    return replace(
        item,
        announce=False,
        asked_for_at=None if asked is not None and asked <= message.at else asked,
        nudges=item.nudges + nudged,
        last_nudge_at=message.at if nudged else item.last_nudge_at,
    )


def _another(standing: Standing, message: schedule.Contact) -> Reminder:
    return Reminder(
        practice_id=standing.client.practice_id,
        client_id=standing.client.pk,
        planned_for=message.at,
        kind=standing.kind(message),
    )


def _settle(
    reminder: Reminder, standing: Standing, message: schedule.Contact | None, now: datetime
) -> None:
    """``message`` is None where nothing was to be said any more: it counts all the same."""
    reminder.settled_at = message.at if message else now
    reminder.outcome, reminder.why = Outcome.UNKNOWN, Why.RESTORED
    reminder.claim, reminder.lease_until = None, None
    if message is not None:
        reminder.kind = standing.kind(message)
    reminder.save()
    deliveries = Delivery.objects.filter(reminder=reminder)
    deliveries.filter(began_at__isnull=True).delete()
    deliveries.filter(ended_at__isnull=True).update(ended_at=now, outcome=Outcome.UNKNOWN)
    if message is not None:
        ReminderItem.objects.filter(reminder=reminder).delete()
        ReminderItem.objects.bulk_create(
            ReminderItem(
                practice_id=reminder.practice_id,
                reminder=reminder,
                occurrence_id=key,
                is_nudge=key in message.nudges,
            )
            for key in message.mentions
            if key != INVITATION
        )
