from django.db import models

from practice.ids import uuid7

from .tenant import DataClass, Practice, TenantModel


class AuditEvent(models.Model):
    """Who did what to which record, when, from where. Ids only, never names or answers.

    Append-only and chained by a trigger (migration 0002): ``number``, ``previous`` and ``hash``
    are written by the database, and an update or a delete is refused there.
    """

    data_class = DataClass.PERSONAL
    kept = "as long as the practice exists, longer than the records it speaks of"

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


class AuditCheck(TenantModel):
    """When the chain of a practice was checked last, and what was found."""

    data_class = DataClass.PERSONAL
    kept = "the newest one, as long as the practice exists"

    at = models.DateTimeField()
    last = models.BigIntegerField()  # up to which number it is in order
    bad_number = models.BigIntegerField(null=True)  # the first that is not, and what was done there
    fault = models.CharField(max_length=12, blank=True)
    anchored_number = models.BigIntegerField(null=True)  # the newest end that is kept elsewhere
    anchored_at = models.DateTimeField(null=True)
    # Of what is kept elsewhere: lines that are not ours, and an end of which the line is gone.
    lines_forged = models.PositiveIntegerField(default=0, db_default=0)
    lost_number = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="audit_check_newest"),
            models.CheckConstraint(
                condition=models.Q(bad_number__isnull=True, fault="")
                | models.Q(bad_number__isnull=False) & ~models.Q(fault=""),
                name="audit_check_fault_and_where",
            ),
            models.CheckConstraint(
                condition=models.Q(anchored_number__isnull=True, anchored_at__isnull=True)
                | models.Q(anchored_number__isnull=False, anchored_at__isnull=False),
                name="audit_check_anchor_whole",
            ),
        ]
