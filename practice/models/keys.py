from django.db import models

from practice.ids import uuid7

from .tenant import DataClass, Practice


class DataKeyRow(models.Model):
    """A wrapped data key. Destroying a client's makes all their sealed values unreadable."""

    data_class = DataClass.PERSONAL
    kept = "until the subject is erased"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(unique=True)  # the id of a client or of the practice
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "practice_datakey"
