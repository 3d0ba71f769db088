"""How long records are kept here, what must not be deleted, and who is to be forgotten."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.retention import DEFAULT_YEARS, laws, years_after
from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

GRACE_DAYS = 30


class RetentionPolicy(TenantModel):
    """For how long records are kept after care has ended, and the portal stays open; at most one
    row a practice."""

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    law = models.CharField(max_length=20, blank=True, default="")  # an id of retention.toml
    years = models.PositiveSmallIntegerField(default=DEFAULT_YEARS)
    why_shorter = SealedTextField(default=str)  # than the law says
    grace_days = models.PositiveSmallIntegerField(default=GRACE_DAYS)
    second_person = models.BooleanField(default=False)  # who erases is not who asked for it
    by_itself_since = models.DateTimeField(null=True)  # none: an owner confirms each one

    class Meta:
        verbose_name_plural = "retention policies"
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="retention_policy_one"),
            models.CheckConstraint(
                condition=Q(years__range=(1, 100), grace_days__lte=365),
                name="retention_policy_sane",
            ),
        ]

    @classmethod
    def of_practice(cls, practice_id) -> Self:
        """The practice's own, or what holds until it has one."""
        return cls.objects.filter(practice=practice_id).first() or cls(practice_id=practice_id)

    @property
    def chosen(self):
        """The law that they chose; None for none."""
        return laws().get(self.law)

    def due_on(self, ended_on: date) -> date:
        return years_after(ended_on, self.years)


class LegalHoldQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(lifted_at__isnull=True)


class LegalHold(TenantModel):
    """This client may not be erased, whoever asks, nor what they sent be taken back. It ends when
    an owner lifts it, never by a date; triggers refuse an erasure while it stands, and to delete a
    hold that stands. What somebody begins and throws away again is everyday work."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="legal_holds"
    )
    reason = SealedTextField()
    since = models.DateTimeField()
    look_again_on = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(lifted_at__isnull=True), name="legal_hold_one"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_at__gte=F("since"), lifted_by__isnull=False),
                name="legal_hold_lifted_by_somebody",
            ),
        ]


class ErasureRequestQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(taken_back_at__isnull=True)


class ErasureRequest(TenantModel):
    """Somebody of the practice says that this client is to be erased, and why. An owner does it."""

    class Why(models.TextChoices):
        """Of ``practice.Erased``; that the time is over needs nobody to ask."""

        WISH = "wish", _("They asked to be forgotten")
        MISTAKE = "mistake", _("They were added by mistake: no care was given")

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="erasure_requests"
    )
    why = models.CharField(max_length=8, choices=Why)
    words = SealedTextField(default=str)  # when and how they asked
    asked_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(taken_back_at__isnull=True),
                name="erasure_request_one",
            ),
            models.CheckConstraint(
                condition=Q(why__in=["wish", "mistake"]), name="erasure_request_why_known"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(taken_back_at__gte=F("asked_at")),
                name="erasure_request_taken_back_later",
            ),
        ]


class RetentionNotice(TenantModel):
    """An owner was told, once for each stage, that the time of this record comes to its end on
    ``due_on``: a mail was taken. Told anew where records go by themselves since."""

    class Stage(models.TextChoices):
        HALF_YEAR = "half_year", _("half a year before")
        MONTH = "month", _("a month before")
        WEEK = "week", _("a week before")
        DUE = "due", _("on the day")

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="retention_notices"
    )
    stage = models.CharField(max_length=10, choices=Stage)
    due_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "due_on", "stage"], name="retention_notice_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["half_year", "month", "week", "due"]),
                name="retention_notice_stage_known",
            ),
        ]
