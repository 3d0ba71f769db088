from django.db import models

from practice.ids import uuid7

from .tenant import DataClass, Practice


class AuditEvent(models.Model):
    """Who did what to which record, when, from where. Ids only, never names or answers.

    Append-only and chained by a trigger (migration 0002): ``number``, ``previous`` and ``hash``
    are written by the database, and an update or a delete is refused there.
    """

    data_class = DataClass.PERSONAL
    kept = "ten years, longer than the records it speaks of"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "practice.User", null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=60)
    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True, db_index=True)  # whose record, for "who saw what"
    address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)
    previous = models.BinaryField(default=b"")
    hash = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="audit_number_once")
        ]

    def __str__(self):
        return f"{self.number} {self.action}"
