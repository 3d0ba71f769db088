"""The first part of a sweep: claim what is due, decide once more, write down the intents."""

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from assessments import schedule
from assessments.models import Delivery, Reminder, ReminderItem
from assessments.models.reminders import Outcome
from clients.actions import issue_links
from clients.models import Channel, Client, SafeContact
from practice import bulk
from practice.models import Practice

from .messages import Outgoing, compose, message_id, wordings_of
from .standing import INVITATION, Barred, Standing, Why, standings
from .ways import Try, attempts_on, next_way, tries_of

log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What one sweep did, for the log."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    suppressed: int = 0


@dataclass
class Decided:
    """What the second look at a batch came to. A reminder in none of these is simply let go."""

    looked_at: list[Reminder] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    refused: dict[UUID, tuple[str, str]] = field(default_factory=dict)  # an Outcome, and a Why
    moved: dict[UUID, datetime] = field(default_factory=dict)
    contacts: dict[UUID, SafeContact] = field(default_factory=dict)  # what each client had said

    def __iadd__(self, other: "Decided") -> "Decided":
        self.looked_at += other.looked_at
        self.outgoing += other.outgoing
        self.refused |= other.refused
        self.moved |= other.moved
        self.contacts |= other.contacts
        return self


def lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.REMINDER_LEASE_SECONDS)


@transaction.atomic
def claim_due(
    claim: UUID, most: int, now: datetime, tally: Tally
) -> tuple[list[Reminder], list[Reminder]]:
    """Up to ``most`` due reminders, ours until the lease ends; and besides those, the ones that a
    dead worker left after it had begun to send: of these only the result is to be written down."""
    claimed = list(
        Reminder.objects.due(now).select_for_update(skip_locked=True).order_by("planned_for")[:most]
    )
    left_behind = [reminder.pk for reminder in claimed if reminder.claim is not None]
    begun = set()
    if left_behind:
        tally.unknown += Delivery.objects.filter(
            reminder__among=left_behind, began_at__isnull=False, ended_at__isnull=True
        ).update(ended_at=now, outcome=Outcome.UNKNOWN)
        tries = tries_of(left_behind)
        begun = {row.pk for row in claimed if len(tries[row.pk]) > row.attempts}
    Reminder.objects.filter(pk__among=[row.pk for row in claimed]).update(
        claim=claim, lease_until=lease(now)
    )
    return [row for row in claimed if row.pk not in begun], [
        row for row in claimed if row.pk in begun
    ]


def prepare_what_can_be(reminders: list[Reminder], now: datetime) -> Decided:
    """One that can't be prepared (say, the key of its client is gone) must not keep back the
    others: then it is one by one, and the bad one rests until its lease ends."""
    try:
        return prepare(reminders, now)
    except Exception:
        if len(reminders) == 1:
            log.exception("reminder %s can't be prepared", reminders[0].pk)
            return Decided()
    decided = Decided()
    for reminder in reminders:
        decided += prepare_what_can_be([reminder], now)
    return decided


@transaction.atomic
def prepare(reminders: list[Reminder], now: datetime) -> Decided:
    """Look again: what was planned may not be right any more. Then write down the intents."""
    where = standings([row.client_id for row in reminders], now=now)
    tries = tries_of(row.pk for row in reminders if row.attempts)
    decided, going = Decided(looked_at=reminders), []
    for reminder in reminders:
        standing, tried = where[reminder.client_id], tries.get(reminder.pk, [])
        contact = standing.next_contact(now)
        way = next_way(standing.channels, tried)
        if tried and way is None and standing.block in ("", Why.STOPPED):
            decided.refused[reminder.pk] = Outcome.FAILED, ""
        elif contact is None:
            why = standing.block or Why.NOTHING_OPEN
            decided.refused[reminder.pk] = Outcome.SUPPRESSED, why
        elif contact.at > now:
            decided.moved[reminder.pk] = contact.at
        else:
            going.append(Going(reminder, standing, contact, way, tried))
    decided.outgoing = _intend(going, now)
    decided.contacts = {each.client.pk: each.standing.contact for each in going}
    return decided


def still_right(decided: Decided, now: datetime) -> list[Outgoing]:
    """What may go now that the intents are committed. Whoever said stop or hold while they were
    being written found none to call back."""
    ids = list(decided.contacts)
    barred = Barred.among(ids)
    current = dict(
        SafeContact.objects.current().filter(client__among=ids).values_list("client_id", "pk")
    )

    def may_go(each: Outgoing) -> bool:
        client, way = each.delivery.client, each.delivery.channel
        contact = decided.contacts[client.pk]
        if current.get(client.pk) != contact.pk or way in barred.stopped.get(client.pk, ()):
            return False
        return not barred.why(client, contact, channels=[way], now=now)

    return [each for each in decided.outgoing if may_go(each)]


@dataclass(frozen=True)
class Going:
    """A reminder that goes out now, and over which channel."""

    reminder: Reminder
    standing: Standing
    contact: schedule.Contact
    way: str
    tried: list[Try]

    @property
    def client(self) -> Client:
        return self.standing.client

    def intent(self) -> Delivery:
        attempt = attempts_on(self.way, self.tried) + 1
        client = self.client
        return Delivery(
            practice_id=self.reminder.practice_id,
            client=client,
            reminder=self.reminder,
            channel=self.way,
            attempt=attempt,
            message_id=message_id(self.reminder, attempt, self.way),
            address=client.email if self.way == Channel.EMAIL else client.phone,
        )


def _intend(going: list[Going], now: datetime) -> list[Outgoing]:
    """One delivery and its items for each; a few statements for the whole batch."""
    if not going:
        return []
    reminders = [each.reminder for each in going]
    _name_kinds(going)
    ReminderItem.objects.filter(reminder__among=reminders).delete()
    bulk.insert(
        ReminderItem(
            practice_id=each.reminder.practice_id,
            reminder=each.reminder,
            occurrence_id=key,
            is_nudge=key in each.contact.nudges,
        )
        for each in going
        for key in each.contact.mentions
        if key != INVITATION
    )
    # An intent of the same attempt that was never begun makes room for this one.
    Delivery.objects.filter(reminder__among=reminders, began_at__isnull=True).delete()
    deliveries = bulk.insert(each.intent() for each in going)
    tokens = issue_links([each.client for each in going], now=now)
    practices = Practice.objects.in_bulk({each.client.practice_id for each in going})
    for each in going:
        each.client.practice = practices[each.client.practice_id]
    wordings = wordings_of(practices)
    return [
        compose(
            each.reminder,
            delivery,
            each.client,
            each.standing.contact,
            tokens[each.client.pk],
            wordings,
        )
        for each, delivery in zip(going, deliveries, strict=True)
    ]


def _name_kinds(going: list[Going]) -> None:
    """What it is may have changed since it was planned: mostly it has not."""
    changed = defaultdict(list)
    for each in going:
        kind = each.standing.kind(each.contact)
        if kind != each.reminder.kind:
            each.reminder.kind = kind
            changed[kind].append(each.reminder.pk)
    for kind, pks in changed.items():
        Reminder.objects.filter(pk__among=pks).update(kind=kind)
