"""Change, pause and resume what is to come. What was stays as it was."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Q

from assessments import reminders, schedule
from assessments.models import Assignment, Occurrence, ProgramAssignment
from practice import audit

from .asking import ask
from .assign import end_assignment


@transaction.atomic
def change_schedule(assignment, *, when: schedule.Schedule, by, now) -> Assignment:
    """From now on it is asked as ``when`` says; what has opened stays. Twice is once."""
    assignment = _locked(assignment)
    before = assignment.schedule
    if when == schedule.parse(before) and assignment.paused_at is None:
        return assignment
    if isinstance(when, schedule.AroundSessions) and before.get("side") != when.side:
        # What was asked before a session is not what is asked after it: it goes its own way.
        assignment.occurrences.filter(opens_at__lte=now).update(session=None)
    _count_anew(assignment, when, now)
    assignment.paused_at = None
    _store(assignment)
    ask([assignment], now=now)
    audit.record("assignment.rescheduled", assignment, by=by, detail={"before": before})
    return assignment


@transaction.atomic
def pause_assignment(assignment, *, by, now) -> Assignment:
    """Nothing new opens, and nobody is reminded; what is open can still be done. Twice is once."""
    if Assignment.objects.running().filter(pk=assignment.pk, paused_at=None).update(paused_at=now):
        ask([assignment], now=now)
        audit.record("assignment.paused", assignment, by=by)
    assignment.refresh_from_db()
    return assignment


@transaction.atomic
def resume_assignment(assignment, *, by, now) -> Assignment:
    """Take ``pause_assignment`` back: what was left of it comes, from today on."""
    assignment = _locked(assignment)
    if assignment.paused_at is not None:
        zone = assignment.client.zone
        _go_on(assignment, now, zone=zone, from_day=_next_day(assignment, now, zone))
        assignment.paused_at = None
        _store(assignment)
        ask([assignment], now=now)
        audit.record("assignment.resumed", assignment, by=by)
    return assignment


def zone_changed(*, client, before, now) -> None:
    """The hook of ``clients``: they live by another clock now (``before``: the zone until now).

    What is to come is placed on the new one, and so are the evenings that have not passed of what
    is open.
    """
    assignments = list(
        Assignment.objects.running().filter(client=client).select_for_update(no_key=True)
    )
    # One that is being answered at this moment may be locked: it is not waited for, or the two
    # would wait for each other.
    opened = Occurrence.objects.waiting().filter(client=client, opens_at__lte=now)
    for occurrence in opened.select_for_update(skip_locked=True, no_key=True):
        for name in ("due_at", "expires_at"):
            moment = getattr(occurrence, name)
            moved = schedule.moved(moment, from_zone=before, to_zone=client.zone, now=now)
            setattr(occurrence, name, moved)
        occurrence.save(update_fields=["due_at", "expires_at"])
    for assignment in assignments:
        following = assignment.occurrences.filter(opens_at__gt=now).order_by("number").first()
        if following is not None and following.session_id is None:
            day = following.opens_at.astimezone(before).date()
            _go_on(assignment, now, zone=before, from_day=day)
            _store(assignment)
    ask(assignments, now=now)


def sessions_changed(*, client, now) -> None:
    """The hook of ``clients``: a session was booked, moved, settled or cancelled."""
    around = Assignment.objects.running().filter(client=client, schedule__every="session")
    ask(list(around), now=now)


def episode_closed(*, client, by, now) -> None:
    """The hook of ``clients``: care ends, and with it all that is asked."""
    for program in ProgramAssignment.objects.running().filter(client=client):
        program.ended_at = now
        program.save(update_fields=["ended_at"])
    for assignment in Assignment.objects.running().filter(client=client):
        end_assignment(assignment, by=by, now=now)
    reminders.plan([client.pk], now=now)


def _locked(assignment) -> Assignment:
    return (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("client")
        .get(pk=assignment.pk)
    )


def _store(assignment) -> None:
    names = ["schedule", "scheduled_at", "first_number", "paused_at"]
    assignment.save(update_fields=names)


def _count_anew(assignment, when, now) -> None:
    """``when`` counts from now on; numbers go on after what has opened."""
    opened = assignment.occurrences.filter(Q(opens_at__lte=now) | Q(withdrawn_at__isnull=False))
    last = opened.aggregate(last=Max("number"))["last"] or 0
    assignment.schedule = when.model_dump(mode="json")
    assignment.scheduled_at = now
    assignment.first_number = last + 1


def _next_day(assignment, now, zone) -> date:
    """The next day of the schedule as it was counted: what has opened is not asked twice."""
    when, today = schedule.parse(assignment.schedule), now.astimezone(zone).date()
    if isinstance(when, schedule.Once | schedule.AroundSessions):
        return today
    last = assignment.occurrences.filter(opens_at__lte=now).aggregate(at=Max("opens_at"))["at"]
    after = last.astimezone(zone).date() if last else date.min
    for_ever = when.model_copy(update={"times": None, "until": None})
    windows = schedule.windows(for_ever, assigned_at=assignment.counts_from, zone=zone)
    days = (window.opens_at.astimezone(zone).date() for window in windows)
    return next(day for day in days if day >= today and day > after)


def _go_on(assignment, now, *, zone, from_day) -> None:
    """The same schedule, from ``from_day`` on, with what is left of its times.

    ``zone``: the one that it was asked in until now.
    """
    when = schedule.parse(assignment.schedule)
    opened = (
        assignment.occurrences.filter(number__gte=assignment.first_number, opens_at__lte=now)
        .exclude(session__starts_at__gte=now)  # it is counted again
        .count()
    )
    changes: dict = {}
    if isinstance(when, schedule.Once):
        if opened:
            return  # it is there already
        changes["opens_on"] = when.opens_on and max(when.opens_on, from_day)
    else:
        if when.times is not None:
            if opened >= when.times:
                return  # nothing is left of it
            changes["times"] = when.times - opened
        if not isinstance(when, schedule.AroundSessions):
            changes["starts_on"] = max(when.starts_on, from_day)
        if isinstance(when, schedule.Weekly) and not when.weekdays:
            first = next(
                schedule.windows(when, assigned_at=assignment.counts_from, zone=zone), None
            )
            if first is None:
                return  # it ended before it began
            changes["weekdays"] = (first.opens_at.astimezone(zone).isoweekday(),)
    _count_anew(assignment, when.model_copy(update=changes), now)
