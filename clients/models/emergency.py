from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

OPENS_FOR = timedelta(minutes=60)


class EmergencyOpeningQuerySet(models.QuerySet):
    def counting(self, now):
        return self.filter(opened_at__lte=now, until_at__gt=now)

    def of(self, user):
        """Of their practice: for the owner, who answers for it."""
        return self.filter(practice=user.practice_id)


class EmergencyOpening(TenantModel):
    """A clinician who is not of the care team opened a record in an emergency, and why. The clock
    shuts it; it stays as it was said."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="emergency_openings"
    )
    words = SealedTextField(default=str)
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # the owners and the care team had their mail

    objects = EmergencyOpeningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__gt=F("opened_at"), created_by__isnull=False)
                & Q(until_at__lte=F("opened_at") + OPENS_FOR),
                name="emergency_of_somebody_for_an_hour",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"], condition=Q(told_at__isnull=True), name="emergency_untold"
            )
        ]
