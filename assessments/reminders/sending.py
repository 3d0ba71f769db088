"""Claim what is due, decide once more, hand it over, write down what became of it.

The order of writing is the promise. The intent is committed before a message is handed over
(``Delivery.began_at``) and the result after it. So a worker that dies leaves either an intent that
was not begun, which the next one carries out, or one that began and did not end: its fate is
unknown, it is shown as such, and it is not repeated, because a second copy can put a client at
risk.
"""

import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import Delivery, Reminder, ReminderItem
from assessments.models.reminders import Outcome
from clients.actions import issue_links
from clients.models import Channel

from .messages import Outgoing, compose, message_id
from .planning import INVITATION, Why, plan, standings

log = logging.getLogger(__name__)

BATCH = 50
# A sweep lets go before its task would be killed; what it did not begin is due again at once.
LONGEST = timedelta(seconds=60)
# What was found right this long ago is looked at again before it goes out: with a slow mail server
# a client may have answered, or stopped the messages, while theirs stood in the queue.
FRESH = timedelta(seconds=5)
# Long enough for a mail server that is away over a weekend night; then it is over, and shown.
BACKOFF = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(hours=24),
)


@dataclass
class Tally:
    """What one sweep did, for the log."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    suppressed: int = 0


def sweep(clock: Callable[[], datetime] = timezone.now) -> Tally:
    """Send everything that is due. Any number of sweeps may run at the same time."""
    tally, stop_at = Tally(), clock() + LONGEST
    while (now := clock()) < stop_at:
        claim = uuid4()
        reminders, lost = _claim_due(claim, now, tally)
        if not reminders and not lost:
            break
        outgoing, done = _prepare_what_can_be(reminders, claim, clock(), tally)
        _Post(claim, clock, tally).carry(outgoing, min(stop_at, now + FRESH))
        plan([reminder.client_id for reminder in (*done, *lost)], now=clock())
    if tally != Tally():
        log.info("sweep: %s", tally)
    return tally


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.REMINDER_LEASE_SECONDS)


@transaction.atomic
def _claim_due(claim: UUID, now: datetime, tally: Tally) -> tuple[list[Reminder], list[Reminder]]:
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
        _look_again(lost, now)
        tally.unknown += len(lost)
    Reminder.objects.filter(pk__in=[row.pk for row in reminders]).update(
        claim=claim, lease_until=_lease(now)
    )
    return reminders, lost


def _look_again(settled: list[Reminder], now: datetime) -> None:
    """In the transaction that settles a reminder, keep the place of the client's next one.

    ``plan`` follows when the whole batch is done. Without this, a worker that dies before that
    would leave clients whom no sweep would ever look at again.
    """
    Reminder.objects.bulk_create(
        Reminder(
            practice_id=row.practice_id,
            client_id=row.client_id,
            kind=Reminder.Kind.NUDGE,
            planned_for=_lease(now),
        )
        for row in settled
    )


def _prepare_what_can_be(
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
        one = _prepare_what_can_be([reminder], claim, now, tally)
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
            reminder.planned_for, reminder.claim, reminder.lease_until = contact.at, None, None
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
    """Say why not. A plan that has simply become needless, all being answered, is no history."""
    needless = [row.pk for row, why in refused if why == Why.NOTHING_OPEN and row.attempts == 0]
    Reminder.objects.filter(pk__in=needless, claim=claim, deliveries__isnull=True).delete()
    for why in {why for _, why in refused}:
        Reminder.objects.filter(
            pk__in=[reminder.pk for reminder, reason in refused if reason == why], claim=claim
        ).update(settled_at=now, outcome=Outcome.SUPPRESSED, why=why, claim=None, lease_until=None)


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


class _Post:
    """Carries a batch to the mail server over one connection."""

    def __init__(self, claim: UUID, clock: Callable[[], datetime], tally: Tally):
        self.claim = claim
        self.clock = clock
        self.tally = tally
        self.connection = mail.get_connection()

    def carry(self, outgoing: list[Outgoing], stop_at: datetime) -> None:
        try:
            for item in outgoing:
                if self.clock() >= stop_at:
                    self._let_go()
                    break
                if not self._begin(item):
                    continue
                self._end(item, *self._hand_over(item))
        finally:
            self._hang_up()

    @transaction.atomic
    def _begin(self, item: Outgoing) -> bool:
        """Commit the intent. The update takes the reminder's row and proves that it is still ours,
        so nobody can call it lost between here and the mail server's answer."""
        now = self.clock()
        ours = Reminder.objects.planned().filter(pk=item.reminder.pk, claim=self.claim)
        if ours.update(lease_until=_lease(now)) != 1:
            return False
        return (
            Delivery.objects.filter(pk=item.delivery.pk, began_at__isnull=True).update(began_at=now)
            == 1
        )

    def _hand_over(self, item: Outgoing) -> tuple[str, str]:
        """The outcome, and for a failure what the server said."""
        try:
            self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome.FAILED, f"no connection: {type(error).__name__}"
        try:
            self.connection.send_messages([item.mail])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            return Outcome.FAILED, f"address refused: {code}"
        except smtplib.SMTPResponseException as error:
            return Outcome.FAILED, f"refused: {error.smtp_code}"
        except (OSError, smtplib.SMTPException) as error:
            # The line broke somewhere between the first word and the last answer.
            self._hang_up()
            return Outcome.UNKNOWN, type(error).__name__
        except ValueError as error:
            # An address or a header that can't be written down: nothing was said yet.
            return Outcome.FAILED, f"not a mail: {type(error).__name__}"
        return Outcome.SENT, ""

    def _connect(self) -> None:
        """An open line that still answers, so that a stale one is not mistaken for a lost mail."""
        smtp = getattr(self.connection, "connection", None)
        if smtp is not None:
            try:
                if smtp.noop()[0] == 250:
                    return
            except (OSError, smtplib.SMTPException):
                pass
            self._hang_up()
        self.connection.open()

    @transaction.atomic
    def _end(self, item: Outgoing, outcome: str, error: str) -> None:
        now, attempt = self.clock(), item.delivery.attempt
        # A slow worker that was given up for lost may still bring the answer: unknown → known.
        Delivery.objects.filter(
            Q(outcome="") | Q(outcome=Outcome.UNKNOWN), pk=item.delivery.pk
        ).update(ended_at=now, outcome=outcome, error=error)
        ours = Reminder.objects.planned().filter(pk=item.reminder.pk, claim=self.claim)
        if outcome == Outcome.FAILED and attempt <= len(BACKOFF):
            kept = ours.update(
                attempts=attempt,
                planned_for=now + BACKOFF[attempt - 1],
                claim=None,
                lease_until=None,
            )
        else:
            kept = ours.update(
                attempts=attempt, settled_at=now, outcome=outcome, claim=None, lease_until=None
            )
            if kept:
                _look_again([item.reminder], now)
        if not kept:
            # The client's next reminder is planned already, so this one is not opened again.
            Reminder.objects.filter(pk=item.reminder.pk, outcome=Outcome.UNKNOWN).update(
                attempts=attempt, settled_at=now, outcome=outcome
            )
        setattr(self.tally, outcome, getattr(self.tally, outcome) + 1)

    def _let_go(self) -> None:
        """What was not begun goes back; it is due again at once."""
        Reminder.objects.planned().filter(claim=self.claim).update(claim=None, lease_until=None)

    def _hang_up(self) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            self.connection.connection = None
