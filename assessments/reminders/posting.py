"""The second half of a sweep: hand over to the mail server, and write down what became of it."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core import mail
from django.db import transaction
from django.db.models import Q

from assessments.models import Delivery, Reminder
from assessments.models.reminders import Outcome

from .claiming import Tally, keep_a_place, lease
from .messages import Outgoing

# Long enough for a mail server that is away over a weekend night; then it is over, and shown.
BACKOFF = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(hours=24),
)


class Post:
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
        if ours.update(lease_until=lease(now)) != 1:
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
                keep_a_place([item.reminder], now)
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
