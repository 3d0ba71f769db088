from django.db import models
from django.urls import reverse

from assessments.definitions import Program as ProgramDefinition
from practice.models import DataClass, TenantModel

from .versions import Version


class ProgramQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def assignable(self):
        return self.filter(retired_at__isnull=True)


class Program(TenantModel):
    """Activities in order with delivery rules. What they are lives in its versions."""

    data_class = DataClass.PUBLIC
    kept = "as long as the practice exists"

    slug = models.SlugField(max_length=60)
    is_own = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "slug"], name="program_slug_once"),
        ]

    def __str__(self):
        return self.slug

    def get_absolute_url(self):
        return reverse("assessments:program", args=[self.slug])


class ProgramVersionQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def newest(self):
        """The newest version of each program."""
        return self.order_by("program_id", "-number").distinct("program_id")

    def assignable(self):
        """The newest version of each program that is in use."""
        return self.newest().filter(program__retired_at__isnull=True).select_related("program")


class ProgramVersion(Version):
    """An immutable program."""

    data_class = DataClass.PUBLIC
    kept = "as long as an assignment points at it"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")

    objects = ProgramVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="program_version_once"),
        ]

    def __str__(self):
        return f"{self.program_id} v{self.number}"

    @property
    def definition(self) -> ProgramDefinition:
        return ProgramDefinition.published(self.content)
