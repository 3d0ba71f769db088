"""What was done: entries by week, and the process measures over all of them. Never scores."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from assessments import charts, scoring
from assessments.charts.inputs import OUTCOMES
from assessments.definitions import SCORABLE, Definition, ItemKind, parts_of
from assessments.models import Response

WEEK = timedelta(days=7)
LATEST_NOTE = timedelta(days=366)  # an entry that says an older day has mistyped it


@dataclass(frozen=True)
class Measures:
    """The process measures of one exercise over all its entries; never a score."""

    definition: Definition
    values: tuple[scoring.MetricValue, ...]


@dataclass(frozen=True)
class Practised:
    """The newest entry of an exercise; ``kept`` is what became of a limit, in words."""

    title: str
    response_id: UUID
    at: date
    kept: str


def last_practised(entry: Response, day) -> Practised:
    definition, kept = entry.version.definition, ""
    if any(item.id == "kept" for item in definition.items) and entry.answers.get("kept"):
        kept = definition.label_of(definition.item("kept"), entry.answers["kept"])
    return Practised(definition.title, entry.pk, day_of(entry, day), kept)


def measures_of(entries) -> list[Measures]:
    """By activity: how many limits were planned, said, kept; how discomfort moved.

    As the newest entry's version counts it; an older entry that was asked otherwise is left out,
    and the number of entries beside each measure says so.
    """
    by_activity: dict[UUID, list[Response]] = defaultdict(list)
    for entry in entries:
        by_activity[entry.version.activity_id].append(entry)
    return [_measured(rows) for rows in by_activity.values()]


def _measured(rows) -> Measures:
    newest = rows[-1].version.definition
    alike = [row.answers for row in rows if _asks_alike(row.version.definition, newest)]
    return Measures(newest, scoring.metrics(newest, alike))


def _asks_alike(older: Definition, newest: Definition) -> bool:
    """Whether what the newest version measures was asked in the same way before."""
    if older is newest:
        return True
    paths = [path for metric in newest.metrics for path in (metric.item, metric.after) if path]
    return all(_answer_shape(older, path) in (None, _answer_shape(newest, path)) for path in paths)


def _answer_shape(definition: Definition, path: str):
    """What can be answered at a metric's path; None where it was not asked at all."""
    try:
        item, part = parts_of(definition, path)
    except KeyError:
        return None
    for column in item.columns:
        if column.id == part:
            item = column
    return item.kind, definition.range_of(item) if item.kind in SCORABLE else None


def day_of(entry: Response, day) -> date:
    """Of what an entry tells: the day that it says itself, or else the day it was sent."""
    sent = entry.filled_on or day(entry.ended_at)
    asked = entry.version.definition.items
    said = next((entry.answers.get(item.id) for item in asked if item.kind == ItemKind.DATE), None)
    told = date.fromisoformat(said) if said else sent
    return told if sent - LATEST_NOTE <= told <= sent else sent


def tells_outcomes(definition: Definition) -> bool:
    """Whether an entry says of a limit that it was kept, partly, or not yet. A check-in has an item
    of that name too, which says whether it took place."""
    if not definition.as_log or not any(metric.item == "kept" for metric in definition.metrics):
        return False
    options = definition.choices(definition.item("kept"))
    return {option.value for option in options} == set(OUTCOMES)


def stacks_of(entries, day) -> list[charts.Stack]:
    """How often a limit was kept, partly kept or not yet, per week; process, never a score."""
    weeks: dict[UUID, dict] = {}
    newest: dict[UUID, Definition] = {}
    for entry in entries:
        definition = entry.version.definition
        if not tells_outcomes(definition):
            continue
        activity_id = entry.version.activity_id
        newest[activity_id] = definition
        happened = day_of(entry, day)
        monday = happened - timedelta(days=happened.weekday())
        tally = weeks.setdefault(activity_id, {}).setdefault(monday, dict.fromkeys(OUTCOMES, 0))
        kept = entry.answers.get("kept")
        if kept in tally:
            tally[kept] += 1
    return [
        charts.Stack(newest[key].slug, newest[key].title, weeks=tuple(sorted(by_week.items())))
        for key, by_week in weeks.items()
    ]
