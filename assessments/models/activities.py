from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.definitions import Definition
from practice.models import DataClass, TenantModel


class ActivityQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def assignable(self):
        return self.filter(retired_at__isnull=True)


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


class ActivityVersion(TenantModel):
    """An immutable definition: a trigger refuses changes. Responses point at what they answered."""

    data_class = DataClass.PUBLIC
    kept = "as long as a response points at it"

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    published_at = models.DateTimeField()

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
            _parsed[self.digest] = Definition(**self.content)
        return _parsed[self.digest]


_parsed: dict[str, Definition] = {}
