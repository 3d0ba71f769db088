from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from .tenant import DataClass


class Heartbeat(models.Model):
    """The last sign of life of something that works by itself: one row for each name."""

    data_class = DataClass.PUBLIC
    kept = "one row for each name, written over"

    name = models.CharField(max_length=20, primary_key=True)
    awaited_from = models.DateTimeField()  # what was silent before that was not missed by anybody
    rung_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # whoever runs this was told of the silence

    def silent_for(self, now: datetime, allowed: timedelta | None = None) -> timedelta | None:
        """How long it has been silent, when that is too long."""
        allowed = allowed or timedelta(seconds=settings.HEARTBEAT_SECONDS)
        silence = now - max(self.awaited_from, self.rung_at or self.awaited_from)
        return silence if silence >= allowed else None
