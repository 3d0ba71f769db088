from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Episode
from practice.fields import SealedJSONField
from practice.models import DataClass, TenantModel

from .activities import ActivityVersion
from .assignments import Occurrence

BROUGHT = Q(brought_at__isnull=False) & (
    Q(discussed_at__isnull=True) | Q(discussed_at__lt=F("brought_at"))
)


class ResponseQuerySet(models.QuerySet):
    def of(self, user):
        """Submitted ones only: a draft belongs to the client alone."""
        return self.submitted().filter(client__in=Client.objects.of(user))

    def mine(self, user):
        return self.filter(client__user=user, practice=user.practice_id)

    def own_of(self, client):
        """All that ``client`` has finished, for nobody but them: their list and their file."""
        return self.submitted().filter(client=client)

    def drafts(self):
        return self.filter(submitted_at__isnull=True)

    def submitted(self):
        return self.filter(submitted_at__isnull=False)

    def unread(self):
        return self.submitted().filter(read_at__isnull=True)

    def brought(self):
        """Marked by the client for the next session, and not talked about since."""
        return self.submitted().filter(BROUGHT)


class Response(TenantModel):
    """The answers to one occurrence; an entry of a log is one response.

    A draft is saved after every answer. Once submitted its answers never change (a trigger
    refuses it); a correction is a new revision. What was filled in on paper is entered by staff.
    """

    class Mode(models.TextChoices):
        PORTAL = "portal", _("In the portal")
        PAPER = "paper", _("On paper, entered by staff")

    data_class = DataClass.CLINICAL
    kept = "with the episode"
    # Said by the verb that sends it, and not kept: its words hold a phrase of the practice's list.
    asks_for_help = False

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="responses")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="responses")
    occurrence = models.ForeignKey(Occurrence, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(ActivityVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1)  # of the entry, in a log
    revision = models.PositiveSmallIntegerField(default=1)
    answers = SealedJSONField()
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    mode = models.CharField(
        max_length=10, choices=Mode, default=Mode.PORTAL, db_default=Mode.PORTAL
    )
    filled_on = models.DateField(null=True)  # the day on a paper copy
    read_at = models.DateTimeField(null=True)  # first read by the care team
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    brought_at = models.DateTimeField(null=True)  # marked by the client for the next session
    discussed_at = models.DateTimeField(null=True)  # talked about in a session
    discussed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    objects = ResponseQuerySet.as_manager()

    @property
    def is_brought(self) -> bool:
        """The client would like to talk about it, and nobody has since they said so."""
        talked = self.discussed_at
        return self.brought_at is not None and (talked is None or talked < self.brought_at)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "number", "revision"], name="response_once"
            ),
            models.UniqueConstraint(
                fields=["occurrence"],
                condition=Q(submitted_at__isnull=True),
                name="response_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(submitted_at__isnull=False),
                name="response_read_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(discussed_at__isnull=True)
                | Q(submitted_at__isnull=False, discussed_by__isnull=False),
                name="response_discussed_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(brought_at__isnull=True) | Q(brought_at__gte=F("started_at")),
                name="response_brought_after_begun",
            ),
            models.CheckConstraint(
                condition=Q(mode="portal", filled_on__isnull=True)
                | Q(mode="paper", filled_on__isnull=False, submitted_at__isnull=False),
                name="response_paper_has_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["client", "-submitted_at"],
                condition=Q(submitted_at__isnull=False),
                name="response_by_client",
            ),
            models.Index(
                fields=["client"],
                condition=Q(submitted_at__isnull=False, read_at__isnull=True),
                name="response_unread",
            ),
        ]


class ScoreQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(client__in=Client.objects.of(user))


class Score(TenantModel):
    """One scale of one response. No value means that it could not be computed, never zero."""

    data_class = DataClass.CLINICAL
    kept = "with the episode"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="scores")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="scores")
    scale = models.CharField(max_length=40)
    # Whom the answers are about, where it was asked: only like is compared with like.
    about = models.CharField(max_length=40, blank=True, default="", db_default="")
    value = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    answered = models.PositiveSmallIntegerField()
    missing = models.PositiveSmallIntegerField()
    provisional = models.BooleanField(default=False)  # prorated
    engine = models.CharField(max_length=12)
    trace = SealedJSONField()
    taken_at = models.DateTimeField()

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "scale"], name="score_once_per_scale"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(answered__gt=0),
                name="score_never_from_nothing",
            ),
        ]
        indexes = [models.Index(fields=["client", "scale", "taken_at"], name="score_by_scale")]
