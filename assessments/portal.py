"""What the portal's home shows: what is asked of this client now, soon, and what is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from clients.models import Session

from .actions import is_on_hold
from .definitions import Definition
from .models import ActivityVersion, Occurrence, Response
from .programs import why_of


@dataclass(frozen=True)
class Task:
    """One thing that is asked, with how far the client has come."""

    occurrence: Occurrence
    definition: Definition
    is_begun: bool
    entries: int
    why: str  # of a step of a program: one line for the client


@dataclass(frozen=True)
class Home:
    now: list[Task]
    put_away: list[Task]
    done: int  # things sent in the last 30 days, from here
    next_session: Session | None
    words: int  # of the clinician, about what was sent
    new_words: int  # of those, not opened yet


def home_of(client, *, now: datetime) -> Home:
    occurrences = list(
        Occurrence.objects.open(now)
        .filter(client=client)
        .select_related("assignment__activity", "assignment__program__version")
        .annotate(
            is_begun=Exists(Response.objects.drafts().filter(occurrence=OuterRef("pk"))),
            entries=Count("responses", filter=Q(responses__submitted_at__isnull=False)),
        )
        .order_by("due_at", "opens_at")
    )
    versions = newest_versions({row.assignment.activity_id for row in occurrences})
    tasks = [
        Task(
            row,
            versions[row.assignment.activity_id].definition,
            row.is_begun,
            row.entries,
            why_of(row.assignment),
        )
        for row in occurrences
    ]
    asked = [task for task in tasks if task.definition.as_log or not task.occurrence.answered_at]
    if any(task.definition.gated for task in asked) and is_on_hold(client.pk):
        asked = [task for task in asked if not task.definition.gated]
    return Home(
        now=[task for task in asked if not task.occurrence.put_away_at],
        put_away=[task for task in asked if task.occurrence.put_away_at],
        done=Response.objects.submitted()
        .filter(
            client=client,
            mode=Response.Mode.PORTAL,
            submitted_at__gte=now - timedelta(days=30),
        )
        .count(),
        next_session=Session.objects.to_come(now).filter(client=client).first(),
        **client.feedback.aggregate(
            words=Count("pk"), new_words=Count("pk", filter=Q(seen_at__isnull=True))
        ),
    )


def newest_versions(activity_ids) -> dict:
    return {
        version.activity_id: version
        for version in ActivityVersion.objects.filter(activity__in=activity_ids).newest()
    }
