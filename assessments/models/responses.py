from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Episode
from practice.fields import EMPTY, SealedJSONField
from practice.models import DataClass, TenantModel

from .activities import ActivityVersion
from .assignments import Occurrence

BROUGHT = Q(brought_at__isnull=False) & (
    Q(discussed_at__isnull=True) | Q(discussed_at__lt=F("brought_at"))
)


class Sharing(models.TextChoices):
    """What becomes of an entry when its client is done with it: theirs to choose, each time."""

    SEND = "send", _("Send it")
    BRING = "bring", _("Bring this to my session")
    MYSELF = "myself", _("Keep it to myself")


class ResponseQuerySet(models.QuerySet):
    """Whatever the practice sees begins with ``submitted``: what is not sent is never in it."""

    def of(self, user):
        """Submitted ones only: anything else belongs to the client alone."""
        return self.submitted().filter(client__in=Client.objects.of(user))

    def mine(self, user):
        return self.filter(client__user=user, practice=user.practice_id)

    def own_of(self, client):
        """All that ``client`` has finished, for nobody but them: their list and their file."""
        return self.ended().filter(client=client)

    def drafts(self):
        return self.filter(submitted_at__isnull=True, finished_at__isnull=True)

    def submitted(self):
        return self.filter(submitted_at__isnull=False)

    def private(self):
        """Done, and kept by the client to themselves: for their own pages alone."""
        return self.filter(finished_at__isnull=False)

    def ended(self):
        """Done, sent or not: for the client's own pages alone."""
        return self.filter(Q(submitted_at__isnull=False) | Q(finished_at__isnull=False)).alias(
            done_at=Coalesce("submitted_at", "finished_at")
        )

    def can_be_taken_back(self):
        """Nobody has read it, nor seen its words on a sheet or in a file. No join stands in here:
        the update that takes it back has to see what a reader has just written."""
        return self.unread().filter(
            shown_at__isnull=True, discussed_at__isnull=True, mode=Response.Mode.PORTAL
        )

    def note_shown(self, now) -> int:
        """Their words go where somebody can read them without opening them one by one."""
        return self.submitted().filter(shown_at__isnull=True).update(shown_at=now)

    def unread(self):
        return self.submitted().filter(read_at__isnull=True)

    def brought(self):
        """Marked by the client for the next session, and not talked about since."""
        return self.submitted().filter(BROUGHT)


class Response(TenantModel):
    """The answers to one occurrence; an entry of a log is one response.

    A draft is saved after every answer. Once submitted its answers never change (a trigger
    refuses it); a correction is a new revision. What was filled in on paper is entered by staff.
    One that its client keeps to themselves has no ``submitted_at``, so that no query of the
    practice's holds it, and no number, so that what was never sent leaves no gap among the others.
    One that was sent and is taken back leaves its gap: the others keep their numbers.
    """

    class Mode(models.TextChoices):
        PORTAL = "portal", _("In the portal")
        PAPER = "paper", _("On paper, entered by staff")

    data_class = DataClass.CLINICAL
    kept = "with the episode"
    # Said by the verb that sends it, and not kept: its words hold a phrase of the practice's list.
    asks_for_help = False
    # Said by ``keep``: what was answered in another window, and therefore not overwritten.
    elsewhere: tuple = ()

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="responses")
    episode = models.ForeignKey(
        Episode, on_delete=models.PROTECT, related_name="responses", db_index=False
    )  # response_course
    occurrence = models.ForeignKey(Occurrence, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(ActivityVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1, null=True)  # of the entry, in a log
    revision = models.PositiveSmallIntegerField(default=1)
    answers = SealedJSONField()
    # Of a draft, by question: the place of its last change, the window it came from, and when.
    changes = SealedJSONField(default=dict, db_default=EMPTY)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # The client wants it for themselves: said of a draft, or of what is finished.
    kept_to_self_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # done, and not sent
    mode = models.CharField(
        max_length=10, choices=Mode, default=Mode.PORTAL, db_default=Mode.PORTAL
    )
    filled_on = models.DateField(null=True)  # the day on a paper copy
    read_at = models.DateTimeField(null=True)  # first read by the care team
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    shown_at = models.DateTimeField(null=True)  # its words stood on a sheet or went into a file

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

    @property
    def change(self) -> int:
        """How many changes this draft has seen: the place of the newest."""
        return max((place for place, _page, _at in self.changes.values()), default=0)

    @property
    def ended_at(self):
        """When its client was done with it; None for a draft."""
        return self.submitted_at or self.finished_at

    @property
    def is_private(self) -> bool:
        """Done, and for its client alone."""
        return self.finished_at is not None

    @property
    def sharing(self) -> str:
        """What its client has said so far is to become of it."""
        if self.kept_to_self_at:
            return Sharing.MYSELF
        return Sharing.BRING if self.is_brought else Sharing.SEND

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "number", "revision"], name="response_once"
            ),
            models.UniqueConstraint(
                fields=["occurrence"],
                condition=Q(submitted_at__isnull=True, finished_at__isnull=True),
                name="response_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(kept_to_self_at__isnull=True)
                | Q(submitted_at__isnull=True, brought_at__isnull=True, shown_at__isnull=True),
                name="response_private_or_sent",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, number__isnull=False)
                | Q(finished_at__isnull=False, number__isnull=True, kept_to_self_at__isnull=False),
                name="response_finished_is_private",
            ),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True) | Q(submitted_at__isnull=False),
                name="response_shown_after_submitted",
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
            models.Index(
                fields=["client", "-finished_at"],
                condition=Q(finished_at__isnull=False),
                name="response_private",
            ),
            models.Index(
                fields=["client"],
                condition=Q(brought_at__isnull=False),
                name="response_brought",
            ),
            # Of a whole course, how each of its answers was asked: without reading the answers
            # (assessments.progress). The wall asks for the practice.
            models.Index(
                fields=["episode"],
                include=["id", "version", "mode", "practice"],
                name="response_course",
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
        indexes = [
            # A whole course, without reading the traces (assessments.progress).
            models.Index(
                fields=["client", "scale", "about", "taken_at"],
                include=["id", "response", "value", "missing", "provisional", "practice"],
                name="score_course",
            )
        ]
