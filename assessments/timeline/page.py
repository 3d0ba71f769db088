"""All that is known of one client, or what came since a moment."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from assessments import charts
from assessments.definitions import Kind
from assessments.models import Alert, Response, Score
from assessments.progress import Move, moves_of

from .lanes import series_of
from .practised import Measures, Practised, day_of, last_practised, measures_of, stacks_of


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
        *(day_of(entry, day) for entry in entries),
        *(day(session.starts_at) for session in sessions),
    ]
    drawing = None
    if days:
        drawing = charts.timeline(
            start=day(since) if since else min(days),
            end=max(day(now), *days),
            sessions=[_session_mark(session, day, now) for session in sessions],
            alerts=[_alert_mark(alert, day) for alert in alerts],
            series=series_of(scores, day, moves),
            stacks=stacks_of(entries, day),
        )
    return TimelinePage(
        drawing=drawing,
        measures=measures_of(entries),
        practised=last_practised(entries[-1], day) if entries else None,
        moves=moves,
        has_unvalidated=any(not score.response.version.definition.is_validated for score in scores),
    )


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
