from django.db import models
from django.db.models import F, Q

from clients.models import Client, Episode, SafetyCheck
from practice.models import DataClass, TenantModel

from .activities import Activity


class AssignmentQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def running(self):
        return self.filter(ended_at__isnull=True)


class Assignment(TenantModel):
    """A clinician's decision: this client does this activity, on this schedule."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assignments")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="assignments")
    schedule = models.JSONField()  # as assessments.schedule reads it
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # The check that stood when something gated was assigned, for the record.
    safety_check = models.ForeignKey(
        SafetyCheck, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("assigned_at")),
                name="assignment_ended_after_assigned",
            )
        ]
        indexes = [models.Index(fields=["client", "-assigned_at"], name="assignment_by_client")]


class OccurrenceQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def mine(self, user):
        """What is asked of the client who ``user`` is."""
        return self.filter(client__user=user, practice=user.practice_id)

    def waiting(self):
        """Asked for and not answered, whatever the time."""
        return self.filter(answered_at__isnull=True, withdrawn_at__isnull=True)

    def open(self, now):
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            opens_at__lte=now,
            withdrawn_at__isnull=True,
        )

    def missed(self, now):
        """Due and not answered; also what has expired since."""
        return self.waiting().filter(due_at__lt=now)


class Occurrence(TenantModel):
    """One due instance of an assignment. Its state is what its facts say."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="occurrences")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="occurrences")
    number = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # when its first response was submitted
    withdrawn_at = models.DateTimeField(null=True)
    put_away_at = models.DateTimeField(null=True)  # the client said: not now
    safe_time_at = models.DateTimeField(null=True)  # the client said: now is a safe time
    noted_at = models.DateTimeField(null=True)  # the care team knows that it was not answered

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="occurrence_number_once"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("opens_at")),
                name="occurrence_due_after_opens",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("opens_at")),
                name="occurrence_expires_after_opens",
            ),
        ]
        indexes = [
            models.Index(
                fields=["client", "due_at"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="occurrence_waiting",
            ),
            models.Index(fields=["client", "-opens_at"], name="occurrence_by_client"),
        ]

    def is_open(self, now) -> bool:
        return (
            self.withdrawn_at is None
            and self.opens_at <= now
            and (self.expires_at is None or now < self.expires_at)
        )
