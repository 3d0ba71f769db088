"""What a practice wants to be asked about, and what somebody has looked at already."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.models import DataClass, TenantModel

from .activities import Activity


class Rule(models.TextChoices):
    """When a change is worth reviewing together. The names are those of the design; R0, an answer
    about safety, is an alert and cannot be switched off."""

    WORSE = "R1", _("Reliably worse than at the start of the episode")
    NO_GAIN = "R2", _("No reliable improvement by a session, and not below the cut-off")
    LOST = "R3", _("Reliably worse than at its best")
    MISSED = "R4", _("Two measures missed")


class ReviewRules(TenantModel):
    """Which rules a practice has switched on; at most one row a practice.

    They are heuristics, not validated, and say nothing about tools that are not validated.
    """

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    worse = models.BooleanField(default=True)
    no_gain = models.BooleanField(default=True)
    lost = models.BooleanField(default=True)
    missed = models.BooleanField(default=True)
    by_session = models.PositiveSmallIntegerField(default=6)  # of R2

    class Meta:
        verbose_name_plural = "review rules"
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="review_rules_one"),
            models.CheckConstraint(
                condition=Q(by_session__range=(2, 50)), name="review_rules_session_sane"
            ),
        ]

    @classmethod
    def of_practice(cls, practice_id) -> Self:
        """The practice's own, or what holds until it has one."""
        return cls.objects.filter(practice=practice_id).first() or cls(practice_id=practice_id)

    @property
    def on(self) -> frozenset[str]:
        """The rules that are switched on."""
        return frozenset(rule.value for rule in Rule if getattr(self, rule.name.lower()))


class ReviewNoteQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(taken_back_at__isnull=True)


class ReviewNote(TenantModel):
    """Somebody of the care team knows of it: it leaves Today until there is a newer score."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="review_notes")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    scale = models.CharField(max_length=40)
    about = models.CharField(max_length=40, blank=True, default="")
    rule = models.CharField(max_length=2, choices=Rule)
    up_to = models.DateTimeField()  # when the newest score was taken that was looked at
    noted_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    objects = ReviewNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "activity", "scale", "about", "rule", "up_to"],
                condition=Q(taken_back_at__isnull=True),
                name="review_note_once",
            ),
            models.CheckConstraint(
                condition=Q(rule__in=["R1", "R2", "R3", "R4"]), name="review_note_rule_known"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(taken_back_at__gte=F("noted_at")),
                name="review_note_taken_back_later",
            ),
        ]
