from django.db import models
from django.utils.translation import gettext_lazy as _

from practice.fields import SealedTextField

from .tenant import DataClass, TenantModel


class ErasedQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)


class Erased(TenantModel):
    """Somebody who was erased, by the id that they had: that and nothing else of them is left.

    It is written before the first row goes (a trigger refuses it under a legal hold), and read
    after a restore, which must not bring anybody back. It never changes.
    """

    class Why(models.TextChoices):
        WISH = "wish", _("The client asked for it")
        OVER = "over", _("Their record had been kept for long enough")
        MISTAKE = "mistake", _("Added by mistake: no care was given")

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists: it says that somebody must not come back, and no name"

    why = models.CharField(max_length=8, choices=Why)
    # Why earlier than the law of the practice says; under the key of the practice.
    early = SealedTextField(default=str)
    erased_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(
        "practice.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counts = models.JSONField()  # rows that were deleted, by kind

    objects = ErasedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "erased"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(why__in=["wish", "over", "mistake"]), name="erased_why_known"
            )
        ]

    def __str__(self):
        return str(self.pk)

    def key_subject(self):
        """The practice: a key of theirs there must not be again."""
        return self.practice_id

    @property
    def client_id(self):
        """So that it stands in the trail as something about them."""
        return self.pk
