from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from practice.fields import EMPTY, SealedTextField
from practice.models import DataClass, Role, TenantModel
from practice.models.tenant import is_time_zone


class ClientQuerySet(models.QuerySet):
    def of(self, user):
        """The clients whose records ``user`` may read: their caseload; a supervisor's practice."""
        clients = self.filter(practice=user.practice_id)
        if Role.SUPERVISOR in user.roles:
            return clients
        return clients.cared_for_by(user)

    def cared_for_by(self, user):
        """The caseload of ``user``: whom they look after today, and may write about."""
        if Role.CLINICIAN not in user.roles:
            return self.none()
        team = CareTeam.objects.current().filter(client=OuterRef("pk"), clinician=user)
        return self.filter(Exists(team), practice=user.practice_id)

    def myself(self, user):
        """The client who ``user`` is, in the portal."""
        return self.filter(user=user, practice=user.practice_id)

    def in_care(self):
        return self.filter(episodes__closed_at__isnull=True)


class Client(TenantModel):
    """A person in care."""

    data_class = DataClass.CLINICAL
    kept = "ten years after the last episode"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="client"
    )
    preferred_name = SealedTextField()
    pronouns = SealedTextField(default=str)
    email = SealedTextField(default=str)
    phone = SealedTextField(default=str, db_default=EMPTY)  # +49301234567
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=60, validators=[is_time_zone])
    invited_at = models.DateTimeField(null=True)
    # The second step on a link from a message; hashed like a password.
    personal_code = models.CharField(max_length=128, blank=True)
    leave_page_shown_at = models.DateTimeField(null=True)
    # How they like to answer, since when: all questions on a page; a choice leads to the next.
    whole_page_since = models.DateTimeField(null=True)
    goes_on_since = models.DateTimeField(null=True)

    objects = ClientQuerySet.as_manager()

    def __str__(self):
        return self.preferred_name

    def get_absolute_url(self):
        return reverse("assessments:timeline", args=[self.pk])

    def key_subject(self):
        return self.pk

    @property
    def client_id(self):
        """So that a client is addressed like everything that is about a client."""
        return self.pk

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_day(self, moment: datetime) -> date:
        """The day that their own calendar shows."""
        return moment.astimezone(self.zone).date()

    @property
    def has_joined(self) -> bool:
        """An account and a personal code; without a code they choose one with their next link."""
        return self.user_id is not None and bool(self.personal_code)

    @property
    def initials(self) -> str:
        return " ".join(f"{part[0].upper()}." for part in self.preferred_name.split()[:2])


class CareTeamQuerySet(models.QuerySet):
    def current(self):
        return self.filter(until__isnull=True)


class CareTeam(TenantModel):
    """Which clinician looks after a client, from when to when. This is the caseload."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="care_team")
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="caseload"
    )
    is_primary = models.BooleanField(default=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "clinician"],
                condition=Q(until__isnull=True),
                name="care_team_once_per_clinician",
            ),
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(until__isnull=True, is_primary=True),
                name="care_team_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="care_team_until_after_since",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinician", "client"],
                condition=Q(until__isnull=True),
                name="care_team_caseload",
            )
        ]


class Episode(TenantModel):
    """One course of care. Baselines belong to an episode, never to a client."""

    data_class = DataClass.CLINICAL
    kept = "ten years after it closed"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="episodes")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    close_reason = SealedTextField(default=str)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(closed_at__isnull=True), name="episode_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=models.F("opened_at")),
                name="episode_closed_after_opened",
            ),
        ]

    def __str__(self):
        return str(_("Episode since %(date)s") % {"date": self.opened_at.date()})

    def week(self, now) -> int:
        return (now - self.opened_at).days // 7 + 1
