"""Programs: assigned as one, and then each step given when its turn comes.

A step that is given is an assignment like any other. Its turn comes by the rule of the program
(``assessments.programs``): with an answer, with feedback, with a safety check, or by hand.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from assessments.models import Assignment, Occurrence, ProgramAssignment, ProgramVersion, Response
from assessments.programs import Wait, came_of, schedule_of, stand_of, steps_to_give
from practice import audit
from practice.ids import uuid7

from .asking import ask
from .assign import Gate, Gated, NoText, end_assignment, gate


class NotGiven(Exception):
    """This step can't be given: the program has ended, or the step is left out of it."""


@transaction.atomic
def assign_program(
    client, version: ProgramVersion, *, by, now, acknowledged=False, once: UUID | None = None
) -> ProgramAssignment:
    """Assign a program to ``client`` and give what comes at once.

    ``once`` names this decision: the same one again changes nothing. Raises IntegrityError and
    Gated as ``assign`` does, when one of the steps is gated; NoText when one has questions without
    words.
    """
    slugs = [step.activity for step in version.definition.steps]
    definitions = [each.definition for each in steps_to_give(version.practice_id, slugs).values()]
    if not all(definition.has_text for definition in definitions):
        raise NoText
    check = None
    if any(definition.gated for definition in definitions):
        standing = gate(client)
        if not _lets(standing, acknowledged):
            raise Gated(standing.words)
        check = standing.check
    program, is_new = ProgramAssignment.objects.get_or_create(
        pk=once or uuid7(),
        client=client,
        defaults={
            "practice_id": client.practice_id,
            "episode": client.episodes.get(closed_at__isnull=True),
            "version": version,
            "assigned_at": now,
            "safety_check": check,
            "created_by": by,
        },
    )
    if is_new:
        given = move_on([program.pk], now=now)
        audit.record("program.assigned", program, by=by)
        record_given(given, by=None)
    return program


@transaction.atomic
def advance(program: ProgramAssignment, *, now) -> list[Assignment]:
    """Give every step whose turn has come; the same once more gives nothing twice."""
    given = move_on([program.pk], now=now)
    record_given(given, by=None)
    return given


@transaction.atomic
def feedback_given(response: Response, *, by, now) -> list[Assignment]:
    """The clinician has given feedback on ``response``: what waited for it is given.

    While the safety check holds a gated step back, feedback does not give it later either: then
    it is for the clinician to give it by hand.
    """
    answered = response.occurrence.assignment
    if answered.program_id is None:
        return []
    given = move_on([answered.program_id], now=now, feedback_on=answered.step)
    record_given(given, by=by)
    return given


def safety_checked(*, client, now) -> None:
    """The hook of ``clients``: what a safety check held back may be given now."""
    running = ProgramAssignment.objects.running().filter(client=client).values_list("pk", flat=True)
    record_given(move_on(running, now=now), by=None)


@transaction.atomic
def give_next(program: ProgramAssignment, step: int, *, by, now, acknowledged=False) -> Assignment:
    """Give the step at place ``step`` by hand, whatever it waits for. Twice is once.

    Raises Gated as ``assign`` does, and NotGiven when the program has ended or there is no such
    step to give.
    """
    locked = _locked([program.pk])
    if not locked:
        raise NotGiven
    before = program.steps.filter(step=step).first()
    if before is not None:
        return before
    steps = locked[0].version.definition.steps
    if not 0 <= step < len(steps):
        raise NotGiven
    version = steps_to_give(program.practice_id, [steps[step].activity]).get(steps[step].activity)
    if version is None or not version.definition.has_text:
        raise NotGiven
    standing = gate(program.client) if version.definition.gated else None
    if standing and not _lets(standing, acknowledged):
        raise Gated(standing.words)
    given = _as_assignment(locked[0], step, version, now, now=now, by=by)
    given.safety_check = standing.check if standing else None
    given.save(force_insert=True)
    ask([given], now=now)
    record_given([given], by=by)
    return given


