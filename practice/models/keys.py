from django.db import models
from django.db.models import F, Q

from practice.ids import uuid7

from .tenant import DataClass, Practice


class DataKeyRow(models.Model):
    """A wrapped data key. Destroying a client's makes all their sealed values unreadable.

    A practice's own lies under a master key, its clients' under the practice's. Of one subject
    there is one key that seals, and those that sealed before: values are moved from them, and older
    backups hold what they sealed.
    """

    data_class = DataClass.PERSONAL
    kept = "until the subject is erased, or another seals and no backup needs this one any more"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(db_index=True)  # the id of a client or of the practice
    wrapped = models.BinaryField()  # practice/wrapping.py
    wrapped_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    marks = models.BinaryField(null=True)  # what pseudonyms come of, since before a turn
    created_at = models.DateTimeField(auto_now_add=True)
    # Another seals now. When a value was last found under this one, and how many were moved.
    retired_at = models.DateTimeField(null=True)
    named_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)  # nothing here names it: only backups do
    moved = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "practice_datakey"
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(retired_at=None), name="datakey_one_seals"
            ),
            models.CheckConstraint(
                condition=Q(wrapped_by=None) | ~Q(subject=F("practice")),
                name="datakey_practice_under_master",
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, named_at=None, emptied_at=None)
                | Q(retired_at__isnull=False, named_at__isnull=False),
                name="datakey_retired_is_watched",
            ),
        ]
        indexes = [
            models.Index(
                fields=["practice"], condition=Q(wrapped_by=None), name="datakey_under_master"
            ),
            models.Index(
                fields=["practice"], condition=Q(retired_at__isnull=False), name="datakey_retired"
            ),
        ]


class KeyWork(models.Model):
    """What is to be done once with the keys of the whole installation."""

    class Name(models.TextChoices):
        NEST = "nest"  # keys of clients go under those of their practices
        MASTER = "master"  # what lies under an older master key goes under the first

    data_class = DataClass.PUBLIC
    kept = "one row for each kind, written over"

    name = models.CharField(max_length=10, primary_key=True, choices=Name)
    due_at = models.DateTimeField()
    master = models.CharField(max_length=20, default="", db_default="")  # the id of the first one
    done = models.PositiveIntegerField(default=0, db_default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(name__in=["nest", "master"]), name="keywork_known")
        ]
