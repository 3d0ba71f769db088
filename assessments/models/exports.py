"""What somebody takes out of Trellis. These rows, not the broker, say what is to be made."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from practice.fields import SealedBytesField
from practice.models import DataClass, TenantModel


class ExportQuerySet(models.QuerySet):
    def mine(self, user):
        """What ``user`` asked for, and nobody else's: not even the owner sees another's file."""
        return self.filter(created_by=user, practice=user.practice_id).defer("file")

    def to_make(self):
        return self.filter(done_at__isnull=True, failed_at__isnull=True, emptied_at__isnull=True)

    def free(self, now):
        """To be made, and in nobody's hands (or in hands that let go)."""
        return self.to_make().filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))

    def in_hand(self, now):
        return self.to_make().filter(lease_until__gt=now)

    def full(self):
        """With a file that can be taken."""
        return self.filter(done_at__isnull=False, emptied_at__isnull=True)


class Export(TenantModel):
    """A file with data of one client, or of the caseload of ``created_by``.

    Claimed, made and put here in one transaction at the end; emptied when its time is over. Sealed
    with the key of its client, or of the practice where there are several.
    """

    class Kind(models.TextChoices):
        """What of these can be made says ``assessments.exports.FORMATS``."""

        TABLES = "tables", _("Tables for a statistics program (CSV in a zip)")
        WORKBOOK = "workbook", _("A workbook for Excel or LibreOffice (XLSX)")
        FHIR = "fhir", _("A bundle for another record system (FHIR R4)")
        REPORT = "report", _("A report to read (PDF)")
        ARCHIVE = "archive", _("Everything that is kept about one client (zip)")
        OWN_TO_READ = "own_read", _("To read and print (PDF)")
        OWN_TABLE = "own_table", _("A table for a computer (CSV)")

    class Why(models.TextChoices):
        LEFT = "left", _("This is no longer a record that you may read.")
        SOME_LEFT = "some_left", _("Somebody left your caseload meanwhile. Please ask again.")
        ERASED = "erased", _("A record was erased meanwhile. Nothing was made of it.")
        TOO_MUCH = "too_much", _("It was too much for one file. Please choose a shorter time.")
        NOTHING = "nothing", _("Nothing was sent in that time, so there is nothing to take out.")
        BROKE = "broke", _("It could not be made. Please ask again.")

    # What a client takes with them of their own: asked for by nobody else.
    OWN = (Kind.OWN_TO_READ, Kind.OWN_TABLE)

    data_class = DataClass.CLINICAL
    kept = "its file for a day, a client's own for an hour; that it was made, with the practice"

    client = models.ForeignKey(
        Client, null=True, on_delete=models.PROTECT, related_name="exports"
    )  # none: the whole caseload
    kind = models.CharField(max_length=10, choices=Kind)
    with_words = models.BooleanField()  # free text too
    from_day = models.DateField(null=True)
    until_day = models.DateField(null=True)
    asked_at = models.DateTimeField()
    begun = models.PositiveSmallIntegerField(default=0)  # how often: a worker can be killed
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)  # how far, of ``total``
    total = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=10, choices=Why, blank=True)
    clients = ArrayField(models.UUIDField(), default=list)  # of whom something is in the file
    file = SealedBytesField(null=True)
    emptied_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("tables", "workbook", "fhir", "report", "archive"),
                        *("own_read", "own_table"),
                    ]
                ),
                name="export_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(from_day__isnull=True)
                | Q(until_day__isnull=True)
                | Q(until_day__gte=F("from_day")),
                name="export_until_after_from",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, lease_until__isnull=True)
                | Q(
                    claim__isnull=False,
                    lease_until__isnull=False,
                    done_at__isnull=True,
                    failed_at__isnull=True,
                ),
                name="export_claim_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, why="")
                | Q(failed_at__isnull=False, done_at__isnull=True)
                & Q(why__in=["left", "some_left", "erased", "too_much", "nothing", "broke"]),
                name="export_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="export_done_within_total"
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=False, done_at__isnull=False, emptied_at__isnull=True)
                | Q(file__isnull=True, done_at__isnull=True)
                | Q(file__isnull=True, emptied_at__isnull=False),
                name="export_file_while_kept",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(done_at__isnull=True, failed_at__isnull=True, emptied_at__isnull=True),
                name="export_to_make",
            ),
            models.Index(
                fields=["done_at"],
                condition=Q(done_at__isnull=False, emptied_at__isnull=True),
                name="export_full",
            ),
            models.Index(fields=["created_by", "-asked_at"], name="export_by_asker"),
        ]

    def get_absolute_url(self):
        page = "assessments:own_file_made" if self.is_own else "assessments:export"
        return reverse(page, args=[self.pk])

    @property
    def is_own(self) -> bool:
        return self.kind in self.OWN

    @property
    def state(self) -> str:
        """failed, emptied, ready, making or waiting."""
        if self.failed_at:
            return "failed"
        if self.emptied_at:
            return "emptied"
        if self.done_at:
            return "ready"
        return "making" if self.claim else "waiting"
