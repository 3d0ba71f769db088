"""Homework by week: what was asked, what of it was opened, what of that was done."""

from collections import Counter
from datetime import timedelta

from assessments import charts
from assessments.models import Occurrence


def asked_of(client, day, now) -> list[charts.Week]:
    """In the week in which it was due."""
    found = Occurrence.objects.asked_for(now).filter(client=client)
    rows = found.values_list("due_at", "answered_at", "touched_at")
    weeks: dict = {}
    for due_at, answered_at, touched_at in rows:
        asked_on = day(due_at or answered_at)
        week = weeks.setdefault(asked_on - timedelta(days=asked_on.weekday()), Counter())
        week["asked"] += 1
        week["looked_at"] += bool(answered_at or touched_at)
        week["done"] += bool(answered_at)
    return [charts.Week(monday, **counts) for monday, counts in sorted(weeks.items())]
