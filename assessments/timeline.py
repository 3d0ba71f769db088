"""From rows to the drawing of ``charts``: everything about one client on one time axis."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils import formats
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from . import charts, scoring
from .definitions import SCORABLE, Definition, ItemKind, Kind, Scale, parts_of
from .models import Alert, Response, Score
from .progress import Move, moves_of
from .progress.words import number

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


@dataclass(frozen=True)
class TimelinePage:
    drawing: charts.Timeline | None  # None before anything has happened
    measures: list[Measures]
    practised: Practised | None
    moves: list[Move]  # what became of each scale of a published instrument
    has_unvalidated: bool  # some of the lanes need the reflection label


def timeline_of(client, *, now: datetime, since: datetime | None = None) -> TimelinePage:
    """All that is known of ``client``, or what came since a moment, on one axis.

    Responses without a value stay in as gaps.
    """
    scores = list(
        Score.objects.filter(client=client)
        .defer("trace")
        .select_related("response__version")
        .order_by("taken_at")
    )
    entries = list(
        Response.objects.submitted()
        .filter(client=client, version__activity__kind=Kind.EXERCISE)
        .select_related("version")
        .order_by("submitted_at")
    )
    sessions = list(client.sessions.all())
    alerts = list(Alert.objects.filter(client=client))
    moves = moves_of({client.pk: client}).get(client.pk, [])
    day = _local(client)
    days = [
        *(day(score.taken_at) for score in scores),
        *(_day_of(entry, day) for entry in entries),
        *(day(session.starts_at) for session in sessions),
    ]
    drawing = None
    if days:
        drawing = charts.timeline(
            start=day(since) if since else min(days),
            end=max(day(now), *days),
            sessions=[_session_mark(session, day, now) for session in sessions],
            alerts=[_alert_mark(alert, day) for alert in alerts],
            series=_series(scores, day, moves),
            stacks=_stacks(entries, day),
        )
    return TimelinePage(
        drawing=drawing,
        measures=_measures(entries),
        practised=_practised(entries[-1], day) if entries else None,
        moves=moves,
        has_unvalidated=any(not score.response.version.definition.is_validated for score in scores),
    )


def _practised(entry: Response, day) -> Practised:
    definition, kept = entry.version.definition, ""
    if any(item.id == "kept" for item in definition.items) and entry.answers.get("kept"):
        kept = definition.label_of(definition.item("kept"), entry.answers["kept"])
    return Practised(definition.title, entry.pk, _day_of(entry, day), kept)


def _measures(entries) -> list[Measures]:
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


def _alert_mark(alert, day):
    when = formats.date_format(day(alert.raised_at), "j M Y")
    return charts.Mark(day(alert.raised_at), "alert", f"{when}: {alert.get_kind_display()}")


def _local(client):
    return lambda moment: moment.astimezone(client.zone).date()


def _session_mark(session, day, now):
    when = formats.date_format(day(session.starts_at), "j M Y")
    kind, words = session.outcome, session.outcome_words
    if kind == "to_come" and session.starts_at < now:
        kind, words = "unsettled", _("Nobody has said yet what became of it")
    return charts.Mark(day(session.starts_at), kind, f"{when}: {words}")


@dataclass(frozen=True)
class _Line:
    """What makes one line of points: like is compared with like.

    Whatever the activity was called at the time, it is the same one; answers about a partner and
    answers about people at work are two lines.
    """

    activity_id: UUID
    scale: str
    about: str


def _series(scores, day, moves: list[Move]) -> list[charts.Series]:
    lines: dict[_Line, list[Score]] = defaultdict(list)
    definitions: dict[_Line, Definition] = {}
    for score in scores:
        version = score.response.version
        line = _Line(version.activity_id, score.scale, score.about)
        lines[line].append(score)
        definitions[line] = version.definition
    most: dict[tuple[UUID, str], int] = defaultdict(int)
    for line, points in lines.items():
        group = (line.activity_id, line.about)
        most[group] = max(most[group], len(points))

    # What is judged first, then what was answered most often; the scales of one screener stay
    # together, in its order.
    def order(line):
        group, definition = (line.activity_id, line.about), definitions[line]
        place = _place(definition, line.scale)
        return (not definition.is_validated, -most[group], *group, place)

    keys = sorted(lines, key=order)
    moved = {(move.last.activity_id, move.scale.code, move.about): move for move in moves}
    return [
        _lane(
            definitions[line],
            line,
            lines[line],
            day,
            moved.get((line.activity_id, line.scale, line.about)),
        )
        for line in keys
    ]


def _place(definition: Definition, code: str) -> int:
    codes = [scale.code for scale in definition.scales]
    return codes.index(code) if code in codes else len(codes)


def _lane(definition: Definition, line: _Line, scores, day, move: Move | None) -> charts.Series:
    scale = next((scale for scale in definition.scales if scale.code == line.scale), None)
    title = scale.title if scale else line.scale
    if line.about:
        title = f"{title} · {_whom(definition, line.about)}"
    direction, sentence = _direction(scale), _sentence(definition, scale)
    meaning = ": ".join(filter(None, (direction, sentence)))
    return charts.Series(
        code="-".join(filter(None, (definition.slug, line.scale, line.about))),
        title=title,
        note=sentence or definition.title,
        direction=direction,
        minimum=Decimal(scale.minimum if scale else 0),
        maximum=Decimal(scale.maximum if scale else 4),
        points=tuple(_point(score, title, meaning, day) for score in scores),
        bands=_bands(definition, scale),
        levels=_levels(move),
        **_ends(definition, scale),
    )


def _bands(definition: Definition, scale: Scale | None) -> tuple[charts.Band, ...]:
    """Those of the first published interpretation that has some; an own tool has none."""
    if scale is None or not definition.is_validated:
        return ()
    for each in definition.interpretations_of(scale):
        if each.bands:
            return tuple(charts.Band(band.start, band.below, band.label) for band in each.bands)
    return ()


def _levels(move: Move | None) -> tuple[charts.Level, ...]:
    """The cut-off, and from which score on a change from the baseline is a reliable one."""
    if move is None or not move.is_two or move.change.yardstick is None or move.first is None:
        return ()
    change, scale = move.change, move.scale
    levels = []
    if change.boundary is not None:
        at = change.boundary.at
        levels.append(charts.Level(at, "cutoff", _("cut-off %(at)s") % {"at": number(at)}))
    is_rule_of_thumb = change.yardstick.basis == "convention"
    for sign in (-1, 1):
        at = move.first.value + sign * change.yardstick.points
        if not scale.minimum <= at <= scale.maximum:
            continue
        is_better = (sign < 0) == (scale.higher_is == "worse")
        if is_rule_of_thumb:
            words = _("better from %(at)s") if is_better else _("worse from %(at)s")
        else:
            words = (
                _("reliably better from %(at)s") if is_better else _("reliably worse from %(at)s")
            )
        levels.append(charts.Level(at, "limit", words % {"at": number(at)}))
    return tuple(levels)


def _whom(definition: Definition, about: str) -> str:
    """Whom the client had in mind, in the words of the question that asked."""
    if definition.index_item is None:
        return about
    return definition.label_of(definition.item(definition.index_item), about)


def _direction(scale: Scale | None) -> str:
    """In words, so that nobody takes a rise for its opposite."""
    if scale is None:
        return ""
    return _("Higher is harder") if scale.higher_is == "worse" else _("Higher is going better")


def _sentence(definition: Definition, scale: Scale | None) -> str:
    """What was asked, where a scale is one question."""
    if scale is None or len(scale.items) != 1:
        return ""
    return f"“{Truncator(definition.item(scale.items[0]).text).chars(90)}”"


def _ends(definition: Definition, scale) -> dict[str, str]:
    """The words of the two ends, where a scale has the range of its items' options."""
    if scale is None or scale.method != "mean":
        return {}
    options = definition.choices(definition.item(scale.items[0]))
    if not options:
        return {}
    return {"low_label": options[0].label, "high_label": options[-1].label}


