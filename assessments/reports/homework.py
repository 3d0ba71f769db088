"""What was asked and what came of it; counts of what was done, never scores."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from assessments.charts import Stack
from assessments.charts.inputs import OUTCOMES
from assessments.charts.shapes import Lane, Timeline
from assessments.definitions import Definition
from assessments.models import Occurrence, Response
from assessments.portal import newest_versions
from assessments.sheet import GOALS, goals_in
from assessments.timeline.words import day_in_words
from clients.models import Episode

from .drawing import NOTHING, drawn


def homework_of(
    episode: Episode, responses: Sequence[Response], stacks: Sequence[Stack], *, now: datetime
) -> dict | None:
    """By activity: asked, opened, answered; of a log, its entries and what became of the limits."""
    asked = _asked(episode, now)
    entries = Counter(row.version.activity_id for row in responses)
    definitions = {row.version.activity_id: row.version.definition for row in responses}
    unsent = newest_versions(asked.keys() - definitions.keys())
    definitions |= {pk: version.definition for pk, version in unsent.items()}
    rows = [
        (definition, asked.get(pk, (0, 0, 0)), entries[pk])
        for pk, definition in definitions.items()
        if pk in asked or definition.as_log
    ]
    if not rows:
        return None
    kept = {stack.code: _counted(stack) for stack in stacks}
    head = [_("What"), _("Asked"), _("Opened"), _("Answered"), _("Entries")]
    if kept:
        head += [_("Kept"), _("Partly"), _("Not yet")]
    return {
        "head": head,
        "rows": [_row(*row, kept) for row in sorted(rows, key=lambda row: row[0].title)],
        "numbers": list(range(1, len(head))),
    }


def _asked(episode: Episode, now: datetime) -> dict[UUID, tuple[int, int, int]]:
    """How often each activity was asked, opened and answered, as the timeline counts it."""
    counted = (
        Occurrence.objects.asked_for(now)
        .filter(client=episode.client_id, assignment__episode=episode)
        .order_by()
        .values("assignment__activity")
        .annotate(
            asked=Count("pk"),
            opened=Count("pk", filter=Q(answered_at__isnull=False) | Q(touched_at__isnull=False)),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
        )
        .values_list("assignment__activity", "asked", "opened", "answered")
    )
    return {pk: tuple(counts) for pk, *counts in counted}


def _row(
    definition: Definition, asked: tuple[int, int, int], entries: int, kept: dict[str, list[str]]
) -> list[str]:
    row = [definition.title, *map(str, asked), str(entries) if definition.as_log else NOTHING]
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
