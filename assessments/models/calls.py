"""Who is told of an alert, when, and who stands in for whom. These rows, not the broker, are the
truth."""

from datetime import time
from email.utils import parseaddr
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .reminders import Outcome

A_DAY = 24 * 60


class AlertPolicy(TenantModel):
    """After how many minutes who else hears of an alert that nobody has seen, and what raises one;
    at most one row a practice."""

    data_class = DataClass.CLINICAL
    kept = "as long as the practice exists"

    urgent_back_up = models.PositiveSmallIntegerField(default=15)
    urgent_owner = models.PositiveSmallIntegerField(default=30)
    back_up = models.PositiveSmallIntegerField(default=4 * 60)
    owner = models.PositiveSmallIntegerField(default=8 * 60)
    # Of the staff, on the practice's clock; for what is not urgent. Equal times: no quiet hours.
    quiet_from = models.TimeField(default=time(20))
    quiet_until = models.TimeField(default=time(7))
    phrases = SealedTextField(default=str)  # one a line; empty: nobody's words are looked at
    worse = models.BooleanField(default=False)
    silence_since = models.DateTimeField(null=True)  # silence that began later raises an alert

    class Meta:
        verbose_name_plural = "alert policies"
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="alert_policy_one"),
            models.CheckConstraint(
                condition=Q(
                    urgent_back_up__range=(1, A_DAY),
                    urgent_owner__range=(F("urgent_back_up"), A_DAY),
                    back_up__range=(1, 7 * A_DAY),
                    owner__range=(F("back_up"), 7 * A_DAY),
                ),
                name="alert_policy_sane",
            ),
        ]

    @classmethod
    def of_practice(cls, practice_id) -> Self:
        """The practice's own, or what holds until it has one."""
        return cls.objects.filter(practice=practice_id).first() or cls(practice_id=practice_id)


class BackUpQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)


class BackUp(TenantModel):
    """Who stands in for a clinician when an alert is not seen, from when to when."""

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists"

    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="back_ups"
    )
    back_up = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in"
    )
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = BackUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinician"], condition=Q(ended_at__isnull=True), name="back_up_one"
            ),
            models.CheckConstraint(
                condition=~Q(clinician=F("back_up")), name="back_up_never_themselves"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")),
                name="back_up_ended_later",
            ),
        ]


class AlertCallQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(ended_at__isnull=True)

    def due(self, now):
        """To be made now or before, and in nobody's hands (or in hands that let go)."""
        return self.waiting().filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now), next_at__lte=now
        )

    def answered_for(self, user):
        """Those that went out to ``user``, or may have: whoever is called may open what it is
        about. Not those to the care team: who has left it was told then, and reads no more."""
        return self.filter(person=user, began_at__isnull=False).exclude(called_as=AlertCall.As.TEAM)


class AlertCall(TenantModel):
    """One person is told of one alert, once.

    ``began_at`` is committed before the mail is handed over and ``ended_at`` after: one that began
    and did not end has a fate that nobody knows. An attempt that is known to have reached nobody
    takes ``began_at`` back, and another one is made at ``next_at``.
    """

    class As(models.TextChoices):
        TEAM = "team", _("of the care team")
        BACK_UP = "back_up", _("as back-up")
        OWNER = "owner", _("as owner")

    data_class = DataClass.CLINICAL
    kept = "with the alert"

    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    alert = models.ForeignKey(
        "assessments.Alert", on_delete=models.PROTECT, related_name="calls", db_index=False
    )  # alert_call_once
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alert_calls"
    )
    called_as = models.CharField(max_length=8, choices=As)
    due_at = models.DateTimeField()
    next_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # that failed
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")  # without addresses

    objects = AlertCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "person"], name="alert_call_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | Q(ended_at__isnull=False, outcome__in=Outcome.values),
                name="alert_call_ended_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.SENT, Outcome.UNKNOWN])
                | Q(began_at__isnull=False),
                name="alert_call_sent_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, lease_until__isnull=True)
                | Q(claim__isnull=False, lease_until__isnull=False),
                name="alert_call_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(ended_at__isnull=True), name="alert_call_due"
            )
        ]

    @property
    def message_id(self) -> str:
        """Derived from the row: the same attempt has the same id, whoever makes it."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        return f"<{self.pk}.{self.attempts + 1}@{domain}>"

    @property
    def address(self) -> str:
        return self.person.email
