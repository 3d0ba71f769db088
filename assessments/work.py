"""The Work page: what was assigned, how it goes, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from .definitions import Definition
from .models import Assignment, Occurrence
from .portal import newest_versions


@dataclass(frozen=True)
class Step:
    """One occurrence with its state in a word and a shape."""

    occurrence: Occurrence
    kind: str
    word: str
    entries: int


@dataclass(frozen=True)
class Work:
    assignment: Assignment
    definition: Definition
    steps: list[Step]


def work_of(client, *, now: datetime) -> list[Work]:
    assignments = list(
        Assignment.objects.filter(client=client)
        .select_related("activity", "created_by")
        .order_by(F("ended_at").asc(nulls_first=True), "-assigned_at")
    )
    versions = newest_versions({row.activity_id for row in assignments})
    steps: dict = {row.pk: [] for row in assignments}
    for occurrence in (
        Occurrence.objects.filter(assignment__in=assignments)
        .annotate(entries=Count("responses", filter=Q(responses__submitted_at__isnull=False)))
        .order_by("number")
    ):
        steps[occurrence.assignment_id].append(
            Step(occurrence, *state_of(occurrence, now), occurrence.entries)
        )
    return [Work(row, versions[row.activity_id].definition, steps[row.pk]) for row in assignments]


def state_of(occurrence: Occurrence, now: datetime) -> tuple[str, str]:
    """(kind of the state component, its word), as the facts say at ``now``."""
    if occurrence.answered_at:
        return "done", _("Answered")
    if occurrence.withdrawn_at:
        return "info", _("Withdrawn")
    if occurrence.opens_at > now:
        return "session", _("To come")
    if occurrence.put_away_at:
        return "info", _("Put away by the client")
    if occurrence.expires_at and occurrence.expires_at <= now:
        return "not-yet", _("Not answered")
    if occurrence.due_at and occurrence.due_at < now:
        return "silent", _("Not yet")
    return "info", _("Open")
