"""From rows to the drawing of ``charts``: everything about one client on one time axis."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from . import charts
from .definitions import Definition, Kind
from .models import Alert, Response, Score

WEEK = timedelta(days=7)


def timeline_of(client, *, now: datetime, since: datetime | None = None):
    """The timeline of the client's open episode (of all, if none is open), or since a moment.

    Returns None before anything has happened. Responses without a value stay in as gaps.
    """
    scores = list(
        Score.objects.filter(client=client)
        .defer("trace")
        .select_related("response__version", "response__occurrence")
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
    if not moments:
        return None
    start = since or min(moments)
    end = max(now, *moments) if since is None else now + WEEK
    day = _local(client)
    return charts.timeline(
        start=day(start),
        end=day(end),
        sessions=[_session_mark(session, day) for session in sessions],
        alerts=[
            charts.Mark(day(alert.raised_at), "alert", alert.get_kind_display()) for alert in alerts
        ],
        series=_series(scores, day),
        stacks=_stacks(entries, day),
    )


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
    )


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
