from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel


class SupervisionReasonQuerySet(models.QuerySet):
    def counting(self, now):
        return self.filter(given_at__lte=now, until_at__gt=now)


class SupervisionReason(TenantModel):
    """Why somebody opened a record outside their own caseload. It opens it until the end of the
    practice's day, and stays as it was said."""

    class Why(models.TextChoices):
        SESSION = "session", _("A supervision session")
        COVER = "cover", _("Somebody is away")
        INCIDENT = "incident", _("A complaint or an incident")
        QUALITY = "quality", _("A review of our quality")
        ASKED = "asked", _("The client asked for it")
        OTHER = "other", _("Something else")

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="supervision_reasons"
    )
    why = models.CharField(max_length=10, choices=Why)
    words = SealedTextField(default=str)
    given_at = models.DateTimeField()
    until_at = models.DateTimeField()

    objects = SupervisionReasonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=["session", "cover", "incident", "quality", "asked", "other"]),
                name="supervision_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("given_at"), created_by__isnull=False),
                name="supervision_reason_of_somebody_for_a_time",
            ),
        ]
