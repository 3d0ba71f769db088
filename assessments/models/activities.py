from collections.abc import Collection
from typing import Self
from uuid import UUID

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.definitions import Definition
from practice.models import DataClass, TenantModel

from .versions import Version


class ActivityQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def assignable(self):
        return self.filter(retired_at__isnull=True)

    def own(self):
        return self.filter(is_own=True)


class Activity(TenantModel):
    """Anything a client can be asked to do. What it says lives in its versions."""

    class Kind(models.TextChoices):
        SCREENER = "screener", _("Screener")
        EXERCISE = "exercise", _("Exercise")
        READING = "reading", _("Reading")

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    slug = models.SlugField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    # Made or imported here: the library that comes with Trellis neither changes nor retires it.
    is_own = models.BooleanField(default=False, db_default=False)
    retired_at = models.DateTimeField(null=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(fields=["practice", "slug"], name="activity_slug_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["screener", "exercise", "reading"]),
                name="activity_kind_known",
            ),
        ]

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("assessments:activity", args=[self.slug])


class ActivityVersionQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def newest(self):
        """The newest version of each activity."""
        return self.order_by("activity_id", "-number").distinct("activity_id")

    def assignable(self):
        """The newest version of each activity that is in use."""
        return self.newest().filter(activity__retired_at__isnull=True).select_related("activity")

    def published_instruments(self):
        """Whose change may be judged: somebody has validated them and said so in print."""
        return self.filter(content__provenance__validation="published")

    def reflection_tools(self):
        """Screeners that nobody has validated, ours and the practice's own."""
        return self.filter(
            activity__kind=Activity.Kind.SCREENER, content__provenance__validation="unvalidated"
        )


class ActivityVersion(Version):
    """An immutable definition. Responses point at what they answered."""

    data_class = DataClass.PUBLIC
    kept = "as long as a response points at it"

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="versions")

    objects = ActivityVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "number"], name="version_number_once"),
        ]

    def __str__(self):
        return f"{self.activity_id} v{self.number}"

    @property
    def definition(self) -> Definition:
        """Parsed once per process: equal content is one definition, whoever holds it."""
        if self.digest not in _parsed:
            _parsed[self.digest] = Definition.published(self.content)
        return _parsed[self.digest]

    @classmethod
    def known(cls, ids: Collection[UUID]) -> dict[UUID, Self]:
        """These, by id: they never change, so each is read once a process. Whoever has an id has
        met a row that points at it, behind the wall."""
        found = {pk: row for pk in ids if (row := _known.get(pk))}
        if missing := [pk for pk in ids if pk not in found]:
            if len(_known) > MOST_KNOWN:
                _known.clear()
            for row in cls.objects.filter(pk__among=missing):
                found[row.pk] = _known[row.pk] = row._without_content()
        return found

    def _without_content(self) -> Self:
        """Only what is made of it: deferred, it would be read again if anybody asked."""
        _ = self.definition
        del self.__dict__["content"]
        return self


MOST_KNOWN = 20_000
_parsed: dict[str, Definition] = {}
_known: dict[UUID, ActivityVersion] = {}


class DraftQuerySet(models.QuerySet):
    def mine(self, user):
        return self.filter(created_by=user, practice=user.practice_id)


class ActivityDraft(TenantModel):
    """An own activity that somebody is writing. Publishing it makes a version and ends the draft.

    ``content`` is what the editor holds, valid or not.
    """

    data_class = DataClass.PUBLIC
    kept = "until it is published or thrown away"

    activity = models.ForeignKey(
        Activity, null=True, on_delete=models.PROTECT, related_name="drafts"
    )  # what it will be a version of; none yet for something new
    content = models.JSONField()
    # Of what was imported: its format, name and checksum, and what could not be taken over.
    source = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saves = models.PositiveIntegerField(default=0)  # two tabs: the older one is told

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "created_by"], name="draft_one_per_activity_and_author"
            )
        ]


class TextPermissionQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def carry(self, before, after):
        """The right to the words of a version holds for the next one that has them."""
        for facts in self.filter(version=before).values():
            for own in ("id", "created_at", "version_id"):
                del facts[own]
            self.create(**facts, version=after)


class TextPermission(TenantModel):
    """By what right this practice uses the words of an imported version. Never changed."""

    data_class = DataClass.PUBLIC
    kept = "as long as the version"

    class Basis(models.TextChoices):
        FREE = "free", _("The owner lets anybody use it")
        LICENCE = "licence", _("We have a licence")
        WRITTEN = "written", _("We have the owner's permission in writing")
        OWN = "own", _("We wrote it ourselves")

    version = models.OneToOneField(
        ActivityVersion, on_delete=models.PROTECT, related_name="permission"
    )
    basis = models.CharField(max_length=10, choices=Basis)
    holder = models.CharField(max_length=200)
    words = models.TextField(max_length=5_000)  # the licence, or what the owner wrote
    evidence = models.CharField(max_length=500, blank=True)  # where it can be read
    checked_on = models.DateField()
    expires_on = models.DateField(null=True)
    source_format = models.CharField(max_length=10)  # fhir, redcap, xlsform, paste
    source_name = models.CharField(max_length=200, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)

    objects = TextPermissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(basis__in=["free", "licence", "written", "own"]),
                name="permission_basis_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True)
                | models.Q(expires_on__gte=models.F("checked_on")),
                name="permission_expires_after_checked",
            ),
        ]
