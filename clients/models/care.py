from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practice.fields import EMPTY, SealedTextField
from practice.models import AuditEvent, DataClass, Role, TenantModel
from practice.models.tenant import is_time_zone

from .cover import Cover
from .emergency import EmergencyOpening
from .keeping import ErasureRequest, LegalHold
from .supervision import SupervisionReason


class ClientQuerySet(models.QuerySet):
    """Whose. A cover and a reason hold for a time, so these ask the clock."""

    def of(self, user):
        """The clients whose records ``user`` may open: whose data they may take, and for a
        clinician those whom they opened in an emergency within the hour."""
        return self.filter(_one_of(_read_by(user) + _opened_by(user)), practice=user.practice_id)

    def taken_out_by(self, user):
        """Whose data ``user`` may take as a file: their caseload; for a supervisor also those for
        whom they have said today why (``clients.supervision`` asks for it). What is opened in an
        emergency is read, and not taken."""
        return self.filter(_one_of(_read_by(user)), practice=user.practice_id)

    def logged_for(self, user):
        """Of whom ``user`` may see who opened the record: whose record they may open, and for an
        owner everybody's. It opens no record."""
        if Role.OWNER in user.roles:
            return self.filter(practice=user.practice_id)
        return self.of(user)

    def listed_for(self, user):
        """The clients whom ``user`` sees in lists: their caseload; a supervisor's practice."""
        if Role.SUPERVISOR in user.roles:
            return self.filter(practice=user.practice_id)
        return self.cared_for_by(user)

    def cared_for_by(self, user):
        """The caseload of ``user``: whom they look after today, and may write about."""
        if Role.CLINICIAN not in user.roles:
            return self.none()
        return self.filter(_one_of(_cared_for_by(user)), practice=user.practice_id)

    def as_far_as(self, user):
        """Of who stands in a list: ``opens``, whether ``user`` may open the record now; and
        ``is_theirs``, whether they look after them and may write. Whoever is no supervisor has
        nobody else in a list."""
        if Role.SUPERVISOR not in user.roles:
            return self.annotate(opens=Value(True), is_theirs=Value(True))
        others = self.model.objects
        return self.annotate(
            opens=Exists(others.of(user).filter(pk=OuterRef("pk"))),
            is_theirs=Exists(others.cared_for_by(user).filter(pk=OuterRef("pk"))),
        )

    def with_their_way_to(self, user):
        """How they came to ``user``, as far as it is worth a word: ``covered_for`` and
        ``covered_until`` while a colleague is away, ``handed_from`` until it was read."""
        covers = _covers_of(user).about("pk")
        handed = CareTeam.objects.current().filter(client=OuterRef("pk")).handed_to(user)
        return self.annotate(
            covered_for=Subquery(covers.values("absence__clinician__name")[:1]),
            covered_until=Subquery(covers.values("absence__ends_at")[:1]),
            handed_from=Subquery(handed.values("taken_from__name")[:1]),
        )

    def myself(self, user):
        """The client who ``user`` is, in the portal."""
        return self.filter(user=user, practice=user.practice_id)

    def in_care(self):
        return self.filter(episodes__closed_at__isnull=True)

    def with_what_holds_it(self):
        """Each with ``held_since`` and ``to_be_erased_since``, in the same statement."""
        holds = LegalHold.objects.standing().filter(client=OuterRef("pk"))
        asked = ErasureRequest.objects.standing().filter(client=OuterRef("pk"))
        return self.annotate(
            held_since=Subquery(holds.values("since")[:1]),
            to_be_erased_since=Subquery(asked.values("asked_at")[:1]),
        )

    def with_shut_code(self, now):
        """Each with ``code_shut_at``, when within the day the last of too many wrong personal codes
        was tried, in the same statement."""
        shut = AuditEvent.objects.filter(
            client_id=OuterRef("pk"), action="code.shut", at__gt=now - timedelta(days=1)
        )
        return self.annotate(code_shut_at=Subquery(shut.order_by("-number").values("at")[:1]))

    def kept_by(self, user):
        """For whom ``user`` answers as an owner: that their records are kept, held and erased. It
        opens no record."""
        if Role.OWNER not in user.roles:
            return self.none()
        return self.filter(practice=user.practice_id)


def _covers_of(user):
    return Cover.objects.standing(timezone.now()).filter(covering=user)


def _one_of(ids: list) -> Q:
    """One of these querysets of ids of clients. A union: where it is one EXISTS or another, the
    database asks both of every client of the practice."""
    if not ids:
        return Q(pk__in=[])
    first, *others = ids
    return Q(pk__in=first.union(*others))


def _read_by(user) -> list:
    if Role.SUPERVISOR not in user.roles:
        return _cared_for_by(user)
    reasons = SupervisionReason.objects.counting(timezone.now()).filter(created_by=user)
    return [*_cared_for_by(user), reasons.values("client")]


def _opened_by(user) -> list:
    if Role.CLINICIAN not in user.roles:
        return []
    opened = EmergencyOpening.objects.counting(timezone.now()).filter(created_by=user)
    return [opened.values("client")]


def _cared_for_by(user) -> list:
    """On the care team today, or in the place of somebody who is away."""
    if Role.CLINICIAN not in user.roles:
        return []
    team = CareTeam.objects.current().filter(clinician=user)
    return [team.values("client"), _covers_of(user).clients()]


class Client(TenantModel):
    """A person in care."""

    data_class = DataClass.CLINICAL
    kept = "after the last episode for as long as the practice chose, then erased"

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
    contact_later_at = models.DateTimeField(null=True)  # "Is this still right?": not now, they said
    # Care has ended: until then they may look at what is theirs. None while they are in care.
    portal_closes_at = models.DateTimeField(null=True)

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

    def is_called(self, name: str) -> bool:
        """Typed by somebody: capitals and spaces do not matter."""
        said, theirs = name.casefold().split(), self.preferred_name.casefold().split()
        return said == theirs

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_day(self, moment: datetime) -> date:
        """The day that their own calendar shows."""
        return moment.astimezone(self.zone).date()

    @property
    def portal_last_day(self) -> date | None:
        """The last day on which they may come in, once care has ended."""
        closes = self.portal_closes_at
        return self.local_day(closes - timedelta(seconds=1)) if closes else None

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

    def answering(self, now):
        """Those of today who are there: not whoever is away while somebody covers."""
        covered = (
            Cover.objects.standing(now)
            .about("client")
            .filter(absence__clinician=OuterRef("clinician"))
        )
        return self.current().exclude(Exists(covered))

    def handed_to(self, user):
        """Taken over from somebody, and not read yet."""
        return self.current().filter(
            clinician=user, taken_from__isnull=False, handover_read_at__isnull=True
        )


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
    taken_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    handover_read_at = models.DateTimeField(null=True)

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
    kept = "with the client"

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
