from datetime import UTC, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, Max, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from clients.models import (
    Agreement,
    Client,
    Consent,
    Episode,
    SafeContact,
    SafetyCheck,
    Session,
)
from practice.models import DataClass, TenantModel

from .activities import Activity, ActivityVersion
from .programs import ProgramVersion

# What its client has touched within this time does not expire.
GRACE = timedelta(hours=24)
OFTEN, MOST_OFTEN = 2, 3  # times that make a habit, and habits that are shown


class AssignmentQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def running(self):
        return self.filter(ended_at__isnull=True)

    def asking(self, now):
        """Of which something can be answered, now or later: what was asked once and answered is
        still running, and asks nothing any more."""
        left = Occurrence.objects.waiting().not_over(now).filter(assignment=OuterRef("pk"))
        return self.running().filter(Q(ask_again_at__isnull=False) | Exists(left))

    def often_by(self, user) -> list[str]:
        """Slugs of the activities that ``user`` has given most, the most given first."""
        return list(
            self.filter(created_by=user, program=None)
            .values_list("activity__slug")
            .annotate(times=Count("pk"), last=Max("assigned_at"))
            .filter(times__gte=OFTEN)
            .order_by("-times", "-last")
            .values_list("activity__slug", flat=True)[:MOST_OFTEN]
        )

    def to_ask(self, now):
        """Whose next occurrences must be made by now."""
        return self.running().filter(ask_again_at__lte=now)


class Assignment(TenantModel):
    """A clinician's decision: this client does this activity, on this schedule."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assignments")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="assignments")
    schedule = models.JSONField()  # as assessments.schedule reads it
    assigned_at = models.DateTimeField()
    # A schedule that was changed, or resumed after a pause, counts from then on.
    scheduled_at = models.DateTimeField(null=True)
    first_number = models.PositiveSmallIntegerField(default=1, db_default=1)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # When a schedule without an end is looked at again: its occurrences are made weeks ahead.
    ask_again_at = models.DateTimeField(null=True)
    # When it is a step of a program: its place there, from 0.
    program = models.ForeignKey(
        "ProgramAssignment", null=True, on_delete=models.PROTECT, related_name="steps"
    )
    step = models.PositiveSmallIntegerField(null=True)
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
            ),
            models.CheckConstraint(
                condition=Q(scheduled_at__isnull=True) | Q(scheduled_at__gte=F("assigned_at")),
                name="assignment_scheduled_after_assigned",
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=True, step__isnull=True)
                | Q(program__isnull=False, step__isnull=False),
                name="assignment_step_of_a_program",
            ),
            models.UniqueConstraint(fields=["program", "step"], name="assignment_step_once"),
        ]
        indexes = [
            models.Index(fields=["client", "-assigned_at"], name="assignment_by_client"),
            models.Index(
                fields=["ask_again_at"],
                condition=Q(ended_at__isnull=True, ask_again_at__isnull=False),
                name="assignment_to_ask",
            ),
        ]

    @property
    def counts_from(self):
        """The moment from which its schedule counts."""
        return self.scheduled_at or self.assigned_at


class ProgramAssignment(TenantModel):
    """A clinician's decision: this client does this program. Its steps are assignments, each made
    when its turn comes."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="programs")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="programs")
    version = models.ForeignKey(
        ProgramVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    safety_check = models.ForeignKey(
        SafetyCheck, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("assigned_at")),
                name="program_assignment_ended_after",
            )
        ]
        indexes = [models.Index(fields=["client", "-assigned_at"], name="program_by_client")]


class OccurrenceQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def mine(self, user):
        """What is asked of the client who ``user`` is."""
        return self.filter(client__user=user, practice=user.practice_id)

    def with_consent(self):
        """Each with ``is_agreed``: whether its client agrees that their care team reads."""
        return self.annotate(is_agreed=Consent.objects.given_by("client", Agreement.CARE))

    def with_draft(self):
        """Each with its ``draft`` (or None), and as ``version_today`` the id of what it asks."""
        begun = Q(responses__submitted_at=None, responses__finished_at=None)
        versions = ActivityVersion.objects.filter(activity=OuterRef("assignment__activity"))
        return self.annotate(
            draft=FilteredRelation("responses", condition=begun),
            version_today=Subquery(versions.order_by("-number").values("pk")[:1]),
        ).select_related("draft")

    def waiting(self):
        """Asked for and not answered, whatever the time."""
        return self.filter(answered_at__isnull=True, withdrawn_at__isnull=True)

    def open(self, now):
        return self.not_over(now).filter(opens_at__lte=now, withdrawn_at__isnull=True)

    def not_over(self, now):
        """Not expired; nothing expires under somebody who is at it."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now) | Q(touched_at__gt=now - GRACE)
        )

    def missed(self, now):
        """Due and not answered; also what has expired since."""
        return self.waiting().filter(due_at__lt=now)

    def overdue(self, now):
        """Missed, and nothing excuses it: it was not put away, nor due in a pause of the client or
        of the assignment."""
        return (
            self.missed(now)
            .filter(put_away_at__isnull=True)
            .exclude(assignment__paused_at__lte=F("due_at"))
            .not_due_in_a_pause()
        )

    def asked_for(self, now):
        """Homework that one may speak of: what is done, and what is overdue. What was entered from
        paper without having been asked for is no homework."""
        overdue = Occurrence.objects.overdue(now).values("pk")
        return self.filter(Q(answered_at__isnull=False) | Q(pk__in=overdue)).exclude(
            answered_at=F("opens_at"), withdrawn_at=F("opens_at")
        )

    def not_due_in_a_pause(self):
        """A break that was agreed is no silence."""
        pauses = SafeContact.objects.filter(
            Q(paused_from__isnull=False) | Q(paused_until__isnull=False),
            Q(paused_from__isnull=True) | Q(paused_from__lte=OuterRef("due_day")),
            Q(paused_until__isnull=True) | Q(paused_until__gte=OuterRef("due_day")),
            Q(replaced_at__isnull=True) | Q(replaced_at__gt=OuterRef("due_at")),
            Q(paused_from__isnull=False) | Q(confirmed_at__lte=OuterRef("due_at")),
            client=OuterRef("client"),
        )
        # Due times are evenings, so the day of UTC is theirs but in the far east and west.
        return self.alias(due_day=TruncDate("due_at", tzinfo=UTC)).exclude(Exists(pauses))


class Occurrence(TenantModel):
    """One due instance of an assignment. Its state is what its facts say."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="occurrences")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="occurrences")
    number = models.PositiveSmallIntegerField()
    session = models.ForeignKey(  # which it comes before or after
        Session, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # when its client was first done, sent or not
    withdrawn_at = models.DateTimeField(null=True)
    put_away_at = models.DateTimeField(null=True)  # the client said: not now
    safe_time_at = models.DateTimeField(null=True)  # the client said: now is a safe time
    noted_at = models.DateTimeField(null=True)  # the care team knows that it was not answered
    touched_at = models.DateTimeField(null=True)  # when its client last had it open
    # "Remind me then": asked for by the client, or by their clinician.
    remind_at = models.DateTimeField(null=True)
    remind_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

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
            models.UniqueConstraint(
                fields=["assignment", "session"], name="occurrence_once_per_session"
            ),
            models.CheckConstraint(
                condition=Q(remind_at__isnull=True, remind_by__isnull=True)
                | Q(remind_at__isnull=False, remind_by__isnull=False),
                name="occurrence_reminder_asked_by",
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

    @property
    def ends_at(self):
        """When it expires, a day later than it was last touched at the earliest; None for never."""
        if self.expires_at is None or self.touched_at is None:
            return self.expires_at
        return max(self.expires_at, self.touched_at + GRACE)

    def is_open(self, now) -> bool:
        return (
            self.withdrawn_at is None
            and self.opens_at <= now
            and (self.ends_at is None or now < self.ends_at)
        )
