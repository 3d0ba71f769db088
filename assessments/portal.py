"""What the portal's home shows: what is asked of this client now, soon, and what is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from clients.models import Session

from .actions import is_on_hold
from .definitions import Definition
from .models import ActivityVersion, Occurrence, Response
from .models.responses import BROUGHT
from .path import Glance, glance_of
from .programs import why_of

# Of the care that goes on: what was marked in an episode that is over is nothing to bring now.
IN_CARE = Q(episode__closed_at__isnull=True)
ENDED = Q(responses__submitted_at__isnull=False) | Q(responses__finished_at__isnull=False)
TALKED = Q(brought_at__isnull=False, discussed_at__gte=F("brought_at"))
MOST_TALKED = 10


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
    brought: int  # of what was sent, marked for the next session
    talked: int  # brought and talked about, in the last 30 days
    next_session: Session | None
    words: int  # of the clinician, about what was sent
    new_words: int  # of those, not opened yet
    paths: list[Glance]


def home_of(client, *, now: datetime) -> Home:
    asked, recently = _asked(client, now), now - timedelta(days=30)
    now_asked = [task for task in asked if not task.occurrence.put_away_at]
    steps = (task.occurrence.assignment for task in now_asked)
    here = {(step.program_id, step.step) for step in steps if step.program_id}
    return Home(
        now=in_reach(now_asked),
        paths=glance_of(client, here=here),
        put_away=[task for task in asked if task.occurrence.put_away_at],
        next_session=Session.objects.to_come(now).filter(client=client).first(),
        **Response.objects.ended()
        .filter(
            # Each has an index: a long history is not read for a month of it.
            Q(submitted_at__gte=recently)
            | Q(finished_at__gte=recently)
            | Q(brought_at__isnull=False),
            client=client,
        )
        .aggregate(
            done=Count("pk", filter=Q(mode=Response.Mode.PORTAL, done_at__gte=recently)),
            brought=Count("pk", filter=BROUGHT & IN_CARE),
            talked=Count("pk", filter=TALKED & IN_CARE & Q(discussed_at__gte=recently)),
        ),
        **client.feedback.aggregate(
            words=Count("pk"), new_words=Count("pk", filter=Q(seen_at__isnull=True))
        ),
    )


def _asked(client, now: datetime) -> list[Task]:
    """What may be answered now, put away or not; under a safety hold nothing that is gated."""
    occurrences = list(
        Occurrence.objects.open(now)
        .filter(client=client)
        .select_related("assignment__activity", "assignment__program__version")
        .annotate(
            is_begun=Exists(Response.objects.drafts().filter(occurrence=OuterRef("pk"))),
            # Sent or not: this page is the client's own.
            entries=Count("responses", filter=ENDED),
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
    return asked


def in_reach(tasks: list[Task]) -> list[Task]:
    """A log is for the moment in which something happened: it never stands below the second."""
    logs = [task for task in tasks if task.definition.as_log]
    others = [task for task in tasks if not task.definition.as_log]
    return [*others[:1], *logs, *others[1:]]


def newest_versions(activity_ids) -> dict:
    return {
        version.activity_id: version
        for version in ActivityVersion.objects.filter(activity__in=activity_ids).newest()
    }


@dataclass(frozen=True)
class Brought:
    """What this client brings to the next session, and what they have talked about of it."""

    waiting: list[Response]
    talked: list[Response]  # the newest ten


def brought_by(client) -> Brought:
    sent = Response.objects.filter(IN_CARE, client=client).select_related("version")
    return Brought(
        waiting=list(sent.brought().order_by("-submitted_at")),
        talked=list(sent.submitted().filter(TALKED).order_by("-discussed_at")[:MOST_TALKED]),
    )
