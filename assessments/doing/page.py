"""The client's page, and what the care team decides of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from assessments.models import ActivityVersion, Response, Score, SharedProgress

from .courses import Shown, shown_of, shown_scales
from .logs import DRAWN, WEEK, Log, logs_of


@dataclass(frozen=True)
class Doing:
    logs: list[Log]
    shown: list[Shown]


@dataclass(frozen=True)
class Showing:
    """For the care team: one screener that the client could be shown the course of."""

    activity_id: UUID
    title: str
    shared_at: datetime | None  # since when they are


def doing_of(client, *, now: datetime) -> Doing:
    """In a fixed number of statements: two for what is shown, one for the logs."""
    day, today = client.local_day, client.local_day(now)
    shared = (
        SharedProgress.objects.standing()
        .filter(client=client)
        .select_related("created_by")
        .order_by("shared_at")
    )
    who = {row.activity_id: row.created_by.first_name for row in shared}
    scores = defaultdict(list)
    for score in _scores(client, who):
        scores[score.response.version.activity_id].append(score)
    shown = [shown_of(scores[pk], day=day, today=today, who=name) for pk, name in who.items()]
    entries = (
        Response.objects.ended()  # also what they keep to themselves: nobody else sees this page
        .filter(client=client, version__content__as_log=True, done_at__gte=now - DRAWN - WEEK)
        .select_related("version")
        .order_by("done_at")
    )
    return Doing(
        logs=logs_of(list(entries), day=day, today=today),
        shown=[each for each in shown if each is not None],
    )


def preview_of(client, activity_id: UUID, *, who: str, now: datetime) -> Shown | None:
    """What the client would be shown of one screener; None where nothing can be."""
    day, today = client.local_day, client.local_day(now)
    return shown_of(_scores(client, [activity_id]), day=day, today=today, who=who)


def showings_of(client) -> list[Showing]:
    """Every screener that the client was scored on, in the order of their titles. One statement."""
    standing = SharedProgress.objects.standing().filter(client=client)
    scored = Score.objects.filter(client=client).values("response__version__activity")
    versions = (
        ActivityVersion.objects.newest()
        .filter(activity__in=scored)
        .annotate(
            shared_at=Subquery(
                standing.filter(activity=OuterRef("activity")).values("shared_at")[:1]
            )
        )
    )
    found = [
        Showing(version.activity_id, version.definition.title, version.shared_at)
        for version in versions
        if shown_scales(version.definition)
    ]
    return sorted(found, key=lambda showing: showing.title)


def _scores(client, activity_ids):
    return (
        Score.objects.filter(client=client, response__version__activity__in=list(activity_ids))
        .defer("trace")
        .select_related("response__version")
        .order_by("taken_at", "pk")
    )
