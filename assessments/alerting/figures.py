"""How long a practice takes until an alert is seen and closed.

The owner reads no client's record: a figure of fewer than five says too much of one of them, and
too little of the practice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from assessments.models import Alert
from practice.median import Median

DAYS = 90
FEWEST = 5


@dataclass(frozen=True)
class Figures:
    """Of the alerts that were raised in the last DAYS days. A median of fewer than FEWEST is None;
    those that nobody has seen yet are counted apart and slow no median down."""

    raised: int
    n_seen: int
    to_seen: timedelta | None
    n_closed: int
    to_closed: timedelta | None
    unseen: int
    open: int


def figures_of(practice, *, now: datetime) -> Figures:
    """One statement. Of what nobody is called to, nobody is slow."""
    found = Alert.objects.filter(
        practice=practice, raised_at__gt=now - timedelta(days=DAYS)
    ).exclude(kind__in=Alert.QUIET)
    row = found.aggregate(
        raised=Count("pk"),
        n_seen=Count("seen_at"),
        to_seen=Median(F("seen_at") - F("raised_at")),
        n_closed=Count("closed_at"),
        to_closed=Median(F("closed_at") - F("raised_at")),
        unseen=Count("pk", filter=Q(seen_at__isnull=True, closed_at__isnull=True)),
        open=Count("pk", filter=Q(closed_at__isnull=True)),
    )
    if row["n_seen"] < FEWEST:
        row["to_seen"] = None
    if row["n_closed"] < FEWEST:
        row["to_closed"] = None
    return Figures(**row)
