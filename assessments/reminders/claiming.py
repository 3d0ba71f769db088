"""The first half of a sweep: claim what is due, decide once more, write down the intents."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from assessments.models import Delivery, Reminder, ReminderItem
from assessments.models.reminders import Outcome
from clients.actions import issue_links
from clients.models import Channel

from .messages import Outgoing, compose, message_id
from .planning import INVITATION, Why, standings

log = logging.getLogger(__name__)

BATCH = 50


@dataclass
class Tally:
    """What one sweep did, for the log."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    suppressed: int = 0


def lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.REMINDER_LEASE_SECONDS)


@transaction.atomic
def claim_due(claim: UUID, now: datetime, tally: Tally) -> tuple[list[Reminder], list[Reminder]]:
    """Up to BATCH due reminders, ours until the lease ends; and the ones that a dead worker left
    in the middle of sending: these are settled as unknown instead."""
    reminders = list(
        Reminder.objects.due(now)
        .select_for_update(skip_locked=True)
        .order_by("planned_for")[:BATCH]
    )
    left_behind = [reminder.pk for reminder in reminders if reminder.claim is not None]
    lost = []
    if left_behind:
        begun = Delivery.objects.filter(
            reminder__in=left_behind, began_at__isnull=False, ended_at__isnull=True
        )
        pks = set(begun.values_list("reminder_id", flat=True))
        begun.update(ended_at=now, outcome=Outcome.UNKNOWN)
        Reminder.objects.filter(pk__in=pks).update(
            settled_at=now, outcome=Outcome.UNKNOWN, claim=None, lease_until=None
        )
        lost = [row for row in reminders if row.pk in pks]
        reminders = [row for row in reminders if row.pk not in pks]
        keep_a_place(lost, now)
        tally.unknown += len(lost)
    Reminder.objects.filter(pk__in=[row.pk for row in reminders]).update(
        claim=claim, lease_until=lease(now)
    )
    return reminders, lost


def keep_a_place(settled: list[Reminder], now: datetime) -> None:
    """In the transaction that settles a reminder, keep the place of the client's next one.

    ``plan`` follows when the whole batch is done. Without this, a worker that dies before that
    would leave clients whom no sweep would ever look at again.
    """
    Reminder.objects.bulk_create(
        Reminder(
            practice_id=row.practice_id,
            client_id=row.client_id,
            kind=Reminder.Kind.NUDGE,
            planned_for=lease(now),
        )
        for row in settled
    )


def prepare_what_can_be(
    reminders: list[Reminder], claim: UUID, now: datetime, tally: Tally
) -> tuple[list[Outgoing], list[Reminder]]:
    """What goes out, and which reminders were dealt with.

    One that can't be prepared (say, the key of its client is gone) must not keep back the others:
    then it is one by one, and the bad one rests until its lease ends.
    """
    try:
        return _prepare(reminders, claim, now, tally), reminders
    except Exception:
        if len(reminders) == 1:
            log.exception("reminder %s can't be prepared", reminders[0].pk)
            return [], []
    outgoing, done = [], []
    for reminder in reminders:
        one = prepare_what_can_be([reminder], claim, now, tally)
        outgoing += one[0]
        done += one[1]
    return outgoing, done


@transaction.atomic
def _prepare(reminders: list[Reminder], claim: UUID, now: datetime, tally: Tally) -> list[Outgoing]:
    """Look again: what was planned may not be right any more. Then write down the intents."""
    where = standings([row.client_id for row in reminders], now=now)
    going, moved, refused = [], [], []
    for reminder in reminders:
        standing = where[reminder.client_id]
        contact = standing.next_contact(now)
        if contact is None:
            refused.append((reminder, standing.block or Why.NOTHING_OPEN))
        elif contact.at > now:
            # A verb that came while it was ours left it alone: should we die before planning anew,
            # the next sweep looks again. One with attempts is not planned anew, so it stands.
            again = contact.at if reminder.attempts else min(contact.at, lease(now))
            reminder.planned_for, reminder.claim, reminder.lease_until = again, None, None
            moved.append(reminder)
        else:
            reminder.kind = standing.kind(contact)
            going.append((reminder, standing, contact))
    Reminder.objects.bulk_update(moved, ["planned_for", "claim", "lease_until"])
    _refuse(refused, claim, now)
    outgoing = _intend(going, now)
    tally.suppressed += len(refused)
    return outgoing


def _refuse(refused, claim, now) -> None:
    """Say why not. A plan that has simply become needless, all being answered, is no history: it
    is let go, and the planning that ends the sweep drops it, or finds what has come meanwhile."""
    needless = {row.pk for row, why in refused if why == Why.NOTHING_OPEN and row.attempts == 0}
    Reminder.objects.filter(pk__in=needless, claim=claim).update(
        planned_for=lease(now), claim=None, lease_until=None
    )
    said = [(row, why) for row, why in refused if row.pk not in needless]
    for why in {why for _, why in said}:
        Reminder.objects.filter(
            pk__in=[row.pk for row, reason in said if reason == why], claim=claim
        ).update(settled_at=now, outcome=Outcome.SUPPRESSED, why=why, claim=None, lease_until=None)
    keep_a_place([row for row, _ in said], now)


def _intend(going, now) -> list[Outgoing]:
    """One delivery and its items for each; a few statements for the whole batch."""
    reminders = [reminder for reminder, _, _ in going]
    Reminder.objects.bulk_update(reminders, ["kind"])
    ReminderItem.objects.filter(reminder__in=reminders).delete()
    ReminderItem.objects.bulk_create(
        ReminderItem(
            practice_id=reminder.practice_id,
            reminder=reminder,
            occurrence_id=key,
            is_nudge=key in contact.nudges,
        )
        for reminder, _, contact in going
        for key in contact.mentions
        if key != INVITATION
    )
    # An intent of the same attempt that was never begun makes room for this one.
    Delivery.objects.filter(reminder__in=reminders, began_at__isnull=True).delete()
    deliveries = [
        Delivery(
            practice_id=reminder.practice_id,
            client=standing.client,
            reminder=reminder,
            channel=Channel.EMAIL,
            attempt=reminder.attempts + 1,
            message_id=message_id(reminder, reminder.attempts + 1),
            address=standing.client.email,
        )
        for reminder, standing, _ in going
    ]
    Delivery.objects.bulk_create(deliveries)
    tokens = issue_links([standing.client for _, standing, _ in going], now=now)
    return [
        compose(reminder, delivery, standing.client, standing.contact, tokens[standing.client.pk])
        for (reminder, standing, _), delivery in zip(going, deliveries, strict=True)
    ]
