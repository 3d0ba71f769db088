"""The Work page: what was assigned, how it goes, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import actions, schedule
from .definitions import Definition, Program
from .models import Assignment, Occurrence, ProgramAssignment
from .portal import newest_versions
from .programs import Wait, came_of, comes_in_words, stand_of, steps_to_give


@dataclass(frozen=True)
class Step:
    """One occurrence with its state in a word and a shape."""

    occurrence: Occurrence
    kind: str
    word: str
    entries: int


@dataclass(frozen=True)
class Work:
    """An assignment; ``is_asked``: something of it can be answered, now or later."""

    assignment: Assignment
    definition: Definition
    steps: list[Step]
    is_asked: bool


@dataclass(frozen=True)
class ProgramStep:
    """One step of a program: as the work that it has become, or with what it waits for."""

    place: int
    title: str
    kind: str
    word: str
    waits: str = ""  # for what, in a sentence
    work: Work | None = None


@dataclass(frozen=True)
class ProgramWork:
    """``next``: the step that can be given by hand."""

    assignment: ProgramAssignment
    definition: Program
    steps: list[ProgramStep]
    next: ProgramStep | None
    is_asked: bool

    @property
    def given(self) -> int:
        return sum(step.work is not None for step in self.steps)


@dataclass(frozen=True)
class WorkPage:
    programs: list[ProgramWork]
    work: list[Work]  # what is no step of a program

    @property
    def asked(self) -> list[Work]:
        return [each for each in self.work if each.is_asked]

    @property
    def over(self) -> list[Work]:
        return [each for each in self.work if not each.is_asked]

    @property
    def programs_asked(self) -> list[ProgramWork]:
        return [each for each in self.programs if each.is_asked]

    @property
    def programs_over(self) -> list[ProgramWork]:
        return [each for each in self.programs if not each.is_asked]

    @property
    def number_asked(self) -> int:
        return len(self.asked) + len(self.programs_asked)

    @property
    def number_over(self) -> int:
        return len(self.over) + len(self.programs_over)


def work_page(client, *, now: datetime) -> WorkPage:
    work = work_of(client, now=now)
    return WorkPage(
        programs=programs_of(client, work, now=now),
        work=[each for each in work if each.assignment.program_id is None],
    )


def work_of(client, *, now: datetime) -> list[Work]:
    """Everything that was assigned, steps of programs too."""
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
            Step(
                occurrence, *state_of(occurrence, now, sent=occurrence.entries), occurrence.entries
            )
        )
    return [
        _work(row, versions[row.activity_id].definition, steps[row.pk], now) for row in assignments
    ]


def _work(assignment, definition, steps: list[Step], now) -> Work:
    can_be_answered = any(
        step.occurrence.withdrawn_at is None
        and (step.occurrence.ends_at is None or step.occurrence.ends_at > now)
        and (step.occurrence.answered_at is None or definition.as_log)
        for step in steps
    )
    is_asked = (
        can_be_answered or assignment.paused_at or _waits_for_sessions(assignment, steps, now)
    )
    return Work(assignment, definition, steps, not assignment.ended_at and bool(is_asked))


def _waits_for_sessions(assignment, steps: list[Step], now) -> bool:
    """More of it comes as soon as another session is booked."""
    when = schedule.parse(assignment.schedule)
    if not isinstance(when, schedule.AroundSessions):
        return False
    came = [step for step in steps if step.occurrence.number >= assignment.first_number]
    return (when.times is None or len(came) < when.times) and (
        when.until is None or when.until >= timezone.localdate(now)
    )


def state_of(occurrence: Occurrence, now: datetime, *, sent: int = 1) -> tuple[str, str]:
    """(kind of the state component, its word), as the facts say at ``now``; ``sent``: how much of
    it there is to read."""
    if occurrence.answered_at and not sent:
        return "done", _("Done, and kept to themselves")
    if occurrence.answered_at:
        return "done", _("Answered")
    if occurrence.withdrawn_at:
        return "info", _("Withdrawn")
    if occurrence.opens_at > now:
        return "session", _("To come")
    if occurrence.put_away_at:
        return "info", _("Put away by the client")
    if occurrence.ends_at and occurrence.ends_at <= now:
        return "not-yet", _("Not answered")
    if occurrence.due_at and occurrence.due_at < now:
        return "silent", _("Not yet")
    return "info", _("Open")


def programs_of(client, work: Iterable[Work], *, now: datetime) -> list[ProgramWork]:
    """The programs of ``client``, each with its steps: those of ``work``, and those to come."""
    rows = list(
        ProgramAssignment.objects.filter(client=client)
        .select_related("version__program", "created_by")
        .order_by(F("ended_at").asc(nulls_first=True), "-assigned_at")
    )
    if not rows:
        return []
    given: dict = {row.pk: {} for row in rows}
    for each in work:
        if each.assignment.program_id:
            given[each.assignment.program_id][each.assignment.step] = each
    programs = {row.pk: row.version.definition for row in rows}
    slugs = {step.activity for program in programs.values() for step in program.steps}
    versions = steps_to_give(client.practice_id, slugs)
    standing = cache(lambda: actions.gate(client))
    return [
        _Outlook(row, programs[row.pk], given[row.pk], versions, standing, client.zone, now).whole()
        for row in rows
    ]


class _Outlook:
    """One program, while it is made out how each of its steps stands."""

    def __init__(self, row, program, given: dict[int, Work], versions, standing, zone, now):
        self.row, self.program, self.given = row, program, given
        self.versions, self.standing, self.now = versions, standing, now
        came = {place: _came(each) for place, each in given.items()}
        self.stand = stand_of(
            program,
            came,
            versions,
            allows=lambda: actions.lets_come(standing(), row),
            now=now,
            zone=zone,
        )

    def whole(self) -> ProgramWork:
        steps = [self._step(place) for place in range(len(self.program.steps))]
        is_running = self.row.ended_at is None
        waits = any(wait is not Wait.GONE for wait in self.stand.values())
        return ProgramWork(
            assignment=self.row,
            definition=self.program,
            steps=steps,
            next=next((steps[place] for place in self.stand if self._by_hand(place)), None),
            is_asked=is_running and (waits or any(each.is_asked for each in self.given.values())),
        )

    def _by_hand(self, place) -> bool:
        """In the library, and not closed by the safety check."""
        if self.row.ended_at is not None or self.stand[place] is Wait.GONE:
            return False
        version = self.versions[self.program.steps[place].activity]
        return not version.definition.gated or self.standing().is_open

    def _step(self, place) -> ProgramStep:
        work = self.given.get(place)
        if work is not None:
            return ProgramStep(place, self._title(place), *_state_of_work(work, self.now), "", work)
        wait = self.stand[place]
        if wait is Wait.GONE:
            kind, word = "info", _("Left out")
        elif self.row.ended_at is not None:
            kind, word = "info", _("Not given")
        elif wait is Wait.CHECK:
            kind, word = "silent", _("Held back")
        else:
            kind, word = "session", _("Waits")
        return ProgramStep(place, self._title(place), kind, word, self._waits(place, wait))

    def _waits(self, place, wait) -> str:
        step, above = self.program.steps[place], self._title(place - 1)
        if wait is Wait.GONE:
            return _("It is not in the library any more.")
        if self.row.ended_at is not None:
            return ""
        if wait is Wait.CHECK:
            return _("Its turn has come. %(gate)s") % {"gate": self.standing().words}
        if wait is Wait.HAND:
            return _("“%(above)s” is left out: give this by hand when it is time.") % {
                "above": above
            }
        if isinstance(wait, datetime):
            return _("Its turn has come.")
        if _ended_unanswered(self.given.get(place - 1)):
            return _("“%(above)s” has ended without an answer: give this by hand.") % {
                "above": above
            }
        return comes_in_words(step, above=above)

    def _title(self, place) -> str:
        if place < 0:
            return ""
        slug = self.program.steps[place].activity
        if place in self.given:
            return self.given[place].definition.title
        return self.versions[slug].definition.title if slug in self.versions else slug


def _came(work: Work):
    occurrences = [step.occurrence for step in work.steps]
    answers = [row.answered_at for row in occurrences if row.answered_at]
    opens_at = min((row.opens_at for row in occurrences), default=None)
    return came_of(
        work.assignment, opens_at=opens_at, answered_at=min(answers) if answers else None
    )


def _ended_unanswered(work: Work | None) -> bool:
    return (
        work is not None
        and work.assignment.ended_at is not None
        and not any(step.occurrence.answered_at for step in work.steps)
    )


def _state_of_work(work: Work, now) -> tuple[str, str]:
    """Of what is asked several times, the state of the newest that has opened."""
    if _ended_unanswered(work):
        return "info", _("Ended")
    opened = [step for step in work.steps if step.occurrence.opens_at <= now] or work.steps[:1]
    return (opened[-1].kind, opened[-1].word) if opened else ("session", _("To come"))