@transaction.atomic
def end_program(program: ProgramAssignment, *, by, now) -> ProgramAssignment:
    """Nothing of it is asked any more, and nothing comes. What was sent stays. Twice is once."""
    # Whoever sends an answer holds its occurrence when they come to the program: the same order.
    open_steps = Occurrence.objects.filter(
        assignment__program=program, assignment__ended_at__isnull=True
    )
    list(open_steps.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    if not ProgramAssignment.objects.running().filter(pk=program.pk).update(ended_at=now):
        program.refresh_from_db(fields=["ended_at"])
        return program
    program.ended_at = now
    for step in program.steps.running().order_by("step"):
        end_assignment(step, by=by, now=now)
    audit.record("program.ended", program, by=by)
    return program


def answered(response: Response, *, now) -> list[Assignment]:
    """Within the transaction of an answer: what waited for it is given.

    Whoever calls this writes the audit trail of it, last: ``record_given``.
    """
    assignment = response.occurrence.assignment
    return move_on([assignment.program_id], now=now) if assignment.program_id else []


def record_given(given: Iterable[Assignment], *, by) -> None:
    for each in given:
        audit.record("program.step_given", each, by=by, detail={"step": each.step})


def move_on(programs: Iterable[UUID], *, now, feedback_on: int | None = None) -> list[Assignment]:
    """Within a transaction: give what has its turn in these programs. Not audited yet."""
    running = _locked(programs)
    there: dict = defaultdict(dict)
    for step in (
        Assignment.objects.filter(program__in=running)
        .annotate(first=Min("occurrences__opens_at"), answered=Min("occurrences__answered_at"))
        .order_by("step")
    ):
        came = came_of(step, opens_at=step.first, answered_at=step.answered)
        there[step.program_id][step.step] = came
    given = [
        step
        for program in running
        for step in _turns(program, there[program.pk], now=now, feedback_on=feedback_on)
    ]
    Assignment.objects.bulk_create(given)
    if given:
        ask(given, now=now)
    return given


def _turns(program, came, *, now, feedback_on) -> list[Assignment]:
    definition, client = program.version.definition, program.client
    slugs = {step.activity for place, step in enumerate(definition.steps) if place not in came}
    if not slugs:
        return []
    versions = steps_to_give(program.practice_id, slugs)
    standing = cache(lambda: gate(client))
    stand = stand_of(
        definition,
        came,
        versions,
        allows=lambda: lets_come(standing(), program),
        now=now,
        zone=client.zone,
        feedback_on=feedback_on,
    )
    given = []
    for place, opens_at in stand.items():
        if isinstance(opens_at, Wait):
            continue
        version = versions[definition.steps[place].activity]
        step = _as_assignment(program, place, version, opens_at, now=now, by=program.created_by)
        step.safety_check = standing().check if version.definition.gated else None
        given.append(step)
    return given


def _as_assignment(program, place, version, opens_at, *, now, by) -> Assignment:
    step, zone = program.version.definition.steps[place], program.client.zone
    when = schedule_of(step, opens_at, now=now, zone=zone)
    return Assignment(
        practice_id=program.practice_id,
        client=program.client,
        episode_id=program.episode_id,
        activity=version.activity,
        program=program,
        step=place,
        schedule=when.model_dump(mode="json"),
        assigned_at=now,
        # Sessions are counted from when it is to be open; the other schedules name the day.
        scheduled_at=opens_at if when.every == "session" and opens_at > now else None,
        created_by=by,
    )


def _locked(programs: Iterable[UUID]) -> list[ProgramAssignment]:
    """Those that run, one at a time: two answers at once give a step once."""
    return list(
        ProgramAssignment.objects.running()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(programs))
        .select_related("version", "client", "created_by")
        .order_by("pk")
    )


def _lets(standing: Gate, acknowledged: bool) -> bool:
    return standing.is_open and (acknowledged or not standing.needs_acknowledgement)


def lets_come(standing: Gate, program: ProgramAssignment) -> bool:
    """Whether something gated may come by itself: after a clear check, or under the very caution
    whose note was read when the program was assigned. A later one is read by hand, step by step."""
    was_read = standing.check is not None and standing.check.pk == program.safety_check_id
    return _lets(standing, acknowledged=was_read)
