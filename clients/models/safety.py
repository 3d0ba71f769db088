"""What makes a portal safe to open: what a practice chose, what a client says of who may look."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from practice.fields import SealedJSONField
from practice.models import DataClass, TenantModel

from .care import Client

ASK_AGAIN_WEEKS = 12


class SafetyPolicy(TenantModel):
    """When clients and clinicians are asked again, and which helplines stand in the portal; at most
    one row a practice."""

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    contact_weeks = models.PositiveSmallIntegerField(default=ASK_AGAIN_WEEKS)
    check_weeks = models.PositiveSmallIntegerField(default=ASK_AGAIN_WEEKS)
    country = models.CharField(max_length=2, blank=True, default="")  # empty: by the time zone
    hidden_help = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        verbose_name_plural = "safety policies"
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="safety_policy_one"),
            models.CheckConstraint(
                condition=Q(contact_weeks__range=(1, 25), check_weeks__range=(1, 52)),
                name="safety_policy_weeks_sane",
            ),
        ]

    @classmethod
    def of_practice(cls, practice_id) -> Self:
        """The practice's own, or what holds until it has one."""
        return cls.objects.filter(practice=practice_id).first() or cls(practice_id=practice_id)


class WhoSees(TenantModel):
    """What a client said of who else may see their phone, mail and accounts. The newest counts; in
    the portal it is never shown again."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="who_sees")
    said = SealedJSONField(default=dict)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "who sees"
        get_latest_by = ["said_at", "id"]
        indexes = [models.Index(fields=["client", "-said_at"], name="who_sees_newest")]
