"""From rows to the drawing of ``charts``: everything about one client on one time axis."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from . import charts, scoring
from .definitions import Definition, Kind
from .models import Alert, Response, Score

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Measures:
    """The process measures of one exercise over all its entries; never a score."""

    definition: Definition
    values: tuple[scoring.MetricValue, ...]


@dataclass(frozen=True)
class TimelinePage:
    drawing: charts.Timeline | None  # None before anything has happened
    measures: list[Measures]
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
    moments = [
        *(score.taken_at for score in scores),
        *(entry.submitted_at for entry in entries),
        *(session.starts_at for session in sessions),
    ]
    day = _local(client)
    drawing = None
    if moments:
        drawing = charts.timeline(
            start=day(since or min(moments)),
            end=day(max(now, *moments)),
            sessions=[_session_mark(session, day) for session in sessions],
            alerts=[_alert_mark(alert, day) for alert in alerts],
            series=_series(scores, day),
            stacks=_stacks(entries, day),
        )
    return TimelinePage(
        drawing=drawing,
        measures=_measures(entries),
        has_unvalidated=any(not score.response.version.definition.is_validated for score in scores),
    )


def _measures(entries) -> list[Measures]:
    """By activity: how many limits were planned, said, kept; how discomfort moved."""
    by_slug: dict[str, list[Response]] = defaultdict(list)
    for entry in entries:
        by_slug[entry.version.definition.slug].append(entry)
    return [
        Measures(
            rows[-1].version.definition,
            scoring.metrics(rows[-1].version.definition, [row.answers for row in rows]),
        )
        for rows in by_slug.values()
    ]


def _alert_mark(alert, day):
    when = formats.date_format(day(alert.raised_at), "j M Y")
    return charts.Mark(day(alert.raised_at), "alert", f"{when}: {alert.get_kind_display()}")


def _local(client):
    return lambda moment: moment.astimezone(client.zone).date()


def _session_mark(session, day):
    when = formats.date_format(day(session.starts_at), "j M Y")
    return charts.Mark(day(session.starts_at), session.outcome, f"{when}: {session.outcome_words}")


def _series(scores, day) -> list[charts.Series]:
    lanes: dict[tuple[str, str], list[Score]] = defaultdict(list)
    definitions: dict[tuple[str, str], Definition] = {}
    for score in scores:
        definition = score.response.version.definition
        key = (definition.slug, score.scale)
        lanes[key].append(score)
        definitions[key] = definition
    return [_lane(definitions[key], key[1], lanes[key], day) for key in lanes]


def _lane(definition: Definition, code: str, scores, day) -> charts.Series:
    scale = next((scale for scale in definition.scales if scale.code == code), None)
    title = scale.title if scale else code
    return charts.Series(
        code=f"{definition.slug}-{code}",
        title=title,
        note=definition.title,
        minimum=Decimal(scale.minimum if scale else 0),
        maximum=Decimal(scale.maximum if scale else 4),
        points=tuple(_point(score, title, day) for score in scores),
        **_ends(definition, scale),
    )


def _ends(definition: Definition, scale) -> dict[str, str]:
    """The words of the two ends, where a scale has the range of its items' options."""
    if scale is None or scale.method != "mean":
        return {}
    options = definition.choices(definition.item(scale.items[0]))
    if not options:
        return {}
    return {"low_label": options[0].label, "high_label": options[-1].label}


def _point(score: Score, title: str, day) -> charts.Point:
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
    url = reverse("assessments:response", args=[score.response_id])
    return charts.Point(day(score.taken_at), score.value, words, url)


def _stacks(entries, day) -> list[charts.Stack]:
    """How often a limit was kept, partly kept or not yet, per week; process, never a score."""
    weeks: dict[str, dict] = {}
    titles: dict[str, str] = {}
    for entry in entries:
        definition = entry.version.definition
        if not definition.as_log or not any(metric.item == "kept" for metric in definition.metrics):
            continue
        titles[definition.slug] = definition.title
        date = day(entry.submitted_at)
        monday = date - timedelta(days=date.weekday())
        tally = weeks.setdefault(definition.slug, {}).setdefault(
            monday, {"kept": 0, "partly": 0, "not_yet": 0}
        )
        kept = entry.answers.get("kept")
        if kept in tally:
            tally[kept] += 1
    return [
        charts.Stack(code=slug, title=titles[slug], weeks=tuple(sorted(by_week.items())))
        for slug, by_week in weeks.items()
    ]
