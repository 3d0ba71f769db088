"""What is asked of one client in the weeks ahead, and the sessions between."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Min, OuterRef, Q, Subquery

from assessments import schedule
from assessments.models import Assignment, Occurrence, Reminder
from assessments.models.reminders import MAY_HAVE_ARRIVED
from assessments.portal import newest_versions
from assessments.reminders.standing import Standing
from clients.models import Client, Session

from .ahead import Silence


@dataclass(frozen=True)
class Coming:
    """One thing that is asked, open now or later. Its row may not have been made yet: schedules
    without an end are made some weeks ahead."""

    key: Hashable  # of its row, if there is one
    assignment: UUID
    title: str
    opens_at: datetime
    due_at: datetime | None
    ends_at: datetime | None
    row: Occurrence | None = None
    is_paused: bool = False

    @property
    def is_put_away(self) -> bool:
        return self.row is not None and self.row.put_away_at is not None


def coming_of(client: Client, *, now: datetime, until: datetime) -> list[Coming]:
    """In the order in which it opens; what is answered or over is not in it."""
    rows = list(
        Occurrence.objects.waiting()
        .not_over(now)
        .filter(client=client, opens_at__lt=until)
        .select_related("assignment")
    )
    going_on = list(
        Assignment.objects.running()
        .filter(client=client, ask_again_at__isnull=False, paused_at__isnull=True)
        .annotate(last=Max("occurrences__number"))
    )
    activities = {row.assignment.activity_id for row in rows}
    activities |= {assignment.activity_id for assignment in going_on}
    versions = newest_versions(activities)
    titles = {pk: version.definition.title for pk, version in versions.items()}
    found = [_made(row, titles[row.assignment.activity_id]) for row in rows]
    for assignment in going_on:
        found += _not_made_yet(assignment, client, titles[assignment.activity_id], until)
    return sorted(found, key=lambda each: (each.opens_at, each.title))


def _made(row: Occurrence, title: str) -> Coming:
    return Coming(
        key=row.pk,
        assignment=row.assignment_id,
        title=title,
        opens_at=row.opens_at,
        due_at=row.due_at,
        ends_at=row.ends_at,
        row=row,
        is_paused=row.assignment.paused_at is not None,
    )


def _not_made_yet(
    assignment: Assignment, client: Client, title: str, until: datetime
) -> Iterator[Coming]:
    for window in schedule.windows(
        schedule.parse(assignment.schedule),
        assigned_at=assignment.counts_from,
        zone=client.zone,
        first_number=assignment.first_number,
    ):
        if window.opens_at >= until:
            return
        if window.number > (assignment.last or 0):
            yield Coming(
                key=(assignment.pk, window.number),
                assignment=assignment.pk,
                title=title,
                opens_at=window.opens_at,
                due_at=window.due_at,
                ends_at=window.expires_at,
            )


def sessions_of(client: Client, *, now: datetime, until: datetime) -> list[Session]:
    return list(Session.objects.to_come(now).filter(client=client, starts_at__lt=until))


def silence_of(standing: Standing, coming: list[Coming]) -> Silence:
    """From when on reminders stop, as far as it can be told now."""
    unseen = Reminder.objects.filter(client=standing.client, outcome__in=MAY_HAVE_ARRIVED)
    if standing.last_login is not None:
        unseen = unseen.filter(settled_at__gt=standing.last_login)
    made = list(_due_since_the_last_answer(standing.client))
    zone, rules = standing.client.zone, standing.contact and standing.rules
    later = [
        each.due_at
        for each in coming
        if each.row is None
        and each.due_at
        and not (rules and rules.is_quiet(each.due_at.astimezone(zone).date()))
    ]
    return Silence(
        policy=standing.policy,
        holds_now=standing.is_silent,
        due=tuple(sorted({*made, *later})),
        unread_since=unseen.aggregate(first=Min("settled_at"))["first"],
    )


def _due_since_the_last_answer(client: Client):
    """When each was or will be due of what is not answered, also of what has expired."""
    answered = Occurrence.objects.filter(client=OuterRef("client"), answered_at__isnull=False)
    return (
        Occurrence.objects.waiting()
        .filter(client=client, put_away_at__isnull=True, assignment__paused_at__isnull=True)
        .annotate(last=Subquery(answered.order_by("-answered_at").values("answered_at")[:1]))
        .filter(Q(last__isnull=True) | Q(due_at__gt=F("last")), due_at__isnull=False)
        .not_due_in_a_pause()
        .values_list("due_at", flat=True)
    )