def _point(score: Score, title: str, meaning: str, day) -> charts.Point:
    when = formats.date_format(day(score.taken_at), "j M Y")
    if score.value is None:
        words = _("%(title)s, %(when)s: not answered") % {"title": title, "when": when}
    else:
        words = _("%(title)s, %(when)s: %(value)s, answered %(answered)s of %(all)s") % {
            "title": title,
            "when": when,
            "value": formats.number_format(score.value.normalize(), use_l10n=True),
            "answered": score.answered,
            "all": score.answered + score.missing,
        }
    words = ". ".join(filter(None, (words, meaning)))
    url = reverse("assessments:response", args=[score.response_id])
    return charts.Point(day(score.taken_at), score.value, words, url)


def _day_of(entry: Response, day) -> date:
    """Of what an entry tells: the day that it says itself, or else the day it was sent."""
    sent = entry.filled_on or day(entry.submitted_at)
    asked = entry.version.definition.items
    said = next((entry.answers.get(item.id) for item in asked if item.kind == ItemKind.DATE), None)
    told = date.fromisoformat(said) if said else sent
    return told if sent - LATEST_NOTE <= told <= sent else sent


def _stacks(entries, day) -> list[charts.Stack]:
    """How often a limit was kept, partly kept or not yet, per week; process, never a score."""
    weeks: dict[UUID, dict] = {}
    newest: dict[UUID, Definition] = {}
    for entry in entries:
        definition = entry.version.definition
        if not definition.as_log or not any(metric.item == "kept" for metric in definition.metrics):
            continue
        activity_id = entry.version.activity_id
        newest[activity_id] = definition
        happened = _day_of(entry, day)
        monday = happened - timedelta(days=happened.weekday())
        tally = weeks.setdefault(activity_id, {}).setdefault(
            monday, {"kept": 0, "partly": 0, "not_yet": 0}
        )
        kept = entry.answers.get("kept")
        if kept in tally:
            tally[kept] += 1
    return [
        charts.Stack(newest[key].slug, newest[key].title, weeks=tuple(sorted(by_week.items())))
        for key, by_week in weeks.items()
    ]
