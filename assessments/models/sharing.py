from django.db import models
from django.db.models import F, Q

from clients.models import Client
from practice.models import DataClass, TenantModel

from .activities import Activity


class SharedProgressQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def standing(self):
        return self.filter(taken_back_at__isnull=True)


class SharedProgress(TenantModel):
    """The client sees their own course on one screener in the portal, until it is taken back."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="shared_progress")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    objects = SharedProgressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "shared progress"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "activity"],
                condition=Q(taken_back_at__isnull=True),
                name="shared_progress_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(taken_back_at__gte=F("shared_at")),
                name="shared_progress_taken_back_later",
            ),
        ]
