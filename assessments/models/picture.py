from django.db import models
from django.db.models import F, Q

from practice import walls
from practice.fields import SealedJSONField
from practice.models import DataClass, Practice, TenantModel


class PracticePictureQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(practice=user.practice_id)

    def wanted(self, night):
        """Asked for since it was made, or not made since ``night``."""
        return self.filter(
            Q(made_at__isnull=True) | Q(made_at__lt=night) | Q(asked_at__gt=F("made_at"))
        )

    def free(self, now):
        """In nobody's hands, or in hands that let go."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))


class PracticePicture(TenantModel):
    """What a practice looks like from afar, as it was when it was made; one row a practice.

    ``content`` holds what may be shown and nothing else: small cells are hidden before it is kept.
    """

    data_class = DataClass.CLINICAL
    kept = "until the next one is made"

    content = SealedJSONField()
    made_at = models.DateTimeField(null=True)  # when making it began: it is of that moment
    asked_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    objects = PracticePictureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice"], name="practice_picture_one")]

    @classmethod
    def for_all(cls) -> None:
        """A row for each practice that has none yet."""
        with walls.crossing():
            with_one = cls.objects.values("practice_id")
            without = list(Practice.objects.exclude(pk__in=with_one).values_list("pk", flat=True))
        for practice_id in without:
            with walls.inside(practice_id):
                cls.objects.bulk_create([cls(practice_id=practice_id)], ignore_conflicts=True)

    @property
    def is_asked_for(self) -> bool:
        """Somebody wants a new one and it is not made yet."""
        return self.asked_at is not None and (self.made_at is None or self.asked_at > self.made_at)
