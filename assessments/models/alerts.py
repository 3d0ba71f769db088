from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .assignments import Occurrence


class AlertQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def open(self):
        return self.filter(closed_at__isnull=True)

    def most_pressing_first(self):
        """What cannot wait until tomorrow, then what waits longest."""
        return self.order_by(Case(When(kind=Alert.Kind.CRITICAL, then=0), default=1), "raised_at")


class Alert(TenantModel):
    """Something a clinician must look at. Only staff close it, with a note."""

    class Kind(models.TextChoices):
        TALK_FIRST = "talk_first", _("Asked to talk before trying something")
        CRITICAL = "critical", _("An answer about safety: please get in touch today")
        NOT_SAFE = "not_safe", _("An answer that asks for a talk")

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="alerts")
    occurrence = models.ForeignKey(
        Occurrence, null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = SealedTextField(default=str)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "kind"],
                condition=Q(closed_at__isnull=True),
                name="alert_one_open_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__gte=F("raised_at")),
                name="alert_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["client"], condition=Q(closed_at__isnull=True), name="alert_open")
        ]
