from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from practice.fields import EMPTY, SealedTextField
from practice.models import DataClass, TenantModel

from .care import Client, Episode


class SessionQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def to_come(self, now):
        return self.filter(starts_at__gte=now, cancelled_at__isnull=True)


class Session(TenantModel):
    """One appointment. What became of it is a fact with its time; none of them means to come."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="sessions")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="sessions")
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=50)
    attended_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    note = SealedTextField(default=str)  # the clinician's private note
    # Whose note it is, where the session went to somebody else: it stays with who wrote it.
    note_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    points = SealedTextField(default=str, db_default=EMPTY)  # to raise, a line each
    written_at = models.DateTimeField(null=True)  # note or points, last
    written_from = models.UUIDField(null=True)  # which open page that was: two tabs
    sheet_read_at = models.DateTimeField(null=True)  # first, by whose session it is

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(attended_at__isnull=True, missed_at__isnull=True)
                    | Q(attended_at__isnull=True, cancelled_at__isnull=True)
                    | Q(missed_at__isnull=True, cancelled_at__isnull=True)
                ),
                name="session_one_outcome",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480), name="session_minutes_sane"
            ),
            models.UniqueConstraint(
                fields=["client", "starts_at"],
                condition=Q(cancelled_at__isnull=True),
                name="session_once_per_time",
            ),
        ]
        indexes = [
            models.Index(fields=["clinician", "starts_at"], name="session_by_clinician"),
            # How many there were in a course, without reading their notes.
            models.Index(
                fields=["episode", "starts_at"],
                include=["id", "client", "practice"],
                condition=Q(attended_at__isnull=False),
                name="session_attended",
            ),
        ]

    @property
    def note_owner_id(self):
        """Who alone reads the private note."""
        return self.note_of_id or self.clinician_id

    @property
    def outcome(self) -> str:
        """attended, missed, cancelled or to_come."""
        for name in ("attended", "missed", "cancelled"):
            if getattr(self, f"{name}_at"):
                return name
        return "to_come"

    @property
    def outcome_words(self):
        return {
            "attended": _("Attended"),
            "missed": _("Missed"),
            "cancelled": _("Cancelled"),
            "to_come": _("To come"),
        }[self.outcome]
