from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.fields import EMPTY, SealedTextField
from practice.models import DataClass, TenantModel

from .assignments import Occurrence
from .calls import AlertCall


class AlertQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))

    def listed_for(self, user):
        return self.filter(client__in=Client.objects.listed_for(user))

    def mine(self, user):
        """Those that ``user`` may deal with: of their caseload, and those that they were called
        to, as somebody's back-up or as the owner."""
        calls = AlertCall.objects.answered_for(user).filter(alert=OuterRef("pk"))
        cared_for = Q(client__in=Client.objects.cared_for_by(user))
        return self.filter(cared_for | Exists(calls), practice=user.practice_id)

    def open_to(self, user):
        """Whoever may read the client's record, and whoever was called to this alone."""
        return self.of(user) | self.mine(user)

    def open(self):
        return self.filter(closed_at__isnull=True)

    def unseen(self):
        return self.open().filter(seen_at__isnull=True)

    def that_stop_messages(self):
        return self.open().filter(kind__in=Alert.STOPS_MESSAGES)

    def most_pressing_first(self):
        """What cannot wait until tomorrow, then what waits longest."""
        urgent = When(kind__in=Alert.URGENT, then=0)
        return self.order_by(Case(urgent, default=1), "raised_at")


class Alert(TenantModel):
    """Something a clinician must look at. Only staff close it, with a note."""

    class Kind(models.TextChoices):
        TALK_FIRST = "talk_first", _("Asked to talk before trying something")
        PUT_AWAY = "put_away", _("Put something away in the middle: it may not be safe now")
        CRITICAL = "critical", _("An answer about safety: please get in touch today")
        NOT_SAFE = "not_safe", _("An answer that asks for a talk")
        PHRASE = "phrase", _("Words of the practice's list: please get in touch today")
        WORSE = "worse", _("Reliably worse than at the start of the episode")
        SILENCE = "silence", _("Has fallen silent")
        CONSENT = "consent", _("Took back that the care team reads what they send")

    class Act(models.TextChoices):
        PHONED = "phoned", _("Spoke with them on the phone")
        MET = "met", _("Met with them")
        WROTE = "wrote", _("Wrote to them")
        ASKED = "asked", _("Asked a colleague")
        NOTHING = "nothing", _("Looked at it; nothing more was needed")

    # The clock of these runs at night too.
    URGENT = (Kind.CRITICAL, Kind.PHRASE)
    # Raised by what a client said: then nobody is nagged. The others come of what the practice
    # reads from its records, and a reminder may be what ends them.
    STOPS_MESSAGES = (
        Kind.TALK_FIRST,
        Kind.CRITICAL,
        Kind.NOT_SAFE,
        Kind.PHRASE,
        Kind.CONSENT,
    )

    # Nobody is written to: they stand on Today until somebody has looked.
    QUIET = (Kind.PUT_AWAY,)

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="alerts")
    occurrence = models.ForeignKey(
        Occurrence, null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_at = models.DateTimeField(null=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    acted = models.CharField(max_length=10, choices=Act, blank=True, default="", db_default="")
    acted_words = SealedTextField(default=str, db_default=EMPTY)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = SealedTextField(default=str)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "kind"],
                condition=Q(closed_at__isnull=True),
                name="alert_one_open_per_kind",
            ),
            models.UniqueConstraint(
                fields=["client", "kind"],
                condition=Q(closed_at__isnull=True, occurrence__isnull=True),
                name="alert_one_open_of_a_client",
            ),
            models.CheckConstraint(
                condition=Q(acted_at__isnull=True, acted_by__isnull=True, acted="")
                | Q(
                    acted_at__gte=F("raised_at"),
                    acted_by__isnull=False,
                    acted__in=["phoned", "met", "wrote", "asked", "nothing"],
                ),
                name="alert_acted_on_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__gte=F("raised_at")),
                name="alert_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["client"], condition=Q(closed_at__isnull=True), name="alert_open"),
            models.Index(fields=["practice", "-raised_at"], name="alert_by_practice"),
        ]

    @property
    def is_urgent(self) -> bool:
        return self.kind in self.URGENT

    @property
    def is_quiet(self) -> bool:
        return self.kind in self.QUIET

    @property
    def stops_messages(self) -> bool:
        return self.kind in self.STOPS_MESSAGES
