"""A client's program as a path: what is done, where they are, what is to come.

Nothing here says late, and nothing counts against anybody. What the safety check holds back waits
"for your clinician", as what waits for their words does: whoever looks over a shoulder learns no
more from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Min, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from assessments.actions import is_on_hold
from assessments.models import Assignment, Occurrence, ProgramAssignment
from assessments.programs import Wait, came_of, stand_of, steps_to_give


class Place(StrEnum):
    DONE = "done"
    HERE = "here"
    TO_COME = "to_come"
    WAITS = "waits"
    LEFT_OUT = "left_out"


WORDS = {
    Place.DONE: _("Done"),
    Place.HERE: _("You are here"),
    Place.TO_COME: _("To come"),
    Place.WAITS: _("Waits for your clinician"),
    Place.LEFT_OUT: _("Left out"),
}
FOR_THE_CLINICIAN = (Wait.FEEDBACK, Wait.CHECK, Wait.HAND)
NOT_NAMED = _("Something you look at together first")


@dataclass(frozen=True)
class Step:
    title: str
    why: str
    place: Place
    occurrence_id: UUID | None = None  # what is open of it

    @property
    def words(self):
        return WORDS[self.place]


@dataclass(frozen=True)
class Path:
    title: str
    summary: str
    steps: list[Step]


@dataclass(frozen=True)
class Glance:
    """The same in one line of the first page: places alone."""

    places: list[Place]

    @property
    def done(self) -> int:
        return self.places.count(Place.DONE)

    @property
    def left(self) -> int:
        return len(self.places) - self.done


def glance_of(client, *, here: set[tuple[UUID, int]]) -> list[Glance]:
    """``here``: program and place of the steps that are open. One statement."""
    done = Assignment.objects.filter(
        Exists(Occurrence.objects.filter(assignment=OuterRef("pk"), answered_at__isnull=False)),
        program=OuterRef("pk"),
    )
    rows = _programs(client).annotate(done=ArraySubquery(done.values("step")))
    return [Glance(_places(row, here)) for row in rows]


def _places(row, here) -> list[Place]:
    return [
        Place.HERE
        if (row.pk, place) in here
        else Place.DONE
        if place in row.done
        else Place.TO_COME
        for place in range(len(row.version.definition.steps))
    ]


def paths_of(client, *, now: datetime) -> list[Path]:
    """Every program that goes on. Four statements, and one about a hold."""
    rows = list(_programs(client))
    if not rows:
        return []
    given: dict = {row.pk: {} for row in rows}
    for each in _given(rows, now):
        given[each.program_id][each.step] = each
    slugs = {step.activity for row in rows for step in row.version.definition.steps}
    versions = steps_to_give(client.practice_id, slugs)
    gated = any(version.definition.gated for version in versions.values())
    held = gated and is_on_hold(client.pk)
    return [_path(row, given[row.pk], versions, client.zone, now, held=held) for row in rows]


def _programs(client):
    return (
        ProgramAssignment.objects.running()
        .filter(client=client, episode__closed_at__isnull=True)
        .select_related("version")
        .order_by("assigned_at")
    )


def _given(rows: Iterable, now: datetime):
    """The steps that have come, each with what of it can be done now and whether more follows."""
    own = Occurrence.objects.filter(assignment=OuterRef("pk"), withdrawn_at__isnull=True)
    open_now = own.open(now).filter(put_away_at__isnull=True).order_by("opens_at")
    return Assignment.objects.filter(program__in=rows).annotate(
        first=Min("occurrences__opens_at"),
        answered=Min("occurrences__answered_at"),
        open_id=Subquery(open_now.filter(answered_at__isnull=True).values("pk")[:1]),
        log_id=Subquery(open_now.values("pk")[:1]),
        follows=Exists(own.filter(opens_at__gt=now)),
        put_away=Exists(own.open(now).filter(put_away_at__isnull=False)),
    )


def _path(row, given: dict, versions, zone, now, *, held: bool) -> Path:
    program = row.version.definition
    came = {
        place: came_of(each, opens_at=each.first, answered_at=each.answered)
        for place, each in given.items()
    }
    # What has its turn was given already, unless the safety check keeps it back.
    stand = stand_of(program, came, versions, allows=lambda: False, now=now, zone=zone)
    steps = []
    for place, step in enumerate(program.steps):
        version, wait = versions.get(step.activity), stand.get(place)
        if version is None or wait is Wait.GONE:
            continue
        definition = version.definition
        if place in given:
            found, open_id = _stands(given[place], definition, now)
            if held and definition.gated and found is not Place.DONE:
                found, open_id = Place.WAITS, None
        else:
            is_stuck = wait is Wait.ANSWER and _is_over(given.get(place - 1))
            is_theirs = wait in FOR_THE_CLINICIAN or is_stuck
            found, open_id = (Place.WAITS if is_theirs else Place.TO_COME), None
        if definition.gated and found in (Place.WAITS, Place.TO_COME):
            steps.append(Step(str(NOT_NAMED), "", found))
        else:
            steps.append(Step(definition.title, step.why, found, open_id))
    return Path(program.title, program.summary, steps)


def _stands(given: Assignment, definition, now) -> tuple[Place, UUID | None]:
    """Of a step that has come."""
    open_id = given.log_id if definition.as_log else given.open_id
    if given.ended_at is None and (open_id or given.put_away):
        return Place.HERE, open_id
    if given.answered and not (given.ended_at is None and given.follows):
        return Place.DONE, None
    if given.ended_at is None and (given.follows or given.ask_again_at or given.first is None):
        return (Place.HERE if given.answered else Place.TO_COME), None
    return Place.LEFT_OUT, None


def _is_over(given: Assignment | None) -> bool:
    return given is not None and given.ended_at is not None and given.answered is None
