"""Where a program stands: which of its steps have come, and what each of the others waits for.

The rules in words are in docs/library-format.md. Nothing is written here: ``actions.programs``
gives a step whose turn has come, and the pages say of the others why it has not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import schedule
from .definitions import Program, Step
from .models import ActivityVersion, Assignment, ProgramVersion

DAY = timedelta(days=1)
BEFORE_A_SESSION = 2  # days: enough for a reminder, and still about the week that was


class Wait(StrEnum):
    """What keeps a step back."""

    ABOVE = "above"  # the step above has not come either
    ANSWER = "answer"  # to the step above
    FEEDBACK = "feedback"  # on the step above
    CHECK = "check"  # its turn has come, and the safety check does not let it
    HAND = "hand"  # the step above is left out, so that nothing can come of it
    GONE = "gone"  # it is not in the library any more: it is left out


@dataclass(frozen=True)
class Came:
    """A step that was given: from when it is open, and when it was first answered."""

    opens_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Planned:
    """A step before anything has come; ``version`` is None for one that is left out."""

    step: Step
    version: ActivityVersion | None
    comes: str


def came_of(given: Assignment, *, opens_at: datetime | None, answered_at: datetime | None) -> Came:
    """What a step says to the one below it. ``opens_at``, ``answered_at``: of the first occurrence.

    Sessions come when they come: what is asked before them has come as soon as it was given.
    """
    if opens_at is None or given.schedule["every"] == "session":
        opens_at = given.counts_from
    return Came(opens_at, answered_at)


def why_of(assignment: Assignment) -> str:
    """The line for the client that the program has for this step of it, if it is one."""
    if assignment.program_id is None:
        return ""
    return assignment.program.version.definition.steps[assignment.step].why


def steps_to_give(practice_id, slugs: Iterable[str]) -> dict[str, ActivityVersion]:
    """The newest versions of what can be given, each by the slug that a program calls it.

    Found by the slug, or by one that the activity had before. Two statements at most.
    """
    wanted = set(slugs)
    in_use = ActivityVersion.objects.filter(practice=practice_id).assignable()
    found = {each.activity.slug: each for each in in_use.filter(activity__slug__in=wanted)}
    if missing := wanted - found.keys():
        renamed = in_use.filter(activity__versions__content__formerly__has_any_keys=list(missing))
        for each in renamed:
            found |= dict.fromkeys(missing.intersection(each.definition.formerly), each)
    return found


def stand_of(
    program: Program,
    came: Mapping[int, Came],
    versions: Mapping[str, ActivityVersion],
    *,
    allows: Callable[[], bool],
    now: datetime,
    zone: ZoneInfo,
    feedback_on: int | None = None,
) -> dict[int, Wait | datetime]:
    """Of each step that has not come, by its place: what it waits for; or, if its turn has come,
    from when on it is to be open. In order, and what has its turn counts as come for those below.

    ``allows`` is asked, when it has to be, whether the safety check lets a gated step be given.
    """
    came, stand = dict(came), {}
    for place, step in enumerate(program.steps):
        if place in came:
            continue
        version = versions.get(step.activity)
        if version is None or not version.definition.has_text:
            stand[place] = Wait.GONE
            continue
        is_above_gone = stand.get(place - 1) is Wait.GONE
        has_feedback = feedback_on is not None and feedback_on == place - 1
        turn = _turn(step, place, came.get(place - 1), is_above_gone, has_feedback, now, zone)
        if isinstance(turn, datetime) and version.definition.gated and not allows():
            turn = Wait.CHECK
        stand[place] = turn
        if isinstance(turn, datetime):
            came[place] = Came(turn)
    return stand


def _turn(step, place, above: Came | None, is_above_gone, has_feedback, now, zone):
    if step.rule == "at_once":
        return now
    if step.rule in ("every", "before_each_session"):
        if place == 0 or is_above_gone:
            return now
        return max(above.opens_at, now) if above else Wait.ABOVE
    if is_above_gone:
        return Wait.HAND
    if above is None:
        return Wait.ABOVE
    if step.rule == "after_feedback":
        return now if has_feedback else Wait.FEEDBACK
    if above.answered_at is None:
        return Wait.ANSWER
    return _after(above.answered_at, step.days or 0, now, zone)


def _after(answered_at: datetime, days: int, now: datetime, zone: ZoneInfo) -> datetime:
    """The morning of the day so many days after an answer, or now if that is not to come."""
    day = answered_at.astimezone(zone).date() + days * DAY
    if day <= now.astimezone(zone).date():
        return now
    return schedule.at_wall_clock(day, schedule.OPEN_TIME, zone)


def schedule_of(step: Step, opens_at: datetime, *, now: datetime, zone: ZoneInfo):
    """As which schedule a step is asked that is to be open from ``opens_at`` on."""
    day, today = (moment.astimezone(zone).date() for moment in (opens_at, now))
    if step.rule == "every":
        return schedule.Daily(interval=step.days, starts_on=day, times=step.times)
    if step.rule == "before_each_session":
        return schedule.AroundSessions(side="before", days=BEFORE_A_SESSION, times=step.times)
    return schedule.Once(
        opens_on=day if day > today else None, due_on=day + schedule.UNTIL_DUE * DAY
    )


def plan_of(version: ProgramVersion, *, now: datetime, zone: ZoneInfo) -> list[Planned]:
    """What a program would ask, step by step, if it were assigned now and nothing held it up."""
    program = version.definition
    found = steps_to_give(version.practice_id, [step.activity for step in program.steps])
    stand = stand_of(program, {}, found, allows=lambda: True, now=now, zone=zone)
    return [
        Planned(
            step,
            None if stand[place] is Wait.GONE else found[step.activity],
            comes_in_words(
                step,
                above=title_of(program, place - 1, found),
                at_once=isinstance(stand[place], datetime),
            ),
        )
        for place, step in enumerate(program.steps)
    ]


def is_gated(plan: Iterable[Planned]) -> bool:
    """A program needs a safety check when one of its steps does."""
    return any(each.version and each.version.definition.gated for each in plan)


def title_of(program: Program, place: int, versions: Mapping[str, ActivityVersion]) -> str:
    """What the step at ``place`` is called; its slug when it is not there any more."""
    if place < 0:
        return ""
    slug = program.steps[place].activity
    return versions[slug].definition.title if slug in versions else slug


def comes_in_words(step: Step, *, above: str, at_once: bool = False) -> str:
    """When a step comes, in a sentence. ``above`` is the title of the step above it."""
    if step.rule == "every":
        start = _("At once") if at_once else _("When “%(above)s” has come")
        words = ngettext(
            "%(start)s, and then every day: %(times)s times in all.",
            "%(start)s, and then every %(days)s days: %(times)s times in all.",
            step.days,
        )
        return words % {"start": start % {"above": above}, "days": step.days, "times": step.times}
    if step.rule == "before_each_session":
        words = _("Two days before each session.")
        if step.times:
            words = ngettext(
                "Two days before the next session.",
                "Two days before each session, %(times)s times.",
                step.times,
            )
        return words % {"times": step.times}
    if step.rule == "after_delay":
        words = ngettext(
            "A day after “%(above)s” is answered.",
            "%(days)s days after “%(above)s” is answered.",
            step.days,
        )
        return words % {"days": step.days, "above": above}
    return {
        "at_once": _("At once."),
        "after_previous": _("When “%(above)s” is answered."),
        "after_feedback": _("When you have given feedback on “%(above)s”."),
    }[step.rule] % {"above": above}
