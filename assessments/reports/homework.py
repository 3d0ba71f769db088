"""What was asked and what came of it; counts of what was done, never scores."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from assessments.charts import Stack
from assessments.charts.inputs import OUTCOMES
from assessments.charts.shapes import Lane, Timeline
from assessments.models import Response
from assessments.sheet import GOALS, goals_in
from assessments.timeline.words import day_in_words
from assessments.work import Work

from .drawing import NOTHING, drawn


def homework_of(work: Sequence[Work], stacks: Sequence[Stack], *, now: datetime) -> dict | None:
    """By activity: asked and answered; of a log, its entries and what became of the limits."""
    by_activity: dict[UUID, list[Work]] = defaultdict(list)
    for each in work:
        by_activity[each.assignment.activity_id].append(each)
    if not by_activity:
        return None
    kept = {stack.code: _counted(stack) for stack in stacks}
    head = [_("What"), _("Asked"), _("Answered"), _("Entries")]
    if kept:
        head += [_("Kept"), _("Partly"), _("Not yet")]
    rows = [_row(rows, kept, now) for rows in by_activity.values()]
    return {"head": head, "rows": rows, "numbers": list(range(1, len(head)))}


def _row(work: list[Work], kept: dict[str, list[str]], now) -> list[str]:
    definition = work[0].definition
    steps = [step for each in work for step in each.steps]
    answered = sum(step.occurrence.answered_at is not None for step in steps)
    unanswered = sum(
        step.occurrence.answered_at is None
        and step.occurrence.withdrawn_at is None
        and step.occurrence.opens_at <= now
        for step in steps
    )
    entries = str(sum(step.entries for step in steps)) if definition.as_log else NOTHING
    row = [definition.title, str(answered + unanswered), str(answered), entries]
    if kept:
        row += kept.get(definition.slug, [NOTHING] * len(OUTCOMES))
    return row


def _counted(stack: Stack) -> list[str]:
    return [str(sum(counts.get(kind, 0) for _week, counts in stack.weeks)) for kind in OUTCOMES]


def logs_of(stacks: Sequence[Stack], lanes: Sequence[Lane], drawing: Timeline) -> list[dict]:
    """By week, as bars and as a table of the same values."""
    return [
        {
            "title": stack.title,
            "signs": _("Filled: kept. Striped: partly. Empty: not yet."),
            "drawing": drawn(lane, drawing),
            "alt": _("Bars by week of %(title)s. The table below has all values.")
            % {"title": stack.title},
            "table": {
                "head": [_("Week of"), _("Kept"), _("Partly"), _("Not yet")],
                "rows": [
                    [day_in_words(row.at), *(str(getattr(row.counts, kind)) for kind in OUTCOMES)]
                    for row in lane.rows
                ],
                "numbers": [1, 2, 3],
            },
        }
        for stack, lane in zip(stacks, lanes, strict=True)
        if lane.bars
    ]


def goals_of(responses: Sequence[Response], *, with_words: bool) -> dict | None:
    """The newest rating beside the first one. Which goals they are is the client's own words."""
    rated = [row for row in responses if row.version.definition.slug == GOALS]
    goals = goals_in(rated[-1:] + rated[:1] if len(rated) > 1 else rated)
    if not goals:
        return None
    names = (_("First goal"), _("Second goal"), _("Third goal"))
    rows = [
        [
            f"“{goal.words}”" if with_words else name,
            NOTHING if goal.before is None else str(goal.before),
            str(goal.now),
        ]
        for goal, name in zip(goals, names, strict=False)
    ]
    return {"head": [_("Goal"), _("At first"), _("Now")], "rows": rows, "numbers": [1, 2]}
