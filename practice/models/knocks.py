import json
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from practice.encryption import unwrap, wrap
from practice.ids import uuid7

from .tenant import DataClass


class KnockQuerySet(models.QuerySet):
    def due(self, now: datetime):
        return self.filter(began_at__isnull=True, due_at__lte=now, expires_at__gt=now)

    def over(self, now: datetime):
        """Nothing comes of these any more, and they still say who asked."""
        is_over = Q(ended_at__isnull=False) | Q(expires_at__lte=now)
        return self.filter(is_over).exclude(sealed=b"")


class Knock(models.Model):
    """Somebody asked for a letter that lets them in, a code or a link, or tried in vain to come in.
    The row is the same whoever it was, known or not; a worker finds out, and who watches the page
    does not."""

    class Kind(models.TextChoices):
        CODE = "code"
        PASSWORD = "password"  # noqa: S105 # nosec B105 # 2026-11-29: the name of a kind
        LINK = "link"
        NOTE = "note"  # a last word to an address that somebody left
        STAFF = "staff"  # an owner asked somebody in, who may be in care somewhere
        FAILED = "failed"  # somebody could not sign in: for the audit trail, if it is anybody's

    data_class = DataClass.PERSONAL
    kept = "a day; what was asked, only until it is answered"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    mark = models.BinaryField(max_length=32)  # for whom, to count by; nobody can read it back
    sealed = models.BinaryField()  # under the master key: it may be nobody's, so it has no practice
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # later than that it is not answered
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    from_known = models.BooleanField(null=True)  # sent: to somebody who had been there before
    code_mark = models.BinaryField(max_length=32, null=True)  # what opens; none once it has
    tries = models.PositiveSmallIntegerField(default=0)

    objects = KnockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["code", "password", "link", "note", "staff", "failed"]),
                name="knock_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="knock_expires_after"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(began_at__isnull=False),
                name="knock_began_before",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(began_at__isnull=True), name="knock_due"),
            models.Index(fields=["mark", "asked_at"], name="knock_counted"),
        ]

    @property
    def asked(self) -> dict[str, Any]:
        return json.loads(unwrap(self.sealed, about=self._about()))

    def seal(self, asked: dict[str, Any]) -> None:
        self.sealed = wrap(json.dumps(asked).encode(), about=self._about())

    def _about(self) -> bytes:
        return f"{self._meta.db_table}|{self.pk}".encode()
