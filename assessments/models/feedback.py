from django.db import models
from django.db.models import F, Q

from clients.models import Client
from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .responses import Response


class FeedbackQuerySet(models.QuerySet):
    def mine(self, user):
        return self.filter(client__user=user, practice=user.practice_id)

    def unseen(self):
        return self.filter(seen_at__isnull=True)


class Feedback(TenantModel):
    """A clinician's words about a response. Once sent they stay: the client may have read them."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="feedback")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="feedback")
    words = SealedTextField()
    sent_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # first opened by the client

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("sent_at")),
                name="feedback_seen_after_sent",
            )
        ]
        indexes = [models.Index(fields=["client", "-sent_at"], name="feedback_by_client")]
