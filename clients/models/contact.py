"""How a client may be reached, and whether it is safe to ask them to try something."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .care import Client

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def every_day() -> list[int]:
    return list(EVERY_DAY)


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    NONE = "none", _("No messages")


class Wording(models.TextChoices):
    DISCREET = "discreet", _("Discreet: says only that something is waiting")
    PLAIN = "plain", _("Plain: says that it is from the practice")


class SafeContactQuerySet(models.QuerySet):
    def current(self):
        return self.filter(replaced_at__isnull=True)


class SafeContact(TenantModel):
    """How a client said they may be reached. A change is a new row; the old one stays as it was."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="safe_contacts")
    channel = models.CharField(max_length=8, choices=Channel)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=every_day)  # ISO, Monday 1
    hours_from = models.TimeField(default=time(9))
    hours_until = models.TimeField(default=time(20))
    wording = models.CharField(max_length=8, choices=Wording, default=Wording.DISCREET)
    most_reminders = models.PositiveSmallIntegerField(default=2)  # about one item
    spacing_days = models.PositiveSmallIntegerField(default=2)
    paused_until = models.DateField(null=True)
    others_see_device = SealedTextField(default=str)  # who else may see it, in the client's words
    confirmed_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects = SafeContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(replaced_at__isnull=True), name="safe_contact_one"
            ),
            models.CheckConstraint(
                condition=Q(hours_from__lt=F("hours_until")), name="safe_contact_hours_in_order"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=EVERY_DAY), name="safe_contact_weekdays_iso"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="safe_contact_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(most_reminders__lte=5, spacing_days__gte=1, spacing_days__lte=30),
                name="safe_contact_policy_sane",
            ),
        ]


class SafetyCheckQuerySet(models.QuerySet):
    def latest_first(self):
        return self.order_by("-checked_at", "-id")

    def newest_outcome_of(self, client_id: str):
        """For an annotation: the outcome that counts, of the client whom ``client_id`` names."""
        of_client = self.filter(client=OuterRef(client_id)).latest_first()
        return Subquery(of_client.values("outcome")[:1])


class SafetyCheck(TenantModel):
    """A clinician's private gate. Append-only: the newest one counts."""

    class Outcome(models.TextChoices):
        CLEAR = "clear", _("Clear")
        CAUTION = "caution", _("Caution")
        HOLD = "hold", _("Hold")

    data_class = DataClass.CLINICAL
    kept = "with the client, readable only by the care team"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="safety_checks")
    outcome = models.CharField(max_length=8, choices=Outcome)
    checked_at = models.DateTimeField()
    note = SealedTextField(default=str)

    objects = SafetyCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["clear", "caution", "hold"]), name="safety_check_known"
            )
        ]
        indexes = [models.Index(fields=["client", "-checked_at"], name="safety_check_newest")]
