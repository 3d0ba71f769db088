"""What is planned, claimed and sent. These rows, not the broker, are the truth."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Channel, Client, Wording
from practice.fields import SealedTextField
from practice.models import DataClass, OftenWritten, TenantModel

from .assignments import Occurrence


class Outcome(models.TextChoices):
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")
    SUPPRESSED = "suppressed", _("Not sent")
    UNKNOWN = "unknown", _("Not known whether it arrived")


# What may have reached the client. An unknown one counts: a second copy can put them at risk.
MAY_HAVE_ARRIVED = (Outcome.SENT, Outcome.UNKNOWN)


class ReminderQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def planned(self):
        return self.filter(settled_at__isnull=True)

    def due(self, now):
        """Planned for now or before, and in nobody's hands (or in hands that let go)."""
        return self.planned().filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now), planned_for__lte=now
        )


class Reminder(OftenWritten):
    """One planned contact to one client about all that is open for them."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        NEWS = "news", _("Something new")
        NUDGE = "nudge", _("Reminder")

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="reminders", db_index=False
    )  # reminder_by_client
    kind = models.CharField(max_length=10, choices=Kind)
    planned_for = models.DateTimeField()
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    why = models.CharField(max_length=30, blank=True)  # a code of assessments.reminders.Why

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(settled_at__isnull=True), name="reminder_one_planned"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, outcome="")
                | Q(settled_at__isnull=False, outcome__in=Outcome.values),
                name="reminder_settled_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, lease_until__isnull=True)
                | Q(claim__isnull=False, lease_until__isnull=False),
                name="reminder_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_for"],
                condition=Q(settled_at__isnull=True),
                name="reminder_due",
            ),
            models.Index(fields=["client", "-settled_at"], name="reminder_by_client"),
        ]


class ReminderItem(OftenWritten):
    """One open thing that a reminder spoke of; ``is_nudge`` when it was past due."""

    data_class = DataClass.CLINICAL
    kept = "with the reminder"

    reminder = models.ForeignKey(
        Reminder, on_delete=models.PROTECT, related_name="items", db_index=False
    )  # reminder_item_once
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, related_name="reminder_items"
    )
    is_nudge = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reminder", "occurrence"], name="reminder_item_once")
        ]


class Delivery(OftenWritten):
    """One attempt on one channel.

    ``began_at`` is committed before the message is handed over and ``ended_at`` after: one that
    began and did not end has a fate that nobody knows.
    """

    data_class = DataClass.CLINICAL
    kept = "with the reminder"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="deliveries")
    reminder = models.ForeignKey(
        Reminder, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )  # delivery_once_per_attempt
    channel = models.CharField(max_length=8, choices=Channel)
    attempt = models.PositiveSmallIntegerField()
    message_id = models.CharField(max_length=120)
    address = SealedTextField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    error = models.CharField(max_length=200, blank=True)  # what the server said, without addresses
    is_final = models.BooleanField(
        default=False, db_default=False
    )  # failed: not over this one again
    provider_id = models.CharField(
        max_length=200, blank=True, db_default=""
    )  # whose word comes later
    bounced_at = models.DateTimeField(null=True)  # it was taken, and came back

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            # Not "unique" of the field itself: that would bring an index for LIKE with it.
            models.UniqueConstraint(fields=["message_id"], name="delivery_by_message"),
            models.UniqueConstraint(
                fields=["reminder", "channel", "attempt"], name="delivery_once_per_attempt"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | Q(ended_at__isnull=False, began_at__isnull=False, outcome__in=Outcome.values),
                name="delivery_ended_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(is_final=False) | Q(outcome=Outcome.FAILED),
                name="delivery_final_when_failed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="delivery_by_provider"
            ),
        ]


class MessageWording(TenantModel):
    """The practice's own words for one kind of message; without a row, Trellis's words stand."""

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    language = models.CharField(max_length=12)
    channel = models.CharField(max_length=8, choices=Channel)
    wording = models.CharField(max_length=8, choices=Wording)
    kind = models.CharField(max_length=10, choices=Reminder.Kind)
    subject = models.CharField(max_length=120, blank=True)  # of a mail
    body = models.TextField(max_length=2000)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "language", "channel", "wording", "kind"],
                name="message_wording_one",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.EMAIL) | Q(subject=""),
                name="message_wording_subject_of_mail",
            ),
        ]
