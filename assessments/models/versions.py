from typing import Self

from django.db import models

from practice.models import TenantModel


class Version(TenantModel):
    """What an activity or a program says from one day on. A trigger refuses changes."""

    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        abstract = True

    @classmethod
    def following(cls, newest: Self | None, definition, *, by, now, **facts) -> Self:
        """The version after ``newest``, not saved yet; ``facts`` say what it is a version of."""
        return cls(
            number=newest.number + 1 if newest else 1,
            digest=definition.digest(),
            content=definition.dump(),
            published_at=now,
            created_by=by,
            **facts,
        )
