"""Homework by week: what was asked, what of it was opened, what of that was done."""

from collections import Counter
from datetime import timedelta

from django.db.models import F, Q

from assessments import charts
from assessments.models import Occurrence


def asked_of(client, day, now) -> list[charts.Week]:
    """In the week in which it was due. Nothing is held against anybody that is not due yet, that
    they put away, or that fell into a pause; what was done all the same counts as done.

    What was entered from paper without having been asked for is no homework.
    """
    due = (
        Occurrence.objects.missed(now)
        .filter(client=client, put_away_at__isnull=True)
        .exclude(assignment__paused_at__lte=F("due_at"))
        .not_due_in_a_pause()
    )
    found = (
        Occurrence.objects.filter(client=client)
        .filter(Q(answered_at__isnull=False) | Q(pk__in=due.values("pk")))
        .exclude(answered_at=F("opens_at"), withdrawn_at=F("opens_at"))
        .values_list("due_at", "answered_at", "touched_at")
    )
    weeks: dict = {}
    for due_at, answered_at, touched_at in found:
        asked_on = day(due_at or answered_at)
        week = weeks.setdefault(asked_on - timedelta(days=asked_on.weekday()), Counter())
        week["asked"] += 1
        week["looked_at"] += bool(answered_at or touched_at)
        week["done"] += bool(answered_at)
    return [charts.Week(monday, **counts) for monday, counts in sorted(weeks.items())]
